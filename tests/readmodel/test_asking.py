"""Questions whose SQL is kept: the same rows as asked anew, at every moment, and never the text of something else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.agreement.model import Agreement
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.readmodel import compiled
from accord.readmodel.asking import Asking
from accord.readmodel.source import Source

AS_OF = datetime(2026, 7, 1)  # noqa: DTZ001 - naive UTC


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    another_process()
    yield tmp_path / "cache" / "accord" / "queries"
    another_process()


def another_process() -> None:
    compiled._texts.clear()


@pytest.fixture
def source() -> Iterator[Source]:
    engine = DuckDBEngine()
    engine.keep("leads", leads())
    with Source(engine, Agreement(), AS_OF, {}) as made:
        yield made


def leads(further: bool = False) -> pa.Table:
    columns = {"lead_id": ["a", "b", "c"], "born": pa.array([-5, 0, 7], pa.int64())}
    return pa.table(columns | ({"sector": ["x", None, "y"]} if further else {}))


class Counting:
    """The leads born at the moment or later; says how often the query was made."""

    def __init__(
        self, source: Source, now: int, *follows_from: object, packages: tuple[str, ...] = ("tables",)
    ) -> None:
        self.source, self.made = source, 0
        self.asking = Asking(
            source,
            "births",
            packages=packages,
            tables=("leads", "another that is not there"),
            follows_from=follows_from,
            numbers={"other": self.never, "now": lambda: now},
        )

    @staticmethod
    def never() -> int:
        raise AssertionError("no text uses it")

    def query(self) -> ir.Table:
        self.made += 1
        table = self.source.engine.table("leads")
        now = self.asking.number("now")
        chosen = table.filter(table.born >= now, table.born < now + 10)
        return chosen.select("lead_id", since=(table.born - ibis.literal(now, type="int64")).cast("int64"))

    def born(self) -> dict[str, int]:
        with self.asking:
            rows = self.asking.rows("born", self.query, "no more")
        assert rows.schema == pa.schema([("lead_id", pa.string()), ("since", pa.int64())])
        return {row["lead_id"]: row["since"] for row in rows.to_pylist()}


def truly(now: int) -> dict[str, int]:
    return {name: born - now for name, born in (("a", -5), ("b", 0), ("c", 7)) if now <= born < now + 10}


def test_a_text_serves_every_moment_and_the_next_process(folder: Path, source: Source) -> None:
    first = Counting(source, 0)
    assert first.born() == truly(0)
    assert first.made == 1
    for now in (-5, 3, -(10**15), 1_900_000_000_000_000):
        another_process()
        later = Counting(source, now)
        assert later.born() == truly(now)
        assert later.made == 0
    assert len(list(folder.iterdir())) == 1


def test_whatever_else_it_follows_from_has_a_text_of_its_own(folder: Path, source: Source) -> None:
    assert Counting(source, 0).born() == truly(0)
    others: list[Callable[[], Counting]] = [
        lambda: Counting(source, 0, "something else"),
        lambda: Counting(source, 0, packages=("tables", "clock")),
        lambda: Counting(replace(source, agreement=Agreement(timezone="Europe/Paris")), 0),
    ]
    for other in others:
        asked = other()
        assert asked.born() == truly(0)
        assert asked.made == 1
    source.engine.keep("leads", leads(further=True))
    wider = Counting(source, 0)
    assert wider.born() == truly(0)
    assert wider.made == 1
    assert len(list(folder.iterdir())) == 5


def test_another_version_of_accord_writes_its_own(
    folder: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Counting(source, 0).born() == truly(0)
    compiled.made_by.cache_clear()
    monkeypatch.setattr(compiled, "__version__", "another")
    asked = Counting(source, 0)
    assert asked.born() == truly(0)
    assert asked.made == 1
    compiled.made_by.cache_clear()
    assert len(list(folder.iterdir())) == 2


def test_what_no_query_follows_from_keeps_the_text(folder: Path, source: Source) -> None:
    assert Counting(source, 0).born() == truly(0)
    agreement = Agreement(name="renamed", version="7", currency="USD", review_by=AS_OF.date())
    asked = Counting(replace(source, agreement=agreement), 0)
    assert asked.born() == truly(0)
    assert asked.made == 0


def test_texts_of_one_subject_stand_together(folder: Path, source: Source) -> None:
    one, other = Counting(source, 0), Counting(source, 0)
    with one.asking, other.asking:
        assert one.asking.rows("born", one.query, "as I do").num_rows == 2
        assert other.asking.rows("born", other.query, "as you do").num_rows == 2
    assert one.made == other.made == 1
    another_process()
    with Counting(source, 0).asking as again:
        assert again.rows("born", Counting.never, "as I do").num_rows == 2
        assert again.rows("born", Counting.never, "as you do").num_rows == 2
    assert len(list(folder.iterdir())) == 1


def test_rows_are_kept_as_a_table_of_the_session(folder: Path, source: Source) -> None:
    for made in (1, 0):
        another_process()
        asked = Counting(source, 7)
        with asked.asking:
            asked.asking.table("newborn", asked.query)
        assert source.engine.run(source.engine.table("newborn")).to_pylist() == [{"lead_id": "c", "since": 0}]
        assert asked.made == made


@given(st.text(st.sampled_from("'\"3405 x."), max_size=30), st.integers(-(10**16), 10**16))
def test_what_is_quoted_is_left_alone(words: str, now: int) -> None:
    engine = DuckDBEngine()
    with Source(engine, Agreement(), AS_OF, {}) as source:
        asking = Asking(source, "words", packages=(), tables=(), numbers={"now": lambda: now})
        stands_for = asking.number("now")
        said = f"{words}{stands_for}"
        quoted = "'" + said.replace("'", "''") + "'"
        text = asking._filled_in(f"SELECT {quoted} AS said, {stands_for + 5}::BIGINT AS later, {2**61} AS never")
        assert engine.run_sql(text).to_pylist() == [{"said": said, "later": now + 5, "never": 2**61}]


def test_a_text_that_is_not_whole_is_made_again(folder: Path, source: Source) -> None:
    assert Counting(source, 0).born() == truly(0)
    (file,) = folder.iterdir()
    for broken in (file.read_bytes()[:-5], b"", b"{}"):
        file.write_bytes(broken)
        another_process()
        asked = Counting(source, 0)
        assert asked.born() == truly(0)
        assert asked.made == 1


def test_without_a_place_to_keep_it_nothing_is_kept(
    tmp_path: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    for _turn in range(2):
        another_process()
        asked = Counting(source, 0)
        assert asked.born() == truly(0)
        assert asked.made == 1


def test_two_at_once_do_not_disturb_each_other(folder: Path) -> None:
    answers: list[dict[str, int]] = []

    def ask(number: int) -> None:
        engine = DuckDBEngine()
        engine.keep("leads", leads())
        with Source(engine, Agreement(), AS_OF + timedelta(days=number), {}) as source:
            answers.append(Counting(source, 0, number % 2).born())

    threads = [threading.Thread(target=ask, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [truly(0)] * 6
    assert not list(folder.glob("*.part"))


def test_elsewhere_every_query_is_written_with_the_numbers(postgres_url: str) -> None:
    engine = PostgresEngine(postgres_url)
    engine.keep("leads", leads())
    with Source(engine, Agreement(), AS_OF, {}) as source:
        for now in (0, -5):
            asked = Counting(source, now)
            assert asked.asking.number("now") == now
            assert asked.born() == truly(now)
            assert asked.made == 1
        assert engine.types("leads") == {"lead_id": "string", "born": "int64"}


def test_too_many_numbers_are_written_themselves(folder: Path, source: Source) -> None:
    numbers: dict[str, Callable[[], int]] = {f"clock {place}": (lambda place=place: place) for place in range(80)}  # type: ignore[misc]
    with Asking(source, "clocks", packages=(), tables=("leads",), numbers=numbers) as asking:
        assert asking.number("clock 79") == 79
        rows = asking.rows("one", lambda: source.engine.table("leads").filter(ibis._.born < asking.number("clock 7")))
    assert rows.num_rows == 2
    assert not folder.exists()


@pytest.mark.usefixtures("folder")
def test_a_table_that_is_forgotten_can_be_made_again(source: Source) -> None:
    asking = Asking(source, "born", packages=("tables",), tables=("leads",))
    for _turn in range(2):
        asking.table("born_late", lambda: source.engine.table("leads").filter(ibis._.born > 0))
        rows = asking.rows("all of them", lambda: source.engine.table("born_late"))
        assert rows["lead_id"].to_pylist() == ["c"]
        asking.forget("born_late")
        assert not source.engine.has("born_late")
    asking.forget("born_late")  # nothing is there
