"""The difference between two agreements: complete, by meaning, and readable in both languages."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from accord.agreement.diff import SECTIONS, changes
from accord.agreement.load import agreement_digest, agreement_of, canonical_content
from accord.agreement.model import Agreement
from accord.language import use_language
from accord.report.agreement.changes import change_words, changes_json, changes_text
from accord.report.agreement.keys import KEYS, SECTION_NAMES
from accord.report.look import Look
from agreement.files import judged
from agreement.generated import documents

CRITERION: dict[str, Any] = {
    "id": "company_size",
    "axis": "fit",
    "label": {"en": "Company of 50 to 999", "fr": "Entreprise de 50 à 999 salariés"},
    "why": {"en": "They buy", "fr": "Elles achètent"},
    "points": 15,
    "when": {"field": "employees", "between": [50, 999]},
}
WEBINAR: dict[str, Any] = {
    "id": "webinar",
    "axis": "engagement",
    "label": {"en": "Webinar", "fr": "Webinaire"},
    "why": {"en": "They came", "fr": "Ils sont venus"},
    "points": 5,
    "touches": {"kind": ["webinar"], "within_days": 90, "half_life_days": 30},
    "cap": 12,
}
WEBINAR_WORDS = (
    "5 points per touch; webinar; of the last 90 days; half after 30 days; at most 12 points in all (Engagement)"
)
LABEL = "“Company of 50 to 999”"
DEMO: dict[str, Any] = {"name": "demo", "where": {"lead_type": ["demo_request"]}, "within_hours": 1}
BASE: dict[str, Any] = {
    "name": "Ours",
    "version": "1.1",
    "acceptance": {"promises": [DEMO]},
    "qualification": {
        "axes": {"fit": {"max": 40}},
        "threshold": 20,
        "criteria": [CRITERION, WEBINAR],
        "bands": [{"name": "A", "from": 25}, {"name": "B"}],
    },
}


def agreement(content: dict[str, Any]) -> Agreement:
    document, faults = judged(content)
    assert document is not None
    assert faults == []
    return Agreement(**{name: getattr(document, name) for name in document.model_fields_set - {"workspace"}})


def changed(**paths: Any) -> Agreement:
    """The base with other values; a key's parts are joined by two underscores, places are numbers."""
    content = deepcopy(BASE)
    for path, value in paths.items():
        *above, last = (int(part) if part.isdecimal() else part for part in path.split("__"))
        inner: Any = content
        for part in above:
            inner = inner.setdefault(part, {}) if isinstance(inner, dict) else inner[part]
        if value is None:
            del inner[last]
        elif last == "append":
            inner.append(value)
        else:
            inner[last] = value
    return agreement(content)


def said(after: Agreement, before: Agreement | None = None) -> list[str]:
    return [change_words(change) for change in changes(before or agreement(BASE), after)]


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        ({"qualification__criteria__0__points": 20}, ["“Company of 50 to 999”: 15 → 20 points"]),
        (
            {"qualification__criteria__0__points": 19, "qualification__threshold": 1},
            ["“Company of 50 to 999”: 15 → 19 points", "threshold: 20 → 1 point"],
        ),
        ({"qualification__threshold": 25.5}, ["threshold: 20 → 25.5 points"]),
        ({"acceptance__window_days": 45}, ["window: 30 → 45 days"]),
        ({"acceptance__floor": 0.525}, ["floor of the acceptance rate: 50% → 52.5%"]),
        ({"acceptance__definition": "worked"}, ["definition that counts: as the data allow → worked"]),
        ({"acceptance__promises__0__within_hours": 2}, ["promise demo: 1 → 2 h"]),
        ({"acceptance__promises_hours": (4, 24)}, ["promised hours: 24, 48 h → 4, 24 h"]),
        (
            {"acceptance__promises__0__where": {"channel": ("ads", "web")}},
            ["promise demo, leads: lead type demo_request → channel ads or web"],
        ),
        ({"acceptance__promises": ()}, ["− promise demo: 1 h (around the clock): lead type demo_request"]),
        (
            {"commitments": {"monthly": ({"leads": 120, "name": "SQL", "where": {"channel": "ads"}},)}},
            ["+ SQL a month: 120 leads (channel ads)"],
        ),
        (
            {
                "qualification__criteria__0__when": {
                    "any": ({"field": "sector", "in": ("it", "bank")}, {"not": {"field": "budget", "exists": False}})
                }
            },
            [f"{LABEL}, condition: employees from 50 to 999 → sector is it or bank or not (budget is not known)"],
        ),
        (
            {"qualification__criteria__1": {**WEBINAR, "id": "event"}},
            [f"− criterion “Webinar” (webinar): {WEBINAR_WORDS}", f"+ criterion “Webinar” (event): {WEBINAR_WORDS}"],
        ),
        (
            {"qualification__criteria": [WEBINAR, CRITERION]},
            ["order of the criteria: “Company of 50 to 999”, “Webinar” → “Webinar”, “Company of 50 to 999”"],
        ),
        ({"qualification__axes__fit__max": None}, ["most points of the axis Fit: 40 points → none"]),
        ({"qualification__bands__0__from": 30}, ["band A from: 25 → 30 points"]),
        (
            {
                "qualification__overrides": [
                    {"name": "Health", "where": {"sector": "health"}, "points": {"webinar": 8}, "threshold": 25}
                ]
            },
            ["+ override Health: sector health; “Webinar” 8 points; threshold 25"],
        ),
        (
            {"acceptance__calendar__hours": {"monday": ("09:00-12:00", "14:00-18:00")}},
            [
                "open hours, monday: 09:00-18:00 → 09:00-12:00, 14:00-18:00",
                *(f"open hours, {day}: 09:00-18:00 → none" for day in ("tuesday", "wednesday", "thursday", "friday")),
            ],
        ),
        ({"weights__band": {"A": 4, "B": 2, "C": 1, "D": 0.5}}, ["weight of band A: 3 → 4"]),
        ({"review_by": "2027-01-31"}, ["to be reviewed by: none → 2027-01-31"]),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
)
def test_a_change_in_words(paths: dict[str, Any], words: list[str]) -> None:
    assert said(changed(**paths)) == words


