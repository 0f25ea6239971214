"""Overrides as text for a terminal: what was judged, and whether people's judgements do better than the score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from accord.language import gettext as _
from accord.language import mark, ngettext
from accord.qualification.judging import Recorded
from accord.qualification.overrides import EffectOfOverrides
from accord.report import formats
from accord.report.columns import Cell, Column, laid_out
from accord.report.look import Look
from accord.store.overrides import LeadOverride
from accord.values import Estimate, Figure, Unknown

__all__ = ["effect_text", "overrides_text", "recorded_text"]

JUDGED = {
    "up": mark("{lead} is put forward: the next accord handoff hands it over, whatever its score."),
    "down": mark("{lead} is judged down: accord handoff keeps it back, whatever its score."),
    "hold": mark("{lead} is held: accord handoff keeps it back until that is cleared."),
    "clear": mark("The override of {lead} is cleared: its score decides again."),
}

WORDS = {"up": mark("up"), "down": mark("down"), "hold": mark("hold"), "clear": mark("clear")}

GROUPS = {
    "put_forward": mark("put forward by people, below the threshold"),
    "near_the_threshold": mark("crossed narrowly, by the score alone"),
    "against_a_judgement": mark("held or judged down, and handed over all the same"),
}


def recorded_text(recorded: Recorded, timezone: str, look: Look) -> str:
    """What was recorded, and that the score stays what it is."""
    override = recorded.override
    lines = look.paragraph(_(JUDGED[override.judgement]).format(lead=override.lead_id))
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
    low, value, high = (formats.decimal(100 * part, 0) for part in (better.low, better.value, better.high))
    return _("{value} points (95% interval {low} to {high})").format(value=value, low=low, high=high)


def _table(effect: EffectOfOverrides, look: Look) -> Iterator[str]:
    rows = effect.groups
    yield from laid_out(
        [
            Column(_("Leads"), [Cell(_(GROUPS[each.group])) for each in rows], shortest=20),
            Column(_("handed over"), [Cell(formats.count(each.handed)) for each in rows], right=True, rank=1),
            Column(_("window over"), [Cell(formats.count(each.over)) for each in rows], right=True),
            Column(_("accepted"), [_share(each.acceptance) for each in rows], right=True),
            Column(_("won so far"), [_share(each.win) for each in rows], right=True),
        ],
        look,
    )


def _share(figure: Figure) -> Cell:
    if isinstance(figure, Unknown):
        return Cell(formats.unknown_briefly(figure), ("dim",))
    return Cell(f"{formats.share(figure)} ({formats.share_interval(figure)})")


def _caution(effect: EffectOfOverrides, look: Look) -> Iterator[str]:
    said = _(
        "People choose whom they judge, and know more than the score does: this compares leads, not the same leads with"
        " and without an override. Narrowly means less than {margin} points above the threshold of {threshold}."
    )
    yield from look.paragraph(said.format(margin=f"{effect.margin:g}", threshold=f"{effect.threshold:g}"))
    if effect.kept_back:
        kept = ngettext(
            "{n} lead is kept back and was never handed over: nobody knows what would have become of it.",
            "{n} leads are kept back and were never handed over: nobody knows what would have become of them.",
            effect.kept_back,
        )
        yield from look.paragraph(kept.format(n=formats.count(effect.kept_back)))
