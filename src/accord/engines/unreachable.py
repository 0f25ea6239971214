"""Why a connection to PostgreSQL did not come about, in a sentence that says what to do.

A connection that is refused carries no code, only the words of the server (in whatever language it speaks) or of the
driver. The few that everybody meets are recognised by them; the words themselves stand behind, as a detail.
"""

from __future__ import annotations

import re

from accord.language import gettext as _

__all__ = ["plain_words", "why_no_connection"]

_PASSWORD = re.compile(r"password authentication failed|authentification par mot de passe|no password supplied", re.I)
_DATABASE = re.compile(
    r"database .* does not exist|base de données .* n.existe pas|Datenbank .* existiert nicht|no existe la base", re.I
)
_ROLE = re.compile(r"role .* does not exist|rôle .* n.existe pas|Rolle .* existiert nicht|no existe el rol", re.I)
_HOST = re.compile(r"resolve host|translate host name|not known|No address associated", re.I)
_FULL = re.compile(r"too many (clients|connections)|remaining connection slots", re.I)
_STARTING = re.compile(r"database system is (starting up|shutting down|in recovery)", re.I)
_SLOW = re.compile(r"timeout|timed out", re.I)
_ENDED = re.compile(r"terminating connection|server closed the connection|connection (is|was) lost", re.I)
_CLOSED = re.compile(r"no pg_hba\.conf entry", re.I)


def why_no_connection(words: str, *, host: str, port: int, user: str, database: str) -> str:
    """What the ``words`` of server or driver mean for who wants to reach ``database`` at ``host``; a password in
    ``words`` must have been taken out before."""
    if _PASSWORD.search(words):
        message = _(
            "PostgreSQL at {host}, port {port}, does not accept the password of {user}. Put the right one into the "
            "address: postgresql://{user}:PASSWORD@{host}:{port}/{database}."
        )
    elif _DATABASE.search(words):
        message = _(
            "There is no database {database} in PostgreSQL at {host}, port {port}. Correct its name in the address, or "
            "make it: createdb {database}."
        )
    elif _ROLE.search(words):
        message = _(
            "PostgreSQL at {host}, port {port}, knows no user {user}. Correct the user in the address, or make it: "
            "createuser {user}."
        )
    elif _CLOSED.search(words):
        message = _(
            "PostgreSQL at {host}, port {port}, lets {user} not connect to {database} from this machine. Have its "
            "administrator allow it (pg_hba.conf)."
        )
    elif _FULL.search(words):
        message = _("PostgreSQL at {host}, port {port}, has no connection left. Close some, or try again in a moment.")
    elif _STARTING.search(words):
        message = _("PostgreSQL at {host}, port {port}, is starting or stopping. Try again in a moment.")
    elif _ENDED.search(words):
        message = _("PostgreSQL at {host}, port {port}, ended the connection. Run the same command again.")
    elif _HOST.search(words):
        message = _("There is no machine {host}, as far as this one knows. Correct the host in the address.")
    elif "FATAL" in words:
        message = _(
            "PostgreSQL at {host}, port {port}, refuses the connection. Check the user, the password and the database "
            "{database} in the address; what is not there yet is made by: createdb {database}."
        )
    elif _SLOW.search(words):
        message = _(
            "PostgreSQL at {host}, port {port}, did not answer in time. Check that host and port are right, that the "
            "server runs, and that no firewall stands between."
        )
    else:
        message = _(
            "PostgreSQL does not answer at {host}, port {port}. Check that the server runs, that host and port are "
            "right, and that no firewall stands between."
        )
    sentence = message.format(host=host, port=port, user=user, database=database)
    return f"{sentence} {_('(In its own words: {words})').format(words=plain_words(words))}"


def plain_words(words: str) -> str:
    """The last thing that server or driver said, on one line: a driver tries every address of a host in turn."""
    said = [line.strip() for line in words.splitlines() if line.strip()]
    guesses = ("Multiple connection attempts", "- host:", "Is the server running")
    said = [line for line in said if not line.startswith(guesses)] or said
    return said[-1].removeprefix("connection failed: ").rstrip(".") if said else "?"
