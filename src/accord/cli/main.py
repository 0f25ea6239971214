"""The program ``accord``: decides the language, builds the commands, and answers for every way they can end.

Exit codes: 0 done; 1 the data, the agreement or the machine is at fault; 2 the command line is; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import atexit
import errno
import gc
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
import typer.main

from accord import __version__
from accord.cli.output import never_fail_on_letters
from accord.cli.program import Program
from accord.cli.usage import say_again
from accord.errors import AccordError, UsageError
from accord.language import LANGUAGES, install_for_command_line, preferred_language
from accord.language import gettext as _
from accord.typed import for_others

__all__ = ["COMMAND_MODULES", "build", "main", "run"]

COMMAND_MODULES: Mapping[str, tuple[str, ...]] = {
    "accord.cli.demo": ("demo",),
    "accord.cli.agreement": ("init", "agreement"),
    "accord.cli.importing": ("import", "quarantine"),
    "accord.cli.audit": ("audit",),
    "accord.cli.acceptance": ("acceptance",),
    "accord.cli.scoring": ("score",),
    "accord.cli.handoff": ("handoff", "override"),
    "accord.cli.diagnosing": ("diagnose",),
    "accord.cli.valuing": ("value",),
    "accord.cli.recycling": ("recycle",),
    "accord.cli.acting": ("actions",),
    "accord.cli.reporting": ("report",),
    "accord.cli.rating": ("rating",),
    "accord.cli.learning": ("learn",),
}
"""The modules whose ``register(app)`` adds commands, in the order in which help lists them, and those commands: a
command line that begins with one of them needs no other module."""

STOPPED = 130
PIPE_CLOSED = 141


def main() -> None:
    """Run the program on the command line's words and leave with its exit code."""
    # Nearly all that a command makes stays until it ends: looking for what could go takes a twentieth of its time.
    gc.set_threshold(50_000, 20, 20)
    for name in ("stdout", "stderr"):  # closed by who started us: what is said goes nowhere, and nothing else changes
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until the end
    _take_ctrl_c_once()
    _leave(run(sys.argv[1:]))


def _take_ctrl_c_once() -> None:
    """Let Ctrl-C that is hit several times within a second stop the command once.

    The second would break off what the first one left to do: undoing what was begun, and saying so. Whoever started
    this process without Ctrl-C (``nohup``) has it so.
    """
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    last = float("-inf")

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= 1:
            last = now
            signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, stop)


