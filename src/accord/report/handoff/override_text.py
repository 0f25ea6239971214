"""Overrides as text for a terminal: what was judged, and whether people's judgements do better than the score."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from accord.language import gettext as _
from accord.language import mark, ngettext
from accord.qualification.judging import Recorded
from accord.qualification.overrides import WON_WITHIN_DAYS, EffectOfOverrides, GroupOutcome
from accord.qualification.said import Said
from accord.report import formats
from accord.report.columns import Cell, Column, laid_out
from accord.report.condition_words import number
from accord.report.look import Look
from accord.store.overrides import LeadOverride
from accord.typed import as_typed
from accord.values import Estimate, Figure, Unknown

__all__ = ["effect_text", "overrides_text", "recorded_text"]

JUDGED = {
    "up": mark("{lead} is put forward: the next {handoff} hands it over, whatever its score."),
    "down": mark("{lead} is judged down: {handoff} keeps it back, whatever its score."),
    "hold": mark("{lead} is held: {handoff} keeps it back until that is cleared."),
    "clear": mark("The override of {lead} is cleared: its score decides again."),
}

WORDS = {"up": mark("up"), "down": mark("down"), "hold": mark("hold"), "clear": mark("clear")}

_NAME_WIDTH = 18
"""What a group is called is as wide as this: it explains the rows, so it is wrapped, never cut."""

GROUPS = {
    "put_forward": mark("put forward by people, below the threshold"),
    "near_the_threshold": mark("crossed narrowly, by the score alone"),
    "against_a_judgement": mark("held or judged down, and handed over all the same"),
}


def recorded_text(recorded: Recorded, timezone: str, look: Look, stays: Said | None = None) -> str:
    """What was recorded, and that the score stays what it is. ``stays``: why it is not handed over now all the same."""
    override, handoff = recorded.override, as_typed("handoff")
    said = _(JUDGED[override.judgement]).format(lead=override.lead_id, handoff=handoff)
    if stays is not None:
        text = _("{lead} is put forward, but {handoff} does not hand it over now: {why}")
        said = text.format(lead=override.lead_id, handoff=handoff, why=stays.sentence())
    lines = look.paragraph(said)
    if recorded.before is not None:
        said = _("Before, since {moment}: {judgement}, by {name} ({reason}). It stays in the history.").format(
            moment=formats.moment(recorded.before.at, timezone),
            judgement=_(WORDS[recorded.before.judgement]),
            name=recorded.before.name,
            reason=recorded.before.reason,
        )
        lines += look.paragraph(said)
    lines += look.paragraph(_("The score and its trace stay as they are; this stands beside them."))
    return look.plain("\n".join(lines) + "\n")


def overrides_text(overrides: Sequence[LeadOverride], timezone: str, look: Look) -> str:
    """Every judgement, the first first."""
    if not overrides:
        return look.plain(_("Nobody has overridden a score yet.") + "\n")
    columns = [
        Column(_("Lead"), [Cell(each.lead_id) for each in overrides]),
        Column(_("judgement"), [Cell(_(WORDS[each.judgement])) for each in overrides]),
        Column(_("since"), [Cell(formats.moment(each.at, timezone)) for each in overrides], rank=1),
        Column(_("by"), [Cell(each.name) for each in overrides]),
        Column(_("reason"), [Cell(each.reason) for each in overrides]),
    ]
    return look.plain("\n".join(laid_out(columns, look, 0)) + "\n")


def effect_text(effect: EffectOfOverrides, look: Look) -> str:
    """The question, the answer, the groups it rests on, and what it does not tell."""
    parts = [_answer(effect, look), _table(effect, look), _caution(effect, look)]
    return look.plain("\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n")


def _answer(effect: EffectOfOverrides, look: Look) -> Iterator[str]:
    yield look.styled(_("Do people's judgements do better than the score?"), "bold")
    yield ""
    better = effect.better_accepted
    if isinstance(better, Unknown):
        said = _(
            "Nobody can tell yet: at least {need} leads of each kind must have been handed over {days} days ago or"
            " more."
        )
        yield from look.paragraph(said.format(need=better.need, days=effect.window_days))
        return
    if better.low > 0:
        said = _("Leads that people put forward were accepted more often than those that narrowly crossed: {points}.")
    elif better.high < 0:
        said = _("Leads that people put forward were accepted less often than those that narrowly crossed: {points}.")
    else:
        said = _("These leads do not settle it: the difference is {points}.")
    yield from look.paragraph(said.format(points=_points(better)))


def _points(better: Estimate) -> str:
    low, value, high = (number(round(100 * part)) for part in (better.low, better.value, better.high))
    return _("{value} points (95% interval {low} to {high})").format(value=value, low=low, high=high)


def _table(effect: EffectOfOverrides, look: Look) -> Iterator[str]:
    headings = (_("Leads"), _("handed over"), _("window over"), _("accepted"), _("won in {n} days"))
    rows = [row for group in effect.groups for row in _rows(group)]
    columns = [
        Column(heading.format(n=WON_WITHIN_DAYS), [row[place] for row in rows], right=place > 0)
        for place, heading in enumerate(headings)
    ]
    yield from laid_out(columns, look)


def _rows(group: GroupOutcome) -> Iterator[tuple[Cell, ...]]:
    """What the group is, over as many lines as that takes, with its figures on the first."""
    first, *more = textwrap.wrap(_(GROUPS[group.group]), _NAME_WIDTH)
    counts = (Cell(formats.count(group.handed)), Cell(formats.count(group.over)))
    yield (Cell(first), *counts, _share(group.acceptance), _share(group.win))
    for line in more:
        yield (Cell(line), *[Cell("")] * 4)


def _share(figure: Figure) -> Cell:
    if isinstance(figure, Unknown):
        return Cell(formats.unknown_briefly(figure), ("dim",))
    return Cell(f"{formats.share(figure)} ({formats.share_interval(figure)})")


def _caution(effect: EffectOfOverrides, look: Look) -> Iterator[str]:
    said = _(
        "People choose whom they judge, and know more than the score does: this compares leads, not the same leads with"
        " and without an override. Narrowly means less than {margin} points above the threshold of {threshold}."
    )
    yield from look.paragraph(said.format(margin=number(effect.margin), threshold=number(effect.threshold)))
    yield from look.paragraph(
        _(
            "Whoever put a lead forward may have accepted it as well: wins tell more than acceptance. Won: a deal"
            " opened before the lead's next handoff and won within {n} days, of the leads handed over at least that"
            " long ago."
        ).format(n=WON_WITHIN_DAYS)
    )
    if effect.too_late:
        late = ngettext(
            "{n} judgement was written down when the outcome was known already, and does not count.",
            "{n} judgements were written down when the outcome was known already, and do not count.",
            effect.too_late,
        )
        yield from look.paragraph(late.format(n=formats.count(effect.too_late)))
    if effect.kept_back:
        kept = ngettext(
            "{n} lead is kept back and was never handed over: nobody knows what would have become of it.",
            "{n} leads are kept back and were never handed over: nobody knows what would have become of them.",
            effect.kept_back,
        )
        yield from look.paragraph(kept.format(n=formats.count(effect.kept_back)))
