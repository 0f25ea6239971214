from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from accord.language import use_language
from accord.report import formats
from accord.values import Estimate, Reason, Unknown


def test_english() -> None:
    assert formats.count(1412) == "1,412"
    assert formats.percent(0.4712) == "47%"
    assert unbroken(formats.delay(5.35), "5.4 h")
    assert formats.day(date(2026, 7, 27)) == "27 Jul 2026"
    assert formats.enumeration(["a", "b", "c"]) == "a, b, and c"


def test_french() -> None:
    use_language("fr")
    assert formats.count(1412) == "1\u202f412"
    assert formats.percent(0.4712) == "47\u00a0%"
    assert formats.percent(0.4712, 1) == "47,1\u00a0%"
    assert formats.day(date(2026, 7, 27)) == "27 juil. 2026"
    assert formats.day(date(2026, 8, 1)) == "1er août 2026"
    assert formats.day_and_month(date(2026, 1, 1)) == "1er janv."
    assert formats.day(date(2026, 8, 11)) == "11 août 2026"
    late = datetime(2026, 7, 31, 22, 30, tzinfo=UTC).replace(tzinfo=None)
    assert formats.moment(late, "Europe/Paris") == "1er août 2026, 00:30"
    assert formats.day_and_month(date(2026, 2, 2)) == "2 févr."
    assert formats.period_name("2026-07") == "juillet 2026"
    assert formats.period_name("2026-Q3") == "T3 2026"
    assert formats.enumeration(["a", "b", "c"]) == "a, b et c"
    assert formats.delay(77).startswith("3,2")
    assert formats.decimal(2.54, 1) == "2,5"
    assert formats.delay_interval(Estimate(5.35, 4.28, 6.42, 60)) == "4,3–6,4\u00a0h"


@pytest.mark.parametrize(
    ("value", "written"),
    [(0, "0%"), (1, "100%"), (0.004, "0.4%"), (0.0004, "<\u00a00.1%"), (0.996, "99.6%"), (0.9999, ">\u00a099.9%")],
)
def test_a_share_that_is_neither_none_nor_all_is_never_written_so(value: float, written: str) -> None:
    assert formats.percent(value) == written


@pytest.mark.parametrize(
    ("estimate", "value", "interval"),
    [
        (Estimate(0.4712, 0.431, 0.512, 812), "47%", "43–51%"),
        (Estimate(0.4712, 0.4652, 0.4773, 90000), "47.1%", "46.5–47.7%"),
        (Estimate(0.0, 0.0, 0.117, 20), "0%", "0–12%"),
        (Estimate(1.0, 0.883, 1.0, 20), "100%", "88–100%"),
        (Estimate(1.0, 0.999, 1.0, 4755), "100%", "99.9–100%"),
    ],
)
def test_digits_are_those_the_interval_can_carry(estimate: Estimate, value: str, interval: str) -> None:
    assert formats.share(estimate) == value
    assert formats.share_interval(estimate) == interval


@pytest.mark.parametrize(
    ("hours", "elapsed", "open_hours"),
    [
        (0.3, "18 min", "18 min"),
        (0.999, "60 min", "60 min"),
        (5.35, "5.4 h", "5.4 h"),
        (26.4, "26 h", "26 h"),
        (47.9, "48 h", "48 h"),
        (48, "2.0 days", "48 h"),
        (77, "3.2 days", "77 h"),
        (2400, "100 days", "2,400 h"),
    ],
)
def test_delays_come_in_the_unit_a_person_would_use(hours: float, elapsed: str, open_hours: str) -> None:
    assert unbroken(formats.delay(hours), elapsed)
    assert unbroken(formats.delay(hours, in_days=False), open_hours)


def test_an_interval_of_delays_keeps_the_unit_of_its_value() -> None:
    assert unbroken(formats.delay_interval(Estimate(50, 40, 60, 20)), "1.7–2.5 days")
    assert unbroken(formats.delay_interval(Estimate(0.9, 0.5, 1.4, 20)), "30–84 min")


@pytest.mark.parametrize(
    ("estimate", "value", "interval"),
    [
        (Estimate(4, 3.3, 5, 90), "4.0 h", "3.3–5.0 h"),
        (Estimate(5.7, 1.6, 12, 90), "5.7 h", "1.6–12.0 h"),
        (Estimate(17, 5.2, 23.4, 90), "17 h", "5–23 h"),
    ],
)
def test_a_delay_and_its_interval_are_equally_precise(estimate: Estimate, value: str, interval: str) -> None:
    assert unbroken(formats.delay(estimate.value), value)
    assert unbroken(formats.delay_interval(estimate), interval)


def test_a_column_is_as_precise_as_its_least_precise_figure() -> None:
    surest, usual = Estimate(0.4712, 0.4652, 0.4773, 90_000), Estimate(0.52, 0.47, 0.57, 400)
    unknown = Unknown(Reason.TOO_FEW, 10)
    assert formats.share_digits([surest, unknown]) == 1
    assert formats.share_digits([surest, usual]) == 0
    assert formats.share_digits([unknown]) == 0
    assert formats.share(surest, 0) == "47%"
    assert formats.share_interval(surest, 0) == "47–48%"


def test_parts_with_commas_are_told_apart_as_the_language_does() -> None:
    assert formats.sequence(["a, b", "c"]) == "a, b; c"
    assert formats.decimal(1234.56, 1) == "1,234.6"


def test_moments_are_local() -> None:
    instant = datetime.fromisoformat("2026-07-31T22:30")
    assert formats.moment(instant, "Europe/Paris") == "1 Aug 2026, 00:30"


@pytest.mark.parametrize(
    ("label", "name"), [("2026-W31", "27 Jul 2026"), ("2026-07", "July 2026"), ("2026-Q3", "Q3 2026")]
)
def test_periods(label: str, name: str) -> None:
    assert formats.period_name(label) == name


@pytest.mark.parametrize(
    ("promise", "name"), [("24h", "24 h"), ("0.5h", "30 min"), ("1.5h", "1.5 h"), ("demo", "demo")]
)
def test_promises(promise: str, name: str) -> None:
    assert unbroken(formats.promise_name(promise), name)


def unbroken(text: str, expected: str) -> bool:
    """Whether the text says it, with amount and unit on one line wherever it is broken."""
    return text == expected.replace(" ", "\u00a0")


def test_every_reason_has_words() -> None:
    words = {formats.unknown_briefly(Unknown(reason)) for reason in Reason}
    assert len(words) == len(Reason)


def test_an_end_of_an_interval_that_is_nearly_all_or_none_is_rounded_outwards() -> None:
    assert formats.share_interval(Estimate(0.99, 0.98, 0.99996, 5000), 0) == "98–100%"
    assert formats.share_interval(Estimate(0.01, 0.00004, 0.02, 5000), 0) == "0–2%"
    assert formats.share_interval(Estimate(0.99, 0.98, 0.996, 500), 0) == "98–99.6%"
