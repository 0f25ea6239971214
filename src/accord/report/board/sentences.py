"""What the board report says aloud: the rate and how it moved, promises, findings, actions, money, doubts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from accord.audit.figures import Audited
from accord.diagnosis.comparing import Comparison
from accord.diagnosis.report import Finding
from accord.language import current_language, ngettext
from accord.language import gettext as _
from accord.report import formats
from accord.report.acceptance import sentences
from accord.report.audit.grading import PROMISES, RATES
from accord.report.board.parts import Board
from accord.report.diagnosis.text import nothing_hurts
from accord.report.value.answer import amount_of
from accord.report.value.formats import amount, figure_words, money, points, share
from accord.report.value.sentences import left_out_sentences, spend_lacks_rate, spend_sentences
from accord.report.value.short import too_high_by, too_low_by
from accord.value.figures import ValueReport
from accord.values import Estimate, Unknown

__all__ = [
    "because_sentence",
    "caveats",
    "headline",
    "hurting",
    "moved_sentence",
    "named",
    "nothing_found",
    "people_sentence",
    "spend_missing",
    "summary",
    "title",
    "watched",
]

MONEY = (Audited.COST, Audited.REVENUE, Audited.CONVERSION)


def title(board: Board) -> str:
    """Board report, June 2026."""
    return _("Board report, {period}").format(period=formats.period_name(board.period.label))


def named(label: str) -> str:
    """A period at the beginning of a sentence: June 2026 · Juin 2026."""
    name = formats.period_name(label)
    return name[:1].upper() + name[1:]


def headline(board: Board) -> str:
    """The one sentence to remember, without a full stop."""
    totals = board.totals
    if not totals.handed or isinstance(totals.rate, Unknown):
        return sentences.headline(totals, in_span=True)
    return ngettext(
        "Sales accepted {rate} of the {n} lead it was handed",
        "Sales accepted {rate} of the {n} leads it was handed",
        totals.handed,
    ).format(rate=formats.share(totals.rate), n=formats.count(totals.handed))


def because_sentence(board: Board) -> str:
    """Why the report is about this period, and how final it is."""
    period = named(board.period.label)
    still_open = board.totals.open
    if board.period.because == "latest_settled":
        return _(
            "{period} is the latest month whose leads are settled: those still open cannot move its rate by a point."
        ).format(period=period)
    if not board.period.over:
        return _("{period} is not over: everything in it can still change.").format(period=period)
    if still_open:
        return ngettext(
            "{n} lead of {period} is still open: its rate can still change.",
            "{n} leads of {period} are still open: its rate can still change.",
            still_open,
        ).format(n=formats.count(still_open), period=period)
    return _("Every lead of {period} is decided or past its time: its rate is final.").format(period=period)


def summary(board: Board) -> list[str]:
    """The report in a few sentences, the rate first."""
    totals = board.totals
    if not totals.handed:
        return [sentences.next_step(totals), *_money(board)]
    said = [sentences.verdict_sentence(totals.rate, board.acceptance.floor, board.acceptance.target)]
    said += [moved_sentence(each, label) for each, label in _beside(board)]
    said += [*_promise(board), *_findings(board), *_actions(board), *_money(board)]
    said += [_("Read with care: {doubts}").format(doubts=doubt) for doubt in _doubted(board)]
    return [sentence for sentence in said if sentence]


def moved_sentence(comparison: Comparison, label: str) -> str:
    """By how much the rate moved since then, and whether that is more than chance; empty where nobody knows."""
    moved = comparison.moved
    if isinstance(moved, Unknown):
        return ""
    value, interval = points().of(moved)
    words = {"period": formats.period_name(label), "value": value, "interval": interval}
    if moved.low <= 0 <= moved.high:
        return _(
            "Against {period} the rate moved by {value} points ({interval}), no more than chance explains."
        ).format(**words)
    far = moved if moved.value > 0 else replace(moved, value=-moved.value, low=-moved.high, high=-moved.low)
    words["value"], words["interval"] = (text.replace("+", "") for text in points().of(far))  # up or down is said
    if moved.value > 0:
        return _("It is up {value} points on {period} ({interval}), more than chance explains.").format(**words)
    return _("It is down {value} points on {period} ({interval}), more than chance explains.").format(**words)


def hurting(board: Board) -> list[Finding]:
    """What the diagnosis is sure of, without what is merely not recorded."""
    return [finding for finding in board.diagnosis.findings if finding.sure and finding.kind != "not_measurable"]


def watched(board: Board) -> list[Finding]:
    """What it is not sure of yet."""
    return [finding for finding in board.diagnosis.findings if not finding.sure and finding.kind != "not_measurable"]


def people_sentence(board: Board) -> str:
    """How many findings about single people are left to those whom they concern; empty where there are none."""
    if not board.of_people:
        return ""
    return ngettext(
        "{n} finding is about one salesperson; it is for that person and whoever leads the team, not for this report.",
        "{n} findings are about single salespeople; they are for them and whoever leads the team, not for this report.",
        board.of_people,
    ).format(n=formats.count(board.of_people))


def caveats(board: Board) -> list[str]:
    """What the figures cannot carry: grades of the audit, rows left out, spend that does not fit, limits."""
    said = _doubted(board)
    if not board.grading.audited:
        said.append(sentences.not_audited_sentence())
    elif not said and isinstance(board.totals.rate, Estimate):
        said.append(_("An audit of these data gives every figure of this report a grade of A or B: good to decide on."))
    said += sentences.left_out_sentences(board.acceptance)
    left_out = list(left_out_sentences(board.money.period, examples=False, options=False, narrow=True))
    if left_out:
        said.append(_("In all the data, not in this period alone: {sentences}").format(sentences=" ".join(left_out)))
    said += _spend_caveats(board)
    language = current_language()
    said += [
        f"{finding.text[language]} {finding.actions[0].text[language]}"
        for finding in board.diagnosis.findings
        if finding.kind == "not_measurable"
    ]
    return said + [limit[language] for limit in board.diagnosis.limits]


def _spend_caveats(board: Board) -> Iterator[str]:
    report = board.money.period
    if not report.totals.costs.recorded:
        return
    yield from spend_sentences(_as_if_of_all_days(board))


def _as_if_of_all_days(board: Board) -> ValueReport:
    """The period's report without the spend of other days: in a report about a month that is no caveat."""
    report = board.money.period
    return replace(report, spend=replace(report.spend, outside_span=0, after_as_of=0))


