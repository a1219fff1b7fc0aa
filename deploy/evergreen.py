"""The command line of Evergreen. One module under deploy/commands for each subcommand: `evergreen --help`."""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NoReturn, Protocol, cast

from deploy.errors import Trouble
from shared.kafka import WrongAddress
from shared.settings import MissingSetting

COMMANDS = (
    "up",
    "down",
    "clean",
    "provision",
    "rebase",
    "dead-letter",
    "quarantine",
    "status",
    "demo",
    "play",
    "publish",
    "tail",
    "redrive",
    "refuse",
    "journey",
    "positions",
)
DONE, FAILED, INTERRUPTED = 0, 1, 130
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


def parser(wanted: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The parser with these subcommands; only their modules are imported."""
    form = Form
    top = argparse.ArgumentParser(
        "evergreen", description="Who has gone quiet?", epilog=EPILOG, formatter_class=form
    )
    choices = top.add_subparsers(title="commands", dest="command", metavar="COMMAND", required=True)
    for name in wanted:
        command = cast(Command, import_module(f"deploy.commands.{name.replace('-', '_')}"))
        example = f"example:\n  {command.EXAMPLE}"
        each = choices.add_parser(
            name, help=command.HELP, description=command.HELP, epilog=example, formatter_class=form
        )
        command.add_arguments(each)
        each.set_defaults(run=command.run)
    return top


def main(words: Sequence[str]) -> int:
    """Runs the command that the words name; its exit code."""
    named = [words[0]] if words and words[0] in COMMANDS else COMMANDS
    arguments = parser(named).parse_args(words)
    return guarded(lambda: int(arguments.run(arguments)), arguments.command)


def guarded(work: Callable[[], int], name: str) -> int:
    """The work's exit code; what is expected to go wrong becomes one line and a code."""
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
        print(f"evergreen {name}: {error}", file=sys.stderr)
        return FAILED


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
