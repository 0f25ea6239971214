"""Every command that an answer names can be typed as it stands: in one piece, for the workspace that was asked."""

from __future__ import annotations

import io
import re
import shlex
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import typer.main

from accord.cli.main import build, run
from accord.report.look import Look
from accord.typed import as_typed, for_others, use_workspace
from cli.companies import simulated_workspace

NAMED = "our company"
WHERE = f" --workspace '{NAMED}'"
COMMAND = re.compile(rf"accord (?:(?!accord ).)*?{re.escape(WHERE)}")
OF_THEIR_OWN = ("init --list", "init --template")
"""Commands in sentences that name another workspace, or need none."""

ASKED = (
    "init --template five-axes",
    "agreement check",
    "agreement history",
    "agreement diff 1",
    "agreement sign --side sales --name Bob",
    "agreement replay",
    "agreement propose",
    "agreement sign --side sales --name Bob --version 2",
    "agreement sign --side sales --name Bob",
    "agreement sign --side marketing --name Ann",
    "agreement history",
    "agreement show --version 9",
    "agreement diff",
    "import refused.csv --table leads",
    "import refused.csv --table leads --json",
    "import unknown.csv",
    "import unknown.csv --dry-run",
    "import unknown.csv --dry-run --write-map mapping.yaml",
    "import good.csv --table leads --dry-run",
    "import good.csv --table leads",
    "quarantine --csv mend.csv",
    "acceptance --by channel",
    "audit",
    "score --lead nobody",
    "override L1",
    "override --up --reason Met --by Ann",
    "rating sample --out sheets",
    "rating compare empty.csv good.csv",
    "actions",
    "actions show A1",
)
"""What is asked of one company, one after the other: a draft, its signatures, imports, figures."""

NAMING = {
    "agreement check": {"accord agreement propose"},
    "agreement sign --side sales --name Bob": {"accord agreement propose"},
    "import refused.csv --table leads": {"accord quarantine", "accord quarantine --csv mend.csv"},
    "import good.csv --table leads": {"accord audit", "accord acceptance"},
    "quarantine --csv mend.csv": {"accord import mend.csv"},
    "score --lead nobody": {"accord score"},
}
"""Commands whose answers must name others: the test is not passed by saying nothing."""


def said(command: str) -> tuple[str, str]:
    """What the program prints for people when asked on the named workspace: a page's worth of text, and complaints."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _stream in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        run([*shlex.split(command), "--workspace", NAMED, "--lang", "en"])
    for stream in (out, err):
        stream.seek(0)
    return out.read(), err.read()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that is no workspace, with one in it, and files to import."""
    folder = tmp_path_factory.mktemp("elsewhere")
    simulated_workspace(folder, size=150).rename(folder / NAMED)
    (folder / "empty.csv").write_text("")
    (folder / "refused.csv").write_text("lead_id,created_at\nX1,soon\n")
    (folder / "good.csv").write_text("lead_id,created_at\nX2,2026-03-02T10:00\n")
    (folder / "unknown.csv").write_text("a,b\n1,2\n")
    return folder


@pytest.fixture(scope="module")
def answers(place: Path) -> dict[str, str]:
    """What each of ``ASKED`` printed, the last time it was asked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        return {command: "\n".join(said(command)) for command in ASKED}


@pytest.mark.parametrize("command", dict.fromkeys(ASKED))
def test_commands_in_answers(command: str, answers: dict[str, str], place: Path) -> None:
    named = COMMAND.findall(answers[command])
    for each in named:
        assert workspace_read_from(each) == Path(NAMED), each
    rest = COMMAND.sub("", answers[command])
    bare = re.findall(rf"\baccord ((?:{'|'.join(commands())})\b(?: [\w-]+)?)", rest)
    assert [each for each in bare if each not in OF_THEIR_OWN] == []
    assert NAMING.get(command, set()) <= {each.removesuffix(WHERE) for each in named}


def commands() -> list[str]:
    """The names of all commands."""
    return list(typer.main.get_command(build()).commands)  # type: ignore[attr-defined]


def workspace_read_from(line: str) -> Path:
    """The workspace of a command line as the program's own parser reads it; ``UsageError`` where it cannot."""
    command, words = typer.main.get_command(build()), shlex.split(line)[1:]
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    folder = command.make_context("accord", words).params["workspace"]
    assert isinstance(folder, Path)
    return folder


def test_the_workspace_may_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ACCORD_WORKSPACE", "elsewhere")
    assert run(["init", "--lang", "en"]) == 0
    assert "then: accord agreement check --workspace elsewhere" in capsys.readouterr().out


def test_what_one_run_named_the_next_does_not_repeat(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for words, command in (
        (("--workspace", "one"), "accord agreement check --workspace one"),
        ((), "accord agreement check"),
    ):
        assert run(["init", "--lang", "en", *words]) == 0
        assert capsys.readouterr().out.rstrip().endswith(f"then: {command}")


def test_programs_get_the_same_bytes_wherever_the_workspace_is(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    there = [said(f"{command} --json")[0] for command in ("audit", "acceptance")]
    monkeypatch.chdir(place / NAMED)
    for command, answer in zip(("audit", "acceptance"), there, strict=True):
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
        with redirect_stdout(out):
            assert run([command, "--json", "--lang", "en"]) == 0
        out.seek(0)
        assert out.read() == answer


def test_no_line_ends_inside_a_command() -> None:
    use_workspace(Path("a folder/with a long name/of a company that sells to many others"))
    try:
        audit, diff = as_typed("audit"), as_typed("agreement diff", "version 2")
        text = f"What l'accord says of accord.yaml is told by {audit} and nothing else; what differs, by {diff}."
        for width in (60, 80, 100):
            lines = Look(width).paragraph(text, indent=2)
            assert " ".join(line.strip() for line in lines) == text
            assert [sum(command in line for line in lines) for command in (audit, diff)] == [1, 1]
    finally:
        use_workspace(Path())


def test_what_travels_names_no_workspace() -> None:
    use_workspace(Path("here/only"))
    try:
        with for_others():
            assert as_typed("audit") == "accord audit"
        assert as_typed("audit") == "accord audit --workspace here/only"
    finally:
        use_workspace(Path())
