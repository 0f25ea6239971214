"""Versions of the agreement as people and programs read them: who signed what, and what was in force since when."""

from __future__ import annotations

from datetime import UTC, datetime

from accord.agreement.load import AgreementFile
from accord.agreement.versions import AgreementVersion, Register, Side, Signature, Span, Standing
from accord.language import gettext as _
from accord.report.envelope import utc_text
from accord.report.formats import enumeration, moment
from accord.report.look import Look
from accord.typed import as_typed
from accord.values import Json

__all__ = [
    "draft_notice",
    "fault_notice",
    "history_json",
    "history_text",
    "side_word",
    "standing_words",
    "version_json",
    "when_words",
]

_DIGITS = 12
"""Characters of a digest that people see; programs see all."""


def side_word(side: Side) -> str:
    """Marketing, sales: at the beginning of a line."""
    return _("Marketing") if side == "marketing" else _("Sales")


def when_words(instant: datetime, timezone: str) -> str:
    """An aware moment as people read it, in the agreement's time zone."""
    return moment(instant.astimezone(UTC).replace(tzinfo=None), timezone)


def history_text(register: Register, timezone: str, look: Look) -> str:
    """Every version, the newest first: its digest, its signatures, and from when to when it was in force."""
    if not register.versions:
        return _("No version was proposed yet: {command}").format(command=as_typed("agreement propose")) + "\n"
    lines: list[str] = []
    for version in reversed(register.versions):
        heading = _("Version {version} of {name}").format(version=version.version, name=version.name)
        lines.append(f"{look.styled(heading, 'bold')}  {version.digest[:_DIGITS]}")
        lines += [f"  {line}" for line in _life(version, register, timezone)]
    return look.plain("\n".join(lines)) + "\n"


def _life(version: AgreementVersion, register: Register, timezone: str) -> list[str]:
    lines = [_("Proposed {when}").format(when=when_words(version.recorded_at, timezone))]
    for signature in version.signatures:
        line = _("{side}: {name}, {when}").format(
            side=side_word(signature.side), name=signature.name, when=when_words(signature.signed_at, timezone)
        )
        lines.append(f"{line} – {signature.note}" if signature.note else line)
    span = register.span_of(version.digest)
    if span is None:
        lines.append(_("Not yet signed by {sides}").format(sides=_sides(version)))
    elif span.end is None:
        lines.append(_("In force since {start}").format(start=when_words(span.start, timezone)))
    else:
        start, end = when_words(span.start, timezone), when_words(span.end, timezone)
        lines.append(_("In force from {start} to {end}").format(start=start, end=end))
    return lines


def _sides(version: AgreementVersion) -> str:
    return enumeration([_("marketing") if side == "marketing" else _("sales") for side in version.missing])


def history_json(register: Register) -> dict[str, Json]:
    """The label in force (null where none is), and every version in the order of proposal."""
    current = register.in_force()
    return {
        "in_force": current.version if current else None,
        "versions": [version_json(version, register.span_of(version.digest)) for version in register.versions],
    }


def version_json(version: AgreementVersion, span: Span | None) -> dict[str, Json]:
    """One version; ``in_force_to`` is null for the one that is in force."""
    return {
        "version": version.version,
        "name": version.name,
        "digest": version.digest,
        "proposed_at": _instant(version.recorded_at),
        "signatures": [_signature_json(signature) for signature in version.signatures],
        "missing": list(version.missing),
        "in_force_from": _instant(span.start) if span else None,
        "in_force_to": _instant(span.end) if span and span.end else None,
    }


def _signature_json(signature: Signature) -> dict[str, Json]:
    return {
        "side": signature.side,
        "name": signature.name,
        "note": signature.note,
        "signed_at": _instant(signature.signed_at),
    }


def _instant(instant: datetime) -> str:
    return utc_text(instant.astimezone(UTC).replace(tzinfo=None))


def standing_words(register: Register, file: AgreementFile) -> str:
    """What the file is, measured against the versions: a sentence.

    A file whose label belongs to other content is not for here: that is a fault.
    """
    version, timezone = file.agreement.version, file.agreement.timezone
    standing = register.standing(version, file.digest)
    span = register.span_of(file.digest)
    if standing is Standing.IN_FORCE and span is not None:
        text = _("It is the version in force, since {start}.").format(start=when_words(span.start, timezone))
    elif standing is Standing.REPLACED and span is not None and span.end is not None:
        message = _("It was in force from {start} to {end}; version {current} has replaced it.")
        values = {"start": when_words(span.start, timezone), "end": when_words(span.end, timezone)}
        text = message.format(**values, current=_current(register))
    elif standing is Standing.PROPOSED:
        known = next(register.with_digest(file.digest))
        text = _("It is proposed, and not yet signed by {sides}.").format(sides=_sides(known))
    elif register.versions or version != "0":
        message = _("It is a draft that nobody has signed: {propose} makes it ready for signature.")
        text = message.format(propose=as_typed("agreement propose"))
    else:
        return _(
            "Nobody has signed it; figures follow accord.yaml as it stands. Give it a name and a version of its own, "
            "and {propose} makes it ready for both sides to sign."
        ).format(propose=as_typed("agreement propose"))
    follows = register.in_force()
    if follows is not None and standing is not Standing.IN_FORCE and standing is not Standing.REPLACED:
        text += " " + _("Figures follow version {version}.").format(version=follows.version)
    return text


def draft_notice(register: Register, file: AgreementFile) -> str | None:
    """One line for every command whose figures do not follow ``accord.yaml``; None where they do."""
    current = register.in_force()
    if current is None or current.digest == file.digest:
        return None
    values = {"file": file.path.name, "version": file.agreement.version, "current": current.version}
    standing = register.standing(file.agreement.version, file.digest)
    if not file.lines and not file.path.exists():
        message = _("{file} is not there; figures follow version {current}, which is signed.")
    elif standing is Standing.PROPOSED:
        message = _("{file} is version {version}, not yet signed by {sides}; figures follow {current}.")
        values["sides"] = _sides(next(register.with_digest(file.digest)))
    elif standing is Standing.REPLACED:
        message = _("{file} is version {version}, which is no longer in force; figures follow {current}.")
    elif standing is Standing.CONTRADICTS:
        message = _("{file} says something else than version {version} that was proposed; figures follow {current}.")
    else:
        message = _("{file} is a draft of {version}, not yet proposed; figures follow {current}.")
    return message.format(**values)


def fault_notice(register: Register) -> str:
    """The same where ``accord.yaml`` cannot be read as an agreement."""
    message = _(
        "accord.yaml has faults, so it is no draft yet ({check} lists them); figures follow version {current}, which "
        "is signed."
    )
    return message.format(check=as_typed("agreement check"), current=_current(register))


def _current(register: Register) -> str:
    current = register.in_force()
    return current.version if current else ""