def _beside(board: Board) -> list[tuple[Comparison, str]]:
    found = ((board.previous, board.labels["previous"]), (board.year_ago, board.labels["year_ago"]))
    return [(comparison, label) for comparison, label in found if comparison is not None]


def _promise(board: Board) -> Iterator[str]:
    for promise, figure in board.totals.answered_within.items():
        if isinstance(figure, Estimate):
            yield _("Within {delay}, sales answered {share} of the leads ({interval}).").format(
                delay=formats.promise_name(promise),
                share=formats.share(figure),
                interval=formats.share_interval(figure),
            )
        return


def _findings(board: Board) -> Iterator[str]:
    found = hurting(board)
    if not found:
        yield nothing_found(board)
        return
    language = current_language()
    # The diagnosis looks at a year, the sentences around it at a month or a quarter.
    if board.diagnosis.last is None:
        yield _("What hurts most: {finding}").format(finding=found[0].text[language])
    else:
        yield _("Over the twelve months to {day}, what hurts most: {finding}").format(
            day=formats.day(board.diagnosis.last), finding=found[0].text[language]
        )
    dear = max(found, key=_cost)
    if _cost(dear) <= 0:
        return
    cost = amount(_cost(dear), board.diagnosis.currency)
    if dear is found[0]:
        yield _("Over these twelve months it costs about {amount} in leads bought in vain.").format(amount=cost)
    else:
        yield _("Over these twelve months, what costs most, about {amount} in leads bought in vain: {finding}").format(
            amount=cost, finding=dear.text[language]
        )


def nothing_found(board: Board) -> str:
    """That nothing hurts, or why nobody can tell."""
    if board.diagnosis.verdict == "unclear":
        return board.diagnosis.because[current_language()]
    return nothing_hurts(board.diagnosis, watched(board))


def _cost(finding: Finding) -> float:
    return finding.cost.value if isinstance(finding.cost, Estimate) else 0.0


def _actions(board: Board) -> Iterator[str]:
    verdicts = Counter(each.verdict for each in board.actions.effects)
    number = sum(verdicts.values())
    if not number:
        yield _("No corrective action is recorded, so nothing can be said about what was tried.")
        return
    better, worse = verdicts["better"], verdicts["worse"]
    yield ngettext(
        "{n} corrective action is followed: {better} helped, {worse} hurt, of {rest} nothing certain can be said.",
        "{n} corrective actions are followed: {better} helped, {worse} hurt, of {rest} nothing certain can be said.",
        number,
    ).format(n=number, better=better, worse=worse, rest=number - better - worse)


def _money(board: Board) -> Iterator[str]:
    report = board.money.period
    costs, revenue = report.totals.costs, report.revenue
    if costs.recorded:
        spent = amount(amount_of(costs.spend, report), report.currency)
        each = costs.per_accepted_lead
        if isinstance(each, Estimate):
            yield _("Marketing spent {amount}; a lead that sales accepted cost {cost}.").format(
                amount=spent, cost=figure_words(each, money(report.currency), with_n=False)
            )
        else:
            yield _("Marketing spent {amount}.").format(amount=spent)
        if too_high_by(costs.left_out):
            yield _("Spend and costs are not whole: a part has no rate and is left out (see the end of the report).")
        elif too_low_by(costs.left_out):
            yield _(
                "Spend and costs are too low: a part of it has no rate and is left out (see the end of the report)."
            )
    else:
        yield spend_missing(report)
    if isinstance(revenue.share_from_qualified, Estimate):
        yield _("{share} of the revenue of {amount} came from leads that were handed to sales.").format(
            share=figure_words(revenue.share_from_qualified, share(), with_n=False),
            amount=amount(amount_of(revenue.total, report), report.currency),
        )
        if too_high_by(revenue.left_out):
            yield _(
                "Revenue is not whole: orders and refunds in a currency without a rate are left out (see the end of "
                "the report)."
            )
        elif too_low_by(revenue.left_out):
            yield _("Revenue is too low: orders in a currency without a rate are left out (see the end of the report).")
    elif not revenue.orders:
        yield _("No order is recorded for these days, so what leads brought in cannot be said.")


def spend_missing(report: ValueReport) -> str:
    """Why nothing has a cost."""
    if spend_lacks_rate(report):
        return _("The spend is in currencies without a rate to {currency}, so what leads cost cannot be said.").format(
            currency=report.currency
        )
    return _("No spend is recorded, so what leads cost cannot be said.")


def _doubted(board: Board) -> list[str]:
    shown = board.acceptance.chosen
    return board.grading.notes((*RATES, *PROMISES, *MONEY, Audited.BY_SEGMENT), shown)
