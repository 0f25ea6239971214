from __future__ import annotations

import pytest

from accord.errors import UsageError
from accord.report.acceptance.arrangement import SORTS, arranged
from report import examples


def channels(sort: str = "", limit: int = 0) -> list[str]:
    rows = arranged(examples.by_channel(), sort, limit).report.answers["explicit"].rows
    return [row.segment["channel"] for row in rows]


def test_nothing_asked_nothing_changed() -> None:
    assert arranged(examples.by_channel()).report == examples.by_channel()
    assert arranged(examples.by_week(), "rate", 3).report == examples.by_week()


def test_segments_are_sorted_as_asked() -> None:
    assert channels("handed")[:3] == ["content_download", "webinar", "paid_search"]
    assert channels("rate")[:2] == ["content_download", "paid_search"]
    assert channels("rate")[-1] == "(none)"  # unknown comes last, not first
    assert channels("name") == sorted(examples.CHANNELS)
    assert channels("lost")[0] == "content_download"
    assert channels("delay")[0] == "content_download"
    assert channels("delay")[-1] == "(none)"


@pytest.mark.parametrize("sort", SORTS)
def test_every_order_keeps_every_row(sort: str) -> None:
    assert sorted(channels(sort)) == sorted(examples.CHANNELS)


def test_a_limit_keeps_whole_segments_and_counts_the_others() -> None:
    result = arranged(examples.by_channel_and_week(), "handed", 1)
    rows = result.report.answers["explicit"].rows
    assert {row.segment["channel"] for row in rows} == {"webinar"}
    assert [row.period for row in rows] == sorted(str(row.period) for row in rows)
    assert len(rows) == 26
    assert result.more_segments == 1


def test_every_definition_shows_the_same_segments() -> None:
    result = arranged(examples.every_definition(), "rate", 2)
    for answer in result.report.answers.values():
        assert [row.segment["channel"] for row in answer.rows] == ["content_download", "paid_search"]
    assert result.more_segments == 5


def test_an_unknown_order_names_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"'rates': handed, rate, .* The nearest is rate\."):
        arranged(examples.by_channel(), "rates")
