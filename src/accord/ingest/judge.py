"""Typed values and reasons to refuse, as DuckDB SQL in layers: each layer reads the columns that the one below it
names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from accord.ingest import cells, numbers, times
from accord.ingest import sqltext as sql
from accord.ingest.learn import ColumnPlan
from accord.ingest.mapping.compile import CellsQuery
from accord.ingest.own_columns import FAULTY, FILE, KEY, LINE, NUMBER, OWN_COLUMNS, READING, SURPLUS, WHOLE_ROW
from accord.ingest.refusals import LONGEST_SHOWN, REFUSALS, named
from accord.ingest.sheet_errors import broken, never_calculated
from accord.ingest.source import CELL
from accord.ingest.zones import FIRST_YEAR, LAST_YEAR
from accord.readmodel.extra_columns import pointer
from accord.tables.schema import Column, Table, Type

__all__ = ["Judgement", "heading_of", "judged", "scanned_columns"]

NEVER_NEGATIVE = {
    ("leads", "employees"),
    ("activities", "duration_s"),
    ("reps", "capacity"),
}
"""Counts and lengths. Money and days left may be below zero (a credit, a date gone by): odd or not, the contract has
them as numbers, and refusing the row would take a lead out of the acceptance rate for it."""

LONGEST_KEY = 500
"""Characters of an identifier; databases cannot index much longer ones."""

CODE_OF_TYPE = {
    Type.INTEGER: "not_an_integer",
    Type.NUMBER: "not_a_number",
    Type.BOOLEAN: "not_a_boolean",
    Type.DATE: "not_a_date",
}


@dataclass(frozen=True, slots=True)
class _Check:
    """A condition under which a row is refused, with what it says about it.

    ``among_refused``: what tells this reason from others in a row that is refused anyway; it is not worked out for the
    rest, so it may cost more.
    """

    condition: str
    code: str
    column: str
    value: str
    allowed: tuple[str, ...] = ()
    among_refused: str = "true"
    heading: str = ""
    """What the file calls the column, where that is something else."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """Two queries over a scan.

    ``rows``: the stored columns of the table that the file has, ``extra``, ``line``, ``without_offset`` (a time was
    read as local time), ``refused``, and for refused rows the scan's own columns as ``scanned`` (JSON list).
    ``reasons``: for a scan of refused rows ``line``, ``raw`` and ``reasons`` (JSON text), ``whole`` (the row could not
    be cut into cells), and ``file`` and ``first_line``, where a row that came back to be mended stood at first (null
    elsewhere). They are apart because an engine works out what many reasons have in common for every row, however few
    are refused.
    """

    rows: str
    reasons: str


def judged(
    query: CellsQuery,
    table: Table,
    plans: Sequence[ColumnPlan],
    headings: Sequence[str],
    timezone: str,
    *,
    with_errors: bool = False,
) -> Judgement:
    """The queries for what ``query`` gives to ``table``, read as ``plans`` say; ``timezone``: of times without an
    offset; ``with_errors``: of a spreadsheet may stand in its cells.
    """
    in_time = [plan for plan in plans if plan.type in (Type.TIME, Type.DATE)]
    tidy = _layer(query.text, "cells", {f"t:{plan.name}": _tidied(plan) for plan in plans if _needs_tidying(plan)})
    clock = _layer(tidy, "tidy", {f"l:{plan.name}": times.local_clock(sql.name(f"t:{plan.name}")) for plan in in_time})
    typed = _layer(clock, "clock", dict(_typed(plans, table, timezone)))
    in_file = [plan for plan in plans if not plan.beside]
    checks = [check for plan in in_file for check in _checks(plan, table, query)]
    if with_errors:
        checks = [check for plan in in_file for check in _error_checks(plan)] + [
            _not_of_errors(check) for check in checks
        ]
    checks += _row_checks(table, plans)
    checks = [replace(check, heading=heading_of(check.column, query)) for check in checks]
    wrong = sql.joined(dict.fromkeys(check.condition for check in checks))
    known = _layer(typed, "typed", {"refused": f"(fault IS NOT NULL OR coalesce({wrong}, false))"})
    stored = "".join(f"{sql.name('v:' + name)} AS {sql.name(name)}, " for name in _stored(plans))
    local = sql.joined(f"{sql.name('l:' + plan.name)} IS NOT NULL" for plan in in_time)
    return Judgement(
        rows=f"SELECT {stored}{_extra(plans)} AS extra, line, {local} AS without_offset, refused, "
        f"CASE WHEN refused THEN json_array({', '.join(scanned_columns(headings))})::VARCHAR END AS scanned "
        f"FROM ({known}) AS known",
        reasons=f"SELECT line, {_first_place(headings)}, fault IS NOT NULL AS whole, "
        f"json_merge_patch(CASE WHEN fault IS NOT NULL THEN {_spoilt(headings)} ELSE {_raw(headings)} END, "
        f"{sql.text(_reading(plans, timezone))}, {_key(table, plans)}, {_number(headings)}) AS raw, "
        f"CASE WHEN fault IS NOT NULL THEN {_reasons_of_fault()} ELSE {_reasons(checks)} END AS reasons "
        f"FROM ({known}) AS known WHERE refused",
    )


def heading_of(column: str, query: CellsQuery) -> str:
    """What the file calls a column of the contract (or several, with commas between); empty where it is the same."""
    names = [name for part in column.split(", ") for name in query.headings.get(part, ())]
    said = ", ".join(dict.fromkeys(names))
    return "" if said == column else said


def scanned_columns(headings: Sequence[str]) -> list[str]:
    """The columns of a scan that a refused row keeps, but for its line, in the order of ``scanned``."""
    return [*(CELL.format(number) for number in range(len(headings))), "fault", "raw"]


def _layer(below: str, name: str, columns: Mapping[str, str]) -> str:
    if not columns:
        return below
    added = ", ".join(f"{expression} AS {sql.name(column)}" for column, expression in columns.items())
    return f"SELECT *, {added} FROM ({below}) AS {name}"


def _needs_tidying(plan: ColumnPlan) -> bool:
    return plan.type in (Type.TIME, Type.DATE, Type.INTEGER, Type.NUMBER)


def _tidied(plan: ColumnPlan) -> str:
    cell = sql.name(plan.name)
    if plan.type in (Type.TIME, Type.DATE):
        return times.tidied(cell, plan.times)
    return numbers.tidied(cell, plan.numbers)


def _stored(plans: Iterable[ColumnPlan]) -> Iterable[str]:
    for plan in plans:
        if not plan.extra:
            yield plan.name
            if plan.type is Type.TIME:
                yield f"{plan.name}_is_date"


def _typed(plans: Iterable[ColumnPlan], table: Table, timezone: str) -> Iterable[tuple[str, str]]:
    """``v:<column>`` → its typed value, and for times ``v:<column>_is_date``."""
    plans = list(plans)
    naming = [plan.name for plan in plans if plan.name == table.money and plan.numbers.names_currency]
    for plan in plans:
        cell, tidy, local = sql.name(plan.name), sql.name(f"t:{plan.name}"), sql.name(f"l:{plan.name}")
        known = table.column(plan.name)
        match plan.type:
            case Type.TIME | Type.DATE:
                read = times.time_words(tidy, local, timezone)
                if plan.type is Type.DATE:
                    yield f"v:{plan.name}", times.day(tidy)
                else:
                    yield f"v:{plan.name}", read.value
                    # A missing time is no date without an hour: its companion is missing as well.
                    yield f"v:{plan.name}_is_date", f"(CASE WHEN {cell} IS NOT NULL THEN {read.is_date} END)"
            case Type.INTEGER:
                yield f"v:{plan.name}", numbers.integer(tidy)
            case Type.NUMBER:
                yield f"v:{plan.name}", numbers.number(tidy)
            case Type.BOOLEAN:
                yield f"v:{plan.name}", cells.boolean(cell)
            case _ if plan.name == "currency" and naming:
                named_there = numbers.currency_named(sql.name(naming[0]))
                yield f"v:{plan.name}", named_there if plan.beside else f"coalesce({cell}, {named_there})"
            case _:
                yield f"v:{plan.name}", _typed_text(cell, table, known)


def _typed_text(cell: str, table: Table, known: Column | None) -> str:
    if known is not None and known.allowed:
        return cells.word(cell, known)
    if table.name == "decisions" and known is not None and known.name == "reason":
        return cells.reason(cell)
    return cell


def _checks(plan: ColumnPlan, table: Table, query: CellsQuery) -> Iterable[_Check]:
    """What can be wrong with one cell."""
    known = table.column(plan.name)
    cell, value, tidy = sql.name(plan.name), sql.name(f"v:{plan.name}"), sql.name(f"t:{plan.name}")
    if plan.type is Type.NUMBER:
        yield _Check(f"(NOT isfinite({value}))", "infinite", plan.name, cell)
    if known is None:
        return
    unread = f"({cell} IS NOT NULL AND {value} IS NULL)"
    sought = query.required.get(plan.name)
    if sought is not None:
        yield _Check(f"({cell} IS NULL AND {sql.name(sought)} IS NOT NULL)", "no_match", plan.name, sql.name(sought))
    if known.required:
        absent = f"{cell} IS NULL" if sought is None else f"{cell} IS NULL AND {sql.name(sought)} IS NULL"
        yield _Check(f"({absent})", "missing", plan.name, cell)
    match plan.type:
        case Type.TIME | Type.DATE:
            shaped = times.shaped(tidy, date_only=plan.type is Type.DATE)
            first, after = f"TIMESTAMP '{FIRST_YEAR}-01-01'", f"TIMESTAMP '{LAST_YEAR + 1}-01-01'"
            unread = f"({unread} OR {value} < {first} OR {value} >= {after})"
            wrong = CODE_OF_TYPE.get(plan.type, "not_a_time")
            yield _Check(unread, "impossible_date", plan.name, cell, among_refused=shaped)
            known_form = [shaped]
            for code, form in (("day_or_month", times.DAY_AND_MONTH), ("day_number", times.DAY_NUMBER)):
                this = form.replace("{cell}", cell)
                others = sql.joined(known_form)
                yield _Check(unread, code, plan.name, cell, among_refused=f"({this} AND NOT {others})")
                known_form.append(this)
            yield _Check(unread, wrong, plan.name, cell, among_refused=f"NOT {sql.joined(known_form)}")
        case Type.INTEGER | Type.NUMBER | Type.BOOLEAN:
            yield _Check(unread, CODE_OF_TYPE[plan.type], plan.name, cell)
            if (table.name, plan.name) in NEVER_NEGATIVE:
                yield _Check(f"({value} < 0)", "negative", plan.name, cell)
        case _ if known.allowed and not known.others_welcome:
            yield _Check(unread, "unknown_word", plan.name, cell, known.allowed)
        case _ if plan.name in table.key or plan.name.endswith("_id"):
            yield _Check(f"(strlen({cell}) > {LONGEST_KEY})", "too_long", plan.name, cell)


def _error_checks(plan: ColumnPlan) -> Iterable[_Check]:
    """An error of a spreadsheet is no value of any column, and no empty cell either."""
    cell = sql.name(plan.name)
    formula = never_calculated(cell)
    yield _Check(broken(cell), "spreadsheet_error", plan.name, cell, among_refused=f"NOT {formula}")
    yield _Check(formula, "never_calculated", plan.name, cell)


def _not_of_errors(check: _Check) -> _Check:
    """What else could be said of a cell with an error would only say it again."""
    return replace(check, among_refused=f"({check.among_refused} AND {broken(sql.name(check.column))} IS NOT true)")


def _row_checks(table: Table, plans: Sequence[ColumnPlan]) -> Iterable[_Check]:
    """What can be wrong between the cells of a row."""
    present = [plan.name for plan in plans]
    for group in table.any_of:
        filled = [sql.name(name) for name in group if name in present]
        condition = sql.joined((f"{cell} IS NULL" for cell in filled), "AND") if filled else "true"
        yield _Check(condition, "missing_any_of", ", ".join(group), "NULL")
    if table.name == "spend":
        yield _Check('("v:end" < "v:start")', "end_before_start", "end", '"end"')


def _reasons(checks: Sequence[_Check]) -> str:
    listed = ", ".join(
        f"CASE WHEN {check.condition} AND {check.among_refused} THEN {_reason(check)} END" for check in checks
    )
    return (
        f"'[' || list_aggregate(list_filter([{listed}], lambda reason: reason IS NOT NULL), 'string_agg', ', ') || ']'"
    )


def _reason(check: _Check) -> str:
    refusal = REFUSALS[check.code]
    cut = f"left({check.value}, {LONGEST_SHOWN - 1}) || '…'"
    shown = f"CASE WHEN length({check.value}) > {LONGEST_SHOWN} THEN {cut} ELSE {check.value} END"
    message = _sentence(refusal.message, check, shown)
    hint = _sentence(refusal.hint, check, shown)
    heading = f", 'heading', {sql.text(check.heading)}" if check.heading else ""
    if check.allowed:
        near = cells.nearest_word(check.value, check.allowed)
        hint = f"coalesce('Did you mean ' || {near} || '? ', '') || {hint}"
    return (
        f"json_object('code', {sql.text(check.code)}, 'column', {sql.text(check.column)}, 'value', {check.value}, "
        f"'message', {message}, 'hint', {hint}{heading})"
    )


def _sentence(template: str, check: _Check, shown: str) -> str:
    column = named(check.column, check.heading)
    return _with_value(template.replace("{column}", column).replace("{allowed}", ", ".join(check.allowed)), shown)


def _with_value(sentence: str, shown: str) -> str:
    return f" || coalesce({shown}, '') || ".join(sql.text(piece) for piece in sentence.split("{value}"))


def _reasons_of_fault() -> str:
    faulty = f"json_extract_string(raw, {sql.text(pointer(FAULTY))})"
    cases = " ".join(
        f"WHEN {sql.text(refusal.code)} THEN json_object('code', fault, 'column', NULL, 'value', {faulty}, "
        f"'message', {_with_value(refusal.message, faulty)}, 'hint', {sql.text(refusal.hint)})"
        for refusal in REFUSALS.values()
        if "{column}" not in refusal.message
    )
    return f"'[' || CASE fault {cases} END || ']'"


def _reading(plans: Iterable[ColumnPlan], timezone: str) -> str:
    """How the file is read where a row alone could not tell, as a JSON object for the row to carry along."""
    orders = {plan.times.order for plan in plans} - {None}
    commas = any(plan.numbers.decimal == "," for plan in plans)
    said = [f"timezone={timezone}"]
    said += [f"dates={orders.pop()}"] if len(orders) == 1 else []
    said += ["decimal=,"] if commas else []
    return json.dumps({READING: " ".join(said)})


def _raw(headings: Sequence[str]) -> str:
    pairs = ", ".join(
        f"{sql.text(heading)}, coalesce({CELL.format(number)}, '')"
        for number, heading in enumerate(headings)
        if heading and heading not in OWN_COLUMNS
    )
    return f"json_object({pairs})"


def _spoilt(headings: Sequence[str]) -> str:
    """A row that could not be cut: the cells that could be told, the others empty, for all have to be filled in."""
    pairs = ", ".join(
        f"{sql.text(heading)}, coalesce(json_extract_string(raw, {sql.text(pointer(heading))}), '')"
        for heading in headings
        if heading and heading not in OWN_COLUMNS
    )
    own = ", ".join(
        f"{sql.text(name)}, json_extract_string(raw, {sql.text(pointer(name))})" for name in (WHOLE_ROW, SURPLUS)
    )
    return f"json_merge_patch(json_object({pairs}), json_object({own}))"


def _first_place(headings: Sequence[str]) -> str:
    """Where a row that came back to be mended stood when it was refused first."""
    if FILE not in headings or LINE not in headings:
        return "NULL::VARCHAR AS file, NULL::BIGINT AS first_line"
    file, line = (CELL.format(list(headings).index(name)) for name in (FILE, LINE))
    return f"nullif(trim({file}), '') AS file, try_cast(trim({line}) AS BIGINT) AS first_line"


def _key(table: Table, plans: Iterable[ColumnPlan]) -> str:
    """The identifier of the row as a JSON object for it to carry along, where one column is the key."""
    if len(table.key) > 1 or table.key[0] not in {plan.name for plan in plans}:
        return "'{}'::JSON"
    return f"json_object({sql.text(KEY)}, {sql.name(table.key[0])})"


def _number(headings: Sequence[str]) -> str:
    """The number under which the row was refused first, when it came back, as a JSON object to carry along."""
    if NUMBER not in headings:
        return "'{}'::JSON"
    return f"json_object({sql.text(NUMBER)}, try_cast(trim({CELL.format(list(headings).index(NUMBER))}) AS BIGINT))"


def _extra(plans: Iterable[ColumnPlan]) -> str:
    """The columns that the contract does not know as one JSON object, typed; a missing cell is a JSON null."""
    pairs = []
    for plan in plans:
        if not plan.extra:
            continue
        value, is_date = sql.name(f"v:{plan.name}"), sql.name(f"v:{plan.name}_is_date")
        match plan.type:
            case Type.TIME:
                date = f"strftime({value}, '%Y-%m-%d')"
                shown = f"CASE WHEN {is_date} THEN {date} ELSE replace({value}::VARCHAR, ' ', 'T') || 'Z' END"
            case Type.DATE:
                shown = f"strftime({value}, '%Y-%m-%d')"
            case _:
                shown = value
        pairs.append(f"{sql.text(plan.name)}, {shown}")
    return f"json_object({', '.join(pairs)})::VARCHAR" if pairs else "NULL::VARCHAR"
