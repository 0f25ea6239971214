"""The versions of the agreement and their signatures: written once, never changed, read by every command.

The schema itself refuses to change or to remove what stands here (:mod:`accord.store.never_changed`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accord.agreement.load import content_digest
from accord.agreement.versions import AgreementVersion, Register, Side, Signature
from accord.errors import WorkspaceError
from accord.language import gettext as _
from accord.store.address import address_of
from accord.store.faults import translated
from accord.store.layout import check_layout, layout_of
from accord.store.moments import moment_shown, now, when
from accord.store.session import Session, connect

__all__ = [
    "SIGNED_FORMAT",
    "AlteredError",
    "Kept",
    "content_kept",
    "kept",
    "record_signature",
    "record_version",
    "register_of",
]

SIGNED_FORMAT = 2
"""The first format of the database that has versions of the agreement."""


class AlteredError(WorkspaceError):
    """What was signed was changed in the database: somebody went around the schema."""


@dataclass(frozen=True, slots=True)
class Kept:
    """All versions, and the canonical content of the one in force (None where none is)."""

    register: Register
    content: str | None = None


def kept(database_url: str) -> Kept:
    """What the database at ``database_url`` keeps of the agreement; nothing where there is no database yet.

    A plain read over a connection of its own, about a millisecond. ``WorkspaceError`` when the database cannot be used,
    when a newer Accord wrote it, or when a kept content is not what was signed.
    """
    address = address_of(database_url)
    if address.path is not None and not address.path.exists():
        return Kept(Register())
    session = connect(address, read_only=True)
    try:
        with translated(address):
            layout = layout_of(session)
            if layout is None:
                return Kept(Register())
            check_layout(session, layout)
            if layout.version < SIGNED_FORMAT:
                return Kept(Register())
            with session.reading():
                register = register_of(session)
                version = register.in_force()
                return Kept(register, content_kept(session, version.digest)[0] if version else None)
    finally:
        session.close()


def register_of(session: Session) -> Register:
    """Every version with its signatures."""
    signatures: dict[str, list[Signature]] = {}
    for digest, side, name, note, signed_at in session.rows(
        "SELECT digest, side, name, note, signed_at FROM agreement_signatures ORDER BY id"
    ):
        signatures.setdefault(digest, []).append(Signature(side, name, note, _moment(signed_at)))
    return Register(
        tuple(
            AgreementVersion(digest, name, version, _moment(recorded_at), tuple(signatures.get(digest, ())))
            for digest, name, version, recorded_at in session.rows(
                "SELECT digest, name, version, recorded_at FROM agreement_versions ORDER BY id"
            )
        )
    )


def content_kept(session: Session, digest: str) -> tuple[str, str]:
    """Canonical content of a version, and the file it was proposed from, as it was written.

    :class:`AlteredError` when the content is not the one whose digest was signed: somebody went around the schema.
    """
    found = session.one("SELECT content, source FROM agreement_versions WHERE digest = ?", (digest,))
    assert found is not None
    content, source = found
    if content_digest(content) != digest:
        raise AlteredError(
            _(
                "The database {place} no longer holds what was signed as {digest}: somebody changed it there. Put a "
                "backup in its place."
            ).format(place=session.address.shown, digest=digest[:12])
        )
    return str(content), str(source)


def record_version(session: Session, *, digest: str, name: str, version: str, content: str, source: str) -> None:
    """Keep a version; inside the caller's transaction, which has made sure that neither label nor content is there."""
    session.execute(
        "INSERT INTO agreement_versions (digest, name, version, content, source, recorded_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (digest, name, version, content, source, moment_shown(now(), sqlite=session.is_sqlite)),
    )


def record_signature(session: Session, digest: str, side: Side, name: str, note: str) -> datetime:
    """Keep a signature and answer its moment (aware UTC); inside the caller's transaction.

    A clock that was set back cannot put a signature before one that stands already: it is given that one's moment.
    """
    latest = session.one("SELECT signed_at FROM agreement_signatures ORDER BY id DESC LIMIT 1")
    moment = max(now(), _moment(latest[0])) if latest else now()
    session.execute(
        "INSERT INTO agreement_signatures (digest, side, name, note, signed_at) VALUES (?, ?, ?, ?, ?)",
        (digest, side, name, note, moment_shown(moment, sqlite=session.is_sqlite)),
    )
    return moment


def _moment(value: object) -> datetime:
    moment = when(value)
    assert moment is not None
    return moment
