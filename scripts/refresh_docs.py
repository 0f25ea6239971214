"""Run every documentation page and write down what its commands print now. Read the difference before committing it."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.pages import data_folders, files_beside, refreshed  # noqa: E402  the tests are not a package that is installed
from support.source import SHARED_DATA  # noqa: E402


def main() -> None:
    """Refresh the pages named on the command line, or all."""
    named = [Path(name).resolve() for name in sys.argv[1:]]
    for path in named or [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        page = path.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            for name in data_folders(page):
                (Path(folder) / name).symlink_to(SHARED_DATA / name)
            for name in files_beside(page):
                shutil.copy(path.parent / name, folder)
            new = refreshed(page, Path(folder))
        if new != page:
            path.write_text(new, encoding="utf-8")
            print(f"changed: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
