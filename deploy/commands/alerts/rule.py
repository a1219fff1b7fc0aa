"""evergreen rule: which settings a rule judges by, decided by people, on evidence."""

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HELP = "list what rules judge by, since when and on what evidence; propose, adopt or retire settings"
EXAMPLE = "evergreen rule adopt silence.toml --backtest report.json"
DONE = 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what to do, with which rule, on what grounds, and where."""
    from deploy.commands.events.journey import moment
    from deploy.console.directory import add_directory

    parser.add_argument(
        "what",
        choices=("propose", "adopt", "retire", "list"),
        nargs="?",
        default="list",
        help="(default: list)",
    )
    parser.add_argument(
        "name", metavar="FILE.toml", nargs="?", help="a policy; retire, list: or a rule's name"
    )
    parser.add_argument(
        "--backtest", type=Path, metavar="REPORT.json", help="of these settings, by evergreen backtest --json"
    )
    parser.add_argument("--override", metavar="REASON", help="adopt: why no backtest is needed; is kept")
    parser.add_argument("--reason", metavar="TEXT", help="retire: why")
    parser.add_argument("--effective", type=moment, metavar="T", help="not before (default: the next week)")
    parser.add_argument("--by", metavar="NAME", help="who decides (default: who is logged in)")
    parser.add_argument("--json", action="store_true", help="list: one JSON object, for programs")
    parser.add_argument("--database", metavar="URL", help="insight's (default: that of the house)")
    add_directory(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints what came of it, or a line for each version. Trouble for what is refused."""
    import asyncio

    if arguments.what == "list":
        return asyncio.run(_list(arguments))
    return asyncio.run(_tell(_command(arguments), arguments))


async def _list(arguments: argparse.Namespace) -> int:
    import orjson

    from deploy.policies.files import rule_of
    from deploy.policies.log import opened, read
    from deploy.policies.telling import listed, machine
    from services.insight.risk.rules import RULES

    rules = [rule_of(arguments.name)] if arguments.name else RULES
    async with opened(_database(arguments)) as store:
        found = [(rule.name, await read(store, rule.name)) for rule in rules]
    if arguments.json:
        told = {"rules": [machine(name, each) for name, each in found]}
        print(orjson.dumps(told, option=orjson.OPT_INDENT_2).decode())
        return DONE
    for name, each in found:
        print(*listed(name, each), sep="\n")
    return DONE


def _command(arguments: argparse.Namespace) -> Any:
    from deploy.console.login import login
    from deploy.errors import Trouble
    from deploy.policies.files import backtest_of, policy_of, rule_of
    from services.insight.policies.commands import Adopt, Propose, Retire
    from services.insight.policies.settings import as_json

    if not arguments.name:
        raise Trouble(f"{arguments.what} what? give a policy's file, such as silence.toml")
    by = arguments.by or login()
    if arguments.what == "retire":
        if not arguments.reason:
            raise Trouble("why is it retired? say --reason TEXT: whoever misses its alerts will ask")
        return Retire(rule_of(arguments.name).name, by, arguments.reason, arguments.effective)
    rule, settings = policy_of(Path(arguments.name))
    backtest = backtest_of(arguments.backtest, rule) if arguments.backtest else None
    told = as_json(rule, settings)
    if arguments.what == "propose":
        return Propose(rule.name, told, by, backtest)
    return Adopt(rule.name, told, by, arguments.effective, backtest, arguments.override)


async def _tell(command: Any, arguments: argparse.Namespace) -> int:
    from deploy.policies.log import opened, tell
    from deploy.policies.telling import answer

    async with opened(_database(arguments)) as store:
        print(answer(command.rule, await tell(store, command, datetime.now(UTC))))
    return DONE


def _database(arguments: argparse.Namespace) -> str:
    from deploy.local.house.house import House

    return str(arguments.database or House.load(arguments.directory).services["insight"].database_url)