def _leave(code: int) -> NoReturn:
    """End the process with exit ``code``, without taking everything apart first where nothing needs it.

    To let go of its modules one by one takes Python a tenth of a second, after which the system takes all of it back
    anyway. Whatever asked to be called at the end is called. Who opened the store to write, or has threads at work,
    leaves the long way, on which connections are closed and threads waited for.
    """
    if code == STOPPED:  # on its way out Python takes its own answer to Ctrl-C away, and the next one would kill it
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    at_work = any(not one.daemon for one in threading.enumerate() if one is not threading.current_thread())
    if at_work or "django" in sys.modules:
        sys.exit(code)
    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # a full disk: Python says so, and how it ends then
        sys.exit(code)
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run the program on ``arguments`` and answer its exit code; everything a person reads has been printed."""
    with for_others():  # a workspace that the words name is named by what this run says, and by nothing after it
        return _run(arguments)


def _run(arguments: Sequence[str]) -> int:
    never_fail_on_letters(sys.stdout, sys.stderr)
    debug = "--debug" in arguments
    words = [word for word in arguments if word != "--debug"]
    try:
        install_for_command_line(preferred_language(os.environ))
        language, words = _take_language(words)
        if language:
            install_for_command_line(language)
        command = typer.main.get_command(build(words[0] if words else ""))
        with command.make_context("accord", words) as context:
            command.invoke(context)
        sys.stdout.flush()
        return 0
    except typer.Exit as leave:
        return leave.exit_code
    except BrokenPipeError:
        # The reader of our output left (`accord … | head`): not an error. Python would complain once more when it
        # flushes the closed pipe at exit, so standard output is turned away first.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except (KeyboardInterrupt, typer.Abort):
        return _stopped()
    except Exception as error:  # the last resort: whatever happened, a person gets a sentence and not a traceback
        if debug:
            traceback.print_exc()
        # what DuckDB makes of Ctrl-C while it runs a query
        interrupted = isinstance(error, RuntimeError) and "interrupted" in str(error).lower()
        return _stopped() if interrupted else _explain(error)


def _stopped() -> int:
    _say(_("Stopped before the end. Nothing was left half done; run the same command again to complete it."))
    return STOPPED


def build(command: str = "") -> Program:
    """The program with every command that is installed, speaking the language in use; where ``command`` is one of
    them, with those of its module alone, which is all that its command line and its help ask for.
    """
    app = Program(help=_("Make marketing and sales agree on what a good lead is, and see whether the agreement holds."))

    @app.callback(invoke_without_command=True)  # --version alone is a whole command line
    def accord(
        version: Annotated[
            bool, typer.Option("--version", show_default=False, help=_("Show the version and stop."))
        ] = False,
        debug: Annotated[
            bool, typer.Option("--debug", show_default=False, help=_("When something breaks, show where."))
        ] = False,
    ) -> None:
        del debug  # run() has already looked for it, wherever it stands
        if version:
            typer.echo(f"accord {__version__}")

    alone = [name for name, commands in COMMAND_MODULES.items() if command in commands]
    for name in alone or COMMAND_MODULES:
        try:
            module = import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name:
                raise
            continue
        module.register(app)
    return app


def _take_language(words: Sequence[str]) -> tuple[str, list[str]]:
    """``--lang`` may stand anywhere: it must be known before the help that it translates is built."""
    language, rest, following = "", [], iter(words)
    for word in following:
        if word == "--":
            rest.extend([word, *following])
        elif word == "--lang" or word.startswith("--lang="):
            language = word.removeprefix("--lang").removeprefix("=") or next(following, "")
            if language not in LANGUAGES:
                raise UsageError(
                    _("--lang {language!r} is not a language Accord speaks: {known}.").format(
                        language=language, known=", ".join(LANGUAGES)
                    )
                )
        else:
            rest.append(word)
    return language, rest


def _explain(error: Exception) -> int:
    """Say on standard error what went wrong, and answer the exit code."""
    if isinstance(error, AccordError):
        _say(str(error))
        return error.exit_code
    complaint = getattr(error, "format_message", None)  # a complaint of the command-line parser
    if complaint is not None:
        _say(say_again(complaint()))
        context = getattr(error, "ctx", None)
        if context is not None:
            _say(_("{command} --help lists what is possible.").format(command=context.command_path))
        return int(getattr(error, "exit_code", 2))
    if isinstance(error, OSError):
        _say(_of_the_machine(error))
        return 1
    if isinstance(error, MemoryError):
        _say(_("There is not enough memory for this. Narrow it down with --from and --to, or use a larger machine."))
        return 1
    _say(
        _(
            "Accord met something it does not know how to handle ({kind}: {error}). This is a defect of Accord, not of "
            "your data. Run the same command with --debug and report what it prints."
        ).format(kind=type(error).__name__, error=error)
    )
    return 1


def _of_the_machine(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        name = error.filename or _("the output")
        return _("{name}: the disk is full. Free some space and run the same command again.").format(name=name)
    name = error.filename or _("the file")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return _("{name}: not allowed to read or write here. Check the rights, or name another place.").format(
            name=name
        )
    if error.errno == errno.ENOENT:
        return _("{name}: there is no such file or folder.").format(name=name)
    if error.errno == errno.EISDIR:
        return _("{name}: this is a folder, not a file.").format(name=name)
    return _("{name}: {reason}").format(name=name, reason=error.strerror or error)


def _say(text: str) -> None:
    print(text, file=sys.stderr)
