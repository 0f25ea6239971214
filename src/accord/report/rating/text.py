"""A double rating as text for a terminal: how far the two sides agree, on what they do not, what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from babel.numbers import format_decimal

from accord.language import current_language, ngettext
from accord.language import gettext as _
from accord.rating.compare import CriterionAgreement, Disagreement, RatingReport
from accord.rating.words import OVERALL
from accord.report import formats
from accord.report.axis_names import axis_name
from accord.report.columns import Cell, Column, laid_out
from accord.report.look import Look
from accord.values import Estimate, Figure, Unknown

__all__ = ["rating_text"]

MOST_SHOWN = 15
GOOD_ENOUGH = 0.6
"""Below it two people's yes and no are not one rule read twice; customary (Landis & Koch 1977), no law of nature."""


def rating_text(report: RatingReport, look: Look) -> str:
    """The sentence, the table, the leads to talk about, what was left out."""
    parts = [_opening(report, look), _table(report, look), _apart(report, look), _left_out(report, look)]
    return look.plain("\n\n".join("\n".join(lines) for part in parts if (lines := list(part))) + "\n")


def _name(criterion: str) -> str:
    return _("The whole judgement") if criterion == OVERALL else axis_name(criterion)


def _quoted(text: str) -> str:
    """A name within a sentence, in the language's quotation marks."""
    return _("“{text}”").format(text=text)


def _opening(report: RatingReport, look: Look) -> Iterator[str]:
    yield look.styled(_("Do marketing and sales mean the same by a good lead?"), "bold")
    yield ""
    first = report.criteria[0]
    if isinstance(first.kappa, Estimate) and isinstance(first.agreed, Estimate):
        text = _(
            "On {criterion} the two sides said the same of {share} of {n} leads."
            " Kappa is {kappa} ({interval}): {verdict}"
        )
        sentence = text.format(
            criterion=_quoted(_name(first.criterion)),
            share=formats.share(first.agreed),
            n=formats.count(first.both),
            kappa=_number(first.kappa.value),
            interval=_("95% interval {interval}").format(interval=_interval(first.kappa)),
            verdict=_verdict(first.kappa),
        )
    else:
        text = _("On {criterion} there is no answer yet: {why}.")
        sentence = text.format(criterion=_quoted(_name(first.criterion)), why=_why(first.kappa))
    yield from look.paragraph(sentence)
    note = _("Kappa is agreement beyond what guessing gives: 1 is full agreement, 0 is chance.")
    if any(one.weighting == "linear" for one in report.criteria):
        note += " " + _("Where answers have an order, near misses count in part.")
    yield from (look.styled(line, "dim") for line in look.paragraph(note))


def _why(figure: Figure) -> str:
    return formats.unknown_briefly(figure) if isinstance(figure, Unknown) else _("cannot be told")


def _verdict(kappa: Estimate) -> str:
    if kappa.low >= GOOD_ENOUGH:
        return _("they read the agreement the same way.")
    if kappa.high < GOOD_ENOUGH:
        return _("they do not read the agreement the same way. Sharpen the criteria below, then rate again.")
    return _("these leads do not settle whether they read it the same way. Rate more.")


def _table(report: RatingReport, look: Look) -> Iterator[str]:
    rows = report.criteria
    columns = [
        Column(_("Criterion"), [Cell(_name(one.criterion)) for one in rows], shortest=16),
        Column(_("leads"), [Cell(formats.count(one.both)) for one in rows], right=True),
        Column(_("said the same"), [_share(one) for one in rows], right=True),
        Column(_("kappa"), [_kappa(one) for one in rows], right=True),
        Column(_("interval"), [_kappa_interval(one) for one in rows], right=True),
        Column(_("stricter"), [Cell(_stricter(one)) for one in rows], rank=1),
    ]
    yield from laid_out(columns, look)


def _share(one: CriterionAgreement) -> Cell:
    return Cell(formats.share(one.agreed) if isinstance(one.agreed, Estimate) else "–")


def _kappa(one: CriterionAgreement) -> Cell:
    if not isinstance(one.kappa, Estimate):
        return Cell("–", ("dim",))
    low = one.kappa.high < GOOD_ENOUGH
    return Cell(_number(one.kappa.value), ("yellow",) if low else ())


def _kappa_interval(one: CriterionAgreement) -> Cell:
    if not isinstance(one.kappa, Estimate):
        return Cell(formats.unknown_briefly(one.kappa), ("dim",))
    return Cell(_interval(one.kappa))


def _side(side: str | None) -> str:
    return {"marketing": _("marketing"), "sales": _("sales"), None: ""}[side]


def _stricter(one: CriterionAgreement) -> str:
    if one.stricter is None:
        return ""
    alone, apart = one.stricter_in
    return _("{side} ({n} of {all})").format(side=_side(one.stricter), n=formats.count(alone), all=formats.count(apart))


def _apart(report: RatingReport, look: Look) -> Iterator[str]:
    if not report.disagreements:
        return
    number = len(report.disagreements)
    heading = ngettext("{n} lead rated apart", "{n} leads rated apart, the furthest first", number)
    yield look.styled(heading.format(n=formats.count(number)), "bold")
    shown = report.disagreements[:MOST_SHOWN]
    for one in shown:
        apart = [
            _("marketing {ours}, sales {theirs}: {criteria}").format(
                ours=_word(ours), theirs=_word(theirs), criteria=", ".join(names)
            )
            for (ours, theirs), names in _by_words(one).items()
        ]
        first, *rest = look.paragraph(f"{one.lead_id}  {' · '.join(apart)}", 2)
        yield first
        yield from (f"    {line.strip()}" for line in rest)
    if number > MOST_SHOWN:
        more = number - MOST_SHOWN
        yield "  " + ngettext(
            "… and {n} more: --csv FILE lists all.", "… and {n} more: --csv FILE lists all.", more
        ).format(n=formats.count(more))


def _by_words(one: Disagreement) -> dict[tuple[str, str], list[str]]:
    """What marketing and sales said → the criteria of which they said it."""
    names: dict[tuple[str, str], list[str]] = {}
    for name, said in one.apart.items():
        names.setdefault(said, []).append(_name(name))
    return names


def _word(word: str) -> str:
    return {"yes": _("yes"), "no": _("no")}.get(word, word)


def _left_out(report: RatingReport, look: Look) -> Iterator[str]:
    for leads, side in ((report.only_in_marketing, _("marketing")), (report.only_in_sales, _("sales"))):
        if leads:
            text = ngettext(
                "{n} lead stands only in the sheet of {side} and is left out.",
                "{n} leads stand only in the sheet of {side} and are left out.",
                len(leads),
            )
            yield from look.paragraph(text.format(n=formats.count(len(leads)), side=side))


def _number(value: float) -> str:
    return format_decimal(round(value, 2) + 0.0, "0.00", locale=current_language()).replace("-", "−")


def _interval(kappa: Estimate) -> str:
    return _("{low} to {high}").format(low=_number(kappa.low), high=_number(kappa.high))
