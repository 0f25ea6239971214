"""Is every lead one lead, a real one, and described in the same words as the others?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from accord.audit.check import Check, Measurement
from accord.audit.evidence import Evidence
from accord.audit.families import RATES
from accord.audit.figures import Audited
from accord.audit.populations import leads
from accord.audit.thresholds import THRESHOLDS
from accord.audit.words import (
    EMPTY_WORDS,
    TEST_WORDS,
    allowed_words,
    bare,
    email_columns,
    folded,
    is_one_of,
    text_columns,
)
from accord.language import mark

__all__ = ["CHECKS"]

NAME_COLUMNS = ("name", "full_name", "contact_name", "last_name", "lastname", "first_name", "firstname")
WHOLE_NAMES = ("name", "full_name", "contact_name", "last_name", "lastname")
MOST_FETCHED = 4_000_000
"""Cells that are fetched at once and counted here."""

MANY_VALUES = 500
"""A column with more values than this is no segment: how they are written matters to no figure."""


def _duplicates(evidence: Evidence) -> Iterable[Measurement]:
    """Leads that share an e-mail address, or where there is none, company and name, with an earlier one."""
    known = leads(evidence)
    emails = email_columns(known)
    if emails:
        column = emails[0]
        named = known.filter(known[column].contains("@")).select("lead_id", same=bare(known[column]))
    else:
        by_lower = {name.lower(): name for name in known.columns}
        names = [by_lower[name] for name in NAME_COLUMNS if name in by_lower]
        if not any(name in by_lower for name in WHOLE_NAMES):
            return
        column = "company"
        whole = known.filter(known.company.notnull(), *(known[name].notnull() for name in names))
        parts = [bare(whole[name]) for name in ("company", *names)]
        named = whole.select("lead_id", same=reduce(lambda left, right: left + "\n" + right, parts))
    (total,) = evidence.rows(named.aggregate(n=named.count()))
    if not total["n"]:
        return
    groups = named.group_by("same").aggregate(n=named.count(), sample=named.lead_id.max())
    doubled = groups.filter(groups.n > 1)
    (found,) = evidence.rows(doubled.aggregate(extra=(doubled.n - 1).sum(), groups=doubled.count()))
    samples = evidence.rows(doubled.select("sample").order_by("sample").limit(5)) if found["groups"] else []
    yield Measurement(
        int(found["extra"] or 0), total["n"], samples=tuple(row["sample"] for row in samples), column=column
    )


def _tests(evidence: Evidence) -> Iterable[Measurement]:
    known = leads(evidence)
    names = [name for name in text_columns(known) if name.lower() in {"company", *NAME_COLUMNS}]
    nobody: list[ir.BooleanValue] = [is_one_of(known[name], TEST_WORDS) for name in names]
    nobody += [
        ibis.coalesce(bare(known[name]).startswith("test@"), ibis.literal(value=False)) for name in email_columns(known)
    ]
    if not nobody:
        return
    fake = known.filter(reduce(or_, nobody))
    (count,) = evidence.rows(fake.aggregate(n=fake.count()))
    (total,) = evidence.rows(known.aggregate(n=known.count()))
    samples = evidence.rows(fake.select("lead_id").order_by("lead_id").limit(5)) if count["n"] else []
    if total["n"]:
        yield Measurement(count["n"], total["n"], samples=tuple(row["lead_id"] for row in samples))


def _values(evidence: Evidence, column: str) -> Mapping[str, int]:
    """How often each value of a column occurs; empty when they are too many for the column to be a segment.

    Too many: over :data:`MANY_VALUES`, or more than half as many as the rows that hold one (names, addresses, notes).
    """

    def count() -> Mapping[str, int]:
        fetched = evidence.once("words of leads", lambda: _words(evidence))
        if fetched is not None:
            found = pc.value_counts(fetched[column].drop_null()).to_pylist()
            values = {row["values"]: row["counts"] for row in found}
        else:
            filled = leads(evidence, column).select(word=column).filter(lambda t: t.word.notnull())
            rows = evidence.rows(filled.group_by("word").aggregate(n=filled.count()).limit(MANY_VALUES + 1))
            values = {row["word"]: row["n"] for row in rows}
        return values if len(values) <= min(MANY_VALUES, sum(values.values()) / 2) else {}

    return evidence.once(f"values of {column}", count)


def _words(evidence: Evidence) -> pa.Table | None:
    """Every text column of the leads, where they are few enough to fetch: a query takes longer to write than to answer,
    and an export may have hundreds of columns. None where the engine had better count them one by one.
    """
    known = leads(evidence)
    columns = text_columns(known)
    if not columns or evidence.counts["leads"] * len(columns) > MOST_FETCHED:
        return None
    return evidence.arrow(known.select(*columns))


def _empty_words(evidence: Evidence) -> Iterable[Measurement]:
    for column in text_columns(leads(evidence)):
        words = frozenset(EMPTY_WORDS).difference(allowed_words(column))
        values = _values(evidence, column)
        empty = {word: n for word, n in values.items() if word.strip().casefold() in words}
        worst = min(empty, key=lambda word: (-empty[word], word), default="")
        yield Measurement(sum(empty.values()), sum(values.values()), details={"word": worst.strip()}, column=column)


def _variants(evidence: Evidence) -> Iterable[Measurement]:
    for column in text_columns(leads(evidence)):
        values = _values(evidence, column)
        together: dict[str, list[tuple[int, str]]] = {}
        for word, n in values.items():
            together.setdefault(folded(word), []).append((n, word))
        split = [sorted(words, key=lambda pair: (-pair[0], pair[1])) for words in together.values() if len(words) > 1]
        split.sort(key=lambda words: (-words[1][0], words[0][1]))
        yield Measurement(
            sum(n for words in split for n, _word in words[1:]),
            sum(values.values()),
            details={"words": " / ".join(word for _n, word in split[0])} if split else {},
            column=column,
        )


CHECKS = (
    Check(
        "duplicate_leads",
        about="leads",
        table="leads",
        column=None,
        measure=_duplicates,
        ladder=THRESHOLDS["duplicate_leads"],
        title=mark("The same person more than once among the leads"),
        effect=mark(
            "Each copy counts as a lead: the denominator is too large, and the second copy is refused as a duplicate."
        ),
        action=mark("Fill `merged_into` with the lead that stays (the merge history of the CRM has it)."),
        hurts=(*RATES, Audited.CONVERSION),
        blurs=(Audited.BY_SEGMENT,),
    ),
    Check(
        "test_leads",
        about="leads",
        table="leads",
        column=None,
        measure=_tests,
        ladder=THRESHOLDS["test_leads"],
        title=mark("Leads that are somebody's test"),
        effect=mark("They are handed over and refused, and lower every rate they are in."),
        action=mark("Leave them out of the export."),
        hurts=(*RATES, Audited.CONVERSION),
    ),
    Check(
        "null_like_words",
        about="leads",
        table="leads",
        column=None,
        measure=_empty_words,
        ladder=THRESHOLDS["null_like_words"],
        title=mark("Words that may mean that nothing is known"),
        effect=mark("They are kept as values and make a segment of their own."),
        action=mark(
            "If they mean missing, say so in the mapping (null words of the column); if they are a real value, all is "
            "well."
        ),
        detail=mark("For example: {word}."),
        hurts=(Audited.BY_SEGMENT,),
    ),
    Check(
        "spelling_variants",
        about="leads",
        table="leads",
        column=None,
        measure=_variants,
        ladder=THRESHOLDS["spelling_variants"],
        title=mark("The same word written in several ways"),
        effect=mark("One segment is counted as two, and each looks smaller and less certain than it is."),
        action=mark("Give them one spelling, in the CRM or in the values of the mapping."),
        detail=mark("For example: {words}."),
        hurts=(Audited.BY_SEGMENT,),
    ),
)
