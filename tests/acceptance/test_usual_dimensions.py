"""Which dimensions figures are cut by where nobody names one: counted by hand from the rows of a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from accord.acceptance import segments
from accord.acceptance.measure import measure
from accord.acceptance.segments import apart, usual_dimensions
from accord.cli.main import run
from accord.clock import parse_as_of
from accord.readmodel.opening import open_source
from accord.readmodel.source import Source
from accord.report.acceptance.gathering import brief
from accord.report.acceptance.page import page_html
from accord.values import Estimate
from accord.workspace import Workspace

HANDED = 120
"""Leads handed over; twenty more are not, and five are handed over after the moment described."""

LATER, NEVER = range(HANDED, HANDED + 5), range(HANDED + 5, HANDED + 25)
AS_OF = "2026-03-20T00:00Z"

COLUMNS: Mapping[str, Callable[[int], object]] = {
    "channel": lambda n: "web" if n % 3 else "event",
    "customer_id": lambda n: "K1" if n % 3 else "K2",  # tells as much as the channel, and describes nothing
    "sector": lambda n: "metal",
    "job_function": lambda n: "metal" if n % 2 else "",
    "company": lambda n: f"company {n}",
    "decision_maker": lambda n: n % 2 == 0,
    "employees": lambda n: 5 + 300 * (n % 2),
    "fifty": lambda n: f"v{n % 50}",
    "fifty_and_none": lambda n: f"v{n % 51}" if n % 51 else "",
    "fifty_one": lambda n: f"v{n % 51}",
    "of_the_others": lambda n: "mine" if n < HANDED else "theirs",
    "many_with_the_others": lambda n: f"v{n % 2}" if n < HANDED else f"other {n}",
    "answered": lambda n: n % 4 == 0,
    "seats": lambda n: n % 3,
    "signed_on": lambda n: f"2026-01-0{1 + n % 2}",
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Leads with columns of every number of values."""
    names = list(COLUMNS)
    leads = [",".join(["lead_id", "created_at", *names])]
    leads += [
        ",".join([f"l{n}", "2026-03-01T09:00Z", *(str(COLUMNS[name](n)) for name in names)]) for n in range(NEVER.stop)
    ]
    handoffs = ["handoff_id,lead_id,at,rep_id,team,band"]
    handoffs += [f"h{n},l{n},2026-03-02T10:00Z,r{n % 4},north,{'AB'[n % 2]}" for n in range(HANDED)]
    handoffs += [f"h{n},l{n},2026-04-02T10:00Z,r9,south,C" for n in LATER]
    decisions = ["decision_id,handoff_id,at,outcome"]
    decisions += [
        f"d{n},h{n},2026-03-02T12:00Z,{'accepted' if n % 3 == 0 or n % 5 == 0 else 'rejected'}" for n in range(HANDED)
    ]
    data, place = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("company")
    for name, lines in {"leads": leads, "handoffs": handoffs, "decisions": decisions}.items():
        (data / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    assert run(["import", str(data), "--workspace", str(place), "--json"]) == 0
    return place


def opened(company: Path) -> Source:
    return open_source(Workspace(company), parse_as_of(AS_OF, "UTC"))


def by_hand() -> set[str]:
    """Text and yes-or-no columns with 2 to 50 values among leads handed over; a missing one is a segment."""
    found = set()
    for name, make in COLUMNS.items():
        if name in {"employees", "seats", "signed_on"}:
            continue
        values = {str(make(n)) for n in range(HANDED)}
        if len(values - {""}) <= 50 and len(values) >= 2:
            found.add(name)
    return found | {"account_size", "rep_id", "band"}  # one team: nothing to compare


@pytest.mark.parametrize("tried", [segments._TRIED, 60])
def test_every_text_or_boolean_column_with_2_to_50_values(
    company: Path, monkeypatch: pytest.MonkeyPatch, tried: int
) -> None:
    """Also where a few rows show first which columns have too many values."""
    monkeypatch.setattr(segments, "_TRIED", tried)
    with opened(company) as source:
        _none, note = segments._counted(source)
        assert set(note["usual"]) == set(usual_dimensions(source)) == by_hand()
        assert len(note["usual"]) == len(set(note["usual"]))
    assert {"fifty", "fifty_and_none", "many_with_the_others", "job_function"} <= by_hand()
    assert not by_hand() & {"fifty_one", "of_the_others", "company", "sector"}


def test_the_contract_s_columns_come_first_in_its_order(company: Path) -> None:
    with opened(company) as source:
        found = usual_dimensions(source)
    assert found[:3] == ("channel", "job_function", "decision_maker")
    assert found[-3:] == ("account_size", "band", "rep_id")


def test_what_the_agreement_names_is_taken_as_it_stands(company: Path) -> None:
    agreement = company / "accord.yaml"
    try:
        agreement.write_text("segments: [fifty_one, team, sector]\n", encoding="utf-8")
        with opened(company) as source:
            assert usual_dimensions(source) == ("fifty_one", "team", "sector")
            briefing = brief(source)
            assert [report.dimensions for report in briefing.segments] == [("fifty_one",)]  # the others have one value
            assert not briefing.folded
            assert "1 more segment, with fewer leads, is not shown." in page_html(briefing)
        agreement.write_text("segments: []\n", encoding="utf-8")
        with opened(company) as source:
            assert set(usual_dimensions(source)) == by_hand()
    finally:
        agreement.unlink()


def test_the_page_opens_what_differs_most_and_folds_people_last(company: Path) -> None:
    with opened(company) as source:
        briefing = brief(source)
        differing = [apart(report) for report in briefing.segments]
        assert differing == sorted(differing, reverse=True)
        assert briefing.segments[0].dimensions == ("channel",)  # a third is accepted always, the rest one in five
        assert [report.dimensions for report in briefing.folded[-2:]] == [("customer_id",), ("rep_id",)]
        assert apart(briefing.folded[-2]) == differing[0]
        shown = {report.dimensions[0] for report in (*briefing.segments, *briefing.folded)}
        assert shown == by_hand()
        page = page_html(briefing)
        assert page.count("<details id=") == len(briefing.folded)
        assert page.count('<li><a href="#cut-') == len(shown)


def test_apart_is_the_spread_of_the_shrunk_rates(company: Path) -> None:
    with opened(company) as source:
        report = measure(source, by=["channel"])
        rows = {row.segment["channel"]: row for row in report.answers["explicit"].rows}
        drawn = [rows[name].shrunk for name in ("event", "web")]
        event, web = (figure.value for figure in drawn if isinstance(figure, Estimate))
        assert (rows["event"].handed, rows["web"].handed) == (40, 80)
        mean = (40 * event + 80 * web) / 120
        spread = ((40 * (event - mean) ** 2 + 80 * (web - mean) ** 2) / 120) ** 0.5
        assert apart(report) == pytest.approx(spread, rel=1e-12)
        assert apart(measure(source)) == 0.0
