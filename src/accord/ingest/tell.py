"""What a person must know about an import besides its counts: what was assumed, kept, left out, and cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from accord.ingest.folding import fold, likeness
from accord.ingest.learn import ColumnPlan
from accord.ingest.mapping.model import FromColumn
from accord.ingest.recognise import How, Match
from accord.ingest.stage import Staging
from accord.language import gettext as _
from accord.language import ngettext
from accord.tables.schema import Type

__all__ = ["limits_of", "notes_of_match", "notes_of_staging"]

MOST_LISTED = 12
NEARLY = 0.85


def notes_of_match(match: Match) -> list[str]:
    """What how a file was understood implies."""
    said = list(match.source.notes)
    if match.fault is not None:
        said.append(" ".join(part for part in (match.fault.message, match.fault.hint) if part))
    if match.found is not None:
        export = match.found.export
        said += [_(trap.text) for trap in export.traps if trap.meaning in match.found.columns]
        said += [_(limit) for limit in export.limits]
        for table, missing in (match.lacking or {}).items():
            said.append(
                _("No {table} come out of it: it has no column {columns}.").format(
                    table=table, columns=_(" and no column ").join(missing)
                )
            )
    if match.how is How.ALIKE:
        renamed = [
            f"{recipe.column} → {target}"
            for rule in match.rule.tables
            for target, recipe in rule.columns.items()
            if isinstance(recipe, FromColumn) and fold(recipe.column) != fold(target)
        ]
        if renamed:
            said.append(_("Columns were read by what their names mean: {columns}.").format(columns=listed(renamed)))
    return said


def notes_of_staging(staging: Staging) -> list[str]:
    """What was assumed when the rows were read."""
    said = []
    if staging.local_times and staging.job.reading.timezone is None:
        said.append(
            ngettext(
                "{count} row has a time without an offset; it was read in {timezone}.",
                "{count} rows have a time without an offset; they were read in {timezone}.",
                staging.local_times,
            ).format(count=staging.local_times, timezone=staging.job.timezone)
        )
    for plan in staging.plans:
        said += _assumed(plan)
    extras = [plan.name for plan in staging.plans if plan.extra]
    if extras and staging.job.table.name == "leads":
        said.append(_("Kept as columns of the leads: {columns}.").format(columns=listed(extras)))
    elif extras:
        said.append(
            _("{table} has no column {columns}; they are kept and used by no figure.").format(
                table=staging.job.table.name, columns=listed(extras)
            )
        )
    return said + _near_misses(staging)


def _assumed(plan: ColumnPlan) -> list[str]:
    times, numbers = plan.times, plan.numbers
    said = []
    if plan.type in (Type.TIME, Type.DATE):
        if times.guessed:
            order = _("the day first") if times.order == "dmy" else _("the month first")
            said.append(
                _(
                    "{column}: dates such as 03/04/2026 were read {order}; nothing in the file proves it. Say so in "
                    "a mapping "
                    "(dates: day first, or month first)."
                ).format(column=plan.name, order=order)
            )
        elif times.order is not None:
            order = _("the day first") if times.order == "dmy" else _("the month first")
            said.append(_("{column}: dates were read {order}.").format(column=plan.name, order=order))
        readings = {
            "milliseconds": _("milliseconds since 1970"),
            "seconds": _("seconds since 1970"),
            "serial": _("a spreadsheet's day numbers"),
        }
        if times.number in readings:
            said.append(
                _("{column}: numbers were read as {reading}.").format(column=plan.name, reading=readings[times.number])
            )
    elif plan.type in (Type.INTEGER, Type.NUMBER) and not numbers.plain:
        sign = _("the comma") if numbers.decimal == "," else _("the point")
        if numbers.guessed:
            said.append(
                _(
                    "{column}: in numbers such as 1,234 the decimal sign was taken to be {sign}; nothing in the "
                    "file proves "
                    "it. Say so in a mapping (decimal)."
                ).format(column=plan.name, sign=sign)
            )
        else:
            said.append(_("{column}: the decimal sign is {sign}.").format(column=plan.name, sign=sign))
    return said


def _near_misses(staging: Staging) -> list[str]:
    """Columns whose name is nearly one of the contract's: ``chanel``."""
    said = []
    absent = [column.name for column in staging.job.table.columns if column.name not in staging.staged.present]
    for plan in staging.plans:
        if plan.extra:
            for name in absent:
                if likeness(plan.name, name) > NEARLY:
                    said.append(
                        _("{column} is a column of its own; rename it if {known} is meant.").format(
                            column=plan.name, known=name
                        )
                    )
    return said


def limits_of(recorded: Iterable[str], dates: Mapping[str, bool]) -> list[str]:
    """What cannot be told from the tables that are ``recorded``, those of this import and those already there.

    ``dates``: table → whether all its times are dates without an hour.
    """
    there = set(recorded)
    said = []
    if "handoffs" not in there:
        said.append(
            _(
                "There is no handoff in these data: acceptance cannot be measured. A handoff says when which lead "
                "was given "
                "to whom; map a column that does, or import a table handoffs."
            )
        )
    elif "decisions" not in there and "activities" not in there:
        said.append(_("Nothing says what sales did with the leads: neither decisions nor activities are recorded."))
    if "handoffs" in there and "decisions" not in there and "activities" in there:
        said.append(_("No decision is recorded: acceptance is measured by what sales did, not by what it said."))
    if "activities" not in there and "decisions" in there:
        said.append(_("No activity is recorded: whether accepted leads were really worked cannot be told."))
    for table, what in (("handoffs", _("Handoffs")), ("decisions", _("Decisions")), ("activities", _("Activities"))):
        if dates.get(table):
            said.append(_("{what} have a date and no hour: promises in hours come out as a range.").format(what=what))
    return said


def listed(names: Sequence[str]) -> str:
    """Names in a row, the last ones counted when there are many."""
    if len(names) <= MOST_LISTED:
        return ", ".join(names)
    return _("{names} and {count} more").format(names=", ".join(names[:MOST_LISTED]), count=len(names) - MOST_LISTED)
