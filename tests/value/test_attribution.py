"""Credit by every rule, and leads by channels met, against plain Python one path at a time, on both engines."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from acceptance.sources import source_of
from accord.agreement.attribution import RULES
from accord.engines.base import Engine
from accord.engines.duckdb import DuckDBEngine
from accord.engines.postgres import PostgresEngine
from accord.report.envelope import dumps
from accord.report.value.answer import value_json
from accord.value.attribution_figures import NO_TOUCH, WHOLE, ChannelCredit
from accord.value.figures import ValueReport
from accord.value.measure import measure_value
from accord.values import Estimate, Reason, Unknown
from support.postgres import PostgresServer
from value.company import AS_OF, Row
from value.conftest import AGREEMENT
from value.oracle import World, cents, world
from value.touched_company import Touch, last_instant_of_win, touched_company, touches_by_lead

HALF_LIFE = 10


@pytest.fixture(scope="module")
def touched() -> dict[str, list[Row]]:
    return touched_company(8)


@pytest.fixture(scope="module")
def people(touched: dict[str, list[Row]]) -> World:
    return world(touched, AGREEMENT, AS_OF)


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def report(request: pytest.FixtureRequest, touched: dict[str, list[Row]]) -> Iterator[ValueReport]:
    if request.param == "duckdb":
        yield measured(DuckDBEngine(), touched)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.create_database()
    yield measured(PostgresEngine(server.url(name)), touched)
    server.drop_database(name)


def measured(engine: Engine, tables: dict[str, list[Row]], rule: str = f"time_decay:{HALF_LIFE}") -> ValueReport:
    with source_of(engine, tables, AGREEMENT, AS_OF) as source:
        return measure_value(source, by=("channel",), within_days=45, attribution=rule)


def test_the_answer_is_as_its_schema_says(report: ValueReport) -> None:
    schema = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "value.schema.json").read_text("utf-8"))
    answer: dict[str, Any] = json.loads(dumps(value_json(report)))
    Draft202012Validator(schema).validate(answer)
    data = answer["data"]
    assert data["attribution"]["rule"] == "time_decay"
    assert data["attribution"]["rows"] == data["attribution"]["comparison"]["time_decay"]
    given = {row["channel"]: row for row in data["attribution"]["rows"]}
    for row in data["rows"]:
        mine = row["attributed"]
        assert mine.pop("rule") == "time_decay"
        assert mine.items() <= given[row["segment"]["channel"]].items()
    assert data["fronts"]
    assert data["combinations"]


def test_the_order_of_rows_changes_no_byte(touched: dict[str, list[Row]], report: ValueReport) -> None:
    chance = random.Random(4)
    shuffled = {name: chance.sample(rows, len(rows)) for name, rows in touched.items()}
    assert dumps(value_json(measured(DuckDBEngine(), shuffled))) == dumps(value_json(report))


def test_without_touches_all_credit_stays_with_the_lead(touched: dict[str, list[Row]]) -> None:
    bare = measured(DuckDBEngine(), touched | {"touches": []}, rule="markov")
    rows = credits_of(bare, "lead_channel")
    assert sum(row.won for row in rows.values()) == bare.totals.funnel.won * WHOLE
    for rule in RULES[1:]:
        credit = credits_of(bare, rule)
        assert credit[NO_TOUCH].won == bare.totals.funnel.won * WHOLE
        assert not any(row.won for name, row in credit.items() if name != NO_TOUCH)
    assert bare.multichannel is None


def test_where_nothing_is_recorded_every_figure_says_why(touched: dict[str, list[Row]]) -> None:
    bare = measured(
        DuckDBEngine(), {name: rows if name in {"leads", "touches"} else [] for name, rows in touched.items()}
    )
    for rule in RULES:
        for row in credits_of(bare, rule).values():
            assert (row.won, row.revenue, row.opportunities) == (0, 0, 0)
            assert row.won_share == row.cac == row.return_on_spend == Unknown(Reason.NOT_RECORDED, 10)
    dumps(value_json(bare))


class Paths:
    """Paths to the win (or to the moment), and what each lead brought, by hand."""

    def __init__(self, tables: dict[str, list[Row]], people: World) -> None:
        touches = touches_by_lead(tables, people, AGREEMENT, AS_OF)
        latest = last_instant_of_win(tables, AGREEMENT, AS_OF)
        self.touches = touches
        self.won = {lead: person.won is not None for lead, person in people.people.items()}
        self.opened = {lead: person.opportunity is not None for lead, person in people.people.items()}
        self.own = {lead: person.row.get("channel") or "(none)" for lead, person in people.people.items()}
        self.revenue = {
            lead: sum(cents(order["amount"]) for order in person.orders if order["currency"] in {None, "EUR"})
            for lead, person in people.people.items()
        }
        self.to_win = {
            lead: [touch for touch in touches[lead] if touch[0] <= latest.get(lead, AS_OF)] for lead in people.people
        }
        self.to_deal = {
            lead: [touch for touch in touches[lead] if touch[0] <= (person.opportunity or AS_OF)]
            for lead, person in people.people.items()
        }


@pytest.fixture(scope="module")
def paths(touched: dict[str, list[Row]], people: World) -> Paths:
    return Paths(touched, people)


def share(path: list[Touch], rule: str) -> dict[str, Fraction]:
    """What each channel of a path is due."""
    n, due = len(path), dict[str, Fraction]()
    for place, (at, channel) in enumerate(path):
        weight = {
            "first": Fraction(place == 0),
            "last": Fraction(place == n - 1),
            "linear": Fraction(1),
            "position": Fraction(1) if n < 3 else Fraction(2) if place in {0, n - 1} else Fraction(1, n - 2),
            "time_decay": Fraction(0.5 ** ((path[-1][0] - at) / timedelta(days=HALF_LIFE))),
        }[rule]
        due[channel] = due.get(channel, Fraction()) + weight
    whole = sum(due.values())
    return {channel: part / whole for channel, part in due.items()}


def removed(paths: dict[str, list[Touch]], brought: dict[str, int]) -> dict[str, float]:
    """Shares by removal: linear equations per channel taken out, over paths with a touch."""
    there = {lead: [channel for _at, channel in path] for lead, path in paths.items() if path}
    channels = sorted({channel for path in there.values() for channel in path})
    place = {name: number for number, name in enumerate(["start", *channels])}
    moves, ends = np.zeros((len(place), len(place))), np.zeros(len(place))
    for lead, path in there.items():
        for here, following in pairwise(["start", *path]):
            moves[place[here], place[following]] += 1
        ends[place[path[-1]]] += brought[lead]
    left = moves.sum(axis=1)
    for path in there.values():
        left[place[path[-1]]] += 1
    chance, pays = moves / left[:, None], ends / left

    def worth(without: str | None) -> float:
        rows, pay = chance.copy(), pays.copy()
        if without:
            rows[place[without]], pay[place[without]] = 0, 0
        return float(np.linalg.solve(np.eye(len(place)) - rows, pay)[0])

    whole = worth(None)
    effects = {channel: 1 - worth(channel) / whole for channel in channels}
    return {channel: effect / sum(effects.values()) for channel, effect in effects.items()}


def expected(paths: Paths, rule: str, what: str) -> dict[str, float]:
    amounts = {
        "won": {lead: int(won) for lead, won in paths.won.items()},
        "opportunities": {lead: int(opened) for lead, opened in paths.opened.items()},
        "revenue": paths.revenue,
    }[what]
    of = paths.to_deal if what == "opportunities" else paths.to_win
    due: dict[str, Fraction | float] = defaultdict(Fraction)
    if rule == "markov":
        shares = removed(of, amounts)
        whole = sum(amount for lead, amount in amounts.items() if of[lead])
        due |= {channel: part * whole for channel, part in shares.items()}
    for lead, amount in amounts.items():
        if rule == "lead_channel":
            due[paths.own[lead]] += amount
        elif not of[lead]:
            due[NO_TOUCH] += amount
        elif rule != "markov":
            for channel, part in share(of[lead], rule).items():
                due[channel] += amount * part
    return {channel: float(amount) for channel, amount in due.items()}


def credits_of(report: ValueReport, rule: str) -> dict[str, ChannelCredit]:
    assert report.attribution is not None
    assert report.attribution.by_rule is not None
    return {row.channel: row for name, rows in report.attribution.by_rule.items() if name == rule for row in rows}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_gives_what_plain_python_gives(report: ValueReport, paths: Paths, rule: str) -> None:
    given = credits_of(report, rule)
    for what, unit in (("won", WHOLE), ("opportunities", WHOLE), ("revenue", 1)):
        due = expected(paths, rule, what)
        assert {name for name, amount in due.items() if amount} <= set(given)
        for name, row in given.items():
            # Whole parts (millionths, cents), next to what is due.
            assert getattr(row, what) == pytest.approx(due.get(name, 0.0) * unit, abs=1.01)


@pytest.mark.parametrize("rule", RULES)
def test_sums_are_the_totals(report: ValueReport, rule: str) -> None:
    rows = credits_of(report, rule).values()
    assert sum(row.won for row in rows) == report.totals.funnel.won * WHOLE
    assert sum(row.opportunities for row in rows) == report.totals.funnel.opportunities * WHOLE
    assert sum(row.revenue for row in rows) == report.totals.customers.revenue
    assert sum(row.spend for row in rows) == report.totals.costs.spend


def test_by_the_leads_own_channel_rows_and_credit_agree(report: ValueReport) -> None:
    given = credits_of(report, "lead_channel")
    for row in report.rows:
        credit = given[row.segment["channel"]]
        assert credit.won == row.funnel.won * WHOLE
        assert credit.revenue == row.customers.revenue
        assert credit.cac == row.costs.cac
        ours, theirs = credit.return_on_spend, row.costs.return_on_spend
        if isinstance(ours, Estimate) and isinstance(theirs, Estimate):
            # Squares of credit are added up in steps of 2 ** -31.
            assert (ours.value, ours.low, ours.high) == pytest.approx((theirs.value, theirs.low, theirs.high), rel=1e-8)
            assert ours.n == theirs.n
        else:
            assert ours == theirs


def test_who_was_refunded_in_full_is_a_payer_by_every_rule(
    touched: dict[str, list[Row]], report: ValueReport, people: World
) -> None:
    whole = [order for lead in people.people for order in people.people[lead].orders if order["currency"] == "EUR"][:40]
    back = [{**order, "order_id": f"back{n}", "amount": -order["amount"]} for n, order in enumerate(whole)]
    refunded = measured(DuckDBEngine(), {**touched, "orders": touched["orders"] + back})
    for rule in ("lead_channel", "first", "linear", "markov"):
        before, after = credits_of(report, rule), credits_of(refunded, rule)
        for row in refunded.rows:
            name = row.segment["channel"]
            now, then = after[name].return_on_spend, before[name].return_on_spend
            if isinstance(now, Estimate) and isinstance(then, Estimate):
                assert now.n == then.n
            if rule == "lead_channel" and isinstance(now, Estimate):
                assert isinstance(row.costs.return_on_spend, Estimate)
                assert now.n == row.costs.return_on_spend.n


def test_what_is_counted_is_said(report: ValueReport, touched: dict[str, list[Row]], paths: Paths) -> None:
    found = report.attribution
    assert found is not None
    assert found.rule.half_life_days == HALF_LIFE
    assert found.touches == sum(map(len, paths.touches.values()))
    assert 0 < found.unnamed < found.touches
    assert found.leads_untouched == sum(not path for path in paths.touches.values())
    assert found.won_untouched == sum(paths.won[lead] and not path for lead, path in paths.to_win.items())


def test_costs_and_shares_hold_their_values(report: ValueReport) -> None:
    for rule in RULES:
        for row in credits_of(report, rule).values():
            for figure in (row.cac, row.won_share, row.return_on_spend):
                if isinstance(figure, Estimate):
                    assert figure.low <= figure.value <= figure.high
            if isinstance(row.cac, Estimate):
                assert row.cac.value == pytest.approx(row.spend / 100 / (row.won / WHOLE), rel=1e-6)


def test_shares_of_wins_spread_as_drawing_leads_again_shows(paths: Paths, report: ValueReport) -> None:
    """Linear credit: the interval of a channel's share against 4,000 bootstrap samples of the leads that were won."""
    won = [lead for lead, was in paths.won.items() if was]
    due = [share(paths.to_win[lead], "linear") if paths.to_win[lead] else {NO_TOUCH: Fraction(1)} for lead in won]
    rng = np.random.default_rng(5)
    for channel, row in credits_of(report, "linear").items():
        mine = np.array([float(one.get(channel, 0)) for one in due])
        figure = row.won_share
        assert isinstance(figure, Estimate)
        assert figure.value == pytest.approx(mine.mean(), abs=1e-6)
        if mine.sum() < 20:  # below, percentiles of few wins are not smooth
            continue
        drawn = mine[rng.integers(0, len(mine), (4_000, len(mine)))].mean(axis=1)
        spread = np.quantile(drawn, [0.025, 0.975])
        # From twenty wins on percentiles and the log-odds differ by less than a seventh of the width.
        assert (figure.low, figure.high) == pytest.approx(tuple(spread), abs=(spread[1] - spread[0]) / 7)


