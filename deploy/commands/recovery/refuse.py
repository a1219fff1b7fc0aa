"""evergreen refuse: a record that holds its partition becomes a dead letter, because somebody says so."""

import argparse
import asyncio

HELP = "give up a record that holds its service (status and /readyz name it): it becomes a dead letter"
EXAMPLE = "evergreen refuse signals/3@17 --service conversion"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds which record, and whose database."""
    from deploy.events.broker import add_reach
    from deploy.recovery.dead_letters.letters import place

    parser.add_argument("place", type=place, metavar="TOPIC/PARTITION@OFFSET", help="as /readyz names it")
    parser.add_argument("--service", metavar="NAME", required=True, help="the service that it holds")
    parser.add_argument("--database", metavar="URL", help="its database (default: that of the house)")
    add_reach(parser)


def run(arguments: argparse.Namespace) -> int:
    """Says so to the service, which looks whenever it tries the record again."""
    from deploy.errors import Trouble
    from deploy.events.broker import kafka_of
    from deploy.local.house.house import House
    from deploy.recovery.dead_letters.refusing import refuse

    database = arguments.database
    if database is None:
        services = House.load(arguments.directory).services
        if arguments.service not in services:
            raise Trouble(f"there is no service {arguments.service}: there are {', '.join(services)}")
        database = services[arguments.service].database_url
    asyncio.run(refuse(arguments.place, database, kafka_of(arguments)))
    print("if it is held, it becomes a dead letter within seconds; evergreen redrive brings it back")
    return 0