def test_sections_group_the_text() -> None:
    text = changes_text(changes(agreement(BASE), changed(version="1.2", qualification__threshold=25)), Look())
    assert text == "The agreement\n  version: 1.1 → 1.2\nQualification and score\n  threshold: 20 → 25 points\n"
    assert changes_text((), Look()) == "They say the same.\n"


def test_a_qualification_that_only_one_side_has_is_told_part_by_part() -> None:
    without = agreement({key: value for key, value in BASE.items() if key != "qualification"})
    came, went = said(agreement(BASE), without), said(without)
    assert came == [
        "most points of the axis Fit: none → 40 points",
        "+ criterion “Company of 50 to 999”: 15 points when employees from 50 to 999 (Fit)",
        f"+ criterion “Webinar”: {WEBINAR_WORDS}",
        "threshold: none → 20 points",
        "+ band A: from 25 points",
        "+ band B: all that is lower",
    ]
    assert went == [
        "most points of the axis Fit: 40 points → none",
        *(line.replace("+ ", "− ", 1) for line in came[1:3]),
        "threshold: 20 points → none",
        *(line.replace("+ ", "− ", 1) for line in came[4:]),
    ]


def test_json_says_it_in_both_languages() -> None:
    use_language("fr")
    (record,) = changes_json(changes(agreement(BASE), changed(qualification__criteria__0__points=20)))
    assert isinstance(record, dict)
    texts = record["text"]
    assert isinstance(texts, dict)
    french = str(texts["fr"])
    assert record == {
        "section": "qualification",
        "key": "qualification.criteria.company_size.points",
        "change": "changed",
        "before": 15,
        "after": 20,
        "text": {"en": "“Company of 50 to 999”: 15 → 20 points", "fr": french},
    }
    assert french.replace("\u00a0", " ") == "« Entreprise de 50 à 999 salariés » : 15 → 20 points"


def test_items_go_by_what_people_call_them() -> None:
    """A criterion that gets a new label goes by it; what has no label, by its name; an override's points by whose."""
    renamed = {**CRITERION, "points": 20, "label": {"en": "Mid-sized", "fr": "ETI"}}
    assert said(changed(qualification__criteria__0=renamed)) == [
        "“Mid-sized”, label: “Company of 50 to 999” → “Mid-sized”",
        "“Mid-sized”: 15 → 20 points",
    ]
    health = {"name": "Health", "where": {"sector": "health"}, "points": {"webinar": 8}}
    before, after = (changed(qualification__overrides=[{**health, "points": {"webinar": points}}]) for points in (8, 9))
    assert said(after, before) == ["override Health, “Webinar”: 8 → 9 points"]
    labelled = {**DEMO, "label": {"en": "Asked for a demo", "fr": "A demandé une démo"}}
    before, after = (changed(acceptance__promises=[{**labelled, "within_hours": hours}]) for hours in (1, 2))
    assert said(after, before) == ["promise “Asked for a demo”: 1 → 2 h"]


def test_every_key_belongs_to_a_section_and_has_a_name() -> None:
    covered = [key for keys in SECTIONS.values() for key in keys]
    assert len(covered) == len({*covered})
    assert {*Agreement.model_fields} <= {*covered}
    assert SECTIONS.keys() == SECTION_NAMES.keys()
    assert {key.split(".")[0] for key in KEYS} == {*covered}


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(documents(astray=0.0), documents(astray=0.0))
def test_no_difference_exactly_where_the_digests_are_one(one: dict[str, Any], other: dict[str, Any]) -> None:
    sound = [document for document, faults in map(judged, (one, other)) if document is not None and not faults]
    agreements = [
        Agreement(**{name: getattr(each, name) for name in each.model_fields_set - {"workspace"}}) for each in sound
    ]
    for before in agreements:
        assert agreement_digest(agreement_of(canonical_content(before))) == agreement_digest(before)
        assert changes(before, before) == ()
        for after in (*agreements, Agreement()):
            found = changes(before, after)
            assert bool(found) == (agreement_digest(before) != agreement_digest(after))
            assert len({(*change.path, change.kind) for change in found}) == len(found)
            for change in found:
                assert change_words(change)
                back = [other for other in changes(after, before) if other.path == change.path]
                assert [(each.before, each.after) for each in back][:1] == [(change.after, change.before)]


def test_what_is_kept_reads_back_as_what_was_signed(tmp_path: Path) -> None:
    signed = changed(review_by="2027-01-31", acceptance__calendar__closed=("2026-12-24",))
    again = agreement_of(canonical_content(signed))
    assert again == signed
    assert agreement_digest(again) == agreement_digest(signed)
