"""What an agreement says, as those who signed it read it: criteria by axis, and what was agreed otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.agreement.load import load_agreement
from accord.agreement.packaged import READY_MADE, ready_made
from accord.cli.main import run
from accord.language import use_language
from accord.report.agreement.said import agreement_text
from accord.report.look import Look

AGREEMENT = """\
name: Nordlys
version: "2.1"
acceptance:
  window_days: 45
  team_calendars:
    DACH: {timezone: Europe/Berlin, country: DE, hours: {monday: [09:00-18:00], tuesday: [09:00-18:00],
      thursday: [09:00-12:30, 13:30-18:00]}}
handoff: {routes: [{where: {sector: [health]}, team: DACH}]}
qualification:
  lists: {good: [health, it]}
  axes: {fit: {max: 60}}
  criteria:
    - {id: size, axis: fit, points: 30, when: {field: employees, between: [50, 999]},
       label: {en: Of our size, fr: De notre taille}, why: {en: They stay., fr: Ils restent.}}
    - {id: student, axis: fit, points: -20, when: {field: seniority, is: student},
       label: {en: Student, fr: Étudiant}, why: {en: Curious., fr: Curieux.}}
    - {id: webinar, axis: engagement, points: 5, cap: 12,
       touches: {kind: [webinar], within_days: 90, half_life_days: 30, at_most: 3, at_most_a_day: 1},
       label: {en: Webinar, fr: Webinaire}, why: {en: An hour of theirs., fr: Une heure de leur temps.}}
  ideal_profile: {field: sector, in_list: good}
  disqualifiers:
    - {id: rival, when: {field: company_type, is: rival}, reason: competitor_or_partner,
       label: {en: Competitor, fr: Concurrent}}
  overrides: [{name: Health, where: {sector: health}, points: {size: 35}, threshold: 25}]
  threshold: 30
  bands: [{name: A, from: 35}, {name: B}]
  exploration: {share: 0.05}
"""

ENGLISH = """\
Nordlys, version 2.1

Fit: at most 60 points
  +30     Of our size
          employees from 50 to 999
          They stay.
  −20     Student
          seniority is student
          Curious.

Engagement
  +5      Webinar
          per touch; webinar; of the last 90 days; half after 30 days; 3 counted
          at most; 1 a day counted at most; at most 12 points in all
          An hour of theirs.

Not handed over, whatever the score
  Competitor: company_type is rival

Threshold
  A lead is qualified from 30 points on.
  Of the leads below, 5% are handed over all the same, to learn what the
  threshold misses.
  The ideal customer: sector is in the list good.

Otherwise for some leads (the first that names a thing decides)
  Health (sector health): Of our size: 35 points instead of 30; qualified from
    25 points on

Bands, by score
  A  from 35
  B    below

List good: health, it

Handing over
  routes, the first that matches: sector health → DACH

Acceptance
  window: 45 days (default: 30 days)
  open hours of team DACH: Monday to Tuesday 09:00–18:00, Thursday 09:00–12:30
    13:30–18:00; time zone Europe/Berlin; closed on the public holidays of DE

What is not named here is as by default; --keys lists every key with its value.
Digest: abc
"""


def agreed(tmp_path: Path, text: str = AGREEMENT) -> Path:
    (tmp_path / "accord.yaml").write_text(text)
    return tmp_path


def test_in_sentences(tmp_path: Path) -> None:
    agreement = load_agreement(agreed(tmp_path) / "accord.yaml").agreement
    assert agreement_text(agreement, "abc", Look()) == ENGLISH


def test_the_grid_is_a_table_with_the_best_fit_on_top(tmp_path: Path) -> None:
    grid = "  grid: {fit: [0, 20], engagement: [0, 10], bands: [[B, B], [B, A]]}\n"
    agreement = load_agreement(agreed(tmp_path, AGREEMENT + grid) / "accord.yaml").agreement
    said = agreement_text(agreement, "abc", Look())
    assert "            below 10  from 10\n  from 20          B        A\n  below 20         B        B\n" in said
    assert "Bands, by score" not in said


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", READY_MADE)
def test_the_ready_made_read_whole_in_one_language(tmp_path: Path, name: str, language: str) -> None:
    other = {"en": "fr", "fr": "en"}[language]
    agreement = load_agreement(agreed(tmp_path, ready_made(name, language)) / "accord.yaml").agreement
    assert agreement.qualification is not None
    use_language(language)
    lines = agreement_text(agreement, "abc", Look()).splitlines()
    assert max(map(len, lines)) <= 80
    said = " ".join(" ".join(lines).split())
    for criterion in agreement.qualification.criteria:
        for wording in (criterion.label, criterion.why):
            assert getattr(wording, language) in said
            assert getattr(wording, other) not in said or getattr(wording, other) in getattr(wording, language)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = ["--workspace", str(agreed(tmp_path))]
    assert run(["agreement", "show", *place]) == 0
    shown = capsys.readouterr().out
    assert shown.partition("Digest:")[0] == ENGLISH.partition("Digest:")[0]
    assert run(["agreement", "show", "--keys", *place]) == 0
    assert "qualification.threshold" in capsys.readouterr().out
