"""What is planted in a company shows in its tables, where and when it was planted, as strongly as the truth says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import numpy as np
import pytest

from accord.demo.company import DEMO, HEALTHY, Cause
from accord.demo.simulate import Simulation, simulate

UNTIL = date(2026, 7, 1)
SIZE = 20_000
"""Large enough that each planted effect is many standard deviations wide: the tolerances below are at least four."""

FACTS = """
    CREATE TABLE facts AS
    SELECT h.handoff_id, h.at, h.rep_id, coalesce(h.team, r.team) AS team, h.score, h.band, l.*,
           t.acceptance, d.outcome, epoch(d.at - h.at) / 3600 AS hours,
           h.at < TIMESTAMPTZ '2026-05-31 22:00:00Z' AS ripe
    FROM handoffs h JOIN leads l USING (lead_id) JOIN truth t USING (handoff_id) LEFT JOIN reps r USING (rep_id)
    LEFT JOIN (
        SELECT handoff_id, min(d.at) AS "at", arg_min(outcome, d.at) AS outcome FROM decisions d GROUP BY ALL
    ) d ON d.handoff_id = h.handoff_id AND d.at < h.at + INTERVAL 30 DAY
"""


def loaded(simulation: Simulation) -> duckdb.DuckDBPyConnection:
    import pyarrow as pa

    db = duckdb.connect()
    db.execute("SET TimeZone = 'UTC'")
    for name, chunks in simulation.tables.items():
        db.register(f"{name}_rows", pa.concat_tables(chunks()))
        db.execute(f"CREATE TABLE {name} AS FROM {name}_rows")
    db.register("truth", simulation.truth.handoffs())
    db.execute(FACTS)
    return db


def planted(*causes: Cause) -> duckdb.DuckDBPyConnection:
    return loaded(simulate(HEALTHY.with_causes(*causes), SIZE, seed=11, until=UNTIL))


def one(db: duckdb.DuckDBPyConnection, query: str) -> Any:
    row = db.execute(query).fetchone()
    assert row is not None
    return row[0]


def rate(db: duckdb.DuckDBPyConnection, where: str) -> float:
    """Accepted of decided."""
    return float(
        one(db, f"SELECT avg((outcome = 'accepted')::INT) FROM facts WHERE ripe AND outcome IS NOT NULL AND {where}")
    )


def test_durably_low_is_low_in_every_quarter() -> None:
    db = planted(Cause("durably_low", strength=0.34))
    rates = db.execute("SELECT avg(acceptance) FROM facts GROUP BY date_trunc('quarter', \"at\")").fetchall()
    assert all(0.3 < value < 0.45 for (value,) in rates)


def test_a_sudden_drop_starts_on_its_monday_and_stays_in_its_segment() -> None:
    db = planted(Cause("sudden_drop", {"channel": "organic_search"}, strength=0.3, weeks_before_end=20))
    since = "TIMESTAMPTZ '2026-02-08 23:00:00Z'"  # 2026-06-29 is the last Monday; twenty weeks earlier
    here = "channel = 'organic_search'"
    before, after = rate(db, f"{here} AND facts.at < {since}"), rate(db, f"{here} AND facts.at >= {since}")
    assert 0.2 < before - after < 0.4
    assert abs(rate(db, f"NOT {here} AND facts.at < {since}") - rate(db, f"NOT {here} AND facts.at >= {since}")) < 0.03


def test_a_mix_shift_moves_shares_and_no_rate() -> None:
    db = planted(Cause("mix_shift", {"channel": "content_syndication"}, strength=3.0, weeks_before_end=20))
    since = "facts.at >= TIMESTAMPTZ '2026-02-09 00:00:00Z'"
    share = "SELECT avg((channel = 'content_syndication')::INT) FROM facts WHERE"
    assert one(db, f"{share} {since}") > 1.8 * one(db, f"{share} NOT {since}")
    for where in ("channel = 'content_syndication'", "channel = 'organic_search'"):
        assert abs(rate(db, f"{where} AND {since}") - rate(db, f"{where} AND NOT {since}")) < 0.06


def test_friction_in_a_conjunction_is_where_both_hold() -> None:
    db = planted(Cause("segment_friction", {"sector": "machinery", "country": "FR"}, strength=0.3))
    both = rate(db, "sector = 'machinery' AND country = 'FR'")
    assert rate(db, "sector = 'machinery' AND country <> 'FR'") - both > 0.18
    assert rate(db, "sector <> 'machinery' AND country = 'FR'") - both > 0.18


def test_a_model_segment_is_accepted_more() -> None:
    db = planted(Cause("segment_model", {"channel": "partner"}, strength=0.18))
    assert rate(db, "channel = 'partner'") - rate(db, "channel <> 'partner'") > 0.1


def test_overweighted_downloads_let_leads_through_that_sales_refuses() -> None:
    made = simulate(HEALTHY.with_causes(Cause("overweighted_signal", {"criterion": "download"}, 3.0)), SIZE, 11, UNTIL)
    (found,) = made.truth.planted
    assert found.leads > 0.1 * SIZE
    assert found.effect < -0.12
    healthy = simulate(HEALTHY, SIZE, 11, UNTIL)
    assert made.truth.acceptance.mean() < healthy.truth.acceptance.mean() - 0.02
    white_papers = "SELECT avg((lead_type = 'white_paper')::INT) FROM facts"
    assert one(loaded(made), white_papers) > one(loaded(healthy), white_papers) + 0.08


def test_an_underweighted_signal_keeps_good_leads_out() -> None:
    db, healthy = planted(Cause("underweighted_signal", {"criterion": "trial"}, 0.1)), planted()
    trials = "SELECT count(*) FROM facts WHERE lead_type = 'trial'"
    assert one(db, trials) < 0.75 * one(healthy, trials)


def test_resistance_is_low_everywhere_late_vague_and_without_effort() -> None:
    db = planted(Cause("rep_gap", {"rep_id": "R006"}, 0.35, reason="resistance"))
    rep, others = (
        "rep_id = 'R006'",
        "rep_id <> 'R006' AND territory = (SELECT territory FROM reps WHERE rep_id = 'R006')",
    )
    assert rate(db, others) - rate(db, rep) > 0.2
    vague = """SELECT avg((reason IS NULL OR reason = 'below_threshold')::INT) FROM decisions
               WHERE outcome = 'rejected' AND"""
    assert one(db, f"{vague} rep_id = 'R006'") > one(db, f"{vague} rep_id <> 'R006'") + 0.2
    again = """SELECT avg((EXISTS (FROM handoffs l WHERE l.lead_id = f.lead_id AND l.at > f.at))::INT)
               FROM facts f WHERE outcome <> 'accepted' AND"""
    assert one(db, f"{again} rep_id = 'R006'") > 2 * one(db, f"{again} rep_id <> 'R006'")


def test_a_need_of_training_holds_for_one_lead_type() -> None:
    db = planted(Cause("rep_gap", {"team": "Benelux", "lead_type": "webinar"}, 0.35, reason="training"))
    webinars = rate(db, "team = 'Benelux' AND lead_type = 'webinar'")
    assert rate(db, "team = 'Benelux' AND lead_type <> 'webinar'") - webinars > 0.2
    assert rate(db, "team <> 'Benelux' AND lead_type = 'webinar'") - webinars > 0.2


def test_a_bad_territory_is_low_for_every_rep_and_its_leads_convert_poorly() -> None:
    db = planted(Cause("rep_gap", {"territory": "Sud-Est"}, 0.3, reason="territory"))
    reps = db.execute("""
        SELECT avg((outcome = 'accepted')::INT), count(*) FROM facts JOIN reps r USING (rep_id)
        WHERE facts.territory = 'Sud-Est' AND r.territory = 'Sud-Est' AND outcome IS NOT NULL GROUP BY rep_id
    """).fetchall()
    usual = rate(db, "territory <> 'Sud-Est'")
    assert all(value < usual - 0.1 for value, handed in reps if handed > 100)
    converted = """SELECT count(o.lead_id) / count(*) FROM facts LEFT JOIN opportunities o USING (lead_id)
                   WHERE outcome = 'accepted' AND"""
    assert one(db, f"{converted} territory = 'Sud-Est'") < 0.7 * one(db, f"{converted} territory <> 'Sud-Est'")


def test_overload_grows_with_the_queue() -> None:
    db = planted(Cause("rep_gap", {"team": "UK"}, 2.2, reason="overload"))
    queue = """SELECT avg(leads / capacity) FROM (
                 SELECT rep_id, count(*) AS leads FROM handoffs GROUP BY rep_id, date_trunc('week', "at")
               ) JOIN reps USING (rep_id) WHERE team"""
    assert one(db, f"{queue} = 'UK'") > 1.7
    assert one(db, f"{queue} <> 'UK'") < 1.0
    assert rate(db, "team <> 'UK'") - rate(db, "team = 'UK'") > 0.1
    hours = "SELECT median(hours) FROM facts WHERE outcome IS NOT NULL AND team"
    assert one(db, f"{hours} = 'UK'") > 1.5 * one(db, f"{hours} = 'Benelux'")
    overloaded = (
        "SELECT avg((reason = 'overloaded')::INT) FROM facts JOIN decisions USING (handoff_id) WHERE reason IS NOT NULL"
    )
    assert one(db, f"{overloaded} AND team = 'UK'") > 3 * one(db, f"{overloaded} AND team = 'Benelux'")


def test_slow_response_is_slow_there_and_nowhere_else() -> None:
    slow, usual = planted(Cause("slow_response", {"team": "DACH"}, 6.0)), planted()
    hours = "SELECT median(hours) FROM facts WHERE outcome IS NOT NULL AND team"
    assert one(slow, f"{hours} = 'DACH'") > 2.5 * one(usual, f"{hours} = 'DACH'")
    assert one(slow, f"{hours} = 'UK'") == pytest.approx(one(usual, f"{hours} = 'UK'"), rel=0.1)
    assert abs(rate(slow, "team = 'DACH'") - rate(usual, "team = 'DACH'")) < 0.03


def test_token_effort_is_one_call_and_no_more() -> None:
    db = planted(Cause("token_effort", {"team": "France Sud"}, 0.5))
    alone = """
        SELECT avg((calls = 1 AND acts = 1)::INT) FROM (
            SELECT f.handoff_id, count(*) FILTER (kind = 'call') AS calls, count(*) AS acts
            FROM facts f JOIN activities a USING (lead_id)
            WHERE f.outcome = 'accepted' AND ripe AND team {}
              AND a.at > f.at AND a.kind <> 'task' AND automated IS NOT TRUE
            GROUP BY 1)"""
    assert one(db, alone.format("= 'France Sud'")) > 0.4
    assert one(db, alone.format("<> 'France Sud'")) < 0.12


def test_a_rubber_stamp_accepts_whatever_a_lead_is_worth() -> None:
    db = planted(Cause("rubber_stamp", {"rep_id": "R009"}, 0.985))
    assert rate(db, "rep_id = 'R009'") > 0.95
    # misrouted leads are refused by nobody either: whatever the band, well above the usual 0.75
    assert rate(db, "rep_id = 'R009' AND band = 'C'") > 0.9


def test_a_definition_gap_is_worked_and_never_decided() -> None:
    db = planted(Cause("definition_gap", {"team": "UK"}, 0.6))
    undecided = "SELECT avg((outcome IS NULL)::INT) FROM facts WHERE ripe AND team"
    assert 0.55 < one(db, f"{undecided} = 'UK'") < 0.68
    assert one(db, f"{undecided} <> 'UK'") < 0.12
    worked = """SELECT avg((EXISTS (
                    FROM activities a WHERE a.lead_id = f.lead_id AND a.at > f.at
                    AND a.direction = 'out' AND a.kind <> 'task' AND automated IS NOT TRUE
                ))::INT) FROM facts f WHERE ripe AND outcome IS NULL"""
    assert one(db, f"{worked} AND team = 'UK'") > 0.85


def test_the_truth_says_what_each_cause_did() -> None:
    made = simulate(DEMO, SIZE, seed=11, until=UNTIL)
    downloads, drop, slow = made.truth.planted
    assert drop.since == date(2026, 3, 30)
    assert -0.32 < drop.effect < -0.22
    assert drop.lost_acceptances == pytest.approx(-drop.effect * drop.leads)
    assert downloads.effect < -0.1
    assert downloads.since is None
    assert slow.effect == 0
    assert slow.leads == one(loaded(made), "SELECT count(*) FROM facts WHERE team = 'DACH'")
    assert made.truth.to_json()["planted"][1]["where"] == {"channel": "webinar"}  # type: ignore[index,call-overload]


def test_a_healthy_company_has_no_segment_far_from_the_rest() -> None:
    """Between comparable leads (the same band) no segment's true rate is three points, the materiality, off."""
    db = planted()
    for dimension in ("channel", "country", "sector", "team", "lead_type", "seniority"):
        gaps = db.execute(f"""
            SELECT {dimension}, sum(n * (rate - usual)) / sum(n) FROM (
                SELECT {dimension}, band, count(*) AS n, avg(acceptance) AS rate FROM facts
                WHERE acceptance > 0 AND {dimension} IS NOT NULL GROUP BY ALL
            ) JOIN (SELECT band, avg(acceptance) AS usual FROM facts WHERE acceptance > 0 GROUP BY 1) USING (band)
            GROUP BY 1""").fetchall()
        assert all(abs(gap) < 0.03 for _value, gap in gaps), (dimension, gaps)


