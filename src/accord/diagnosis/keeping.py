"""A diagnosis that was made before, over the same data by the same rules and the same code, is read, not made again."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from accord import values
from accord.diagnosis import report as parts
from accord.diagnosis.report import DiagnosisReport
from accord.late import Late
from accord.readmodel.compiled import made_by
from accord.readmodel.shelf import Kept
from accord.readmodel.source import Source
from accord.stats.side_by_side import meanwhile
from accord.values import Reason

if TYPE_CHECKING:
    from accord.diagnosis import diagnose, fetching
    from accord.value.rates import Rates
else:
    diagnose, fetching = Late("accord.diagnosis.diagnose"), Late("accord.diagnosis.fetching")

__all__ = ["diagnosed"]

_PACKAGES = (
    *(".", "acceptance", "agreement", "clock", "diagnosis", "engines", "metrics", "readmodel", "scoring", "stats"),
    *("tables", "value"),
)
"""Whose source a diagnosis follows from."""

_CLASSES: Mapping[str, Any] = {
    name: found
    for part in (values, parts)
    for name, found in vars(part).items()
    if isinstance(found, type) and is_dataclass(found)
}
"""What a diagnosis is made of: nothing else is ever built from what is kept."""

_SINGLE: Mapping[str, Callable[[Any], object]] = {
    "Reason": Reason,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
}

_LIBRARIES = ("numpy", "scipy", "duckdb")


def diagnosed(source: Source, *, rates: Rates | None = None) -> DiagnosisReport:
    """What :func:`accord.diagnosis.diagnose.diagnose` answers to revenue operations; kept on the source's shelf.

    A finished diagnosis is a few kilobytes, and takes seconds to make of a million handoffs. Its name holds all that it
    follows from beside the data and the moment: the agreement, the worth of currencies, and the code itself.
    """
    if source.shelf is None:  # nobody can tell whether the data are still the same
        return diagnose.diagnose(source, rates=rates)
    made: list[DiagnosisReport] = []

    def make() -> Kept:
        observation = fetching.observation_of(source)
        loading = meanwhile(lambda: diagnose.diagnose)  # what reads the cases, while the engine fetches them
        fetching.fetched(source, observation, rates)
        made.append(loading()(source, rates=rates))
        with suppress(TypeError):  # of something that is not kept
            return {}, {"report": _written(made[0])}
        return {}, {}

    _arrays, note = source.kept(f"diagnosed {_named(source, rates)}", make)
    if not made:
        found = _read(note)
        return found if found is not None else diagnose.diagnose(source, rates=rates)
    return made[0]


def _read(note: Mapping[str, Any]) -> DiagnosisReport | None:
    try:
        found = _built(note["report"])
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return found if isinstance(found, DiagnosisReport) else None


def _written(value: object) -> Any:
    """A value in JSON's terms, from which :func:`_built` builds the same: what JSON does not know has its name beside
    it. ``TypeError`` for what none of it knows.
    """
    name = type(value).__name__
    if _CLASSES.get(name) is type(value):
        return [name, {each.name: _written(getattr(value, each.name)) for each in fields(cast("Any", value))}]
    if isinstance(value, Reason | date):
        return [name, value.value if isinstance(value, Reason) else value.isoformat()]
    if isinstance(value, tuple):
        return ["tuple", [_written(each) for each in value]]
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _written(each) for key, each in value.items()}
    if value is None or isinstance(value, bool | str | int | float):
        return value
    raise TypeError(type(value).__name__)


def _built(written: Any) -> Any:
    if isinstance(written, dict):
        return {key: _built(each) for key, each in written.items()}
    if not isinstance(written, list):
        return written
    kind, content = written
    if kind == "tuple":
        return tuple(_built(each) for each in content)
    return _SINGLE[kind](content) if kind in _SINGLE else _CLASSES[kind](**_built(content))


def _named(source: Source, rates: Rates | None) -> str:
    worth = "" if rates is None else f"{rates.into} {sorted(rates.table.items())}"
    parts = (source.agreement.model_dump_json(), worth, _code())
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@cache
def _code() -> str:
    """The code, the libraries it computes with, and the French of its sentences."""
    french = hashlib.sha256()
    for file in sorted((Path(__file__).parents[1] / "locale").rglob("*.mo")):
        french.update(file.read_bytes())
    libraries = [f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES]
    return " ".join([made_by(_PACKAGES), french.hexdigest(), *libraries])
