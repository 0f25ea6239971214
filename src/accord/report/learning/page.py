"""What outcomes teach as one HTML page that needs nothing beside it: no network, no script, no file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from markupsafe import Markup

from accord import __version__
from accord.language import current_language, ngettext
from accord.language import gettext as _
from accord.learning.figures import LearningReport, Proposal, ProposedCriterion
from accord.learning.quality import Judged
from accord.learning.reliability import Calibration
from accord.report import formats
from accord.report.chart_parts import Spec
from accord.report.drawing import PAGE_COLOURS, inlined, svg
from accord.report.learning import words
from accord.report.learning.charts import band_chart, band_records, calibration_chart, order_chart, order_records
from accord.report.page_template import page_template
from accord.typed import for_others
from accord.values import Estimate, Figure, Unknown

__all__ = ["learning_page", "moment_words"]

_WIDTHS = {"wide": 860, "narrow": 350}


@for_others()
def learning_page(report: LearningReport, title: str, as_of: str = "") -> str:
    """The page, in the language in use. ``title``: what was learnt from; ``as_of``: which moment it describes."""
    return page_template("learning.html.j2").render(_context(report, title, as_of))


def _context(report: LearningReport, title: str, as_of: str) -> dict[str, Any]:
    proposal = report.proposal
    known = isinstance(proposal, Proposal)
    own = report.judged["proposal"].calibration if known else None
    sound = own if isinstance(own, Calibration) else None
    return {
        "language": current_language(),
        "version": __version__,
        "title": _("What the outcomes teach"),
        "scope": " · ".join(part for part in (title, as_of) if part),
        "known": known,
        "headline": _headline(report),
        "standfirst": _standfirst(report),
        "opening": " ".join(words.opening(report)),
        "notes": list(words.notes(report)),
        "leaks": [words.leak_sentence(leak) for leak in report.leaks],
        "changes": [_change(one) for one in proposal.changes] if isinstance(proposal, Proposal) else [],
        "proposal_notes": " ".join(words.proposal_notes(proposal)) if isinstance(proposal, Proposal) else "",
        "judged_on": _("How good it is, on the {n} newest leads").format(n=formats.count(report.material.newer)),
        "quality": [_quality(name, one) for name, one in report.judged.items()],
        "everywhere": bool(report.material.explored),
        "quality_notes": " ".join(words.quality_notes(report)),
        "precision_heading": words.precision_heading(report),
        "precision_notes": " ".join(words.precision_notes(report)),
        "best": _("of the best {n}").format(n=formats.count(report.capacity)),
        "order": _drawn(report, order_chart, order_records),
        "order_words": order_chart(report)["description"],
        "calibration": _calibration(sound),
        "calibration_words": _calibration_words(own) if own is not None else "",
        "bins": _bins(sound),
        "bands": [
            (
                one.band,
                "" if one.lowest is None else words.points(one.lowest),
                formats.count(one.leads),
                _figure(one.rate),
            )
            for one in report.bands
        ],
        "band_chart": _drawn(report, band_chart, band_records),
        "band_words": band_chart(report)["description"],
        "turned_away": list(words.turned_away_sentences(report)),
    }


def _headline(report: LearningReport) -> str:
    if isinstance(report.proposal, Unknown):
        return _("No proposal")
    changed = len(report.proposal.changes)
    if not changed:
        return words.no_change_heading(report.proposal)
    return ngettext("The outcomes insist on {n} change", "The outcomes insist on {n} changes", changed).format(
        n=formats.count(changed)
    )


def _standfirst(report: LearningReport) -> str:
    if isinstance(report.proposal, Unknown):
        return words.too_few_sentence(report, report.proposal)
    own, current = report.judged["proposal"].order, report.judged.get("current")
    if report.proposal.says_nothing or not isinstance(own, Estimate):
        return ""
    text = _("The proposal puts a good lead before a bad one {share} of the time.").format(share=_times(own))
    if current is not None and isinstance(current.order, Estimate):
        text += " " + _("The agreement in force does {share} of the time.").format(share=_times(current.order))
    return text


def _times(figure: Estimate) -> str:
    return f"{formats.share(figure)} ({formats.share_interval(figure)})"


def _change(one: ProposedCriterion) -> dict[str, str]:
    return {
        "what": {
            "added": _("added"),
            "changed": _("changed"),
            "removed": _("removed"),
            "kept": "",
        }[one.change],
        "label": one.label[current_language()],
        "before": "" if one.before is None else words.points(one.before),
        "after": "" if one.after is None else words.points(one.after),
        "supported": words.supported_cell(one.learned),
        "held_out": words.supported_cell(one.held_out),
        "n": formats.count(one.learned.n) if isinstance(one.learned, Estimate) else "",
        "with_it": _share(one.with_it),
        "without_it": _share(one.without_it),
    }


def _share(figure: Figure) -> str:
    return formats.share(figure) if isinstance(figure, Estimate) else formats.unknown_briefly(figure)


def _quality(name: str, one: Judged) -> dict[str, Any]:
    calibration = one.calibration if isinstance(one.calibration, Calibration) else None
    return {
        "name": words.name_of(name),
        "auc": words.figure_cell(one.order),
        "auc_range": words.range_cell(one.order),
        "everywhere": words.figure_cell(one.order_everywhere) if isinstance(one.order_everywhere, Estimate) else "",
        "error": words.error_cell(one),
        "error_range": words.error_range(one),
        "limit": words.limit_cell(one),
        "sound": calibration is None or calibration.sound,
        "precision": _figure(one.precision),
        "half": _figure(one.precision_of_half),
        "n": formats.count(one.order.n) if isinstance(one.order, Estimate) else "",
    }


def _figure(figure: Figure) -> dict[str, Any]:
    if isinstance(figure, Unknown):
        return {"known": False, "reason": formats.unknown_briefly(figure)}
    return {
        "known": True,
        "text": formats.share(figure),
        "interval": formats.share_interval(figure),
        "n": formats.n(figure.n),
    }


def _calibration(found: Calibration | None) -> dict[str, Markup]:
    if found is None:
        return {}
    return {
        name: inlined(svg(calibration_chart(found, palette=PAGE_COLOURS, width=width, height=height)))
        for name, (width, height) in {"wide": (560, 420), "narrow": (350, 320)}.items()
    }


def _calibration_words(found: Calibration | Unknown) -> str:
    if isinstance(found, Unknown):
        return _("Unknown: {reason}.").format(reason=formats.unknown_briefly(found))
    values = {
        "error": words.number(found.error, 3),
        "low": words.number(found.low, 3),
        "high": words.number(found.high, 3),
        "limit": words.number(found.limit, 3),
    }
    if found.sound:
        text = _(
            "The stated chance misses what happened by {error} on average (95% interval {low}–{high}): no more than "
            "chance explains, which is at most {limit} for a perfectly honest score."
        )
    else:
        text = _(
            "The stated chance misses what happened by {error} on average (95% interval {low}–{high}): more than "
            "chance explains, which is at most {limit} for a perfectly honest score. Trust its order more than its "
            "chance."
        )
    return text.format(**values)


def _bins(found: Calibration | None) -> list[tuple[str, str, dict[str, Any]]]:
    if found is None:
        return []
    return [
        (
            _("{low}–{high}").format(
                low=formats.percent(one.lowest).rstrip("%\u00a0"), high=formats.percent(one.highest)
            ),
            formats.percent(one.stated),
            _figure(one.happened),
        )
        for one in found.bins
    ]


def _drawn(
    report: LearningReport,
    chart: Callable[..., Spec],
    records: Callable[[LearningReport], list[dict[str, Any]]],
) -> dict[str, Markup]:
    """A chart for a wide screen and for a telephone; nothing where nothing is known."""
    if not records(report):
        return {}
    return {name: inlined(svg(chart(report, palette=PAGE_COLOURS, width=width))) for name, width in _WIDTHS.items()}


def moment_words(as_of: datetime | None, timezone: str) -> str:
    """Which moment the page describes; nothing for a plain table."""
    return "" if as_of is None else _("as of {moment}").format(moment=formats.moment(as_of, timezone))
