"""What is only looked at loads nothing heavy: ``import accord`` and ``accord --help`` are instant."""

from __future__ import annotations

import resource
import subprocess
import sys

import pytest

HEAVY = ("django", "duckdb", "ibis", "jinja2", "numpy", "pandas", "polars", "psycopg", "pyarrow", "scipy", "sqlglot")
HELP_SECONDS = 0.3


def loaded_by(program: str) -> set[str]:
    """Top-level packages in a fresh interpreter after ``program``."""
    ask = f"{program}\nimport sys\nprint('loaded', *{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    last = done.stdout.splitlines()[-1].split()
    assert last[0] == "loaded"
    return set(last[1:])


def test_importing_accord_loads_nothing_heavy() -> None:
    assert loaded_by("import accord") & {*HEAVY, "typer", "rich", "pydantic"} == set()


@pytest.mark.parametrize(
    "words", [["--help"], ["--version"], ["acceptance", "--help"], ["import", "--help"]], ids=" ".join
)
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    assert loaded_by(f"from accord.cli.main import run\nassert run({words!r}) == 0") & set(HEAVY) == set()


def test_help_is_instant() -> None:
    # Processor time, the best of five: other work on the machine does not count against it.
    program = "import sys\nfrom accord.cli.main import main\nsys.argv = ['accord', '--help']\nmain()"

    def seconds() -> float:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime

    assert min(seconds() for _ in range(5)) <= HELP_SECONDS
