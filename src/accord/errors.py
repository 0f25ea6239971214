"""Everything Accord can complain about.

::

    AccordError                     exit code 1: the data, the agreement or the machine is at fault
    ├── UsageError                  exit code 2: the command line or the call is at fault
    ├── DataError                   a file, a table or a row cannot be used
    ├── AgreementError              accord.yaml cannot be used
    ├── WorkspaceError              the folder, the database or the read model cannot be used
    └── EngineError                 the engine that computes figures refused or is out of reach

A message says what was found and where, what is allowed, the nearest known word, and what to do next. It is
already in the reader's language when the error is raised (see :mod:`accord.language`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = [
    "AccordError",
    "AgreementError",
    "DataError",
    "EngineError",
    "Fault",
    "UsageError",
    "WorkspaceError",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where.

    ``message`` is a whole sentence; ``file`` and ``line`` (1-based) say where it stands; ``hint`` is the next
    thing to do, a whole sentence too.
    """

    message: str
    file: str | None = None
    line: int | None = None
    hint: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        text = f"{place}: {self.message}" if place else self.message
        return f"{text} {self.hint}" if self.hint else text


class AccordError(Exception):
    """Base of all errors that a user can cause or mend; carries every fault found, not only the first."""

    exit_code = 1

    def __init__(self, message: str | Fault, *faults: Fault) -> None:
        if isinstance(message, Fault):
            faults = (message, *faults)
            message = "\n".join(str(fault) for fault in faults)
        elif faults:
            message = "\n".join([message, *(str(fault) for fault in faults)])
        super().__init__(message)
        self.faults: Sequence[Fault] = faults or (Fault(message),)


class UsageError(AccordError):
    """The command line, or the arguments of a call, make no sense."""

    exit_code = 2


class DataError(AccordError):
    """A file, a table or a row cannot be used."""


class AgreementError(AccordError):
    """``accord.yaml`` cannot be used."""


class WorkspaceError(AccordError):
    """The workspace folder, its database or its read model cannot be used."""


class EngineError(AccordError):
    """The engine that computes figures refused, or is out of reach."""
