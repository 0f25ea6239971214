"""What the documentation shows is what happens; what is registered is documented; what a page points to exists."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from accord.cli.main import build
from support.pages import Block, Shown, blocks, commands, data_folders, files_beside, fits, refreshed, run_page
from support.source import ROOT

PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")


def page_id(path: Path) -> str:
    return str(path.relative_to(ROOT))


def runs_something(path: Path) -> bool:
    found = blocks(path.read_text(encoding="utf-8"))
    return any(block.language in {"console", "python"} and "not-run" not in block.words for block in found)


@pytest.mark.parametrize("path", [path for path in PAGES if runs_something(path)], ids=page_id)
def test_what_the_page_shows_happens(path: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    page = path.read_text(encoding="utf-8")
    for name in data_folders(page):
        data: Path = request.getfixturevalue("shared_data")
        (tmp_path / name).symlink_to(data / name)
    for name in files_beside(page):
        shutil.copy(path.parent / name, tmp_path)
    found = run_page(page, tmp_path)
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("path", PAGES, ids=page_id)
def test_every_link_leads_somewhere(path: Path) -> None:
    targets = [target for target in LINK.findall(path.read_text(encoding="utf-8")) if "://" not in target]
    lost = [target for target in targets if not (path.parent / target.split("#")[0]).exists()]
    assert lost == []


@pytest.mark.parametrize(
    ("printed", "expected", "same"),
    [
        ("one\ntwo\n", "one\ntwo", True),
        ("one\ntwo\n", "one", False),
        ("one\ntwo\nthree\n", "one\n…\nthree", True),
        ("one\nthree\n", "one\n…\nthree", True),
        ("took 0.3 s  \n", "took … s", True),
        ("took 0.3 s\nand more\n", "took …", False),
        ("a.b\n", "a?b", False),
    ],
)
def test_output_is_compared(printed: str, expected: str, same: bool) -> None:
    assert fits(printed, expected) is same


def test_a_page_is_one_session(tmp_path: Path) -> None:
    page = (
        "```csv in/leads.csv\nlead_id\n1\n```\n"
        "```console\n$ cat in/leads.csv \\\n    | wc -l\n2\n$ echo wrong\nright\n```\n"
        "```console exit=3\n$ exit 3\n```\n"
        "```python\n>>> from pathlib import Path; rows = Path('in/leads.csv').read_text().split(); len(rows)\n3\n```\n"
        "```python\nassert len(rows) == 2\nraise ValueError('no')\n```\n"
        "```console not-run\n$ false\n```\n"
    )
    found = run_page(page, tmp_path)
    assert len(found) == 3
    assert found[0].startswith("line 9: $ echo wrong")
    assert "Expected:\n    3\nGot:\n    2" in found[1]
    assert found[2].endswith("ValueError: no")


def test_commands_are_told_from_what_they_print() -> None:
    block = Block("console", (), "$ one \\\n    more\nprinted\n\n$ two\n", 1)
    assert list(commands(block)) == [Shown(1, "one \\\n    more", "printed\n"), Shown(5, "two", "")]


def test_output_that_is_out_of_date_is_written_anew(tmp_path: Path) -> None:
    top, middle = (
        "# Page\n\n```console\n$ seq \\\n    2\n",
        "$ echo a b\na …\n$ echo silent\n```\n\n```console\n$ seq 1\n",
    )
    page = f"{top}old\n{middle}old\nold\n```\n"
    new = f"{top}1\n2\n{middle}1\n```\n"
    assert refreshed(page, tmp_path) == new


def test_every_command_and_option_is_documented() -> None:
    reference = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "reference").glob("*.md"))
    program = get_command(build())
    assert isinstance(program, TyperGroup)
    missing = [
        f"{name} {option}"
        for name, command in [("", program), *program.commands.items()]
        for option in [
            f"accord {name}",
            *(option for each in command.params for option in each.opts if option[0] == "-"),
        ]
        if option not in reference
    ]
    assert missing == [], "docs/reference lacks them (`make docs` writes the help texts anew)"
