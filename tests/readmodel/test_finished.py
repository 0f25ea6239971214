"""A finished report that is kept is the same to the last digit, and is never one of something else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from accord import language
from accord.readmodel import finished
from accord.readmodel.finished import Finished
from accord.readmodel.opening import open_source
from accord.readmodel.source import Source
from accord.recycle import measure as recycling
from accord.recycle.keeping import recycled
from accord.value import measure as valuing
from accord.value.keeping import valued
from accord.value.rates import Rates
from accord.workspace import Workspace
from value.stored import stored_company

REPORTS: dict[str, Callable[[Source], Any]] = {
    "recycling": recycled,
    "recycling by cohort": lambda source: recycled(source, by=("channel",), period="month", limit=5),
    "value": lambda source: valued(source, by=("channel",), start=date(2025, 1, 1)),
    "value without touches": lambda source: valued(
        source, period="quarter", start=date(2025, 1, 1), end=date(2026, 1, 1), rates=Rates("EUR"), touches=False
    ),
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored_company(tmp_path_factory.mktemp("company"), size=300, seed=4)


def _kinds(value: object) -> object:
    """The classes of everything in it: 3 equals 3.0, and is written differently."""
    if is_dataclass(value):
        return type(value), [_kinds(getattr(value, each.name)) for each in fields(value)]
    if isinstance(value, dict):
        return {name: _kinds(each) for name, each in value.items()}
    return [_kinds(each) for each in value] if isinstance(value, tuple) else type(value)


@pytest.mark.parametrize("name", REPORTS)
def test_asked_again_it_is_read_and_the_same(company: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_source(Workspace(company)) as source:
        made = REPORTS[name](source)
    monkeypatch.setattr(recycling, "measure_recycling", None)  # nothing is measured any more
    monkeypatch.setattr(valuing, "measure_value", None)
    with open_source(Workspace(company)) as source:
        again = REPORTS[name](source)
    assert again == made
    assert _kinds(again) == _kinds(made)


@dataclass(frozen=True)
class Said:
    """A report of what was said."""

    words: tuple[str, ...]
    further: object = None


class Speaker:
    """Makes reports, and counts them."""

    def __init__(self, *words: str, further: object = None) -> None:
        self.words, self.further, self.made = words, further, 0

    def __call__(self) -> Said:
        self.made += 1
        return Said(self.words, self.further)


def _asked(company: Path, speaker: Speaker, asked: object, reports: Finished[Said]) -> Said:
    with open_source(Workspace(company)) as source:
        return reports.report(source, asked, speaker)


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> Finished[Said]:
    module = ModuleType("said")
    monkeypatch.setattr(module, "Said", Said, raising=False)
    return Finished(Said, (module,), ("readmodel",))


def test_another_question_language_or_code_is_another_report(
    company: Path, reports: Finished[Said], monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker = Speaker("yes", further=frozenset({"b", "a"}))
    first = _asked(company, speaker, ("a", 1), reports)
    assert _asked(company, speaker, ("a", 1), reports) == first
    assert speaker.made == 1
    _asked(company, speaker, ("a", 2), reports)
    assert speaker.made == 2
    language.use_language("fr")
    try:
        _asked(company, speaker, ("a", 1), reports)
    finally:
        language.use_language("en")
    assert speaker.made == 3
    monkeypatch.setattr(finished, "_code", lambda _packages: "another version")
    _asked(company, speaker, ("a", 1), reports)
    assert speaker.made == 4


@pytest.mark.parametrize("further", [{1: "a number for a name"}, {"a set"}, frozenset({1}), Path("file")], ids=repr)
def test_what_json_cannot_tell_is_made_every_time(company: Path, reports: Finished[Said], further: object) -> None:
    speaker = Speaker("no", further=further)
    found = [_asked(company, speaker, ("not kept", repr(further)), reports) for _time in range(2)]
    assert found == [Said(("no",), further)] * 2
    assert speaker.made == 2
