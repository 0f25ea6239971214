"""A report that was finished before, over the same data by the same rules and the same code, is read, not made again.

It is kept on the source's shelf in JSON's terms, and its name holds all that it follows from beside the data and the
moment: what was asked, the agreement, the language, and the code itself with the libraries it computes with.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, Generic, TypeVar, cast

from accord import values
from accord.language import current_language
from accord.readmodel.compiled import made_by
from accord.readmodel.shelf import Kept
from accord.readmodel.source import Source
from accord.values import Reason

__all__ = ["Finished"]

T = TypeVar("T")

_SINGLE: Mapping[str, Callable[[Any], object]] = {
    "Reason": Reason,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "frozenset": frozenset,
}

_LIBRARIES = ("numpy", "scipy", "duckdb")


@dataclass(frozen=True)
class Finished(Generic[T]):
    """Reports of one ``kind``. ``parts``: the modules whose dataclasses they are made of; nothing else is ever built
    from what is kept. ``packages``: of Accord, whose source they follow from.
    """

    kind: type[T]
    parts: tuple[ModuleType, ...]
    packages: tuple[str, ...]

    def report(self, source: Source, asked: object, make: Callable[[], T]) -> T:
        """What ``make`` returned when ``asked`` (whose ``repr`` says it all) was first asked for.

        A report that holds something which is not kept is made every time.
        """
        if source.shelf is None:  # nobody can tell whether the data are still the same
            return make()
        made: list[T] = []

        def keep() -> Kept:
            made.append(make())
            with suppress(TypeError):  # of something that is not kept
                return {}, {"report": self._written(made[0])}
            return {}, {}

        _arrays, note = source.kept(f"{self.kind.__name__} {self._named(source, asked)}", keep)
        if made:
            return made[0]
        found = self._read(note)
        return make() if found is None else found

    @cached_property
    def _classes(self) -> Mapping[str, Any]:
        return {
            name: found
            for part in (values, *self.parts)
            for name, found in vars(part).items()
            if isinstance(found, type) and is_dataclass(found)
        }

    def _read(self, note: Mapping[str, Any]) -> T | None:
        try:
            found = self._built(note["report"])
        except (KeyError, TypeError, ValueError, AttributeError):
            return None
        return found if isinstance(found, self.kind) else None

    def _written(self, value: object) -> Any:
        """A value in JSON's terms, from which :meth:`_built` builds the same: what JSON does not know has its name
        beside it. ``TypeError`` for what none of it knows.
        """
        name = type(value).__name__
        if self._classes.get(name) is type(value):
            content = {each.name: self._written(getattr(value, each.name)) for each in fields(cast("Any", value))}
            return [name, content]
        if isinstance(value, Reason | date):
            return [name, value.value if isinstance(value, Reason) else value.isoformat()]
        if isinstance(value, tuple):
            return ["tuple", [self._written(each) for each in value]]
        if isinstance(value, frozenset) and all(isinstance(each, str) for each in value):
            return [name, sorted(value)]
        if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
            return {key: self._written(each) for key, each in value.items()}
        if value is None or isinstance(value, bool | str | int | float):
            return value
        raise TypeError(name)

    def _built(self, written: Any) -> Any:
        if isinstance(written, dict):
            return {key: self._built(each) for key, each in written.items()}
        if not isinstance(written, list):
            return written
        kind, content = written
        if kind == "tuple":
            return tuple(self._built(each) for each in content)
        return _SINGLE[kind](content) if kind in _SINGLE else self._classes[kind](**self._built(content))

    def _named(self, source: Source, asked: object) -> str:
        parts = (repr(asked), source.agreement.model_dump_json(), current_language(), _code(self.packages))
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


@cache
def _code(packages: tuple[str, ...]) -> str:
    """The code, the libraries it computes with, and the French of its sentences."""
    french = hashlib.sha256()
    for file in sorted((Path(__file__).parents[1] / "locale").rglob("*.mo")):
        french.update(file.read_bytes())
    libraries = [f"{name} {importlib.metadata.version(name)}" for name in _LIBRARIES]
    return " ".join([made_by(packages), french.hexdigest(), *libraries])
