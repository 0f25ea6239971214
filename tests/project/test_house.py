"""The project speaks of itself alone: no path of somebody's machine, no host of a package index."""

from __future__ import annotations

import re
import subprocess

import pytest

from support.source import ROOT, tracked_files

# Written in pieces, or this file would be its own first finding.
MACHINE_PATHS = re.compile(r"(?<![\w.$}])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "t" + "mp", "ho" + "me"]) + r")/")
INDEX_HOSTS = re.compile(
    "|".join(["pypi" + r"\.org", "pythonhost" + "ed", "npm" + r"js\.", "crates" + r"\.io", "debian" + r"\.org"])
)
DATA_FOLDER = "sha" + "red/"
PLACES_OF_THE_DATA_FOLDER = ("tests/",)
BINARY = {".mo", ".png", ".pdf", ".parquet", ".xlsx", ".gz", ".zip"}


def text_lines() -> list[tuple[str, int, str]]:
    return [
        (str(path.relative_to(ROOT)), number, line)
        for path in tracked_files()
        if path.suffix not in BINARY and path.name != "LICENSE"
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
    ]


@pytest.mark.parametrize("words", [MACHINE_PATHS, INDEX_HOSTS], ids=["machine paths", "package index hosts"])
def test_no_line_names(words: re.Pattern[str]) -> None:
    assert [f"{name}:{number}: {line[:120]}" for name, number, line in text_lines() if words.search(line)] == []


def test_only_tests_know_where_the_real_data_are() -> None:
    named = {
        name for name, _, line in text_lines() if DATA_FOLDER in line and not name.startswith(PLACES_OF_THE_DATA_FOLDER)
    }
    assert named == set()


def test_locks_hold_hashes_and_no_address() -> None:
    locks = list((ROOT / "requirements").glob("*.lock"))
    assert locks
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert text.count("==") > 20
        pinned = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
        assert [entry for entry in pinned if "--hash=sha256:" not in entry] == []


def test_what_running_needs_is_what_working_on_it_has() -> None:
    # One .venv serves both: every version in run.lock is the one in dev.lock.
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
        return {line.rstrip(" \\") for line in text.splitlines() if "==" in line}

    assert pins("run.lock") <= pins("dev.lock")


def test_make_lists_its_targets() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"run", "test", "bench"} <= set(targets)
    assert [target for target in targets if f"make {target} " not in listed] == []
