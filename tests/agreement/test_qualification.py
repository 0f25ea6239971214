"""A qualification that contradicts itself is told so: what, where, what is allowed, and all of it at once."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from accord.agreement.fields import field_faults
from accord.agreement.qualification import Qualification
from accord.agreement.reach import attainable
from accord.agreement.reasons import REASON_CODES
from agreement.files import faults_of, loaded

SOUND = """\
qualification:
  lists: {ours: [Acme, Globex]}
  axes: {fit: {max: 40}, engagement: {max: 20}}
  criteria:
    - id: size
      axis: fit
      label: {en: a, fr: b}
      why: {en: a, fr: b}
      points: 15
      when: {field: employees, between: [50, 999]}
    - id: known
      axis: fit
      label: {en: a, fr: b}
      why: {en: a, fr: b}
      points: 10
      when: {any: [{field: company, in_list: ours}, {not: {field: sector, is: public}}]}
    - id: webinar
      axis: engagement
      label: {en: a, fr: b}
      why: {en: a, fr: b}
      points: 5
      touches: {kind: webinar, within_days: 90, at_most: 3}
      cap: 12
  overrides:
    - name: Health
      where: {sector: health}
      points: {size: 20}
      threshold: 30
  disqualifiers:
    - {id: rival, label: {en: a, fr: b}, when: {field: company, is: Rival}, reason: competitor_or_partner}
  threshold: 25
  bands: [{name: A, from: 35}, {name: B, from: 25}, {name: C}]
