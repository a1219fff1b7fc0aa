"""evergreen positions: where services stand in the logs they read, and the knowing way past a gap."""

import argparse
import asyncio
from collections.abc import Mapping

from shared.contracts.topics import STAGES, VOCABULARIES

HELP = "show where services stand in the topics they read; `accept` goes on where position and log disagree"
EXAMPLE = "evergreen positions accept --service conversion --topic signals"
LIST, ACCEPT = "list", "accept"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what to do, for which service, where."""
    from deploy.events.broker import add_reach

    parser.add_argument("what", choices=(LIST, ACCEPT), nargs="?", default=LIST, help="(default: list)")
    parser.add_argument("--service", choices=STAGES, metavar="NAME", help=f"one of {', '.join(STAGES)}")
    parser.add_argument("--topic", choices=VOCABULARIES, metavar="TOPIC", help="which topic is accepted")
    parser.add_argument("--partition", type=int, metavar="N", help="this one alone")
    parser.add_argument(
        "--from",
        dest="offset",
        type=int,
        metavar="OFFSET",
        help="go on there, with --partition; what lies before is left out for good (default: the beginning "
        "of each log that its position disagrees with, which leaves nothing out)",
    )
    parser.add_argument(
        "--database", metavar="URL", help="the service's database as its owner (default: that of the house)"
    )
    add_reach(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints a line for each partition, or for each that was moved; 1 when some disagree."""
    from deploy.errors import Trouble
    from deploy.events.broker import kafka_of

    if arguments.what == LIST:
        return asyncio.run(_list(kafka_of(arguments), _databases(arguments)))
    if not arguments.service or not arguments.topic:
        raise Trouble("accept what? give --service NAME and --topic TOPIC: `evergreen positions` shows them")
    if (arguments.offset is None) != (arguments.partition is None) and arguments.offset is not None:
        raise Trouble("an offset is one partition's: give --partition N with --from OFFSET")
    [database] = _databases(arguments).values()
    asyncio.run(_accept(kafka_of(arguments), database, arguments))
    return 0


def _databases(arguments: argparse.Namespace) -> Mapping[str, str]:
    """Owner URLs by service."""
    from deploy.errors import Trouble
    from deploy.local.house.house import House

    if arguments.database:
        if not arguments.service:
            raise Trouble("whose database is that? give --service NAME")
        return {arguments.service: arguments.database}
    services = House.load(arguments.directory).services
    return {name: each.owner_url for name, each in services.items() if arguments.service in (None, name)}


async def _list(kafka: str, databases: Mapping[str, str]) -> int:
    from deploy.recovery.positions import standings

    failed = 0
    for service, url in databases.items():
        for each in await standings(kafka, url):
            topic, partition = each.place
            reach = f"{each.log.beginning}..{each.log.end}" if each.log else "-"
            place = f"{service:<12} {topic:<12} {partition:>2}  {each.position.offset:>10} of {reach:<16}"
            print(f"{place} {each.problem or 'agrees'}")
            failed |= each.problem is not None
    return failed


async def _accept(kafka: str, database: str, arguments: argparse.Namespace) -> None:
    from deploy.recovery.positions import apply, moves, standings

    found = await standings(kafka, database)
    wanted = moves(found, arguments.topic, arguments.partition, arguments.offset)
    await apply(database, wanted)
    for move in wanted:
        topic, partition = move.place
        print(f"{topic} {partition}: from {move.position.offset} to {move.to.offset}. It {move.reason}")
