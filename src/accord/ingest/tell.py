"""What a person must know about an import besides its counts: what was assumed, kept, left out, and cannot be told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from accord.ingest.draft import Proposal
from accord.ingest.folding import fold, likeness
from accord.ingest.judge import heading_of
from accord.ingest.learn import ColumnPlan
from accord.ingest.mapping.model import FromColumn, columns_of
from accord.ingest.recognise import How, Match
from accord.ingest.refusals import named
from accord.ingest.stage import Staging
from accord.ingest.systems.model import Export
from accord.language import gettext as _
from accord.language import mark, ngettext
from accord.tables.schema import Type
from accord.typed import as_typed

__all__ = ["limits_of", "note_of_local_times", "notes_of_match", "notes_of_reading", "notes_of_staging"]

MOST_LISTED = 12
DOUBTFUL = 0.6
"""A proposed use of a column below this is as likely wrong as right."""

NEARLY = 0.85
NONE_COMES: Mapping[str, str] = {
    "leads": mark("No leads come out of it: it has no column {columns}."),
    "touches": mark("No touches come out of it: it has no column {columns}."),
    "handoffs": mark("No handoffs come out of it: it has no column {columns}."),
    "decisions": mark("No decisions come out of it: it has no column {columns}."),
    "some_decisions": mark("No refusals come out of it: it has no column {columns}."),
    "activities": mark("No activities come out of it: it has no column {columns}."),
    "opportunities": mark("No opportunities come out of it: it has no column {columns}."),
    "orders": mark("No orders come out of it: it has no column {columns}."),
    "spend": mark("No spend comes out of it: it has no column {columns}."),
    "reps": mark("No reps come out of it: it has no column {columns}."),
}
ABOUT_LEADS = frozenset({"leads", "touches", "decisions", "activities", "opportunities", "orders"})
"""Tables of which somebody expects figures; a list of reps or costs alone asks for none yet."""


def notes_of_match(match: Match, given: Collection[str] = ()) -> list[str]:
    """What how a file was understood implies. ``given``: tables that other files give, or that are there already."""
    said = list(match.source.notes)
    if match.fault is not None and match.proposal is None:
        said.append(match.fault.message)
    if match.proposal is not None:
        said += _notes_of_proposal(match, match.proposal)
    if match.found is not None:
        export = match.found.export
        unused = _left_to_another(export, {rule.table for rule in match.rule.tables} | (match.lacking or {}).keys())
        there = match.found.columns.keys() - unused
        columns = match.found.columns
        said += [
            _(trap.text).format(column=columns[trap.meaning])
            for trap in export.traps
            if trap.meaning in there and fold(columns[trap.meaning]) not in map(fold, trap.unless)
        ]
        said += [_(export.better_told)] if unused else []
        said += _ranges(match, columns)
        said += [_(limit) for limit in export.limits]
        for table, missing in (match.lacking or {}).items():
            if table in given:
                continue
            said.append(_(NONE_COMES[table]).format(columns=_(" and no column ").join(missing)))
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


def _ranges(match: Match, columns: Mapping[str, str]) -> Iterator[str]:
    """Where the number of employees is written as a range, so that the rule for leads leaves it out."""
    leads = [rule for rule in match.rule.tables if rule.table == "leads"]
    if "employees" in columns and leads and not any("employees" in rule.columns for rule in leads):
        yield _(
            "{column} holds ranges such as 51-200, no numbers of people: it is kept as a column of words, and the "
            "account size stays unknown."
        ).format(column=columns["employees"])


def _left_to_another(export: Export, given: Collection[str]) -> set[str]:
    """The meanings that only tables read which another export of the import gives better, and not this one."""
    read: dict[bool, set[str]] = {True: set(), False: set()}
    for rule in export.tables:
        columns = {column for recipe in rule.columns.values() for column in columns_of(recipe)}
        read[rule.table in export.better and rule.table not in given] |= columns
    return read[True] - read[False]


def _notes_of_proposal(match: Match, proposal: Proposal) -> list[str]:
    """What a person has to look at before the proposal is used."""
    said = list(proposal.notes) if match.how is How.GUESSED else []
    doubtful = [f"{heading} ({round(100 * sure)} %)" for heading, sure in proposal.sure.items() if sure < DOUBTFUL]
    if match.how is How.GUESSED and doubtful:
        said.append(_("Least sure, so look at these first: {columns}.").format(columns=listed(doubtful)))
    if match.how is not How.GUESSED:
        parts = [
            f"{recipe.column} → {rule.table} ({round(100 * proposal.sure[recipe.column])} %)"
            for rule in proposal.rules
            for target, recipe in rule.columns.items()
            if rule.table != "leads" and target in {"at", "closed_at"} and isinstance(recipe, FromColumn)
        ]
        said.append(
            _(
                "As it is, this file gives leads only. It seems to say more, which a mapping can take out of it: "
                "{columns}."
            ).format(columns=listed(parts))
        )
    return said


def note_of_local_times(stagings: Sequence[Staging], *, agreed: bool) -> list[str]:
    """How times without an offset were read, once for the whole import. ``agreed``: an agreement names the zone."""
    local = [staging for staging in stagings if staging.local_times and staging.job.reading.timezone is None]
    rows = sum(staging.local_times for staging in local)
    if not rows:
        return []
    said = ngettext(
        "{count} row has a time without an offset; it was read in {timezone}.",
        "{count} rows have a time without an offset; they were read in {timezone}.",
        rows,
    ).format(count=rows, timezone=local[0].job.timezone)
    if not agreed:
        advice = _(
            "No agreement names a time zone. If these are local times, run {init}, set timezone in accord.yaml (as in "
            "Europe/Paris) and import again."
        ).format(init=as_typed("init"))
        said = f"{said} {advice}"
    return [said]


def notes_of_reading(stagings: Sequence[Staging]) -> list[str]:
    """What was assumed when the rows of a file were read: each sentence once, with all columns it is true of."""
    columns: dict[str, dict[str, str]] = {}
    joined: dict[str, tuple[str, ...]] = {}
    for staging in stagings:
        headings = staging.job.query.headings
        for plan in staging.plans:
            for sentence in (*_assumed(plan), *_of_currency(plan, staging)):
                heading = heading_of(plan.name, staging.job.query)
                # A column of the file that several tables read is named once.
                columns.setdefault(sentence, {}).setdefault(heading or plan.name, named(plan.name, heading))
                parts = dict.fromkeys(part for name in plan.name.split(", ") for part in headings.get(name, ()))
                if len(parts) > 1:
                    joined[heading or plan.name] = tuple(parts)
    said = []
    for sentence, called in columns.items():
        # A value taken from several columns names none that the sentence names already, each by itself.
        alone = called.keys() - joined.keys()
        told = [name for heading, name in called.items() if not alone.issuperset(joined.get(heading, (None,)))]
        said.append(sentence.replace("{column}", listed(told)))
    return said + _notes_of_spoilt(stagings)


def _notes_of_spoilt(stagings: Sequence[Staging]) -> list[str]:
    """Identifiers that a spreadsheet has shortened, each column of the file once."""
    found: dict[str, tuple[int, str]] = {}
    for staging in stagings:
        for name, told in staging.spoilt.items():
            heading = heading_of(name, staging.job.query) or name
            found[heading] = max(told, found.get(heading, told))
    return [
        ngettext(
            "{column}: a spreadsheet has spoilt {count} identifier, {example}. Import the file as it was exported, or "
            "format the column as text before it is saved.",
            "{column}: a spreadsheet has spoilt {count} identifiers, such as {example}; several leads may have become "
            "one. Import the file as it was exported, or format the column as text before it is saved.",
            count,
        ).format(column=heading, count=count, example=example)
        for heading, (count, example) in found.items()
    ]


def notes_of_staging(staging: Staging) -> list[str]:
    """What became of the columns that the contract does not know."""
    said = []
    worked_in = {name for recipe in staging.job.rule.columns.values() for name in columns_of(recipe)}
    extras = [plan.name for plan in staging.plans if plan.extra and plan.name not in worked_in]
    if extras and staging.job.table.name == "leads":
        said.append(_("Kept as columns of the leads: {columns}.").format(columns=listed(extras)))
    elif extras:
        said.append(
            ngettext(
                "{table} has no column {columns}; it is kept and used by no figure.",
                "{table} has no columns {columns}; they are kept and used by no figure.",
                len(extras),
            ).format(table=staging.job.table.name, columns=listed(extras))
        )
    return said + _near_misses(staging)


def _assumed(plan: ColumnPlan) -> list[str]:
    """How the cells of a column were read; ``{column}`` stands where it is to be called by its name."""
    times, numbers = plan.times, plan.numbers
    said = []
    if plan.type in (Type.TIME, Type.DATE):
        if times.mixed:
            order = _("the day first") if times.order == "dmy" else _("the month first")
            said.append(
                _(
                    "{column}: some dates have the day first, as 31/12/2026, and some the month, as 12/31/2026; those "
                    "that could be either, as 03/04/2026, were read {order}. Have all of them written in one way."
                ).format(column="{column}", order=order)
            )
        elif times.guessed:
            order = _("the day first") if times.order == "dmy" else _("the month first")
            said.append(
                _(
                    "{column}: dates such as 03/04/2026 were read {order}; nothing in the file proves it. Say so in "
                    "a mapping "
                    "(dates: day first, or month first)."
                ).format(column="{column}", order=order)
            )
        elif times.order is not None:
            order = _("the day first") if times.order == "dmy" else _("the month first")
            said.append(_("{column}: dates were read {order}.").format(column="{column}", order=order))
        readings = {
            "milliseconds": _("milliseconds since 1970"),
            "seconds": _("seconds since 1970"),
            "serial": _("a spreadsheet's day numbers"),
            "serial_1904": _("a spreadsheet's day numbers, counted from 1904"),
        }
        if times.number in readings:
            said.append(
                _("{column}: numbers were read as {reading}.").format(column="{column}", reading=readings[times.number])
            )
    elif plan.type in (Type.INTEGER, Type.NUMBER) and not numbers.plain:
        sign = _("the comma") if numbers.decimal == "," else _("the point")
        if numbers.guessed:
            said.append(
                _(
                    "{column}: in numbers such as 1,234 the decimal sign was taken to be {sign}; nothing in the "
                    "file proves "
                    "it. Say so in a mapping (decimal)."
                ).format(column="{column}", sign=sign)
            )
        else:
            said.append(_("{column}: the decimal sign is {sign}.").format(column="{column}", sign=sign))
    return said


def _of_currency(plan: ColumnPlan, staging: Staging) -> Iterator[str]:
    """In which currency amounts are counted where no column of the file says so; ``{column}`` as above."""
    table, plans = staging.job.table, staging.plans
    if plan.name != table.money or any(other.name == "currency" and not other.beside for other in plans):
        return
    if plan.numbers.names_currency:
        yield _("{column}: the currency was taken from its cells, such as 100 € or GBP 100.")
    if plan.numbers.shares_sign:
        yield _(
            "{column}: a sign such as $ does not say which currency of that name it is: these amounts are counted in "
            "the agreement's. If they are in another, say so in a mapping (as in currency: {{constant: USD}})."
        ).format(column="{column}")


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


def limits_of(came: Iterable[str], before: Iterable[str], dates: Mapping[str, bool]) -> list[str]:
    """What cannot be told from the tables that ``came`` with this import and those that were there ``before``.

    Told in full when leads come and no handoff is known; in short when the import before this one has told it already.
    ``dates``: table → whether all its times are dates without an hour.
    """
    coming, known = set(came), set(before)
    there = coming | known
    said = []
    if "handoffs" not in there and known & ABOUT_LEADS:
        if coming & ABOUT_LEADS:
            said.append(_("Still no handoff: acceptance cannot be measured yet."))
    elif "handoffs" not in there and coming & ABOUT_LEADS:
        said.append(
            _(
                "There is no handoff in these data: acceptance cannot be measured. A handoff says when which lead "
                "was given "
                "to whom; map a column that does, or import a table handoffs."
            )
        )
    elif "handoffs" in there and "decisions" not in there and "activities" not in there:
        said.append(_("Nothing says what sales did with the leads: neither decisions nor activities are recorded."))
    if "handoffs" in there and "decisions" not in there and "activities" in there:
        said.append(_("No decision is recorded: acceptance is measured by what sales did, not by what it said."))
    if "handoffs" in there and "activities" not in there and "decisions" in there:
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
