"""The proposal as a draft of accord.yaml: the file that is there, comments kept, with what changes; or a new one."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Collection, Mapping, MutableMapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from accord.agreement.load import agreement_of, canonical_content
from accord.agreement.model import Agreement
from accord.language import gettext as _
from accord.learning.figures import Proposal, ProposedCriterion

__all__ = ["amend", "amended_agreement", "amended_draft", "new_draft", "next_version"]

Number = float | int


def new_draft(proposal: Proposal, name: str) -> str:
    """A whole accord.yaml whose qualification is the proposal; version 1."""
    content = CommentedMap()
    content["name"] = name
    content["version"] = "1"
    content.yaml_set_start_comment(
        _("A draft learnt from outcomes. Read every criterion, strike what does not make sense, then sign it.")
    )
    criteria = CommentedSeq(_criterion(one) for one in proposal.criteria if one.after is not None)
    bands = CommentedSeq(_band(band, lowest) for band, lowest in proposal.bands)
    content["qualification"] = CommentedMap(
        {"criteria": criteria, "threshold": _plain(proposal.threshold), "bands": bands}
    )
    return _text(content)


def amended_draft(text: str | None, proposal: Proposal, taken: Collection[str] = ()) -> str:
    """An agreement, as its file was written, with the proposal's changes and the next version; comments stay.

    ``text`` is that of the version the proposal was made against (None: there is no file), ``taken`` the labels of the
    versions there are.
    """
    content = _yaml().load(text) if text is not None else None
    if content is None:
        return new_draft(proposal, "default")
    content["version"] = next_version(str(content.get("version", "0")))
    while content["version"] in taken:
        content["version"] = next_version(content["version"])
    amend(content, proposal)
    return _text(content)


def amended_agreement(agreement: Agreement, proposal: Proposal) -> Agreement:
    """The agreement with the proposal's changes, as scoring takes it."""
    content = json.loads(canonical_content(agreement))
    amend(content, proposal)
    return agreement_of(json.dumps(content))


def amend(content: MutableMapping[str, Any], proposal: Proposal) -> None:
    """Write the proposal's changes into an agreement's content.

    Where the agreement has no qualification, or nothing of it is kept, the proposal's bands hold too. An axis whose
    maximum a criterion's new points exceed is raised to them, or the draft would contradict itself.
    """
    qualification = content.get("qualification")
    if not qualification:
        qualification = content["qualification"] = CommentedMap({"criteria": CommentedSeq()})
    criteria = qualification["criteria"]
    changed = {one.id: one for one in proposal.criteria if one.change in {"changed", "removed"}}
    for place in range(len(criteria) - 1, -1, -1):
        one = changed.get(criteria[place]["id"])
        if one is None:
            continue
        if one.after is None:
            del criteria[place]
            for override in qualification.get("overrides") or ():
                (override.get("points") or {}).pop(one.id, None)
        else:
            _repointed(qualification, criteria[place], one.after)
    replaced = not criteria
    criteria.extend(_criterion(one) for one in proposal.criteria if one.change == "added")
    _raise_axes(qualification, proposal.criteria)
    qualification["threshold"] = _plain(proposal.threshold)
    if replaced:
        qualification["bands"] = CommentedSeq(_band(name, lowest) for name, lowest in proposal.bands)
        qualification.pop("grid", None)
        return
    moved = dict(proposal.bands)
    for band in qualification.get("bands") or ():
        if band.get("from") is not None and (lowest := moved.get(band["name"])) is not None:
            band["from"] = _plain(lowest)


def next_version(version: str) -> str:
    """The label after ``version``: its last number one higher, or ``-2`` behind a label without numbers.

    >>> next_version("2.9"), next_version("autumn")
    ('2.10', 'autumn-2')
    """
    found = re.search(r"\d+(?=\D*$)", version)
    if found is None:
        return f"{version}-2"
    return f"{version[: found.start()]}{int(found[0]) + 1}{version[found.end() :]}"


def _repointed(qualification: MutableMapping[str, Any], criterion: MutableMapping[str, Any], points: float) -> None:
    """New points; its cap and what overrides give it keep their proportion to them."""
    ratio = points / criterion["points"] if criterion["points"] else 0.0
    criterion["points"] = _plain(points)
    if not ratio:
        return  # only tracked so far: caps and overrides stay as they were agreed
    if criterion.get("cap") is not None and ratio > 0:
        criterion["cap"] = _plain(round(criterion["cap"] * ratio, 2))
    for override in qualification.get("overrides") or ():
        said = override.get("points") or {}
        if criterion["id"] in said:
            said[criterion["id"]] = _plain(round(said[criterion["id"]] * ratio, 2))


def _raise_axes(qualification: MutableMapping[str, Any], criteria: Sequence[ProposedCriterion]) -> None:
    axes = qualification.get("axes") or {}
    for one in criteria:
        limit = axes.get(one.axis)
        if one.change in {"added", "changed"} and one.after is not None and limit and limit.get("max") is not None:
            limit["max"] = max(limit["max"], _plain(one.after))


def _criterion(one: ProposedCriterion) -> CommentedMap:
    made = CommentedMap({"id": one.id, "axis": one.axis, "label": dict(one.label), "why": dict(one.why)})
    made["points"] = _plain(one.after or 0)
    for form, said in one.written.items():
        made[form] = _condition(said) if form == "when" else _flow(said)
    return made


def _condition(said: Mapping[str, Any]) -> CommentedMap:
    """A comparison on one line; what combines others over several."""
    if "any" in said:
        return CommentedMap({"any": CommentedSeq(_condition(part) for part in said["any"])})
    if "not" in said:
        return CommentedMap({"not": _condition(said["not"])})
    flow: CommentedMap = _flow(said)
    return flow


def _band(name: str, lowest: float | None) -> CommentedMap:
    made: CommentedMap = _flow({"name": name} if lowest is None else {"name": name, "from": _plain(lowest)})
    return made


def _flow(value: Any) -> Any:
    if isinstance(value, Mapping):
        made = CommentedMap((key, _flow(part)) for key, part in value.items())
        made.fa.set_flow_style()
        return made
    if isinstance(value, list | tuple):
        items = CommentedSeq(_flow(part) for part in value)
        items.fa.set_flow_style()
        return items
    return value


def _plain(points: float) -> Number:
    return int(points) if float(points).is_integer() else float(points)


def _text(content: CommentedMap) -> str:
    stream = io.StringIO()
    _yaml().dump(content, stream)
    return stream.getvalue()


def _yaml() -> YAML:
    yaml = YAML()
    yaml.width = 4096  # sentences stay on their line
    yaml.preserve_quotes = True
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml
