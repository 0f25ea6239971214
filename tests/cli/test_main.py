"""Every way the program can begin and end."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from accord import __version__
from accord.cli import main as program
from accord.errors import AgreementError, DataError, Fault, UsageError
from accord.language import current_language


class Commands:
    """Commands for these tests only, in the place where those of the product are found."""

    def __init__(self, action: Callable[[], None]) -> None:
        self.action = action

    def register(self, app: typer.Typer) -> None:
        app.command("work", help="Do it.")(self.action)


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Make a function the only command, ``work``."""

    def install(action: Callable[[], None]) -> None:
        monkeypatch.setattr(program, "COMMAND_MODULES", {"one": ("work",)})
        monkeypatch.setattr(program, "import_module", lambda _name: Commands(action))

    return install


def failing_with(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error

    return work


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run(["--version"]) == 0
    assert capsys.readouterr().out == f"accord {__version__}\n"


def test_nothing_said_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run([]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Usage: accord")
    assert program.run(["--help"]) == 0
    assert capsys.readouterr().out == said


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["acceptence"], "There is no command acceptence. The nearest is acceptance."),
        (["zzz"], "There is no command zzz. There are: "),
        (["--nothing"], "There is no option --nothing."),
        (["--version=1"], "The option --version takes no value."),
        (["acceptance", "--js"], "There is no option --js. The nearest is --json."),
        (["import", "x", "--database", "y"], "There is no option --database.\n"),
        (["acceptance", "--workspce", "x"], "There is no option --workspce. The nearest is --workspace."),
        (["import", "x", "--tabel", "leads"], "There is no option --tabel. The nearest is --table."),
        (["acceptance", "--period"], "The option --period needs a value after it."),
        (["acceptance", "extra"], "Too many words: extra is not expected here."),
        (["acceptance", "--period", "wek"], "--period cannot be 'wek': week, month, quarter. The nearest is week."),
        (["acceptance", "--definition", "tact"], "The nearest is tacit."),
        (["acceptance", "--sort", "rates"], "The nearest is rate."),
        (["acceptance", "--limit", "-3"], "--limit cannot be below 0"),
        (["import"], "PATH is missing."),
        (["acceptance", "--from", "2026-02-31"], "--from: 2026-02-31 is not in the calendar: 2026-02 has 28 days."),
        (["acceptance", "--json", "--csv"], "Standard output cannot be JSON and CSV at once"),
        (["acceptance", "--from", "31/02/2026"], "31/02/2026"),
        (["acceptance", "--from", "05/03/2026"], "2026-03-05 or 2026-05-03"),
        (["acceptance", "--as-of", "yesterday"], "yesterday"),
        (["--lang", "de", "acceptance"], "--lang 'de' is not a language Accord speaks: en, fr."),
        (["acceptance", "--lang"], "--lang '' is not a language Accord speaks: en, fr."),
    ],
)
def test_a_wrong_command_line_is_said_and_ends_with_2(
    words: list[str],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert program.run(words) == 2
    said = capsys.readouterr()
    assert complaint in said.err
    assert said.out == ""
    assert "Traceback" not in said.err


def test_every_fault_has_its_line(
    only: Callable[[Callable[[], None]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    faults = [Fault("floor is 50.", "accord.yaml", 3, "Write 0.5."), Fault("team is not known.", "accord.yaml", 9)]
    only(failing_with(AgreementError(*faults)))
    assert program.run(["work"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "accord.yaml:3: floor is 50. Write 0.5.",
        "accord.yaml:9: team is not known.",
    ]


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (DataError("leads.csv is empty."), 1, "leads.csv is empty."),
        (UsageError("That is no day."), 2, "That is no day."),
        (OSError(errno.ENOSPC, "x", "accord.db"), 1, "accord.db: the disk is full."),
        (PermissionError(errno.EACCES, "x", "readmodel"), 1, "readmodel: not allowed to read or write here."),
        (OSError(errno.EROFS, "x", "accord.db"), 1, "accord.db: not allowed"),
        (FileNotFoundError(errno.ENOENT, "x", "leads.csv"), 1, "leads.csv: there is no such file or folder."),
        (IsADirectoryError(errno.EISDIR, "x", "out"), 1, "out: this is a folder, not a file."),
        (OSError("the wire is cut"), 1, "the wire is cut"),
        (MemoryError(), 1, "not enough memory"),
        (ZeroDivisionError("division by zero"), 1, "(ZeroDivisionError: division by zero). This is a defect of Accord"),
        (KeyboardInterrupt(), 130, "Stopped before the end. Nothing was left half done"),
    ],
)
def test_however_it_ends_a_person_gets_a_sentence(
    error: BaseException,
    code: int,
    words: str,
    only: Callable[[Callable[[], None]], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    only(failing_with(error))
    assert program.run(["work"]) == code
    said = capsys.readouterr()
    assert words in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_debug_shows_where_wherever_it_stands(
    only: Callable[[Callable[[], None]], None], capsys: pytest.CaptureFixture[str]
) -> None:
    only(failing_with(ZeroDivisionError("oh")))
    for words in (["--debug", "work"], ["work", "--debug"]):
        assert program.run(words) == 1
        said = capsys.readouterr().err
        assert "Traceback" in said
        assert "ZeroDivisionError: oh" in said
        assert "This is a defect of Accord" in said


@pytest.mark.parametrize(
    ("words", "environment", "language"),
    [
        (["work"], {}, "en"),
        (["--lang", "fr", "work"], {}, "fr"),
        (["work", "--lang", "fr"], {}, "fr"),
        (["work", "--lang=fr"], {}, "fr"),
        (["work"], {"ACCORD_LANG": "fr"}, "fr"),
        (["work"], {"LANG": "fr_FR.UTF-8"}, "fr"),
        (["work", "--lang", "en"], {"ACCORD_LANG": "fr"}, "en"),
    ],
)
def test_the_language_is_decided_before_anything_is_said(
    words: list[str],
    environment: dict[str, str],
    language: str,
    only: Callable[[Callable[[], None]], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    heard: list[str] = []
    only(lambda: heard.append(current_language()))
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert program.run(words) == 0
    assert heard == [language]


def test_words_after_two_dashes_are_not_options(only: Callable[[Callable[[], None]], None]) -> None:
    assert program._take_language(["work", "--", "--lang", "fr"]) == ("", ["work", "--", "--lang", "fr"])


def test_help_is_in_french_down_to_the_headings(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run(["acceptance", "--help", "--lang", "fr"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Utilisation")
    assert "Afficher ce message" in said
    assert "Usage" not in said
    assert "Show this message" not in said


def test_a_command_module_that_is_not_there_is_left_out_but_a_broken_one_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "COMMAND_MODULES", {"accord.cli.nowhere": ("nowhere",)})
    assert program.run(["--help"]) == 0

    def broken(_name: str) -> None:
        raise ModuleNotFoundError("No module named 'numpyy'", name="numpyy")

    monkeypatch.setattr(program, "import_module", broken)
    capsys.readouterr()
    assert program.run(["--help"]) == 1
    assert "numpyy" in capsys.readouterr().err


def test_each_module_adds_the_commands_that_it_is_said_to_add() -> None:
    every = list(typer.main.get_command(program.build()).commands)  # type: ignore[attr-defined]
    said = [name for names in program.COMMAND_MODULES.values() for name in names]
    assert sorted(said) == sorted(every)
    for names in program.COMMAND_MODULES.values():
        for name in names:
            alone = typer.main.get_command(program.build(name))
            assert sorted(alone.commands) == sorted(names)  # type: ignore[attr-defined]


def test_a_command_alone_is_helped_with_as_among_all(capsys: pytest.CaptureFixture[str]) -> None:
    every = typer.main.get_command(program.build())
    for names in program.COMMAND_MODULES.values():
        for name in names:
            assert program.run([name, "--help"]) == 0
            alone = capsys.readouterr().out
            with pytest.raises(typer.Exit), every.make_context("accord", [name, "--help"]) as context:
                every.invoke(context)
            assert capsys.readouterr().out == alone


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "from accord.cli import main\n"
        "class Many:\n"
        "    def register(self, app):\n"
        "        app.command('work')(lambda: [print('x' * 1000) for _ in range(5000)] and None)\n"
        "main.COMMAND_MODULES = {'many': ('work',)}\n"
        "main.import_module = lambda name: Many()\n"
        "sys.exit(main.run(['work']))\n"
    )
    path = tmp_path / "many.py"
    path.write_text(script, encoding="utf-8")
    with subprocess.Popen([sys.executable, path], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stderr is not None
        writer.stdout.read(10)
        writer.stdout.close()
        assert writer.stderr.read() == b""
    assert writer.returncode == program.PIPE_CLOSED


LEAVING = """
import atexit, sys, threading, time
from accord.cli import main

atexit.register(lambda: print(", called at the end"))
main.run = lambda words: (sys.stdout.write("said"), {also}, 3)[-1]  # nothing is flushed
main.main()
"""


@pytest.mark.parametrize(
    ("also", "more"),
    [
        ("None", ""),
        ("threading.Thread(target=lambda: (time.sleep(0.3), print(', by a thread', end=''))).start()", ", by a thread"),
        ("sys.modules.setdefault('django', sys)", ""),
    ],
)
def test_a_program_that_leaves_at_once_loses_nothing(also: str, more: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEAVING.format(also=also)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, f"said{more}, called at the end\n", "")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_stream_that_is_closed_is_no_error(closed: str) -> None:
    command = f'"{sys.executable}" -m accord --version {closed}'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == ("" if closed.startswith(">") else f"accord {__version__}\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_an_output_that_finds_no_room_is_said() -> None:
    done = subprocess.run(
        ["sh", "-c", f'"{sys.executable}" -m accord --version > /dev/full'], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr == "the output: the disk is full. Free some space and run the same command again.\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
@pytest.mark.parametrize("words", [["--help", "--lang", "fr"], ["acceptance", "--by", "x", "--lang", "fr"]])
def test_a_terminal_with_few_letters_is_no_error(encoding: str, words: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "accord", *words],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        check=False,
    )
    assert done.returncode in {0, 1}
    said = (done.stdout + done.stderr).decode(encoding, "replace")
    assert "accord" in said
    assert "Traceback" not in said
    assert "UnicodeEncodeError" not in said


def test_a_group_alone_shows_what_it_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run(["agreement"]) == 0
    assert "check" in capsys.readouterr().out


def test_python_runs_it_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "accord", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"accord {__version__}\n"


def test_the_program_is_installed_under_its_name() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("accord"), "--version"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
    )
    assert done.stdout == f"accord {__version__}\n"


def test_help_in_french_heads_its_parts_as_french_does(capsys: pytest.CaptureFixture[str]) -> None:
    assert program.run(["import", "--help", "--lang", "fr"]) == 0
    said = capsys.readouterr().out
    assert "Options\N{NO-BREAK SPACE}:" in said
    assert "Arguments\N{NO-BREAK SPACE}:" in said
    assert program.run(["--help", "--lang", "fr"]) == 0
    assert "Commandes\N{NO-BREAK SPACE}:" in capsys.readouterr().out
