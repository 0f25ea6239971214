"""Where a qualification contradicts itself: what none of its parts can see alone."""

from __future__ import annotations

from collections.abc import Iterator

from accord.agreement.conditions import Condition
from accord.agreement.criteria import QualificationParts
from accord.agreement.findings import Finding, nearest, shown
from accord.agreement.reach import attainable
from accord.language import gettext as _

__all__ = ["conditions_of", "contradictions"]

Path = tuple[str | int, ...]


def contradictions(said: QualificationParts) -> list[Finding]:
    """Every contradiction between the parts of a qualification, in the order of its keys."""
    return [*_lists(said), *_beyond_axes(said), *_overrides(said), *_threshold(said), *_bands(said), *_grid(said)]


def conditions_of(said: QualificationParts) -> Iterator[tuple[Path, Condition]]:
    """Every condition of a qualification, with the keys and places that lead to it."""
    for place, criterion in enumerate(said.criteria):
        if criterion.when is not None:
            yield ("criteria", place, "when"), criterion.when
    if said.ideal_profile is not None:
        yield ("ideal_profile",), said.ideal_profile
    for place, disqualifier in enumerate(said.disqualifiers):
        yield ("disqualifiers", place, "when"), disqualifier.when


def _lists(said: QualificationParts) -> Iterator[Finding]:
    for path, condition in conditions_of(said):
        for place, comparison in condition.comparisons(path):
            name = comparison.in_list
            if name is not None and name not in said.lists:
                if said.lists:
                    known = _("Known: {words}.").format(words=", ".join(said.lists))
                else:
                    known = _("Add it to lists.")
                message = _("{key} is {found}, which is not a list of this agreement.")
                hint = nearest(name, said.lists) or known
                yield Finding(message, {"found": shown(name)}, hint, (*place, "in_list"), ("lists",))


def _beyond_axes(said: QualificationParts) -> Iterator[Finding]:
    message = _("{key} is {points}, but the axis {axis} gives at most {most}.")
    hint = _("Lower it, or raise the maximum of the axis.")
    for place, criterion in enumerate(said.criteria):
        most = getattr(said.axes, criterion.axis).most
        if most is None:
            continue
        for key, points in (("points", criterion.points), ("cap", criterion.cap)):
            if points is not None and points > most:
                values = {"points": f"{points:g}", "axis": criterion.axis, "most": f"{most:g}"}
                yield Finding(message, values, hint, ("criteria", place, key), ("axes",))


def _overrides(said: QualificationParts) -> Iterator[Finding]:
    axis_of = {criterion.id: criterion.axis for criterion in said.criteria}
    for place, override in enumerate(said.overrides):
        for name, points in override.points.items():
            path = ("overrides", place, "points", name)
            if name not in axis_of:
                message = _("{key} gives points to {found}, which is not a criterion.")
                known = _("Known: {words}.").format(words=", ".join(axis_of))
                yield Finding(message, {"found": shown(name)}, nearest(name, axis_of) or known, path, ("criteria",))
                continue
            most = getattr(said.axes, axis_of[name]).most
            if most is not None and points > most:
                message = _("{key} is {points}, but the axis {axis} gives at most {most}.")
                values = {"points": f"{points:g}", "axis": axis_of[name], "most": f"{most:g}"}
                hint = _("Lower it, or raise the maximum of the axis.")
                yield Finding(message, values, hint, path, ("axes", "criteria"))


def _threshold(said: QualificationParts) -> Iterator[Finding]:
    most = attainable(said)
    message = _("{key} is {threshold}, which no lead can reach: what one lead can meet gives at most {most}.")
    hint = _("Lower it, or raise points, caps or axis maxima.")
    thresholds: list[tuple[Path, float | None]] = [(("threshold",), said.threshold)]
    thresholds += [(("overrides", place, "threshold"), each.threshold) for place, each in enumerate(said.overrides)]
    for path, threshold in thresholds:
        if threshold is not None and threshold > most:
            values = {"threshold": f"{threshold:g}", "most": f"{most:g}"}
            yield Finding(message, values, hint, path, ("criteria", "axes", "overrides"))


def _bands(said: QualificationParts) -> Iterator[Finding]:
    for place, band in enumerate(said.bands):
        path = ("bands", place)
        last = place == len(said.bands) - 1
        if band.lowest is not None:
            if last and said.grid is None:
                message = _("{key} ends at {lowest}, so lower scores have no band.")
                hint = _("Add a last band without from.")
                yield Finding(message, {"lowest": f"{band.lowest:g}"}, hint, path, ("bands", "grid"))
        elif not last and said.grid is None:
            message = _("{key} has no lowest score ({name}), so no score reaches the bands after it.")
            hint = _("Say from which score it holds.")
            yield Finding(message, {"name": band.name}, hint, path, ("bands", "grid"))


def _grid(said: QualificationParts) -> Iterator[Finding]:
    if said.grid is None or not said.bands:
        return
    known = [band.name for band in said.bands]
    message = _("{key} is {found}, which is not a band.")
    for row, names in enumerate(said.grid.bands):
        for column, name in enumerate(names):
            if name not in known:
                hint = nearest(name, known) or _("Known: {words}.").format(words=", ".join(known))
                yield Finding(message, {"found": shown(name)}, hint, ("grid", "bands", row, column), ("bands",))
