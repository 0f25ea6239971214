"""What an import did, or would do, as text for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from os.path import commonprefix
from pathlib import PurePath

from accord.ingest.inputs import PassedOver
from accord.ingest.mending import reasons_of
from accord.ingest.outcome import Becomes, ColumnReport, FileReport, ImportReport, RefusalCount, Use
from accord.ingest.recognise import How
from accord.ingest.refusals import told
from accord.language import gettext as _
from accord.language import mark, ngettext
from accord.report import formats
from accord.report.audit.words import TABLES
from accord.report.columns import Cell, Column, laid_out
from accord.report.ingest.typed import Typed
from accord.report.look import Look
from accord.store.quarantine import QuarantinedRow
from accord.tables.schema import Type
from accord.typed import as_typed

__all__ = ["import_text", "quarantine_text"]

MOST_REASONS = 5
"""Kinds of refusals listed per file; the quarantine has them all."""

MOST_PASSED_OVER = 3
"""Files passed over that are named one by one."""

UNDERSTOOD: Mapping[How, str] = {
    How.MENDED: mark("refused rows, read as they were at first"),
    How.TOLD: mark("read as the mapping says"),
    How.ALIKE: mark("read by what its headings mean"),
    How.GUESSED: mark("not understood; this is what it might be"),
}

WIDEST_TARGET = 36
LEAST_SAMPLE = 14
"""Letters of the cells of a column that are shown at least."""

TYPES: Mapping[Type, str] = {
    Type.TEXT: mark("(text)"),
    Type.INTEGER: mark("(whole number)"),
    Type.NUMBER: mark("(number)"),
    Type.BOOLEAN: mark("(yes or no)"),
    Type.TIME: mark("(time)"),
    Type.DATE: mark("(date)"),
}


def import_text(report: ImportReport, look: Look, typed: Typed | None = None) -> str:
    """Counts per table; then per file what there is to know; in a rehearsal also what became of each column; then the
    next command. ``typed``: the command that this answers.
    """
    parts: list[list[str]] = [list(_counts(report, look))]
    for file in report.files:
        lines = list(_file(file, look, columns=report.rehearsal))
        if lines:
            parts.append(lines)
    notes = [*_passed_over(report.passed_over), *report.notes]
    if notes:
        parts.append([line for note in notes for line in _bullet(note, look)])
    parts.append(list(_next(report, look, typed or Typed())))
    return look.plain("\n\n".join("\n".join(lines) for lines in parts if lines) + "\n")


def _counts(report: ImportReport, look: Look) -> Iterator[str]:
    title = _("What this would import (nothing was changed)") if report.rehearsal else _("Imported")
    not_understood = any(file.match.fault is not None for file in report.files)
    if not_understood and not report.accounting:
        title = _("What this might be (nothing was changed)")
    yield look.styled(title, "bold")
    accounts = list(report.accounting.items())
    if not accounts:
        if not not_understood:
            yield from look.paragraph(_("Nothing: no table comes out of what was given."), indent=2)
        return
    columns = [Column("", [Cell(_(TABLES[table])) for table, _account in accounts])]
    for heading, name in (
        (_("read"), "read"),
        (_("added"), "added"),
        (_("updated"), "updated"),
        (_("unchanged"), "unchanged"),
        (_("quarantined"), "quarantined"),
    ):
        numbers = [getattr(account, name) for _table, account in accounts]
        style = ("yellow",) if name == "quarantined" else ()
        cells = [Cell(formats.count(number), style if number else ("dim",)) for number in numbers]
        columns.append(Column(heading, cells, right=True))
    yield from laid_out(columns, look)


def _passed_over(passed: Sequence[PassedOver]) -> list[str]:
    """Each with its reason where there are few; many in one sentence."""
    if len(passed) <= MOST_PASSED_OVER:
        return [one.said for one in passed]
    such = ", ".join(PurePath(one.file).name for one in passed[:MOST_PASSED_OVER])
    return [
        _(
            "{count} files were passed over, such as {files}: they hold no table that Accord knows, or cannot be read. "
            "--json lists them all, each with the reason."
        ).format(count=formats.count(len(passed)), files=such)
    ]


def _file(file: FileReport, look: Look, *, columns: bool) -> Iterator[str]:
    notes = list(file.notes)
    if file.left_out:
        notes.insert(
            0,
            ngettext(
                "{count} row gave nothing to any table.", "{count} rows gave nothing to any table.", file.left_out
            ).format(count=formats.count(file.left_out)),
        )
    if not (columns or notes or file.refusals):
        return
    yield f"{look.styled(file.name, 'bold')}  {look.styled(_understood(file), 'dim')}"
    if columns:
        yield from _columns(file, look)
    for note in notes:
        yield from _bullet(note, look)
    yield from _refusals(file.refusals, look)


def _understood(file: FileReport) -> str:
    match file.how:
        case How.SYSTEM:
            found = file.match.found
            return _("recognised as {system}").format(system=found.export.shown if found else file.system)
        case How.CONTRACT:
            return _("has the columns of {tables}").format(tables=", ".join(_(TABLES[table]) for table in file.rows))
        case How.GUESSED if not file.match.rule.tables:
            return _("not understood")
        case _:
            return _(UNDERSTOOD[file.how])


def _columns(file: FileReport, look: Look) -> Iterator[str]:
    """One line for each table that a column goes to. The headings, which tell most, are cut last."""
    rows = []
    for column in file.columns:
        sure = formats.percent(column.confidence) if column.becomes else ""
        became = _became(column) or [_("not used")]
        rows.append([column.heading, " · ".join(column.samples), became[0], sure])
        rows += [["", "", more, ""] for more in became[1:]]
    for table, target, value in file.constants:
        rows.append([_("(in every row)"), value, f"{table}.{target}", ""])
    headings, samples, became_, sures = zip(*rows, strict=True)
    names = (_("column"), _("such as"), _("becomes"), _("sure"))
    target_width = min(max(map(len, (*became_, names[2]))), WIDEST_TARGET)
    room = look.width - 2 - 6 - max(map(len, (*sures, names[3]))) - target_width
    heading_width = min(max(map(len, headings)), room - LEAST_SAMPLE)
    yield from laid_out(
        [
            Column(names[0], [Cell(text) for text in _told_apart(headings, heading_width)]),
            Column(names[1], [Cell(_cut(text, room - heading_width), ("dim",)) for text in samples]),
            Column(names[2], [Cell(_cut(text, target_width)) for text in became_]),
            Column(names[3], [Cell(text) for text in sures], right=True),
        ],
        look,
    )


def _told_apart(headings: Sequence[str], width: int) -> list[str]:
    """Headings cut to ``width``; where several then look alike, what they begin with is left out (*Date of …*)."""
    cut = {heading: _cut(heading, width) for heading in headings}
    for short in [short for short, count in Counter(cut.values()).items() if count > 1]:
        alike = [heading for heading in cut if cut[heading] == short]
        begin = len(commonprefix(alike))  # noqa: RUF071 - letter by letter is what is meant
        begin = alike[0].rfind(" ", 0, begin) + 1 or begin
        cut |= {heading: _cut(f"…{heading[begin:]}", width) for heading in alike}
    return [cut[heading] for heading in headings]


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _became(column: ColumnReport) -> list[str]:
    """What a column becomes, one text for each table. That it also chooses the rows of a table it fills goes without
    saying, and so does the type of an identifier that stands in two places.
    """
    tables = dict.fromkeys(part.table for part in column.becomes)
    return [
        said
        for table in tables
        for said in _in_table(column.heading, [part for part in column.becomes if part.table == table])
    ]


def _in_table(heading: str, parts: Sequence[Becomes]) -> list[str]:
    filling = [part for part in parts if part.how is not Use.CHOOSES] or list(parts)
    whole = [part for part in filling if part.how is Use.AS_IT_IS]
    pieces = [part for part in filling if part.how is Use.PART]
    if len(whole) == 1 and len(pieces) == 1 and len(filling) == 2:
        return [f"{whole[0].table}.{whole[0].column}, {pieces[0].column}"]
    return [_said(part, heading) for part in filling]


def _said(part: Becomes, heading: str) -> str:
    named = f"{part.table}.{part.column}"
    match part.how:
        case Use.CHOOSES:
            return _("chooses the rows of {table}").format(table=part.table)
        case Use.LOOKED_UP:
            return _("looked up for {column}").format(column=named)
        case Use.PART:
            return _("part of {column}").format(column=named)
        case Use.WORDS:
            return _("{column} (by its words)").format(column=named)
        case Use.KEPT if part.column == heading:
            return _("kept with {table} {type}").format(table=part.table, type=_(TYPES[part.type]))
        case _:
            return f"{named} {_(TYPES[part.type])}"


def _refusals(counts: Sequence[RefusalCount], look: Look) -> Iterator[str]:
    for count in counts[:MOST_REASONS]:
        said = told(count.table, asdict(count))
        text = ngettext(
            "{count} row refused, line {line}: {reason}",
            "{count} rows refused, the first on line {line}: {reason}",
            count.rows,
        ).format(count=formats.count(count.rows), line=count.line, reason=said)
        yield from _bullet(text, look, sign="!")
    if len(counts) > MOST_REASONS:
        yield from _bullet(_("… and for other reasons."), look, sign="!")


def _bullet(text: str, look: Look, sign: str = "·") -> list[str]:
    lines = look.paragraph(text, indent=4)
    return [f"  {sign} {lines[0].lstrip()}", *lines[1:]] if lines else []


def _next(report: ImportReport, look: Look, typed: Typed) -> Iterator[str]:
    """What to do now, with the commands as they are to be typed."""
    refused = sum(account.quarantined for account in report.accounting.values())
    split = any(file.match.proposal is not None for file in report.files)
    if report.rehearsal:
        if report.cannot_be_imported and not any(file.match.rule.tables for file in report.files):
            return
        if report.cannot_be_imported or (split and "handoffs" not in report.accounting):
            yield from _commands(look, *_to_map(typed, split=split and not report.cannot_be_imported))
        elif report.accounting:
            told = _("Import it, or write the mapping to change it first:")
            mapped = typed.import_command("--dry-run", "--write-map", "mapping.yaml", again=True)
            if typed.write_map:
                mapped = typed.import_command("--map", typed.write_map)
                told = _("Import it as it is, or with the mapping once you have changed it:")
            yield from _commands(look, told, typed.import_command(again=True), mapped)
        return
    if report.mended_before:
        yield from look.paragraph(
            ngettext(
                "{count} row was refused; it was mended before, and nothing waits.",
                "{count} rows were refused; they were mended before, and nothing waits.",
                refused,
            ).format(count=formats.count(refused))
        )
    elif refused:
        yield from _commands(
            look,
            _("Refused rows are kept whole. See them, or write them to a file, mend them there and import that file:"),
            as_typed("quarantine"),
            as_typed("quarantine --csv mend.csv"),
        )
    if report.every_row_refused:
        return
    if split and report.recorded is not None and "handoffs" not in report.recorded:
        yield from _commands(look, *_to_map(typed, split=True))
    elif report.recorded is not None and "handoffs" not in report.recorded:
        yield from _commands(look, _("What these data can carry so far, and what is missing:"), as_typed("audit"))
    else:
        yield from _commands(
            look,
            _("Next: whether these data can carry the figures, then the figures."),
            as_typed("audit"),
            as_typed("acceptance"),
        )


def _to_map(typed: Typed, *, split: bool) -> tuple[str, ...]:
    """The way from a proposal to an import. ``split``: the files can be imported as they are, too."""
    written = typed.write_map or "mapping.yaml"
    mapped = typed.import_command("--map", written)
    if typed.write_map:
        return (_("Look through {file} and correct it, then:").format(file=written), mapped)
    propose = typed.import_command("--dry-run", "--write-map", written)
    if split:
        return (_("To get all of it, write a mapping, look it through, then import with it:"), propose, mapped)
    return (_("Write this proposal to a file, correct it there, then import with it:"), propose, mapped)


def _commands(look: Look, sentence: str, *commands: str) -> Iterator[str]:
    yield from look.paragraph(sentence)
    for command in commands:
        yield f"  {look.styled(command, 'bold')}"


def quarantine_text(rows: Sequence[QuarantinedRow], look: Look, most: int) -> str:
    """The rows in quarantine, the first ``most`` of them, each with its reasons."""
    if not rows:
        return look.plain(_("No row is in quarantine.") + "\n")
    title = ngettext("{count} row in quarantine", "{count} rows in quarantine", len(rows))
    lines = [look.styled(title.format(count=formats.count(len(rows))), "bold")]
    for row in rows[:most]:
        place = f"{row.file}:{row.line}"
        lines.append(f"  {place}  {look.styled(_(TABLES[row.table]), 'dim')}")
        for reason in reasons_of(row):
            lines += _bullet(reason, look, sign="!")
    if len(rows) > most:
        lines.append("")
        lines += look.paragraph(
            _("{count} more; --csv FILE writes them all.").format(count=formats.count(len(rows) - most))
        )
    return look.plain("\n".join(lines) + "\n")
