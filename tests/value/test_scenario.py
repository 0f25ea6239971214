"""What a change would bring, against known truths: simulated leads, conversions shown elsewhere, plain arithmetic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.errors import UsageError
from accord.metrics.outcomes import NEVER
from accord.readmodel.source import Source
from accord.report.value.answer import value_json
from accord.tables.times import DAY
from accord.value.figures import Bounded
from accord.value.levers import SHARES, Supposition, suppositions_of
from accord.value.measure import measure_value
from accord.value.scenario import scenario_of
from accord.value.supposing import Supposed
from accord.values import Estimate, Figure, Reason, Unknown
from value.simulated_chances import ACCEPTED, QUALIFIED, WON_LOW, setting_of, simulated, truth
from value.simulated_chances import AS_OF as AS_OF_US

TENTH = suppositions_of(["acceptance=+10%"])


def known(figure: Figure | None) -> Estimate:
    assert isinstance(figure, Estimate)
    return figure


@pytest.mark.parametrize(
    ("text", "kind", "amount"),
    [
        ("acceptance=+10%", "relative", 0.1),
        ("acceptance = −2,5 %", "relative", -0.025),
        ("acceptance=+10pts", "points", 0.1),
        ("win_rate=-1.5 points", "points", -0.015),
        ("late_acceptances=0%", "target", 0.0),
        ("spend=-100%", "relative", -1.0),
    ],
)
def test_a_change_is_read_as_it_is_written(text: str, kind: str, amount: float) -> None:
    (supposed,) = suppositions_of([text])
    assert (supposed.kind, supposed.lever) == (kind, text.partition("=")[0].strip())
    assert supposed.amount == pytest.approx(amount, abs=1e-15)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["acceptence=+10%"], "Did you mean acceptance?"),
        (["acceptance"], "does not say by how much"),
        (["acceptance=+10"], "does not say by how much"),
        (["acceptance=140%"], "no share is above 100%"),
        (["leads=60%"], "leads is no share"),
        (["spend=+5pts"], "spend is no share"),
        (["leads=-120%"], "nothing falls by more than 100%"),
        (["acceptance=+1%", "acceptance=+2%"], "moved twice"),
        (["leads=+1%", "spend=+2%"], "spend buys leads"),
    ],
    ids=",".join,
)
def test_what_cannot_be_supposed_is_told(texts: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said.replace("?", r"\?")):
        suppositions_of(texts)


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(UsageError) as error:
        suppositions_of(["x=1", "leads=60%", "acceptance=+10"])
    assert len(error.value.faults) == 3


@given(st.sampled_from(sorted(SHARES)), st.floats(0, 1), st.floats(-1, 1))
def test_a_share_moves_by_part_of_itself_or_by_points(lever: str, now: float, amount: float) -> None:
    relative, points, target = (
        Supposition(lever, kind, amount).applied(now)  # type: ignore[arg-type]
        for kind in ("relative", "points", "target")
    )
    assert relative - now == pytest.approx(now * amount, abs=1e-12)
    assert points - now == pytest.approx(amount, abs=1e-12)
    assert target == amount


def test_the_world_as_it_is_has_the_conversions_shown_elsewhere(source: Source) -> None:
    report = measure_value(source, within_days=90, suppose=Supposed(TENTH))
    scenario, funnel = report.scenario, report.totals.funnel
    assert scenario is not None
    won, accepted = known(funnel.conversion["won"]), known(funnel.conversion["accepted"])
    assert known(scenario.lines["won"].now).value == pytest.approx(funnel.leads * won.value)
    # Both worlds are made of four chances; they make up the two incidences again.
    by_chances = known(scenario.lines["won"].then).value - known(scenario.lines["won"].change).value
    assert by_chances == pytest.approx(funnel.leads * won.value, rel=1e-9)
    assert known(scenario.lines["accepted"].change).value == pytest.approx(0.1 * funnel.leads * accepted.value)
    now, spend = known(scenario.lines["cac"].now), report.totals.costs.spend / 100
    assert now.value == pytest.approx(known(report.totals.costs.cac_at_horizon).value)
    # Of as many leads as there are: narrower than the cost shown elsewhere, which allows for more or fewer.
    ends = [spend / funnel.leads / end for end in (won.high, won.low)]
    assert [now.low, now.high] == pytest.approx(ends)


def test_a_segment_is_the_row_of_its_own(source: Source) -> None:
    where = {"channel": "webinar"}
    report = measure_value(source, by=["channel"], within_days=90, suppose=Supposed(TENTH, where))
    assert report.scenario is not None
    row = next(row for row in report.rows if row.segment == where)
    assert report.scenario.leads == row.funnel.leads
    assert known(report.scenario.lines["spend"].now).value == pytest.approx(row.costs.spend / 100)
    assert known(report.scenario.lines["cac"].now).value == pytest.approx(known(row.costs.cac_at_horizon).value)


def test_spend_of_a_segment_it_does_not_name_is_shared(embedded: Source) -> None:
    where = {"sector": "steel"}
    report = measure_value(embedded, by=["sector"], suppose=Supposed(TENTH, where))
    assert report.scenario is not None
    row = next(row for row in report.rows if row.segment == where)
    # Shared with one other cell instead of all: a cent in a month may fall to the other side.
    months = 12
    assert known(report.scenario.lines["spend"].now).value == pytest.approx(
        row.costs.spend / 100, abs=0.01 * months * 4
    )


def test_the_same_tables_say_the_same(embedded: Source) -> None:
    first, second = (value_json(measure_value(embedded, suppose=Supposed(TENTH))) for _time in range(2))
    assert first == second


def test_an_unknown_segment_is_told(embedded: Source) -> None:
    with pytest.raises(UsageError, match=r"No lead has channel=webinr.*Did you mean webinar\?"):
        measure_value(embedded, suppose=Supposed(TENTH, {"channel": "webinr"}))
    with pytest.raises(UsageError, match="There is no dimension chanel"):
        measure_value(embedded, suppose=Supposed(TENTH, {"chanel": "webinar"}))


def test_no_share_leaves_its_bounds() -> None:
    setting = setting_of(*simulated(np.random.default_rng(4), 800))
    for text in ("acceptance=+90%", "acceptance=-70pts"):
        with pytest.raises(UsageError, match="no share is below 0% or above 100%"):
            scenario_of(setting, suppositions_of([text]))


def test_plain_arithmetic_of_every_lever() -> None:
    setting = setting_of(*simulated(np.random.default_rng(4), 4000))
    spend, leads = 50_000.0, 4000

    def then(*texts: str) -> dict[str, float]:
        lines = scenario_of(setting, suppositions_of(texts)).lines
        return {name: known(moved.then).value for name, moved in lines.items()}

    now = then("acceptance=+0%")
    more = then("leads=+25%")
    assert more["leads"] == leads * 1.25
    assert more["spend"] == pytest.approx(spend * 1.25)
    assert more["cac"] == pytest.approx(now["cac"])
    bought = then("spend=+25%")
    assert bought["leads"] == pytest.approx(more["leads"])
    cheaper = then("cost_per_lead=-20%")
    assert cheaper["cac"] == pytest.approx(0.8 * now["cac"])
    assert cheaper["won"] == pytest.approx(now["won"])
    both = then("acceptance=+10%", "win_rate=+50%", "cost_per_lead=-20%")
    assert both["accepted"] == pytest.approx(1.1 * now["accepted"])
    assert both["return_on_spend"] == pytest.approx(both["revenue"] / (0.8 * spend))
    assert both["cac"] == pytest.approx(0.8 * spend / both["won"])
    none = scenario_of(setting, suppositions_of(["acceptance=0%"])).lines
    assert known(none["accepted"].then).value == pytest.approx(0, abs=1e-6)
    assert none["cost_per_accepted_lead"].then == Unknown(Reason.NOT_IDENTIFIED), "of nobody"


@pytest.mark.parametrize("steeper", [0.5, 0.9, 1.0, 1.2, 1.9, 3.0])
def test_a_cut_frees_no_more_than_is_spent_and_no_money_buys_no_lead(steeper: float) -> None:
    """``steeper``: what one more lead costs, of the average. Small cuts go by it; all of it is all of it."""
    setting = setting_of(*simulated(np.random.default_rng(4), 4000))
    average = 50_000 / 4000
    cost = Estimate(average * steeper, average * steeper, average * steeper, 12)
    costs = replace(setting.row.costs, marginal={**setting.row.costs.marginal, "per_lead": cost})
    setting = replace(setting, row=replace(setting.row, costs=costs))

    def then(text: str) -> dict[str, float]:
        lines = scenario_of(setting, suppositions_of([text])).lines
        return {name: moved.then.value for name, moved in lines.items() if isinstance(moved.then, Estimate)}

    last = 50_000.0
    for cut in (0.1, 1, 10, 50, 90, 98, 100):
        found = then(f"leads=-{cut}%")
        assert found["leads"] == pytest.approx(4000 * (1 - cut / 100), abs=1e-6)
        assert 0 <= found["spend"] <= last
        last = found["spend"]
    assert last == pytest.approx(0, abs=1e-6)
    assert 50_000 - then("leads=-0.1%")["spend"] == pytest.approx(4 * average * steeper, rel=0.01)
    for cut in (1, 10, 50, 100):
        found = then(f"spend=-{cut}%")
        assert found["spend"] == pytest.approx(50_000 * (1 - cut / 100))
        if found["leads"] > 0 and steeper <= 2:  # the same leads by the other lever cost the same
            back = then(f"leads={100 * (found['leads'] / 4000 - 1):.9f}%")
            assert back["spend"] == pytest.approx(found["spend"], rel=1e-6)
    nothing = then("spend=-100%")
    assert nothing["leads"] == pytest.approx(0, abs=1e-6)
    assert not nothing.keys() & {"cac", "cost_per_accepted_lead", "return_on_spend"}, "nothing is divided by nothing"


def test_no_win_at_all_is_bounded_by_the_rule_of_three() -> None:
    leads, scores, amounts = simulated(np.random.default_rng(4), 600)
    never = np.full(len(leads), NEVER)
    setting = setting_of(replace(leads, won=never, won_late=never, opportunity=never), scores, amounts)
    lines = scenario_of(setting, TENTH).lines
    won = lines["won"].change
    assert isinstance(won, Bounded)
    accepted = known(lines["accepted"].now).value
    assert won.at_most == pytest.approx(0.1 * accepted * 3 / accepted)
    assert known(lines["accepted"].change).value == pytest.approx(0.1 * accepted)
    for line in ("revenue", "cac", "return_on_spend"):
        assert type(lines[line].change) is Unknown, "a bound on the figure is none on its difference"
        assert type(lines[line].then) is Unknown


def test_without_scores_the_cautious_answer_is_not_recorded() -> None:
    leads, scores, amounts = simulated(np.random.default_rng(4), 600)
    lines = scenario_of(setting_of(leads, np.full(len(scores), np.nan), amounts), TENTH).lines
    assert lines["won"].cautious == Unknown(Reason.NOT_RECORDED, 10)
    assert isinstance(lines["won"].change, Estimate)


def test_few_leads_say_nothing() -> None:
    lines = scenario_of(setting_of(*simulated(np.random.default_rng(4), 12)), TENTH).lines
    assert lines["accepted"].change == Unknown(Reason.TOO_FEW, 10)
    assert known(lines["leads"].now).value == 12


@pytest.mark.parametrize("noted", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("size", [25, 60, 400])
def test_then_less_now_is_the_difference_shown(noted: float, size: int) -> None:
    """Also where sales accepts a lead only once it is won, and where nearly all are accepted."""
    for seed in range(12):
        leads, scores, amounts = simulated(np.random.default_rng(seed), size, noted)
        if seed % 3 == 0:  # nearly everybody
            accepted = np.where(leads.accepted == NEVER, leads.created + DAY, leads.accepted)
            accepted[(accepted > AS_OF_US) | (np.arange(size) < 4)] = NEVER
            leads = replace(leads, accepted=accepted, handed=np.minimum(leads.handed, accepted))
        setting = setting_of(leads, scores, amounts)
        for text in ("acceptance=-10%", "win_rate=-20%", "leads=+10%"):
            lines = scenario_of(setting, suppositions_of([text])).lines
            compared = 0
            for line, moved in lines.items():
                if isinstance(moved.then, Estimate) and isinstance(moved.change, Estimate):
                    now = known(moved.now)
                    assert moved.then.value - now.value == pytest.approx(moved.change.value, abs=1e-6), line
                    compared += 1
            assert compared


def test_acceptances_noted_after_the_win_bring_nobody() -> None:
    leads, scores, amounts = simulated(np.random.default_rng(4), 4000, 0.9)
    scenario = scenario_of(setting_of(leads, scores, amounts), suppositions_of(["acceptance=-50%"]))
    fewer = known(scenario.lines["accepted"].change).value
    assert fewer < -700
    world = truth()
    lost = 0.1 * fewer * (world["won"] - world["otherwise"])
    assert known(scenario.lines["won"].change).value == pytest.approx(lost, abs=6), "the others had been won before"
    assert "won_before_accepted" in {assumption.code for assumption in scenario.assumptions}


def coverage(size: int, times: int, noted: float = 0.0) -> dict[str, float]:
    """How often the intervals of a tenth more acceptance hold what it would really bring, leads being so many."""
    world, inside = truth(), dict.fromkeys(("accepted", "won", "revenue", "cautious"), 0)
    accepted = size * QUALIFIED * ACCEPTED * 0.1
    in_time = 1 - noted
    brought = accepted * in_time * (world["won"] - world["otherwise"])
    true = {
        "accepted": accepted,
        "won": brought,
        "revenue": brought * world["customer"],
        "cautious": accepted * in_time * (WON_LOW - world["otherwise"]),
    }
    chance = np.random.default_rng(20)
    for _time in range(times):
        lines = scenario_of(setting_of(*simulated(chance, size, noted)), TENTH).lines
        found: dict[str, Estimate] = {name: known(moved.change) for name, moved in lines.items() if name in true}
        found["cautious"] = known(lines["won"].cautious)
        for name, held in found.items():
            inside[name] += held.low <= true[name] <= held.high
    return {name: count / times for name, count in inside.items()}


def test_intervals_hold_what_a_change_really_brings() -> None:
    """95 % are promised. Of 150 trials at 95 %, fewer than 90 % hold in one of a hundred runs; below that the method is
    wrong. With 250 trials, 93 to 97 % held at 600 leads and at 3,000."""
    assert min(coverage(600, 150).values()) >= 0.9


def test_intervals_hold_it_where_some_acceptances_come_after_the_win() -> None:
    """The same with a quarter of the acceptances written down once the lead is won."""
    assert min(coverage(600, 150, 0.25).values()) >= 0.9
