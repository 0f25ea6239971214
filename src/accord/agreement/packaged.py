"""What is packaged beside the code: the file to begin with, in each language, and the published JSON Schema."""

from __future__ import annotations

from importlib.resources import files

__all__ = ["published_schema", "template"]


def template(language: str) -> str:
    """``accord.yaml`` to begin with: every key with its default, explained in ``language`` ("en" or "fr")."""
    return (files("accord.agreement") / "templates" / f"accord.{language}.yaml").read_text(encoding="utf-8")


def published_schema() -> str:
    """The JSON Schema (draft 2020-12) of ``accord.yaml``, as text."""
    return (files("accord.agreement") / "accord.schema.json").read_text(encoding="utf-8")
