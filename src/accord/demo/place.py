"""The folder a demo lives in: never somebody else's, and known again when it is asked for twice."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from accord.errors import WorkspaceError
from accord.language import gettext as _

__all__ = ["MARK", "Order", "claim", "finish", "is_empty"]

MARK = "demo.json"
"""Says that a folder holds a demo, which one, and whether it was finished."""

_PASSING = f"{MARK}.part"
"""The same while it is being written."""

_OURS = (_PASSING, "accord.yaml", "accord.db", "accord.db-wal", "accord.db-shm", "report.html", MARK)
_OUR_FOLDERS = ("files", "readmodel")
_WORKSPACE = ("accord.yaml", "accord.db", "readmodel")


@dataclass(frozen=True, slots=True)
class Order:
    """What demo was asked for. ``until``: the first day that is not in the data; ``None`` = today, whenever that is."""

    size: int
    seed: int
    until: date | None
    file_format: Literal["csv", "parquet"]
    healthy: bool

    def to_json(self) -> dict[str, object]:
        """The order as plain JSON."""
        return {**asdict(self), "until": self.until.isoformat() if self.until else None}


def is_empty(folder: Path) -> bool:
    """Whether there is nothing yet, or a folder with nothing in it but what was left of a demo that did not begin."""
    return not folder.exists() or (folder.is_dir() and not {path.name for path in folder.iterdir()} - {_PASSING})


def claim(folder: Path, order: Order, *, force: bool) -> bool:
    """Make ``folder`` ready for the demo; whether it is there already, finished, and nothing is to be done.

    A demo that was interrupted is made anew. Raises ``WorkspaceError`` where the folder holds another demo or anything
    else, unless ``force``; and even then where it holds somebody's workspace.
    """
    if folder.exists() and not folder.is_dir():
        raise WorkspaceError(_("{path} is a file. Name a folder for the demo.").format(path=folder))
    mark = _mark(folder)
    if mark is not None:
        if mark.get("finished") and not force:
            if mark.get("order") == order.to_json():
                return True
            raise WorkspaceError(
                _(
                    "{path} holds a demo of another size, seed, date or format. Make it anew with --force (what was "
                    "imported into it since is lost), or name another folder with --workspace."
                ).format(path=folder)
            )
        _clear(folder)
    elif not is_empty(folder):
        _refuse(folder, force=force)
    folder.mkdir(parents=True, exist_ok=True)
    _write_mark(folder, order, finished=False)
    return False


def finish(folder: Path, order: Order) -> None:
    """Remember that the demo in ``folder`` is complete."""
    _write_mark(folder, order, finished=True)


def _refuse(folder: Path, *, force: bool) -> None:
    for name in _WORKSPACE:
        if (folder / name).exists():
            raise WorkspaceError(
                _(
                    "{path} is a workspace: {name} is in it. A demo is never mixed with real data; name another folder "
                    "with --workspace."
                ).format(path=folder, name=name)
            )
    if not force:
        raise WorkspaceError(
            _(
                "{path} is not empty. Name a new folder with --workspace, or write into this one all the same with "
                "--force."
            ).format(path=folder)
        )


def _mark(folder: Path) -> dict[str, object] | None:
    try:
        content = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError, UnicodeDecodeError):
        return None
    return content if isinstance(content, dict) and content.get("accord") == "demo" else None


def _write_mark(folder: Path, order: Order, *, finished: bool) -> None:
    content = {"accord": "demo", "order": order.to_json(), "finished": finished}
    passing = folder / _PASSING
    try:
        passing.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        passing.replace(folder / MARK)
    except OSError as error:
        passing.unlink(missing_ok=True)
        raise OSError(error.errno, error.strerror, str(folder / MARK)) from error  # a full disk names no file


def _clear(folder: Path) -> None:
    """Remove what a demo made, and nothing else."""
    for name in _OUR_FOLDERS:
        shutil.rmtree(folder / name, ignore_errors=True)
    for name in _OURS:
        (folder / name).unlink(missing_ok=True)