FROM_LEADS = "SELECT lead_id, epoch(facts.at), acceptance FROM facts"


@pytest.mark.parametrize(("season", "trend"), [(0.6, 0.0), (0.0, 1.2), (0.1, -0.1)])
def test_season_and_trend_move_everybody_alike(season: float, trend: float) -> None:
    """Handoff by handoff: the odds of the same company without them, moved by what its day says."""
    company = replace(HEALTHY, season=season, season_peak=0.125, trend=trend)
    moved, plain = (
        {(lead, at): chance for lead, at, chance in loaded(simulate(one, SIZE, 3, UNTIL)).sql(FROM_LEADS).fetchall()}
        for one in (company, HEALTHY)
    )
    # who refuses a lead differs between the two, and with it who is handed over once more and all that follows
    same = [key for key in plain if plain[key] > 0 and moved.get(key, 0) > 0]
    assert len(same) > 2000
    before, after = (np.array([chances[key] for key in same]) / (1 - HEALTHY.undecided) for chances in (plain, moved))
    day = np.array([at for _lead, at in same]) / 86400
    first = date(UNTIL.year - 1, UNTIL.month, UNTIL.day)
    years = (day - (first - date(1970, 1, 1)).days) / 365.25
    shift = season * np.cos(2 * np.pi * (years - 0.125)) + trend * (years - 0.5)
    expected = 1 / (1 + (1 - before) / before * np.exp(-shift))
    assert np.ptp(shift) > 0.15
    assert np.mean(np.abs(after - expected) < 1e-9) > 0.9
