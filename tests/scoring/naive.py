"""Scoring the slow and obvious way, from the agreement as written: what both forms of the product are tested against.

Written from docs/method/scoring.md alone; it shares no code with the product. Points are decimal numbers here.
"""

# ruff: noqa: DTZ001 - stored times are naive UTC, and dates stand for themselves

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal, getcontext
from typing import Any
from zoneinfo import ZoneInfo

from scoring.companies import World, aware, is_day

getcontext().prec = 60

SIZES = (("micro", 10), ("small", 50), ("medium", 250), ("large", 1000), ("enterprise", None))
AXES = ("fit", "need", "budget", "authority", "engagement")
Row = dict[str, Any]


def instant(stored: datetime, is_date: bool, zone: ZoneInfo) -> datetime:
    """The aware moment of a stored time; a date is the first instant of that local day."""
    if not is_date:
        return aware(stored)
    midnight = datetime.combine(stored.date(), time(), zone)
    return min((midnight.replace(fold=fold).astimezone(ZoneInfo("UTC")) for fold in (0, 1)), key=lambda moment: moment)


def value(lead: Row, field: str) -> Any:
    if field == "account_size":
        employees = lead.get("employees")
        if employees is None:
            return None
        return next(name for name, below in SIZES if below is None or employees < below)
    return lead.get(field)


def compared(condition: Row, lead: Row, world: World) -> bool | None:  # noqa: PLR0911
    field = condition["field"]
    cell = value(lead, field)
    if "exists" in condition:
        return bool((cell is not None) == condition["exists"])
    if cell is None:
        return None
    if "within_days" in condition:
        zone = ZoneInfo(world.document["timezone"])
        if isinstance(cell, datetime):
            moment = instant(cell, bool(lead.get(f"{field}_is_date")), zone)
        elif isinstance(cell, date):
            moment = instant(datetime(cell.year, cell.month, cell.day), True, zone)
        else:
            return None
        return timedelta() <= aware(world.as_of) - moment < timedelta(days=condition["within_days"])
    if {"between", "at_least", "at_most"} & condition.keys():
        if isinstance(cell, bool) or not isinstance(cell, (int, float)):
            return None
        low, high = condition.get("between", (condition.get("at_least"), condition.get("at_most")))
        number = float(cell)  # beyond 2^53 whole numbers and bounds are what a double makes of them
        return bool((low is None or number >= float(low)) and (high is None or number <= float(high)))
    lists = world.document["qualification"]["lists"]
    words = [condition["is"]] if "is" in condition else condition.get("in") or lists[condition["in_list"]]
    return any(same(cell, word) for word in words)


def same(cell: Any, word: str) -> bool:
    if isinstance(cell, str):
        return cell == word
    if isinstance(cell, bool):
        return word == ("true" if cell else "false")
    if isinstance(cell, (int, float)):
        try:
            return word == word.strip() and float(word) == cell
        except ValueError:
            return False
    return False


def holds(condition: Row, lead: Row, world: World) -> bool | None:
    if "field" in condition:
        return compared(condition, lead, world)
    if "not" in condition:
        inner = holds(condition["not"], lead, world)
        return None if inner is None else not inner
    outcomes = [holds(part, lead, world) for part in condition.get("all") or condition["any"]]
    deciding = "any" in condition
    if deciding in outcomes:
        return deciding
    return None if None in outcomes else not deciding


def settled(condition: Row, lead: Row, world: World) -> bool | None:
    """What a condition is whatever stands in the empty cells: whether they are there is open then, too."""
    if "exists" in condition:
        return None if value(lead, condition["field"]) is None else holds(condition, lead, world)
    if "field" in condition:
        return holds(condition, lead, world)
    if "not" in condition:
        inner = settled(condition["not"], lead, world)
        return None if inner is None else not inner
    outcomes = {settled(part, lead, world) for part in condition.get("all") or condition["any"]}
    if ("any" in condition) in outcomes:
        return "any" in condition
    return None if None in outcomes else "all" in condition


def needed(condition: Row, lead: Row, world: World) -> set[str]:
    """Empty columns that could change a condition if they were filled in."""
    if settled(condition, lead, world) is not None:
        return set()
    if "field" in condition:
        return {"employees" if condition["field"] == "account_size" else condition["field"]}
    parts = [condition["not"]] if "not" in condition else condition.get("all") or condition["any"]
    return set().union(*(needed(part, lead, world) for part in parts))


def because(condition: Row, lead: Row, world: World) -> set[str]:
    """Fields that make a condition true or false: the parts that by themselves have the outcome."""
    if "field" in condition:
        return {condition["field"]}
    if "not" in condition:
        return because(condition["not"], lead, world)
    outcome = holds(condition, lead, world)
    parts = condition.get("all") or condition["any"]
    return set().union(*(because(part, lead, world) for part in parts if holds(part, lead, world) == outcome))


def becomes(world: World, known: dict[str, Row]) -> dict[str, str]:
    """Which lead each lead is now; who was merged in a ring, or into nobody, is still itself."""
    final = {}
    for name in known:
        seen, here = [name], name
        while (following := known[here]["merged_into"]) in known and following != here:
            if following in seen:
                here = name
                break
            seen.append(following)
            here = following
        final[name] = here
    return final


def overridden(world: World, lead: Row) -> list[Row]:
    found = []
    for override in world.document["qualification"]["overrides"]:
        cells = {field: value(lead, field) for field in override["where"]}
        if all(any(same(cells[field], word) for word in words) for field, words in override["where"].items()):
            found.append(override)
    return found


