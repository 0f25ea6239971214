"""Segments as people write them: ``team=DACH; channel=webinar``, and as the ids of findings hold them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import get_args

from accord.agreement.findings import nearest
from accord.diagnosis.report import Kind
from accord.language import gettext as _
from accord.typed import as_typed

__all__ = ["finding_fault", "same_leads", "segment_of_finding", "segment_of_text", "segment_text"]

KINDS: tuple[str, ...] = get_args(Kind)

NO_SEGMENTS = frozenset({"criterion", "field"})
"""What findings may name that is no kind of lead: a criterion of the agreement, a field that is missing."""


def segment_of_text(text: str) -> dict[str, str]:
    """The segment that ``text`` names; empty text is everywhere. ``ValueError`` with a sentence where it names none.

    >>> segment_of_text("team=DACH; channel=webinar")
    {'team': 'DACH', 'channel': 'webinar'}
    """
    text = text.strip()
    if text.startswith("{"):
        return _of_json(text)
    segment: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        name, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign or not name or not value:
            message = _("{part} is no segment. Write a dimension and its value, as in channel=webinar.")
            raise ValueError(message.format(part=part))
        if segment.get(name, value) != value:
            message = _("{name} is given twice, as {one} and as {other}. A segment has one value of each dimension.")
            raise ValueError(message.format(name=name, one=segment[name], other=value))
        segment[name] = value
    return segment


def _of_json(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError as error:
        message = _("{part} is no segment. Write a dimension and its value, as in channel=webinar.")
        raise ValueError(message.format(part=text)) from error
    return segment_of_object(found)


def segment_of_object(found: object) -> dict[str, str]:
    """The segment that a JSON object holds; ``ValueError`` where a value is no text."""
    if not isinstance(found, dict) or not all(isinstance(value, str) and value.strip() for value in found.values()):
        raise ValueError(
            _("A segment is an object of texts, as in {example}.").format(example='{"channel": "webinar"}')
        )
    return {str(name).strip(): value.strip() for name, value in found.items()}


def segment_text(where: Mapping[str, str]) -> str:
    """The text that :func:`segment_of_text` reads; JSON where a value holds a semicolon."""
    text = "; ".join(f"{name}={value}" for name, value in sorted(where.items()))
    try:
        if segment_of_text(text) == dict(where):
            return text
    except ValueError:
        pass
    return json.dumps(dict(sorted(where.items())), ensure_ascii=False)


def segment_of_finding(finding: str) -> dict[str, str] | None:
    """Where a finding lies, by its id (``kind:dimension=value,…``); None where the id does not tell for sure."""
    _kind, _colon, place = finding.partition(":")
    if not place:
        return {}
    segment: dict[str, str] = {}
    for part in place.split(","):
        name, sign, value = part.partition("=")
        if not sign or not name or not value or name in segment:
            return None
        segment[name] = value
    return {} if segment.keys() & NO_SEGMENTS else segment


def finding_fault(finding: str) -> str | None:
    """What is wrong with the id of a finding, as a sentence."""
    kind = finding.partition(":")[0]
    if kind in KINDS:
        return None
    message = _("{finding} is no finding: {diagnose} prints their ids, as in segment_friction:team=DACH.")
    said = message.format(finding=finding, diagnose=as_typed("diagnose --json"))
    return " ".join(filter(None, (said, nearest(kind, KINDS))))


def same_leads(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether a lead may lie in both segments: no dimension has a different value in each."""
    return all(other.get(name, value) == value for name, value in one.items())
