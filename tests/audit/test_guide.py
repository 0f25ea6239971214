"""The guide lists every check with its thresholds and what it lowers, exactly as declared."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from accord.audit.check import Check
from accord.audit.checks import (
    bursts,
    clean_ups,
    clocks,
    clockwork,
    effort,
    leads,
    money,
    order,
    ownership,
    presence,
    references,
)
from accord.audit.families import DELAYS, EFFORT, PEOPLE, PROMISES, RATES
from accord.audit.figures import Audited
from accord.audit.registry import CHECKS
from support.source import ROOT

GUIDE = ROOT / "docs" / "guides" / "audit.md"
SECTIONS = {
    "Is there anything to measure?": presence,
    "Do rows point at rows that exist?": references,
    "Do the times have an hour, and is it the right one?": clocks,
    "Did things happen in an order in which they can?": order,
    "Is the owner the one who works the lead?": ownership,
    "Clean-ups": clean_ups,
    "People and machines": bursts,
    "Machines that keep time": clockwork,
    "Is what sales did and said written down?": effort,
    "Is every lead one real lead, in the same words as the others?": leads,
    "Can money be laid beside leads?": money,
}
FAMILIES = {"*rates*": RATES, "*promises*": PROMISES, "*delays*": DELAYS, "*effort*": EFFORT, "*people*": PEOPLE}


def in_words(figures: Iterable[Audited]) -> str:
    """Whole families by their name, the rest by their own."""
    left, words = set(figures), []
    for name, family in FAMILIES.items():
        if set(family) <= left:
            words.append(name)
            left -= set(family)
    return ", ".join([*words, *(f"`{figure.value}`" for figure in Audited if figure in left)])


def lowers(check: Check) -> str:
    words = in_words(check.hurts)
    if check.blurs:
        words += f"; one step less: {in_words(check.blurs)}"
    return words or "nothing"


def row(check: Check) -> str:
    ladder = check.ladder
    steps = [
        "" if step is None else "any" if step == 0 else f"{100 * step:g} %"
        for step in (ladder.note, ladder.minor, ladder.major, ladder.critical)
    ]
    least = str(ladder.least) if ladder.least > 1 else ""
    return f"| {' | '.join([f'`{check.code}`', check.title, *steps, least, lowers(check)])} |"


def section(title: str, checks: Iterable[Check]) -> str:
    head = "| code | found | note | minor | major | critical | least | lowers |\n|---|---|---|---|---|---|---|---|"
    return "\n".join([f"### {title}", "", head, *(row(check) for check in checks)])


@pytest.mark.parametrize("title", SECTIONS)
def test_the_guide_lists_the_checks(title: str) -> None:
    expected = section(title, SECTIONS[title].CHECKS)
    assert expected in GUIDE.read_text(encoding="utf-8"), f"the guide should say:\n{expected}"


def test_every_check_has_its_section() -> None:
    assert [check for module in SECTIONS.values() for check in module.CHECKS] == list(CHECKS)
