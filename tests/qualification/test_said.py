"""Reasons as people read them: days, numbers and labels in the reader's language; as programs read them: plain."""

from __future__ import annotations

from datetime import date

from accord.agreement.criteria import Wording
from accord.language import use_language
from accord.qualification.said import SENTENCES, Labelled, Said

RIVAL = Labelled("rival", Wording(en="A rival", fr="Un concurrent"))
BANNED = Labelled("banned", Wording(en="Never again", fr="Plus jamais"))


def test_days_numbers_and_labels_are_those_of_the_language() -> None:
    back = Said("crossed_again", {"given_back": date(2026, 9, 18), "active": date(2026, 10, 1)})
    points = Said("crossed", {"score": 1070.82, "threshold": 30})
    barred = Said("disqualified", {"labels": (RIVAL, BANNED)})
    assert back.sentence() == "It was given back on 18 Sep 2026, was active again on 1 Oct 2026, and crosses again."
    assert points.sentence() == "Its score of 1,070.82 reaches the threshold of 30."
    assert barred.sentence() == "It is disqualified: A rival, Never again."
    use_language("fr")
    try:
        assert "18 sept. 2026" in back.sentence()
        assert "1er oct. 2026" in back.sentence()
        assert "1\u202f070,82" in points.sentence()
        assert "Un concurrent, Plus jamais" in barred.sentence()
    finally:
        use_language("en")


def test_programs_read_values_as_they_are() -> None:
    assert Said("disqualified", {"labels": (RIVAL, BANNED)}).to_json()["values"] == {"labels": ["rival", "banned"]}
    found = Said("not_active_again", {"given_back": date(2026, 9, 18)}).to_json()
    assert found["values"] == {"given_back": "2026-09-18"}
    texts = found["text"]
    assert isinstance(texts, dict)
    assert texts["en"] == SENTENCES["not_active_again"].format(given_back="18 Sep 2026")
    assert texts["fr"] != texts["en"]
