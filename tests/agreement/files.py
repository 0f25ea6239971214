"""Writing an accord.yaml and reading it back, for every test of this folder."""

from __future__ import annotations

from pathlib import Path

from accord.agreement.check import checked
from accord.agreement.load import AgreementFile, load_agreement
from accord.agreement.model import Document
from accord.agreement.source import Source
from accord.errors import AgreementError, Fault

NAME = "accord.yaml"


def loaded(folder: Path, text: str | bytes) -> AgreementFile:
    path = folder / NAME
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_agreement(path)


def faults_of(folder: Path, text: str | bytes) -> list[Fault]:
    """Every fault of the file; an empty list when it holds."""
    try:
        loaded(folder, text)
    except AgreementError as error:
        return list(error.faults)
    return []


def judged(content: object) -> tuple[Document | None, list[Fault]]:
    """What the validator says of JSON values, without going through YAML."""
    return checked(Source(with_tuples(content), {}, ()), NAME)


def with_tuples(value: object) -> object:
    if isinstance(value, dict):
        return {key: with_tuples(part) for key, part in value.items()}
    return tuple(with_tuples(part) for part in value) if isinstance(value, list) else value
