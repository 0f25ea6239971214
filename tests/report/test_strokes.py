from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.report.look import Look, display_width
from accord.report.strokes import bar, interval_plot, scale, sparkline
from accord.values import Estimate

PLAIN = Look(unicode=False)
FINE = Look()
SHARES = st.floats(0, 1)


@given(SHARES, st.integers(1, 60), st.booleans())
def test_a_bar_fits_and_something_is_never_nothing(share: float, width: int, ripe: bool) -> None:
    for look in (PLAIN, FINE):
        drawn = bar(share, width, look, ripe=ripe)
        assert display_width(drawn) <= width
        assert (drawn.strip() != "") == (share > 0 and drawn != "")
        assert not (share > 0 and drawn == "")


@given(SHARES, SHARES, st.integers(2, 40))
def test_a_longer_bar_is_more(one: float, other: float, width: int) -> None:
    low, high = sorted((one, other))
    assert len(bar(low, width, PLAIN)) <= len(bar(high, width, PLAIN))
    assert len(bar(low, width, FINE)) <= len(bar(high, width, FINE))


def test_bars_in_eighths() -> None:
    assert bar(0.5, 4, FINE) == "██"
    assert bar(5 / 32, 4, FINE) == "▋"
    assert bar(0.5, 4, FINE, ripe=False) == "░░"
    assert bar(0.5, 4, PLAIN) == "##"
    assert bar(0.5, 4, PLAIN, ripe=False) == ".."


@given(SHARES, SHARES, SHARES, st.booleans())
def test_an_interval_plot_is_as_wide_as_it_should_be(one: float, two: float, three: float, ripe: bool) -> None:
    low, value, high = sorted((one, two, three))
    for look, dots in ((FINE, "●○"), (PLAIN, "o?")):
        drawn = interval_plot(Estimate(value, low, high, 20), 21, look, floor=0.5, ripe=ripe)
        assert len(drawn) == 21
        assert sum(drawn.count(dot) for dot in dots) == 1


def test_an_interval_plot_shows_where_it_lies() -> None:
    estimate = Estimate(0.25, 0.2, 0.35, 100)
    assert interval_plot(estimate, 20, PLAIN, floor=0.5) == "....-o--..|........."
    assert interval_plot(estimate, 20, FINE, floor=0.5, ripe=False) == "····━○━━··┊·········"


def test_a_sparkline_marks_what_is_unripe_and_leaves_out_what_is_unknown() -> None:
    shares = [(0.0, True), (0.5, True), (None, True), (1.0, True), (0.5, False)]
    assert sparkline(shares, FINE) == "▁▅ █░"
    assert sparkline(shares, PLAIN) == "_= #?"


def test_the_scale_spans_the_plot() -> None:
    assert scale(10, "100%") == "0     100%"


@pytest.mark.parametrize(("text", "width"), [("Lyon", 4), ("é", 1), ("e\u0301", 1), ("東京", 4), ("", 0)])
def test_widths(text: str, width: int) -> None:
    assert display_width(text) == width
