from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from accord.errors import DataError
from accord.report.files import write_whole


def test_a_file_is_written_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    write_whole(path, "déjà\nvu\n")
    assert path.read_bytes() == "déjà\nvu\n".encode()
    assert os.listdir(tmp_path) == ["report.html"]  # noqa: PTH208  hidden files count


def test_the_file_is_as_open_as_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    write_whole(tmp_path / "report", "")
    assert (tmp_path / "report").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"the folder .*nowhere is not there"):
        write_whole(tmp_path / "nowhere" / "report.html", "")


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="this is a folder"):
        write_whole(tmp_path, "")
    assert os.listdir(tmp_path) == []  # noqa: PTH208


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a place nobody may write to")
def test_a_place_nobody_may_write_to() -> None:
    with pytest.raises(DataError, match=r"^/proc/self/report.html: "):
        write_whole(Path("/proc/self/report.html"), "")


def test_what_was_there_stays_when_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_file: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "report.html"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DataError, match="the disk is full"):
        write_whole(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert os.listdir(tmp_path) == ["report.html"]  # noqa: PTH208


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, "é\n")
        assert os.read(reader, 100) == "é\n".encode()
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_device_that_is_full_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="full"):
        write_whole(Path("/dev/full"), "x")
    assert not Path("/dev/full").is_file()
