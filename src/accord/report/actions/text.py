"""Corrective actions as text for a terminal: the list, one action with its history, and what each changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from accord.actions.keeping import Imported
from accord.actions.model import CorrectiveAction, Step
from accord.actions.report import ActionEffect, ActionsReport, State, Verdict
from accord.actions.where import segment_text
from accord.actions.wording import signed
from accord.language import current_language, mark, ngettext
from accord.language import gettext as _
from accord.report import formats
from accord.report.columns import Cell, Column, laid_out
from accord.report.look import Look
from accord.store.corrective import Event
from accord.typed import as_typed
from accord.values import Estimate, Figure, Json, Unknown

__all__ = ["action_text", "effects_text", "imported_text", "list_text", "recorded_text"]

RECORDED: Mapping[Event, str] = {
    "added": mark("{id} is recorded: {text}"),
    "changed": mark("{id} is changed; what it said before stays in its history."),
    "stopped": mark("{id} stopped on {stop}. What it changed until then is still measured."),
    "removed": mark("{id} is off the list. Its history stays: {show}"),
}

EVENTS: Mapping[Event, str] = {
    "added": mark("{moment}: added by {name}"),
    "changed": mark("{moment}: changed by {name}"),
    "stopped": mark("{moment}: stopped by {name}"),
    "removed": mark("{moment}: removed by {name}"),
}

STATES: Mapping[State, str] = {
    "not_begun": mark("not begun"),
    "in_force": mark("in force"),
    "stopped": mark("stopped"),
}

VERDICTS: Mapping[Verdict, tuple[str, str]] = {
    "better": (mark("better"), "green"),
    "worse": (mark("worse"), "red"),
    "no_difference": (mark("no difference seen"), "dim"),
    "doubtful": (mark("doubtful"), "yellow"),
    "unknown": (mark("too early or too few"), "dim"),
}

FIELD_NAMES: Mapping[str, str] = {
    "code": mark("code"),
    "text": mark("what"),
    "where": mark("where"),
    "owner": mark("owner"),
    "start": mark("from"),
    "stop": mark("until"),
    "since": mark("trouble since"),
    "finding": mark("finding"),
    "note": mark("note"),
}


def recorded_text(action: CorrectiveAction, event: Event, doubts: Sequence[str], look: Look) -> str:
    """What was written down; ``doubts``: places that no lead has had so far."""
    show = as_typed("actions show", action.id)
    said = _(RECORDED[event]).format(id=action.id, text=action.text, stop=action.stop, show=show)
    lines = look.paragraph(said)
    if event in {"added", "changed"}:
        parts = [_place(action), _days(action), action.owner]
        lines += look.paragraph(" · ".join(parts), 2)
        for doubt in doubts:
            lines += look.paragraph(doubt, 2)
        if not action.where:
            everywhere = _("It touches all leads, so its effect cannot be measured: nobody is left to compare with.")
            lines += look.paragraph(everywhere, 2)
    return look.plain("\n".join(lines) + "\n")


def list_text(actions: Sequence[CorrectiveAction], look: Look) -> str:
    """A line per action."""
    if not actions:
        return look.plain(_empty() + "\n")
    columns = [
        Column(_("What"), [Cell(each.text) for each in actions], shortest=24),
        Column(_("id"), [Cell(each.id) for each in actions]),
        Column(_("where"), [Cell(_place(each)) for each in actions]),
        Column(_("owner"), [Cell(each.owner) for each in actions], rank=2),
        Column(_("from"), [Cell(formats.day(each.start)) for each in actions]),
        Column(_("until"), [Cell(_until(each)) for each in actions], rank=1),
        Column(_("code"), [Cell(each.code) for each in actions], rank=3),
    ]
    return look.plain("\n".join(laid_out(columns, look, 0)) + "\n")


def effects_text(report: ActionsReport, look: Look) -> str:
    """Every action and what it changed."""
    if not report.effects:
        return look.plain(_empty() + "\n")
    parts = ["\n".join(_told(each, look, briefly=True)) for each in report.effects]
    return look.plain("\n\n".join(parts) + "\n")


def action_text(
    action: CorrectiveAction, steps: Sequence[Step], effect: ActionEffect | None, timezone: str, look: Look
) -> str:
    """One action, all that is known of it."""
    lines = list(_told(effect, look, briefly=False)) if effect else list(_heading(action, look))
    for name, value in ((_("finding"), action.finding), (_("note"), action.note)):
        if value:
            lines += look.paragraph(_("{name}: {value}").format(name=name, value=value), 2)
    lines += ["", look.styled(_("History"), "bold")]
    for step in steps:
        said = _(EVENTS[step.event]).format(moment=formats.moment(step.at, timezone), name=step.name)
        lines += look.paragraph(said, 2)
        for field, (before, now) in step.changed.items():
            lines += look.paragraph(f"{_(FIELD_NAMES[field])}: {_written(before)} → {_written(now)}", 4)
    return look.plain("\n".join(lines) + "\n")


def imported_text(imported: Imported, look: Look) -> str:
    """What a file did."""
    said = ngettext(
        "{read} action read: {added} added, {changed} changed, {unchanged} said nothing new.",
        "{read} actions read: {added} added, {changed} changed, {unchanged} said nothing new.",
        imported.read,
    ).format(
        read=imported.read,
        added=len(imported.added),
        changed=len(imported.changed),
        unchanged=len(imported.unchanged),
    )
    return look.plain("\n".join(look.paragraph(said)) + "\n")


def _told(effect: ActionEffect, look: Look, *, briefly: bool) -> Iterator[str]:
    language = current_language()
    yield from _heading(effect.action, look, effect.state)
    word, colour = VERDICTS[effect.verdict]
    if not briefly:
        yield "  " + look.styled(_(word), "bold", colour)
    yield from (look.styled(line, colour) for line in look.paragraph(effect.because[language], 2))
    in_time = effect.action.finding.startswith("slow_response")
    if in_time:  # what such an action is for; whether more leads are accepted is another question
        yield from _in_time(effect, look)
    if effect.stretch:
        yield from look.paragraph(effect.stretch.text[language], 2)
    for each in effect.cautions:
        yield from look.paragraph(f"! {each.text[language]}", 4)
    if not briefly:
        yield from _figures(effect, look)
        if not in_time:
            yield from _in_time(effect, look)
        yield from _placebo(effect, look)


def _heading(action: CorrectiveAction, look: Look, state: State | None = None) -> Iterator[str]:
    yield from (look.styled(line, "bold") for line in look.paragraph(f"{action.id}  {action.text}"))
    parts = [_place(action), _days(action), action.owner]
    if action.removed:
        parts.append(_("removed"))
    elif state is not None:
        parts.append(_(STATES[state]))
    yield from (look.styled(line, "dim") for line in look.paragraph(" · ".join(parts), 2))


def _figures(effect: ActionEffect, look: Look) -> Iterator[str]:
    if isinstance(effect.effect, Unknown):
        return
    yield ""
    measure = _("accepted within {days} days").format(days=effect.horizon_days)
    ordinary, before = effect.stretch.ordinary if effect.stretch else None, _("before")
    calm = (
        []
        if ordinary is None
        else [
            Column(_("before the drop"), [_share(ordinary.touched), _share(ordinary.untouched), Cell("")], right=True)
        ]
    )
    yield from laid_out(
        [
            Column(measure, [Cell(_("touched")), Cell(_("untouched")), Cell(_("touched, without it"))]),
            *calm,
            Column(
                _("from the drop") if calm else before,
                [_share(effect.before.touched), _share(effect.before.untouched), Cell("")],
                right=True,
            ),
            Column(
                _("since"),
                [_share(effect.after.touched), _share(effect.after.untouched), _share(effect.expected)],
                right=True,
            ),
        ],
        look,
    )
    yield ""
    weeks = _("{before} weeks before and {after} since are compared.").format(
        before=effect.weeks_before, after=effect.weeks_after
    )
    yield from look.paragraph(weeks, 2)
    if isinstance(effect.gained, Estimate):
        low, value, high = (signed(part) for part in (effect.gained.low, effect.gained.value, effect.gained.high))
        yield from look.paragraph(
            _("Acceptances it brought so far: {value} ({low} to {high}).").format(value=value, low=low, high=high), 2
        )


def _in_time(effect: ActionEffect, look: Look) -> Iterator[str]:
    """What became of the share answered as promised; nothing where that is unknown."""
    if isinstance(effect.answered, Estimate):
        low, value, high = _points(effect.answered)
        said = _("Answered within {hours} hours: {value} points ({low} to {high}).")
        if effect.by_class:
            said = _("Answered within what leads of their class are promised: {value} points ({low} to {high}).")
        yield from look.paragraph(said.format(hours=f"{effect.promise_hours:g}", value=value, low=low, high=high), 2)


def _placebo(effect: ActionEffect, look: Look) -> Iterator[str]:
    if effect.passed is None:
        return
    yield ""
    passed = _("Where nothing was done, the same method finds nothing beyond chance:")
    failed = _("Where nothing was done, the same method finds effects too:")
    yield from look.paragraph(passed if effect.passed else failed, 2)
    tried = [(_("as if begun on {day}").format(day=formats.day(each.day)), each.effect) for each in effect.dates] + [
        (segment_text(each.where), each.effect) for each in effect.segments
    ]
    figures = [figure for _name, figure in tried if isinstance(figure, Estimate)]
    spans = [_points(figure) for figure in figures]
    yield from laid_out(
        [
            Column("", [Cell(name) for name, _figure in tried], shortest=24),
            Column(_("points"), [Cell(_points(figure)[1]) for figure in figures], right=True),
            Column("", [Cell(_("({low} to {high})").format(low=low, high=high)) for low, _value, high in spans]),
        ],
        look,
        4,
    )


def _points(figure: Estimate) -> tuple[str, str, str]:
    low, value, high = (signed(100 * part) for part in (figure.low, figure.value, figure.high))
    return low, value, high


def _share(figure: Figure) -> Cell:
    if isinstance(figure, Unknown):
        return Cell(formats.unknown_briefly(figure), ("dim",))
    return Cell(_("{share} of {n}").format(share=formats.share(figure), n=formats.count(figure.n)))


def _place(action: CorrectiveAction) -> str:
    return segment_text(action.where) or _("all leads")


def _days(action: CorrectiveAction) -> str:
    if action.stop is None:
        return _("from {day} on").format(day=formats.day(action.start))
    return _("{first} to {last}").format(first=formats.day(action.start), last=formats.day(action.stop))


def _until(action: CorrectiveAction) -> str:
    if action.removed:
        return _("removed")
    return formats.day(action.stop) if action.stop else ""


def _written(value: Json) -> str:
    if isinstance(value, dict):
        return segment_text({name: str(part) for name, part in value.items()}) or _("all leads")
    return str(value) if value else "–"


def _empty() -> str:
    return _("No corrective action stands on the list. Record one: {add}").format(
        add=as_typed(_("actions add TEXT --where channel=webinar --owner NAME --start 2026-03-02 --by NAME"))
    )
