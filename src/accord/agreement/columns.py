"""Columns that the agreement speaks of and the data do not have: such a promise would be kept by nobody, unnoticed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from accord.agreement.fields import unknown_column
from accord.agreement.findings import shown
from accord.agreement.load import AgreementFile
from accord.agreement.model import Agreement
from accord.agreement.source import KeyPath, dotted
from accord.errors import Fault
from accord.language import gettext as _

__all__ = ["column_faults"]

_TRUTHS = {
    **dict.fromkeys(("yes", "y", "oui", "1", "on"), "true"),
    **dict.fromkeys(("no", "n", "non", "0", "off"), "false"),
}


def column_faults(file: AgreementFile, columns: Mapping[str, bool]) -> tuple[Fault, ...]:
    """Every place of the agreement that names a column which is not in ``columns``, and every value no cell can have.

    ``columns``: name → whether it holds true and false only.
    """
    return tuple(
        Fault(message, str(file.path), file.line(path), hint)
        for path, message, hint in _complaints(file.agreement, columns)
    )


def _complaints(agreement: Agreement, columns: Mapping[str, bool]) -> Iterator[tuple[KeyPath, str, str | None]]:
    for place, name in enumerate(agreement.segments or ()):
        if name not in columns:
            yield ("segments", place), *unknown_column(name, columns)
    parts = (
        *((("acceptance", "promises", place), part.where) for place, part in enumerate(agreement.acceptance.promises)),
        *((("commitments", "monthly", place), part.where) for place, part in enumerate(agreement.commitments.monthly)),
        *((("handoff", "routes", place), part.where) for place, part in enumerate(agreement.handoff.routes)),
    )
    for above, where in parts:
        for name, values in where.items():
            path: KeyPath = (*above, "where", name)
            if name not in columns:
                yield path, *unknown_column(name, columns)
            elif columns[name]:
                for value in values:
                    if value not in ("true", "false"):
                        message = _("{key} is {found}, but the column holds true and false only.")
                        meant = _TRUTHS.get(value.casefold())
                        hint = _("Did you mean {near}?").format(near=meant) if meant else None
                        yield path, message.format(key=dotted(path), found=shown(value)), hint