def undecided(world: World, lead: Row) -> set[str]:
    """Columns that keep an override from being decided: empty ones, where no filled one speaks against it."""
    missing: set[str] = set()
    for override in world.document["qualification"]["overrides"]:
        cells = {field: value(lead, field) for field in override["where"]}
        against = any(
            cells[field] is not None and not any(same(cells[field], word) for word in words)
            for field, words in override["where"].items()
        )
        if not against:
            empty = {field for field, cell in cells.items() if cell is None}
            missing |= {"employees" if field == "account_size" else field for field in empty}
    return missing


def counting(rule: Row, touches: list[Row], world: World, *, with_channel: bool) -> list[tuple[datetime, Row]]:
    zone = ZoneInfo(world.document["timezone"])
    now = aware(world.as_of)
    found = []
    for touch in touches:
        at = instant(touch["at"], touch["at_is_date"], zone)
        if at > now or now - at >= timedelta(days=rule.get("within_days", 3660)):
            continue
        if rule.get("kind") and touch["kind"] not in rule["kind"]:
            continue
        if rule.get("channel") and touch["channel"] not in rule["channel"]:
            continue
        if with_channel and touch["channel"] is None:
            continue
        found.append((at, touch))
    found.sort(key=lambda pair: pair[0], reverse=True)
    if limit := rule.get("at_most_a_day"):
        days: dict[date, int] = {}
        kept = []
        for at, touch in found:
            day = at.astimezone(zone).date()
            days[day] = days.get(day, 0) + 1
            if days[day] <= limit:
                kept.append((at, touch))
        found = kept
    return found[: rule["at_most"]] if rule.get("at_most") else found


def given(criterion: Row, worth: Decimal, touches: list[Row], world: World) -> tuple[Decimal, int, Any, int | None]:
    """What touches or channels give, how many counted, the local day of the last, and how many channels."""
    zone = ZoneInfo(world.document["timezone"])
    rule: Row = criterion["touches"] if "touches" in criterion else criterion["channels"]
    counted = counting(rule, touches, world, with_channel="channels" in criterion)
    channels = None
    if "channels" in criterion:
        channels = len({touch["channel"] for _at, touch in counted})
        total = worth * max(0, channels - rule.get("at_least", 2) + 1)
    else:
        total = Decimal(0)
        for at, _touch in counted:
            each = worth
            if half := rule.get("half_life_days"):
                age = (aware(world.as_of) - at) // timedelta(days=1)
                each = worth * Decimal(2) ** (-Decimal(age) / Decimal(str(half)))
            total += each.quantize(Decimal("0.01"), ROUND_HALF_UP)
    cap = Decimal(str(criterion["cap"])) if "cap" in criterion else None
    if cap is not None:
        total = max(min(total, cap), -cap)
    last = counted[0][0].astimezone(zone).date() if counted else None
    return total, len(counted), last, channels


def scores(world: World) -> dict[str, Row]:
    """Every lead known at the moment, with all that scoring says of it."""
    said = world.document["qualification"]
    zone = ZoneInfo(world.document["timezone"])
    known = {
        lead["lead_id"]: lead
        for lead in world.leads
        if instant(lead["created_at"], lead["created_at_is_date"], zone) <= aware(world.as_of)
    }
    final = becomes(world, known)
    return {
        name: score(lead, [touch for touch in world.touches if final.get(touch["lead_id"]) == name], said, world)
        for name, lead in known.items()
        if final[name] == name
    }


def score(lead: Row, touches: list[Row], said: Row, world: World) -> Row:
    matching = overridden(world, lead)
    trace: dict[str, Row] = {}
    sums = dict.fromkeys(AXES, Decimal(0))
    missing = undecided(world, lead)
    for criterion in said["criteria"]:
        numbers = [each["points"][criterion["id"]] for each in matching if criterion["id"] in each["points"]]
        worth = Decimal(str([*numbers, criterion["points"]][0]))
        if "when" in criterion:
            held = holds(criterion["when"], lead, world)
            if worth:
                missing |= needed(criterion["when"], lead, world)
            points = worth if held else Decimal(0)
            why: Row = {"fields": because(criterion["when"], lead, world)}
        else:
            points, count, last, channels = given(criterion, worth, touches, world)
            why = {"touches": count, "last": last, "channels": channels}
        sums[criterion["axis"]] += points
        if points:
            trace[criterion["id"]] = {"points": points, **why}
    limits = {axis: Decimal(str(said["axes"][axis]["max"])) for axis in said["axes"]}
    axes = {axis: min(total, limits.get(axis, total)) for axis, total in sums.items()}
    total = max(Decimal(0), sum(axes.values(), Decimal(0)))
    thresholds = [each["threshold"] for each in matching if each["threshold"] is not None]
    threshold = Decimal(str([*thresholds, said["threshold"]][0]))
    disqualified = []
    for each in said["disqualifiers"]:
        if holds(each["when"], lead, world):
            disqualified.append(each["id"])
        missing |= needed(each["when"], lead, world)
    return {
        "score": total,
        "axes": axes,
        "trace": trace,
        "missing": missing,
        "disqualified": disqualified,
        "threshold": threshold,
        "qualified": total >= threshold and not disqualified,
        "band": band(said, total, axes),
        "ideal": holds(said["ideal_profile"], lead, world) if "ideal_profile" in said else None,
    }


def band(said: Row, total: Decimal, axes: dict[str, Decimal]) -> str | None:
    if "grid" in said:
        grid = said["grid"]
        row = max(0, sum(axes["fit"] >= Decimal(str(step)) for step in grid["fit"]) - 1)
        column = max(0, sum(axes["engagement"] >= Decimal(str(step)) for step in grid["engagement"]) - 1)
        return str(grid["bands"][row][column])
    for each in said.get("bands", ()):
        if "from" not in each or total >= Decimal(str(each["from"])):
            return str(each["name"])
    return None


__all__ = ["is_day", "scores"]