"""


class Wrong(NamedTuple):
    """What to change in the sound file, the line of the fault, and words of the sentence."""

    old: str
    new: str
    line: int
    words: str


ONE_FAULT = {
    "unknown axis": Wrong("axis: engagement", "axis: engagment", 18, "Did you mean engagement?"),
    "unknown axis with a maximum": Wrong("fit: {max", "fitt: {max", 3, "qualification.axes.fitt is not a key"),
    "id twice": Wrong("id: known", "id: size", 11, 'qualification.criteria[2].id is "size", which is there already.'),
    "id that programs cannot use": Wrong("id: known", "id: Known of", 11, "Did you mean known_of?"),
    "points above the axis": Wrong(
        "points: 15", "points: 45", 9, "is 45, but the axis fit gives at most 40. Lower it, or raise the maximum"
    ),
    "cap above the axis": Wrong("cap: 12", "cap: 21", 23, "is 21, but the axis engagement gives at most 20."),
    "points above the axis in an override": Wrong("{size: 20}", "{size: 41}", 27, "is 41, but the axis fit gives"),
    "points finer than a hundredth": Wrong("points: 15", "points: 15.125", 9, "points have at most two decimals."),
    "no yes or no": Wrong(
        "employees, between: [50, 999]", "employees, exists: oui", 10, 'exists is "oui"; it must be true or false.'
    ),
    "unreachable": Wrong(
        "threshold: 25", "threshold: 48", 31, "is 48, which no lead can reach: what one lead can meet gives at most 42."
    ),
    "unreachable in an override": Wrong("threshold: 30", "threshold: 60", 28, "is 60, which no lead can reach"),
    "bands overlap": Wrong("{name: B, from: 25}", "{name: B, from: 35}", 32, "not below the 35 of the band before it"),
    "bands in the wrong order": Wrong("{name: B, from: 25}", "{name: B, from: 50}", 32, "List bands from high to low."),
    "no lowest band": Wrong(", {name: C}", "", 32, "ends at 25, so lower scores have no band."),
    "band without an end": Wrong("{name: A, from: 35}", "{name: A}", 32, "has no lowest score (A)"),
    "band twice": Wrong("name: B,", "name: A,", 32, "which is there already."),
    "override of nothing": Wrong(
        "{size: 20}", "{sise: 20}", 27, 'gives points to "sise", which is not a criterion. Did you mean size?'
    ),
    "two forms": Wrong(
        "between: [50, 999]", "between: [50, 999], is: 60", 10, "has 2 forms: is, between. A condition has one."
    ),
    "at least and at most": Wrong(
        "between: [50, 999]", "at_least: 50, at_most: 99", 10, "Write [lowest, highest] after between."
    ),
    "field and combination": Wrong("{any: [", "{field: x, any: [", 16, "has a field and any"),
    "no form": Wrong("{field: employees, between: [50, 999]}", "{field: employees}", 10, "does not compare it"),
    "no field": Wrong("{field: employees, between", "{between", 10, "has between and no field to compare."),
    "bounds the wrong way round": Wrong("[50, 999]", "[999, 50]", 10, "goes from 999 to 50; the first must not be"),
    "one bound": Wrong("[50, 999]", "[50]", 10, "must have two numbers, the lowest and the highest; it has 1."),
    "unknown comparison": Wrong("between: [50", "betwen: [50", 10, "Did you mean between?"),
    "unknown list": Wrong("in_list: ours", "in_list: our", 16, "not a list of this agreement. Did you mean ours?"),
    "unknown reason": Wrong("competitor_or_partner", "competitor", 30, "is not a reason."),
    "criterion of nothing": Wrong(
        "      touches: {kind: webinar, within_days: 90, at_most: 3}\n", "", 17, "counts nothing"
    ),
    "criterion of two things": Wrong(
        "      cap: 12", "      when: {field: a, exists: true}", 17, "has when, touches; a criterion has one of them."
    ),
    "cap of a condition": Wrong(
        "when: {field: employees", "cap: 9\n      when: {field: employees", 10, "which gives its points once"
    ),
    "one language": Wrong("label: {en: a, fr: b}\n      why: {en: a, fr: b}\n      points: 15",
                          "label: {en: a}\n      why: {en: a, fr: b}\n      points: 15", 7, "has no fr"),
    "no threshold": Wrong("  threshold: 25\n", "", 1, "qualification has no threshold, which it needs."),
    "half a touch": Wrong("at_most: 3", "at_most: 0", 22, "it must be a whole number from 1"),
    "grid with a gap": Wrong(
        "  bands:", "  grid: {fit: [0, 9], engagement: [0, 5], bands: [[A, B], [C]]}\n  bands:",
        32, "engagement: 2, not 1."
    ),
    "grid with too few rows": Wrong(
        "  bands:", "  grid: {fit: [0, 9], engagement: [0], bands: [[A]]}\n  bands:", 32, "of fit: 2, not 1."
    ),
    "grid of unknown bands": Wrong(
        "  bands:", "  grid: {fit: [0], engagement: [0], bands: [[E]]}\n  bands:", 32, "which is not a band."
    ),
    "steps that do not grow": Wrong(
        "  bands:", "  grid: {fit: [20, 0], engagement: [0], bands: [[A], [B]]}\n  bands:", 32, "not above the 20"
    ),
}  # fmt: skip


def test_the_sound_one_is_sound(tmp_path: Path) -> None:
    assert [str(fault) for fault in faults_of(tmp_path, SOUND)] == []


@pytest.mark.parametrize("wrong", ONE_FAULT.values(), ids=ONE_FAULT)
def test_one_fault_is_one_sentence_with_its_line(tmp_path: Path, wrong: Wrong) -> None:
    assert SOUND.count(wrong.old) >= 1
    faults = faults_of(tmp_path, SOUND.replace(wrong.old, wrong.new, 1))
    assert [(fault.line, wrong.words in f"{fault.message} {fault.hint or ''}") for fault in faults] == [
        (wrong.line, True)
    ], [str(fault) for fault in faults]


def test_faults_of_different_parts_are_said_together(tmp_path: Path) -> None:
    text = SOUND
    for name in ("unknown list", "override of nothing", "cap above the axis", "bands overlap"):
        wrong = ONE_FAULT[name]
        text = text.replace(wrong.old, wrong.new, 1)
    assert [fault.line for fault in faults_of(tmp_path, text)] == [16, 23, 27, 32]


def test_columns_that_leads_do_not_have_are_said(tmp_path: Path) -> None:
    kinds = {"employees": "integer", "company": "text", "sectors": "text"}
    faults = field_faults(loaded(tmp_path, SOUND), kinds)
    assert [(fault.line, fault.message, fault.hint) for fault in faults] == [
        (16, "sector is not a column of the leads.", "Did you mean sectors?"),
        (26, "sector is not a column of the leads.", "Did you mean sectors?"),
    ]


def test_comparisons_that_never_hold_are_said(tmp_path: Path) -> None:
    kinds = {"employees": "text", "company": "time", "sector": "boolean"}
    said = [fault.message for fault in field_faults(loaded(tmp_path, SOUND), kinds)]
    assert said == [
        "employees holds no numbers, so it is never between two.",
        "company holds times, which is and in do not compare.",
        'sector holds true and false only, never "public".',
        "company holds times, which is and in do not compare.",
        'sector holds true and false only, never "health".',
    ]


def test_the_upper_bound_of_a_score(tmp_path: Path) -> None:
    said = loaded(tmp_path, SOUND).agreement.qualification
    assert isinstance(said, Qualification)
    assert attainable(said) == 20 + 10 + 12
    assert len(set(REASON_CODES)) == len(REASON_CODES)


def test_values_that_no_lead_can_have_are_said(tmp_path: Path) -> None:
    text = SOUND.replace("between: [50, 999]", "is: fifty").replace("{sector: health}", "{need: [urgent, urgnt]}")
    text = text.replace("{field: sector, is: public}", "{field: need, is: exploring}")
    kinds = {"employees": "integer", "company": "text", "need": "text"}
    words = {"need": ("none", "exploring", "defined", "urgent")}
    assert [(each.line, each.message, each.hint) for each in field_faults(loaded(tmp_path, text), kinds, words)] == [
        (10, 'employees holds numbers only, never "fifty".', "Write a number."),
        (
            26,
            'need never holds "urgnt"; it holds none, exploring, defined, urgent.',
            "Did you mean urgent?",
        ),
    ]
    number = SOUND.replace("between: [50, 999]", "in: [50, 99.5]").replace("sector", "company")
    assert field_faults(loaded(tmp_path, number), kinds) == ()
