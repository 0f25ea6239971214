"""The rules of an agreement made ready: points in hundredths, conditions prepared, decay tables laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from accord.agreement.criteria import AXES, Criterion, QualificationParts, Touches
from accord.agreement.kinds import MOST_WITHIN_DAYS
from accord.agreement.model import Agreement
from accord.errors import AgreementError, Fault
from accord.language import gettext as _
from accord.scoring.decay import decay_table, hundredths
from accord.scoring.logic import Combination, Logic, among, asks_for_presence, comparisons, prepared
from accord.scoring.reading import Reading, Test
from accord.scoring.zone import zone_of
from accord.tables.times import DAY

__all__ = [
    "CriterionRule",
    "DisqualifierRule",
    "GridRule",
    "OverrideRule",
    "Rules",
    "TouchRule",
    "prepare",
]


@dataclass(frozen=True)
class TouchRule:
    """Which touches count: of ``kinds`` and ``channels`` (empty: all), less than ``span`` microseconds old.

    ``distinct``: None where each touch gives points; else the number of distinct channels that gives them once.
    """

    kinds: frozenset[str]
    channels: frozenset[str]
    span: int
    at_most: int | None = None
    at_most_a_day: int | None = None
    distinct: int | None = None


@dataclass(frozen=True)
class CriterionRule:
    """One criterion. ``points`` in hundredths; ``overridden``: (place of the override, its points), in their order.

    ``logic`` and ``test`` for a condition, ``touches`` for the rest; ``settled``: the condition, unknown where filling
    in what is empty could change it, None where ``test`` is just that. ``tables``: points → hundredths of one touch by
    age in days. ``cap``: the most it gives or takes, in hundredths.
    """

    id: str
    axis: int
    points: int
    overridden: tuple[tuple[int, int], ...]
    logic: Logic | None
    test: Test | None
    settled: Test | None
    touches: TouchRule | None
    tables: Mapping[int, tuple[int, ...]]
    cap: int | None

    @property
    def variants(self) -> tuple[int, ...]:
        """Every number of points it may have, each once; its own first."""
        return tuple(dict.fromkeys((self.points, *(points for _place, points in self.overridden))))

    def capped(self, points: int) -> int:
        """What it gives when its touches add up to ``points``."""
        if self.cap is None:
            return points
        return min(points, self.cap) if points > 0 else max(points, -self.cap)


@dataclass(frozen=True)
class OverrideRule:
    """Leads that ``logic`` holds for; ``threshold`` in hundredths, None where they have that of all."""

    name: str
    logic: Logic
    test: Test
    threshold: int | None


@dataclass(frozen=True)
class DisqualifierRule:
    """What keeps a lead from being handed over, and the code of the reason; ``settled`` as of a criterion."""

    id: str
    reason: str
    logic: Logic
    test: Test
    settled: Test | None


@dataclass(frozen=True)
class GridRule:
    """Bands by the steps of fit and engagement, in hundredths."""

    fit: tuple[int, ...]
    engagement: tuple[int, ...]
    bands: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Rules:
    """Everything scoring needs of an agreement, in a form that both its forms read.

    Points are whole hundredths. ``limits``: the most of each axis of :data:`AXES` (None: no limit). ``bands``: (name,
    lowest score), from high to low, the last without a lowest. ``fields``: the columns that conditions read, in the
    agreement's order. ``reach``: microseconds before the moment of scoring that matter.
    ``kept``: the qualification itself, for labels and reasons why.
    """

    name: str
    version: str
    criteria: tuple[CriterionRule, ...]
    overrides: tuple[OverrideRule, ...]
    disqualifiers: tuple[DisqualifierRule, ...]
    ideal: Logic | None
    ideal_test: Test | None
    limits: tuple[int | None, ...]
    threshold: int
    bands: tuple[tuple[str, int | None], ...]
    grid: GridRule | None
    fields: tuple[str, ...]
    reach: int
    reading: Reading
    kept: QualificationParts

    def band_of(self, score: int, axes: tuple[int, ...]) -> str | None:
        """The band of a score, or of its axes where there is a grid; None where the agreement has no bands."""
        if self.grid is not None:
            row = _step(self.grid.fit, axes[AXES.index("fit")])
            return self.grid.bands[row][_step(self.grid.engagement, axes[AXES.index("engagement")])]
        return next((name for name, lowest in self.bands if lowest is None or score >= lowest), None)


def _step(steps: tuple[int, ...], points: int) -> int:
    return max(sum(points >= step for step in steps) - 1, 0)


def prepare(agreement: Agreement) -> Rules:
    """The rules of ``agreement``; ``AgreementError`` where it says nothing of qualification."""
    said = agreement.qualification
    if said is None:
        raise AgreementError(
            Fault(
                _("The agreement {name} has no section qualification, so nothing can be scored.").format(
                    name=agreement.name
                ),
                hint=_(
                    "Add one to accord.yaml: accord init --list names ready-made ones, and accord init --template NAME "
                    "--workspace elsewhere writes one to copy from."
                ),
            )
        )
    zone = zone_of(agreement.timezone)
    reading = Reading([(band.name, band.below) for band in agreement.size_bands], zone)
    criteria = tuple(_criterion(criterion, said, reading) for criterion in said.criteria)
    overrides = tuple(_overrides(said, reading))
    disqualifiers = tuple(
        DisqualifierRule(each.id, each.reason, logic, reading.test(logic), _settled(logic, reading))
        for each in said.disqualifiers
        for logic in [prepared(each.when, said.lists)]
    )
    ideal = prepared(said.ideal_profile, said.lists) if said.ideal_profile is not None else None
    logics = [rule.logic for rule in criteria if rule.logic is not None]
    logics += [*(rule.logic for rule in disqualifiers), *(rule.logic for rule in overrides)]
    logics += [ideal] if ideal is not None else []
    grid = said.grid
    return Rules(
        name=agreement.name,
        version=agreement.version,
        criteria=criteria,
        overrides=overrides,
        disqualifiers=disqualifiers,
        ideal=ideal,
        ideal_test=reading.test(ideal) if ideal is not None else None,
        limits=tuple(_limit(getattr(said.axes, axis).most) for axis in AXES),
        threshold=hundredths(said.threshold),
        bands=tuple((band.name, _limit(band.lowest)) for band in said.bands),
        grid=None if grid is None else GridRule(_whole(grid.fit), _whole(grid.engagement), grid.bands),
        fields=tuple(dict.fromkeys(each.needs for logic in logics for each in comparisons(logic))),
        reach=_reach(criteria, logics),
        reading=reading,
        kept=said,
    )


def _limit(points: float | None) -> int | None:
    return None if points is None else hundredths(points)


def _whole(steps: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(hundredths(step) for step in steps)


def _criterion(criterion: Criterion, said: QualificationParts, reading: Reading) -> CriterionRule:
    points = hundredths(criterion.points)
    overridden = tuple(
        (place, hundredths(override.points[criterion.id]))
        for place, override in enumerate(said.overrides)
        if criterion.id in override.points
    )
    logic = prepared(criterion.when, said.lists) if criterion.when is not None else None
    tables: dict[int, tuple[int, ...]] = {}
    if criterion.touches is not None:
        tables = {each: decay_table(each, criterion.touches) for each in (points, *(said for _, said in overridden))}
    return CriterionRule(
        id=criterion.id,
        axis=AXES.index(criterion.axis),
        points=points,
        overridden=overridden,
        logic=logic,
        test=reading.test(logic) if logic is not None else None,
        settled=_settled(logic, reading) if logic is not None else None,
        touches=_touch_rule(criterion),
        tables=tables,
        cap=_limit(criterion.cap),
    )


def _settled(logic: Logic, reading: Reading) -> Test | None:
    return reading.settled(logic) if asks_for_presence(logic) else None


def _touch_rule(criterion: Criterion) -> TouchRule | None:
    said = criterion.touches or criterion.channels
    if said is None:
        return None
    span = (said.within_days or MOST_WITHIN_DAYS) * DAY
    if isinstance(said, Touches):
        kinds, channels = frozenset(said.kind), frozenset(said.channel)
        return TouchRule(kinds, channels, span, said.at_most, said.at_most_a_day)
    return TouchRule(frozenset(said.kind), frozenset(), span, distinct=said.at_least)


def _overrides(said: QualificationParts, reading: Reading) -> list[OverrideRule]:
    made = []
    for override in said.overrides:
        logic = Combination("all", tuple(among(field, words) for field, words in override.where.items()))
        made.append(OverrideRule(override.name, logic, reading.test(logic), _limit(override.threshold)))
    return made


def _reach(criteria: tuple[CriterionRule, ...], logics: list[Logic]) -> int:
    spans = [rule.touches.span for rule in criteria if rule.touches is not None]
    return max(DAY, *spans, *(each.span for logic in logics for each in comparisons(logic)))
