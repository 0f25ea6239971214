"""What waits in the system's passing folder goes away, also when its import was killed; never while it is alive."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from accord.ingest.passing import passing_folder

WAITS = """
from accord.ingest.passing import passing_folder
with passing_folder() as folder:
    (folder / "rows").mkdir()
    print(folder, flush=True)
    input()
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_a_killed_process_leaves_nothing_for_long(place: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WAITS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        folder = Path(other.stdout.readline().strip())
        with passing_folder() as own:
            assert folder.is_dir(), "its process is alive"
            assert own.parent == place
        assert [entry.name for entry in place.iterdir()] == [folder.name]
        other.kill()
        other.wait()
    assert (folder / "rows").is_dir()
    with passing_folder() as own:
        assert list(place.iterdir()) == [own]
    assert list(place.iterdir()) == []


def test_what_is_not_held_is_not_touched(place: Path) -> None:
    other = place / "accord-import-of-somebody"
    other.mkdir()
    (place / "accord-import-file").write_text("no folder")
    with passing_folder():
        pass
    assert {entry.name for entry in place.iterdir()} == {"accord-import-of-somebody", "accord-import-file"}
