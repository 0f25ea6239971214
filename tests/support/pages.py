"""Runs what documentation pages show: a page is one session in one fresh folder, read from top to bottom.

- a ``console`` block: each line after ``$`` is run (a line ending in a backslash goes on), and what stands below it
  is what it prints, standard error included. ``…`` stands for any text; alone on a line, for any lines. Nothing below:
  anything may be printed. The command must succeed, unless the block says how its last one ends: ``console exit=1``;
- a ``python`` block runs in one namespace per page; lines after ``>>>`` are checked as Python's doctest does;
- a block of any other language with a file name after it (``csv leads.csv``) is that file;
- ``<!-- data: bpi2012 -->`` puts that folder of the real data sets beside the files;
- ``<!-- file: bpi2012.yaml -->`` puts that file, which stands beside the page, there too;
- a block marked ``not-run`` is only shown.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["Block", "Shown", "blocks", "commands", "data_folders", "files_beside", "fits", "refreshed", "run_page"]

FENCE = re.compile(r"^( *)```(\w+)([^\n`]*)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
DATA = re.compile(r"<!-- data: (\S+) -->")
FILE = re.compile(r"<!-- file: (\S+) -->")
DOCTEST_RULES = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SECONDS = 120
CACHE = TemporaryDirectory(prefix="accord-pages-")
"""Texts of queries that Accord keeps for its next process: one place for all pages, whose homes are apart."""


@dataclass(frozen=True)
class Block:
    """One fenced block of a page; ``line`` is the line its content starts on."""

    language: str
    words: tuple[str, ...]
    text: str
    line: int

    @property
    def exit_code(self) -> int:
        """What the last command of a console block ends with."""
        return next((int(word.removeprefix("exit=")) for word in self.words if word.startswith("exit=")), 0)


def blocks(page: str) -> list[Block]:
    """Every fenced block of the page that names its language."""
    found = []
    for match in FENCE.finditer(page):
        indent, language, words, text = match.groups()
        plain = re.sub(f"^{indent}", "", text, flags=re.MULTILINE)
        found.append(Block(language, tuple(words.split()), plain, page[: match.start(4)].count("\n") + 1))
    return found


def data_folders(page: str) -> list[str]:
    """The real data sets that the page works on."""
    return DATA.findall(page)


def files_beside(page: str) -> list[str]:
    """The files beside the page, by their path from it, that the page works with."""
    return FILE.findall(page)


def run_page(page: str, folder: Path) -> list[str]:
    """Do what the page shows, in ``folder``; everything that came out otherwise, each with its line."""
    names: dict[str, object] = {"__name__": "__page__"}
    found: list[str] = []
    for block in blocks(page):
        if "not-run" in block.words:
            continue
        if block.language == "console":
            found += run_console(block, folder)
        elif block.language == "python":
            found += run_python(block, folder, names)
        elif block.words:
            file = folder / block.words[0]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
    return found


@dataclass(frozen=True)
class Shown:
    """One ``$`` of a console block: the page's line it stands on, the command, and what it is said to print."""

    line: int
    command: str
    printed: str


def commands(block: Block) -> Iterator[Shown]:
    """Each ``$`` of a console block."""
    lines = block.text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        last = start
        while lines[last].endswith("\\"):
            last += 1
        command, printed = "\n".join(lines[start : last + 1])[2:], "\n".join(lines[last + 1 : end])
        yield Shown(block.line + start, command, printed)


def run_console(block: Block, folder: Path) -> list[str]:
    """Run each command and compare what it prints."""
    found = []
    all_shown = list(commands(block))
    for shown in all_shown:
        wanted = block.exit_code if shown is all_shown[-1] else 0
        done = run_command(shown.command, folder)
        place = f"line {shown.line}: $ {shown.command}"
        if done.returncode != wanted:
            found.append(f"{place}\n  ended with {done.returncode}, not {wanted}:\n{done.stdout}")
        elif shown.printed.strip() and not fits(done.stdout, shown.printed):
            found.append(f"{place}\n  printed:\n{done.stdout}\n  and not:\n{shown.printed}")
    return found


def refreshed(page: str, folder: Path) -> str:
    """The page with what its commands print now; output that is shown with a ``…`` is left as it is."""
    lines = page.splitlines()
    moved = 0  # how far the lines below have moved by what was written above them
    for block in blocks(page):
        if "not-run" in block.words:
            continue
        if block.language != "console":
            run_page(f"```{block.language} {' '.join(block.words)}\n{block.text}```\n", folder)
            continue
        for shown in commands(block):
            now = run_command(shown.command, folder).stdout.rstrip().splitlines()
            before = shown.printed.rstrip("\n").split("\n") if shown.printed.strip() else []
            if before and "…" not in shown.printed:
                start = (
                    shown.line + moved + shown.command.count("\n")
                )  # line numbers begin with 1: this is the next line
                lines[start : start + len(before)] = [line.rstrip() for line in now]
                moved += len(now) - len(before)
    return "\n".join(lines) + "\n"


def run_command(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one command as a reader would, with the program of this environment."""
    settings = {
        "COLUMNS": "100",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "XDG_CACHE_HOME": CACHE.name,
    }
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env=settings,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def run_python(block: Block, folder: Path, names: dict[str, object]) -> list[str]:
    """Run a Python block in the page's namespace and folder."""
    place = f"line {block.line}: python"
    with contextlib.chdir(folder):
        if ">>>" in block.text:
            report = io.StringIO()
            example = doctest.DocTestParser().get_doctest(block.text, names, place, None, block.line - 1)
            runner = doctest.DocTestRunner(optionflags=DOCTEST_RULES)
            failed = runner.run(example, out=report.write, clear_globs=False).failed
            names.update(example.globs)
            return [report.getvalue()] if failed else []
        try:
            exec(compile(block.text, place, "exec"), names)  # the page is ours
        except Exception as error:
            return [f"{place}\n  {type(error).__name__}: {error}"]
    return []


def fits(printed: str, expected: str) -> bool:
    """Whether ``printed`` is what ``expected`` shows; white space at the ends of lines does not count."""
    pattern = ""
    for line in clean(expected):
        pattern += r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line).replace("…", ".*?") + r"\n"
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in clean(printed))) is not None


def clean(text: str) -> list[str]:
    """Lines without white space at their ends, and without empty lines at the end."""
    return [line.rstrip() for line in text.rstrip().splitlines()]
