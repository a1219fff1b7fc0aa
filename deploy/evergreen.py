"""The command line of Evergreen. One module under deploy/commands/GROUP for each subcommand."""

import _signal  # type: ignore[import-not-found]

# An import that is interrupted tells a traceback, and `signal` has seven of its own.
if __name__ == "__main__" and _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)  # until the work begins there is nothing to clean up

import argparse
import errno
import os
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import NoReturn, Protocol, cast

from deploy.console.advice import complete
from deploy.console.directory import DEFAULT
from deploy.errors import Trouble
from shared.kafka import WrongAddress
from shared.settings import MissingSetting

GROUPS = {
    "house": ("up", "down", "clean", "status", "demo", "provision"),
    "events": ("publish", "play", "tail", "journey"),
    "alerts": ("backtest", "rule", "alert"),
    "recovery": ("positions", "quarantine", "rebase", "dead-letter", "redrive", "refuse"),
}
COMMANDS = {name: group for group, names in GROUPS.items() for name in names}
DONE, FAILED, INTERRUPTED = 0, 1, 130
FULL = ": make room on the disk that the house is on, then run this again"
EPILOG = """\
exit codes: 0 done, 1 it failed (one line says why), 2 the command line is wrong, 3 done but for rows that
            were refused, 130 interrupted

first steps:
  evergreen demo                     a real shop's two years, end to end; nothing is left running
  evergreen up && evergreen status   the house, kept running
  evergreen COMMAND --help           what a command can be told, with an example
"""


class Command(Protocol):
    """What a module under deploy/commands has: one line of help, an example, its arguments and its work."""

    HELP: str
    EXAMPLE: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, arguments: argparse.Namespace) -> int: ...


class Form(argparse.RawDescriptionHelpFormatter):
    """Wide enough for every command and what it does in one line."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=26, width=120)


def parser(wanted: Iterable[str] = COMMANDS) -> argparse.ArgumentParser:
    """The parser with these subcommands; only their modules are imported."""
    commands = {name: _command(name) for name in wanted}
    form = Form
    top = argparse.ArgumentParser(
        "evergreen",
        usage="evergreen [-h] COMMAND ...",
        description=f"Who has gone quiet?\n\n{_listed(commands)}",
        epilog=EPILOG,
        formatter_class=form,
    )
    choices = top.add_subparsers(
        prog="evergreen", dest="command", metavar="COMMAND", required=True, help=argparse.SUPPRESS
    )
    for name, command in commands.items():
        example = f"example:\n  {command.EXAMPLE}"
        each = choices.add_parser(name, description=command.HELP, epilog=example, formatter_class=form)
        command.add_arguments(each)
        each.set_defaults(run=command.run)
    return top


def _command(name: str) -> Command:
    return cast(Command, import_module(f"deploy.commands.{COMMANDS[name]}.{name.replace('-', '_')}"))


def _listed(commands: Mapping[str, Command]) -> str:
    """A line a command, under its group."""
    return "\n\n".join(
        "\n".join(
            [f"{group}:", *(f"    {name:<13} {commands[name].HELP}" for name in names if name in commands)]
        )
        for group, names in GROUPS.items()
    )


def main(words: Sequence[str]) -> int:
    """Runs the command that the words name; its exit code."""
    named = [words[0]] if words and words[0] in COMMANDS else []

    def work() -> int:
        arguments = parser(named or COMMANDS).parse_args(words)
        try:
            return int(arguments.run(arguments))
        except Trouble as error:
            raise Trouble(complete(str(error), getattr(arguments, "directory", DEFAULT))) from error

    return guarded(work, "".join(named))


def guarded(work: Callable[[], int], name: str) -> int:
    """The work's exit code; what is expected to go wrong becomes one line and a code."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _interrupt)
    if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # a closed terminal; nohup has it ignored
        signal.signal(signal.SIGHUP, _interrupt)
    try:
        return work()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough (`evergreen tail signals | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (Trouble, WrongAddress, MissingSetting, OSError) as error:
        full = isinstance(error, OSError) and error.errno == errno.ENOSPC
        print(f"evergreen {name}: {error}{FULL if full else ''}", file=sys.stderr)
        return FAILED


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
