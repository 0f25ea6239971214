"""Words that an agreement waits for and no lead and no touch has: a slip, or something still to come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from accord.agreement.coherence import conditions_of
from accord.agreement.findings import nearest, shown
from accord.agreement.load import AgreementFile
from accord.agreement.model import Agreement
from accord.agreement.source import KeyPath, dotted
from accord.engines.base import Engine
from accord.engines.shape import contract_table
from accord.language import gettext as _
from accord.metrics.cells import MISSING
from accord.tables.schema import table_named

__all__ = ["unheard_words"]

MOST_COMPARED = 2000
"""Values of a column among which the nearest is looked for: the most frequent ones."""

Wanted = tuple[str, str]
"""A table and one of its columns."""


def unheard_words(file: AgreementFile, engine: Engine) -> list[str]:
    """A sentence for each word that conditions, classes of leads, overrides and touches name and no row has, by line.

    ``engine`` has the current rows of the contract's tables. Only columns of text that some row fills are looked at:
    that nobody has 50 employees today says nothing.
    """
    named: dict[Wanted, list[tuple[KeyPath, str]]] = defaultdict(list)
    for path, wanted, words in _named(file.agreement):
        named[wanted] += [(path, word) for word in words if word != MISSING]
    unheard: list[tuple[int, str]] = []
    for wanted, places in named.items():
        words = list(dict.fromkeys(word for _path, word in places))
        if not words:
            continue
        held = _held(engine, wanted, words)
        if held is None or len(held) == len(words):
            continue
        known = _most_frequent(engine, wanted)
        if not known:
            continue  # an empty column: whoever fills it knows the words
        for path, word in places:
            if word not in held:
                unheard.append((file.line(path) or 0, _sentence(file, path, wanted, word, known)))
    return [said for _line, said in sorted(unheard)]


def _sentence(file: AgreementFile, path: KeyPath, wanted: Wanted, word: str, known: Sequence[str]) -> str:
    line = file.line(path)
    place = f"{file.path}:{line}" if line else str(file.path)
    if wanted[0] == "reps":
        text = _("{place}: {key}: nobody in sales so far has {found}.")
    elif wanted[0] == "touches":
        text = _("{place}: {key}: no touch so far has {found}.")
    else:
        text = _("{place}: {key}: no lead so far has {found}.")
    said = text.format(place=place, key=dotted(path), found=shown(word))
    hint = nearest(word, known)
    return f"{said} {hint}" if hint else said


def _named(agreement: Agreement) -> Iterator[tuple[KeyPath, Wanted, Sequence[str]]]:
    """Every place that names words of a column, with the column and the words."""
    wheres: list[tuple[KeyPath, Mapping[str, Sequence[str]]]] = [
        *((("acceptance", "promises", place), part.where) for place, part in enumerate(agreement.acceptance.promises)),
        *((("commitments", "monthly", place), part.where) for place, part in enumerate(agreement.commitments.monthly)),
        *((("handoff", "routes", place), part.where) for place, part in enumerate(agreement.handoff.routes)),
    ]
    yield from _takers(agreement)
    said = agreement.qualification
    if said is not None:
        for path, condition in conditions_of(said):
            for place, compared in condition.comparisons(path):
                words: Sequence[str] = compared.one_of or (() if compared.equal_to is None else (compared.equal_to,))
                if compared.in_list is not None:
                    words = said.lists.get(compared.in_list, ())
                yield ("qualification", *place), ("leads", compared.field or ""), words
        for number, criterion in enumerate(said.criteria):
            at = ("qualification", "criteria", number)
            if criterion.touches is not None:
                yield (*at, "touches", "kind"), ("touches", "kind"), criterion.touches.kind
                yield (*at, "touches", "channel"), ("touches", "channel"), criterion.touches.channel
            if criterion.channels is not None:
                yield (*at, "channels", "kind"), ("touches", "kind"), criterion.channels.kind
        wheres += [(("qualification", "overrides", place), part.where) for place, part in enumerate(said.overrides)]
    for path, where in wheres:
        for name, words in where.items():
            yield (*path, "where", name), ("leads", name), words


def _takers(agreement: Agreement) -> Iterator[tuple[KeyPath, Wanted, Sequence[str]]]:
    """The people and teams that the section ``handoff`` names."""
    for number, route in enumerate(agreement.handoff.routes):
        for column, name in (("rep_id", route.rep_id), ("team", route.team)):
            if name is not None:
                yield ("handoff", "routes", number, column), ("reps", column), (name,)
    for team in agreement.handoff.team_at_most_a_week:
        yield ("handoff", "team_at_most_a_week", team), ("reps", "team"), (team,)


def _held(engine: Engine, wanted: Wanted, words: Sequence[str]) -> set[str] | None:
    """Those of ``words`` that a row has; None where the column is not there or holds no text."""
    table, name = wanted
    rows = contract_table(engine, table_named(table))
    if name not in rows.columns or not rows[name].type().is_string():
        return None
    found = engine.run(rows.filter(rows[name].isin(list(words))).select(word=rows[name]).distinct())
    return set(found["word"].to_pylist())


def _most_frequent(engine: Engine, wanted: Wanted) -> list[str]:
    table, name = wanted
    rows = contract_table(engine, table_named(table))
    counted = rows.filter(rows[name].notnull()).group_by(word=rows[name]).aggregate(n=lambda each: each.count())
    ordered = counted.order_by(counted.n.desc(), counted.word).limit(MOST_COMPARED)
    return [str(word) for word in engine.run(ordered)["word"].to_pylist()]
