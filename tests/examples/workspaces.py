"""The real data sets imported as the example pages import them, once per test session."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from accord.cli.main import run
from accord.readmodel.opening import open_source
from accord.workspace import Workspace
from support.pages import blocks
from support.source import ROOT

__all__ = ["EXAMPLES", "Example", "agreement_of"]

EXAMPLES = ROOT / "docs" / "examples"


def agreement_of(page: str) -> str:
    """The ``accord.yaml`` that an example page writes; empty when it writes none."""
    found = blocks((EXAMPLES / page).read_text(encoding="utf-8"))
    return next((block.text for block in found if "accord.yaml" in block.words), "")


@dataclass(frozen=True)
class Example:
    """A workspace that one real data set was imported into, and what the import answered."""

    place: Path
    imported: Mapping[str, Any]

    @classmethod
    def make(cls, place: Path, data: Path, page: str, mapping: str | None = None) -> Example:
        """Import ``data`` under the agreement of ``page``."""
        if agreement := agreement_of(page):
            (place / "accord.yaml").write_text(agreement, encoding="utf-8")
        words = ["--map", str(EXAMPLES / mapping)] if mapping else []
        return cls(place, answer("import", str(data), *words, "--json", "--workspace", str(place)))

    def asked(self, command: str, *words: str) -> Any:
        """``data`` of the JSON that a command answers."""
        return answer(command, *words, "--json", "--workspace", str(self.place))["data"]

    def told(self, command: str, *words: str) -> str:
        """What a command prints for a person."""
        return said(command, *words, "--workspace", str(self.place))

    def sql(self, text: str) -> list[tuple[Any, ...]]:
        """The rows of a query on the imported tables, in DuckDB's SQL."""
        with open_source(Workspace(self.place)) as source:
            rows = source.engine.run_sql(text).to_pylist()  # type: ignore[attr-defined]  # the embedded engine
        return [tuple(row.values()) for row in rows]


def said(*words: str) -> str:
    """What the program prints, which must succeed."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _stream in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        code = run(list(words))
    assert code == 0, _written(err)
    return _written(out)


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


@cache
def answer(*words: str) -> Any:
    """The JSON that the program prints; asked once."""
    return json.loads(said(*words))
