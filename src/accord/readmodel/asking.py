"""Questions to the embedded engine whose SQL is kept for the next process.

Writing the SQL of a dozen queries, and loading what writes it, takes longer than most companies' rows do to read. What
is kept (in the user's own folder, see :mod:`accord.readmodel.compiled`) is named by all that it follows from: the
source of the definitions, the agreement, the columns of the tables. It does not follow from the rows, nor from the
moment: numbers that change from one question to the next stand in the text as numbers that nothing else uses, and
are put in when it is asked. So who asks again after an import finds it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa

from accord.engines.base import compile_sql
from accord.engines.duckdb import DuckDBEngine
from accord.engines.types import arrow_schema
from accord.readmodel.compiled import keep_text, kept_text, made_by
from accord.readmodel.source import Source

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["Asking"]

_FIRST, _APART, _AROUND = 3 * 10**18, 10**17, 4 * 10**16
"""Where the numbers stand that stand for others, how far they are apart, and how far from one of them a number may be
that was worked out from it by adding: a thousand years in microseconds. All have 19 digits."""

_MOST_NUMBERS = 60

_IN_NO_QUERY = {"name", "version", "currency", "review_by", "commitments", "materiality"}
"""What an agreement says that no query follows from: another number of leads a month asks nothing else."""

_TOKEN = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w.])\d{19}(?![\w.])""")
"""What is quoted, or a number of 19 digits."""

_ARROW = {
    str(kind): kind
    for kind in (
        *(pa.bool_(), pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint64(), pa.float32(), pa.float64()),
        *(pa.string(), pa.date32(), pa.timestamp("us")),
    )
}


class _Query(NamedTuple):
    text: str
    columns: Sequence[Sequence[str]]


class Asking:
    """Questions of one ``subject`` to the engine of ``source``; a context manager, which keeps what is new at its end.

    ``packages``: of Accord, whose source makes the queries. ``tables``: those they read. ``follows_from``: what else
    their texts follow from (anything with a ``repr`` that says it all). ``numbers``: numbers that the texts do not
    follow from; :meth:`number` gives what to write instead of each of them, to which whole numbers may be added and
    nothing else be done. They are worked out only if a text uses them.

    On other engines than the embedded one every query is written anew, with the numbers themselves.
    """

    def __init__(
        self,
        source: Source,
        subject: str,
        *,
        packages: tuple[str, ...],
        tables: Sequence[str],
        follows_from: object = None,
        numbers: Mapping[str, Callable[[], int]] | None = None,
    ) -> None:
        self.source = source
        self._engine = source.engine
        self._described = (subject, packages, tuple(tables), follows_from)
        self._numbers = dict(numbers or {})
        # With a calendar for each of very many teams there are too many numbers: texts hold them, and none is kept.
        self._keeps = isinstance(source.engine, DuckDBEngine) and len(self._numbers) <= _MOST_NUMBERS
        self._key = ""
        self._texts: dict[str, Any] = {}
        self._fresh: dict[str, Any] = {}

    def number(self, name: str) -> int:
        """What stands in the queries for the number of that name."""
        if not self._keeps:
            return self._numbers[name]()
        return _FIRST + _APART * list(self._numbers).index(name)

    def rows(self, name: str, make: Callable[[], ir.Table], *follows_from: object) -> pa.Table:
        """The rows of the expression that ``make`` makes; ``follows_from``: what it follows from beyond the rest."""
        if not self._keeps or not isinstance(self._engine, DuckDBEngine):
            return self._engine.run(make())
        query = self._query(name, make, follows_from)
        schema = pa.schema([(column, _ARROW[kind]) for column, kind in query.columns])
        return self._engine.run_sql(self._filled_in(query.text)).cast(schema)

    def table(self, name: str, make: Callable[[], ir.Table], *follows_from: object) -> None:
        """Keep the rows of the expression as table ``name`` for this session."""
        if not self._keeps:
            self._engine.materialise(name, make())
        else:
            self._engine.materialise_sql(name, self._filled_in(self._query(name, make, follows_from).text))

    def forget(self, name: str) -> None:
        """Nothing is asked of a :meth:`table` any more: what comes next may have its memory, where that is ours."""
        if isinstance(self._engine, DuckDBEngine):
            self._engine.drop(name)

    def __enter__(self) -> Asking:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._fresh:
            # another process may have kept some of its own meanwhile
            keep_text(self._key, json.dumps({**_content(self._key), **self._fresh}))
            self._fresh = {}

    def _query(self, name: str, make: Callable[[], ir.Table], follows_from: Sequence[object]) -> _Query:
        if not self._key:
            self._key = self._named()
            self._texts = _content(self._key)
        place = f"{name} {hashlib.sha256(repr(follows_from).encode()).hexdigest()}"
        if place not in self._texts:
            expression = make()
            text = compile_sql(expression, self._engine.dialect)
            columns = [[field.name, str(field.type)] for field in arrow_schema(expression)]
            self._texts[place] = self._fresh[place] = [text, columns]
        return _Query(*self._texts[place])

    def _named(self) -> str:
        subject, packages, tables, follows_from = self._described
        types = {name: dict(self._engine.types(name)) for name in tables if self._engine.has(name)}
        agreed = self.source.agreement.model_dump_json(exclude=_IN_NO_QUERY)
        parts = [
            *(subject, self._engine.dialect, made_by(packages), agreed),
            *(repr(types), repr(follows_from), repr(list(self._numbers))),
        ]
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()

    def _filled_in(self, text: str) -> str:
        known: dict[int, int] = {}
        values = list(self._numbers.values())

        def put(found: re.Match[str]) -> str:
            if not found[0].isdecimal():
                return found[0]
            place, beyond = divmod(int(found[0]) - _FIRST + _AROUND, _APART)
            if not (0 <= place < len(values) and beyond <= 2 * _AROUND):
                return found[0]
            if place not in known:
                known[place] = values[place]()
            number = known[place] + beyond - _AROUND
            return str(number) if number >= 0 else f"({number})"

        return _TOKEN.sub(put, text)


def _content(key: str) -> dict[str, Any]:
    try:
        return dict(json.loads(kept_text(key) or "{}"))
    except ValueError:
        return {}