def before_handoff(paths: Paths, people: World) -> dict[str, list[Touch]]:
    return {
        lead: [touch for touch in paths.touches[lead] if touch[0] <= person.handed]
        for lead, person in people.people.items()
        if person.handed is not None
    }


def test_groups_hold_what_was_met_before_the_handoff(report: ValueReport, paths: Paths, people: World) -> None:
    found = report.multichannel
    assert found is not None
    met = {lead: {channel for _at, channel in path} for lead, path in before_handoff(paths, people).items()}
    combinations = Counter(tuple(sorted(channels)) for channels in met.values())
    assert len(found.combinations) == min(len(combinations), 20)
    assert found.others == len(met) - sum(one.handed for one in found.combinations)
    for one in found.combinations:
        leads = [lead for lead, channels in met.items() if tuple(sorted(channels)) == one.channels]
        assert one.handed == len(leads)
        assert one.accepted_count == sum(people.people[lead].accepted is not None for lead in leads)
        assert one.won_count == sum(people.people[lead].won is not None for lead in leads)
    for front in found.fronts:
        many = [lead for lead, channels in met.items() if min(len(channels), 4) == front.channels]
        assert front.handed == len(many)
        assert front.accepted_count == sum(people.people[lead].accepted is not None for lead in many)
    assert found.touches == sum(map(len, before_handoff(paths, people).values()))


