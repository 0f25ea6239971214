"""Texts of SQL, kept for the next process: compiling them takes longer than most companies' data.

Texts stand in the user's own cache folder and never in a workspace, which may come from anybody: what is read here is
run. A text is named by all it follows from, the source of the definition included, so none can be out of date.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import stat
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from accord import __version__
from accord.engines.base import compile_sql
from accord.tables.episodes import EpisodeInputs

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["compiled", "keep_text", "kept_text", "made_by"]

_PACKAGES = ("tables", "engines", "readmodel", "clock", "agreement")
"""Whose source a text follows from."""

_MOST_TEXTS = 40
"""A few megabytes; above it, those used longest ago go."""

_texts: dict[str, str] = {}


def compiled(definition: Callable[[EpisodeInputs], ir.Table], inputs: EpisodeInputs, rules: str, dialect: str) -> str:
    """The SQL text of ``definition(inputs)``; ``rules`` names all that it takes from the agreement."""
    key = _key(definition.__name__, inputs, rules, dialect)
    text = kept_text(key)
    if text is None:
        text = compile_sql(definition(inputs), dialect)
        keep_text(key, text)
    return text


def kept_text(key: str) -> str | None:
    """What :func:`keep_text` was given under ``key``, by this process or another; ``None`` where there is nothing.

    ``key`` is the name of a file, and names everything that the text follows from.
    """
    text = _texts.pop(key, None) or _read(key)
    if text is not None:
        _remember(key, text)
    return text


def keep_text(key: str, text: str) -> None:
    """Keep ``text`` for whoever asks for it by ``key``, in this process or another."""
    _write(key, text)
    _remember(key, text)


def _remember(key: str, text: str) -> None:
    _texts.pop(key, None)
    _texts[key] = text
    while len(_texts) > _MOST_TEXTS:
        del _texts[next(iter(_texts))]


def _key(name: str, inputs: EpisodeInputs, rules: str, dialect: str) -> str:
    # A table says by itself what it is made of and which types its columns have.
    said = {field.name: _said(getattr(inputs, field.name)) for field in fields(inputs) if field.name != "agreement"}
    parts = [name, dialect, rules, made_by(_PACKAGES), repr(said)]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _said(value: object) -> str:
    if isinstance(value, Mapping):
        return repr(sorted(value.items()))
    return repr(list(value)) if isinstance(value, Sequence) else repr(value)


@cache
def made_by(packages: tuple[str, ...]) -> str:
    """What turns a definition into text: the source of our own ``packages``, and the libraries that write SQL."""
    source = hashlib.sha256()
    for package in packages:
        for file in sorted((Path(__file__).parents[1] / package).glob("*.py")):
            source.update(file.read_bytes())
    libraries = [f"{name} {importlib.metadata.version(name)}" for name in ("ibis-framework", "sqlglot")]
    return " ".join([__version__, source.hexdigest(), *libraries])


def _folder() -> Path:
    """The user's folder for what can be made again at any time."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        if os.environ.get(name):
            return Path(os.environ[name]) / "accord" / "queries"
    return Path.home() / ".cache" / "accord" / "queries"


def _read(key: str) -> str | None:
    """The text kept under ``key``; ``None`` when there is none, it is not whole, or others could have written it."""
    try:
        file = _folder() / key
        if not _ours_alone(file):
            return None
        digest, _, text = file.read_text(encoding="utf-8").partition("\n")
        if digest != _digest(text):
            return None
        os.utime(file)  # used just now
    except (OSError, RuntimeError, ValueError):  # no home, no access, not text
        return None
    return text


def _ours_alone(file: Path) -> bool:
    if not hasattr(os, "geteuid"):
        return True
    others = stat.S_IWGRP | stat.S_IWOTH
    return all(
        found.st_uid == os.geteuid() and not found.st_mode & others for found in (file.stat(), file.parent.stat())
    )


def _write(key: str, text: str) -> None:
    with suppress(OSError, RuntimeError):
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        passing = folder / f"{key}-{uuid4().hex}.part"
        try:
            passing.write_text(f"{_digest(text)}\n{text}", encoding="utf-8")
            passing.chmod(0o600)
            passing.replace(folder / key)
        finally:
            passing.unlink(missing_ok=True)
        newest_first = sorted(folder.iterdir(), key=lambda file: -file.stat().st_mtime)
        for file in newest_first[_MOST_TEXTS:]:
            file.unlink(missing_ok=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
