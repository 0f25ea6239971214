"""Words of an agreement that no row has are said by agreement check, on either database."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.cli.main import run

AGREEMENT = """\
name: Ours
version: "1"
acceptance:
  promises:
    - {name: quick, where: {lead_type: [demo, dmo]}, within_hours: 1}
qualification:
  lists: {home: [FR, DE]}
  criteria:
    - {id: a, axis: fit, points: 9, when: {field: sector, in: [Software, health]}, label: {en: A, fr: A}, why: {en: x, fr: x}}
    - {id: b, axis: fit, points: 9, when: {field: country, in_list: home}, label: {en: B, fr: B}, why: {en: x, fr: x}}
    - {id: c, axis: engagement, points: 2, touches: {kind: [webinarr, form], channel: mail}, cap: 8,
       label: {en: C, fr: C}, why: {en: x, fr: x}}
    - {id: d, axis: fit, points: 2, when: {field: employees, is: 77}, label: {en: D, fr: D}, why: {en: x, fr: x}}
    - {id: e, axis: fit, points: 2, when: {field: campaign, is: spring}, label: {en: E, fr: E}, why: {en: x, fr: x}}
  threshold: 20
  bands: [{name: A, from: 31}, {name: B, from: 10}, {name: C}]
  overrides:
    - {name: none known, where: {sector: ["(none)", retail]}, points: {a: 1}}
"""  # noqa: E501
TABLES = {
    "leads": "lead_id,created_at,sector,country,lead_type,employees,campaign\n"
    "a,2026-01-01,software,FR,demo,10,\nb,2026-01-02,health,FR,demo,20,\n",
    "touches": "touch_id,lead_id,at,kind,channel\nt,a,2026-01-02,webinar,email\nu,b,2026-01-03,form,email\n",
}


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_words_that_nobody_has_are_named_with_their_line(
    database: str,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if database == "postgresql":
        monkeypatch.setenv("ACCORD_DATABASE", request.getfixturevalue("postgres_url"))
    file = tmp_path / "accord.yaml"
    file.write_text(AGREEMENT)
    place = ("--workspace", str(tmp_path))
    assert run(["agreement", "check", *place]) == 0
    assert "so far" not in capsys.readouterr().out  # nothing is imported: nobody can tell
    for name, text in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(text)
    assert run(["import", *(str(tmp_path / f"{name}.csv") for name in TABLES), *place]) == 0
    capsys.readouterr()
    assert run(["agreement", "check", *place]) == 0
    said = [line.removeprefix("- ") for line in capsys.readouterr().out.splitlines()]
    assert [line for line in said if "so far" in line] == [
        f'{file}:5: acceptance.promises[1].where.lead_type: no lead so far has "dmo". Did you mean demo?',
        f'{file}:9: qualification.criteria[1].when: no lead so far has "Software". Did you mean software?',
        f'{file}:10: qualification.criteria[2].when: no lead so far has "DE".',
        f'{file}:11: qualification.criteria[3].touches.channel: no touch so far has "mail". Did you mean email?',
        f'{file}:11: qualification.criteria[3].touches.kind: no touch so far has "webinarr". Did you mean webinar?',
        f'{file}:18: qualification.overrides[1].where.sector: no lead so far has "retail".',
    ]
    # 9 + 9 of the two conditions on words, 8 of the touches, 2 + 2 of employees and campaign
    assert "No lead can be in the band A, from 31: what one lead can meet gives at most 30." in said