def test_like_with_like_is_mantel_and_haenszels(report: ValueReport, paths: Paths, people: World) -> None:
    """The difference to one channel within strata of channel and number of touches, from 2 × 2 tables by hand."""
    found = report.multichannel
    assert found is not None
    horizon = timedelta(days=found.horizon_days)
    edges = (1, 2, 3, 4, 6, 9, 14, 21, 35)
    strata: dict[tuple[str, int], dict[int, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for lead, path in before_handoff(paths, people).items():
        person = people.people[lead]
        assert person.handed is not None
        if AS_OF - person.handed < horizon:
            continue
        many = min(len({channel for _at, channel in path}), 4)
        came = person.accepted is not None and person.accepted - person.handed <= horizon
        stratum = paths.own[lead], sum(len(path) >= edge for edge in edges)
        strata[stratum][many].append(came)
    compared = 0
    for front in found.fronts[2:]:
        both = [groups for groups in strata.values() if groups[front.channels] and groups[1]]
        figure = front.accepted_adjusted
        if not isinstance(figure, Estimate):
            continue
        compared += 1
        above = below = 0.0
        for groups in both:
            n, m = len(groups[front.channels]), len(groups[1])
            above += (sum(groups[front.channels]) * m - sum(groups[1]) * n) / (n + m)
            below += n * m / (n + m)
        assert figure.value == pytest.approx(above / below, abs=1e-12)
    assert compared
