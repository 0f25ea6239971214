"""Where no more can be written: a limit on the size of files stands for the disk that is full."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

resource = pytest.importorskip("resource")

LEADS = 4_000
LIMIT = 60_000
"""Bytes: less than the rows of these tables take, more than anything else that is written."""


def accord(*words: str | Path, limit: int | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    def limited() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.run(
        [sys.executable, "-m", "accord", *map(str, words)],
        env={**os.environ, "ACCORD_LANG": "en", **environment},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limited,
    )


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Leads and handoffs whose names cannot be written shorter."""
    chance = random.Random(1)
    names = [f"{chance.getrandbits(128):032x}" for _ in range(LEADS)]
    folder = tmp_path / "files"
    folder.mkdir()
    created = "".join(f"{name},2026-01-05,{name[::-1]}\n" for name in names)
    (folder / "leads.csv").write_text("lead_id,created_at,company\n" + created)
    handed = "".join(f"H{name},{name},2026-01-05T10:00:00Z\n" for name in names)
    (folder / "handoffs.csv").write_text("handoff_id,lead_id,at\n" + handed)
    return folder


def test_rows_that_find_no_room_while_a_file_is_read(tmp_path: Path, files: Path) -> None:
    passing = tmp_path / "passing"
    passing.mkdir()
    workspace = tmp_path / "work"
    done = accord("import", files, "--workspace", workspace, limit=LIMIT, TMPDIR=str(passing))
    assert done.returncode == 1
    assert f"The disk is full at {passing}" in done.stderr
    assert "TMPDIR" in done.stderr
    assert not list(passing.iterdir())
    assert not (workspace / "accord.db").exists()
    assert accord("import", files, "--workspace", workspace).returncode == 0


def test_episodes_that_find_no_room(tmp_path: Path, files: Path) -> None:
    workspace = tmp_path / "work"
    assert accord("import", files, "--workspace", workspace).returncode == 0
    question = ("acceptance", "--workspace", workspace)
    refused = accord(*question, limit=LIMIT)
    assert refused.returncode == 1
    assert f"The disk is full at {workspace / 'readmodel' / 'episodes'}." in refused.stderr
    assert "exception_type" not in refused.stderr
    assert not list((workspace / "readmodel" / "episodes").glob("*.part"))
    assert accord(*question).returncode == 0
