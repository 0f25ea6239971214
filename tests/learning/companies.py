"""A simulated company with its agreement written out, one kind of touch of which may be worth too much in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from accord.cli.main import run
from accord.demo import rule
from accord.demo.agreement import agreement_text
from accord.demo.company import HEALTHY, Cause
from accord.demo.simulate import simulate
from accord.demo.vocabulary import SECTORS

__all__ = ["TRUE_WEBINAR", "company_in"]

UNTIL = date(2026, 7, 1)
TRUE_WEBINAR = 8
"""Points a webinar deserves in the simulated company."""


def company_in(folder: Path, size: int, *, webinar: float = 1.0) -> Path:
    """Simulate, write the agreement, import; the workspace."""
    company = folder / "company"
    cause = Cause("overweighted_signal", {"criterion": "webinar"}, strength=webinar)
    planted = HEALTHY if webinar == 1 else HEALTHY.with_causes(cause)
    simulate(planted, size=size, seed=5, until=UNTIL).write(folder / "tables", "parquet")
    company.mkdir()
    text = _without_qualification(agreement_text(planted, size, UNTIL)) + "\n".join(["", *_qualification(webinar), ""])
    (company / "accord.yaml").write_text(text, encoding="utf-8")
    assert run(["import", str(folder / "tables"), "--workspace", str(company)]) == 0
    return company


def _without_qualification(text: str) -> str:
    """The agreement of the demo, whose own criteria make room for those of this test."""
    kept, inside = [], False
    for line in text.splitlines():
        if line and not line[0].isspace() and not line.startswith("#"):
            inside = line.startswith("qualification:")
        if not inside:
            kept.append(line)
    return "\n".join([*kept, ""])


def _qualification(webinar: float) -> Iterator[str]:
    yield "qualification:"
    yield "  threshold: 50"
    yield "  bands: [{name: A, from: 90}, {name: B, from: 70}, {name: C, from: 50}, {name: D}]"
    yield "  criteria:"
    core = ", ".join(name for name, _ in SECTORS if rule._SECTOR.get(name, 6) == 6)
    yield _criterion("sector_core", "fit", 6, f"when: {{field: sector, in: [{core}]}}")
    yield _criterion("sector_logistics", "fit", 3, "when: {field: sector, is: logistics}")
    for axis, field, points in (
        ("fit", "account_size", rule._SIZE),
        ("fit", "job_function", rule._FUNCTION),
        ("authority", "seniority", rule._SENIORITY),
        ("need", "need", dict(zip(("exploring", "defined", "urgent"), rule._NEED[1:], strict=True))),
    ):
        for word, worth in points.items():
            if worth:
                yield _criterion(f"{field}_{word}", axis, worth, f"when: {{field: {field}, is: {word}}}")
    yield _criterion("has_budget", "budget", rule._BUDGET, "when: {field: budget, exists: true}")
    yield _criterion("decision_maker", "authority", rule._DECISION_MAKER, "when: {field: decision_maker, is: true}")
    for kind, (each, most) in rule._TOUCHES.items():
        factor = webinar if kind == "webinar" else 1.0
        said = f"touches: {{kind: {kind}}}, cap: {most * factor:g}"
        yield _criterion(kind, "engagement", each * factor, said)


def _criterion(name: str, axis: str, points: float, said: str) -> str:
    words = "label: {en: L, fr: L}, why: {en: Agreed., fr: Convenu.}"
    return f"    - {{id: {name}, axis: {axis}, points: {points:g}, {words}, {said}}}"
