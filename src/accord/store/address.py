"""Where the database is: a SQLite file or a PostgreSQL server, said without its password."""

from __future__ import annotations

import getpass
import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from accord.errors import WorkspaceError
from accord.language import gettext as _
from accord.typed import as_typed, workspace_named

__all__ = ["Address", "address_of", "importing_into", "nothing_in", "nothing_there"]


@dataclass(frozen=True, slots=True)
class Address:
    """A database address, taken apart.

    ``path`` is the file of a SQLite database, ``None`` for PostgreSQL. ``url`` may hold a password: print ``shown``.
    """

    url: str
    path: Path | None

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file."""
        return self.path is not None

    @property
    def shown(self) -> str:
        """The address as it may be printed: the file, or host, port and database without password."""
        if self.path is not None:
            return str(self.path)
        parts = urlsplit(self.url)
        user = f"{parts.username}@" if parts.username else ""
        return urlunsplit((parts.scheme, f"{user}{self.host}:{self.port}", parts.path, "", ""))

    @property
    def host(self) -> str:
        """Host of the PostgreSQL server."""
        return urlsplit(self.url).hostname or "localhost"

    @property
    def port(self) -> int:
        """Port of the PostgreSQL server."""
        return urlsplit(self.url).port or 5432

    @property
    def user(self) -> str:
        """Who connects: the user in the address, or else what PostgreSQL takes, the name in the system."""
        return unquote(urlsplit(self.url).username or "") or os.environ.get("PGUSER") or getpass.getuser()

    @property
    def password(self) -> str | None:
        """The password in the address, only to keep it out of what is printed."""
        return unquote(urlsplit(self.url).password or "") or None

    @property
    def database(self) -> str:
        """Name of the PostgreSQL database."""
        return urlsplit(self.url).path.lstrip("/")


def address_of(url: str) -> Address:
    """Take a database address apart; ``WorkspaceError`` when it is neither SQLite's nor PostgreSQL's."""
    if url.startswith("sqlite:///"):
        return Address(url, Path(unquote(url.removeprefix("sqlite:///"))))
    if url.startswith(("postgresql://", "postgres://")):
        try:
            Address(url, None).port  # noqa: B018 - raises where it is no number
        except ValueError:
            raise WorkspaceError(
                _("The port in the database address is not a number. Write postgresql://user@host:5432/database.")
            ) from None
        return Address(url, None)
    scheme = url.split("://", 1)[0] if "://" in url else url
    raise WorkspaceError(
        _(
            "The database address starts with {scheme}, which is not known here. Write sqlite:///path/to/accord.db or "
            "postgresql://user@host:5432/database."
        ).format(scheme=repr(scheme))
    )


def importing_into(address: Address) -> str:
    """The command that brings something into a database: on the workspace somebody named, else on its own folder."""
    path, words = address.path, _("import PATH")
    if workspace_named() or path is None or path.name != "accord.db" or path.parent.resolve() == Path.cwd():
        return as_typed(words)
    folder = os.path.relpath(path.parent) if path.parent.is_relative_to(Path.cwd()) else str(path.parent)
    return as_typed(words, "--workspace", folder)


def nothing_there(address: Address) -> WorkspaceError:
    """That nobody has made the database yet, and what does."""
    text = _("There is no database at {place} yet. Import something first: {command}")
    return WorkspaceError(text.format(place=address.shown, command=importing_into(address)))


def nothing_in(address: Address) -> WorkspaceError:
    """That the database holds no table yet, and what lays them out."""
    text = _("The database {place} is empty. Import something first: {command}")
    return WorkspaceError(text.format(place=address.shown, command=importing_into(address)))
