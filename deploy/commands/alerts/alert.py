"""evergreen alert: somebody looks after one, will not hear of it now, or knows what became of it."""

import argparse

HELP = "say that somebody looks after an alert, does not want to hear of it until then, or what became of it"
EXAMPLE = "evergreen alert outcome 5d0c1f6e saved"
TYPES = {
    "acknowledge": "alert.acknowledged",
    "snooze": "alert.snoozed",
    "outcome": "alert.outcome_recorded",
}
OUTCOMES = ("saved", "churned", "returned")
SOURCE = "/evergreen/alert"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what is done about which alert, by whom, and where."""
    from deploy.commands.events.journey import moment
    from deploy.events.broker import add_reach

    parser.add_argument("what", choices=TYPES)
    parser.add_argument("alert", metavar="ALERT", help="its id, or enough of its beginning")
    parser.add_argument("outcome", metavar="OUTCOME", nargs="?", help=f"outcome: {', '.join(OUTCOMES)}")
    parser.add_argument("--until", type=moment, metavar="T", help="snooze: such as 2026-03-01")
    parser.add_argument("--by", metavar="NAME", help="who does it (default: who is logged in)")
    parser.add_argument(
        "--time", metavar="MOMENT", help="when it was done, RFC 3339 with a zone (default: now)"
    )
    parser.add_argument("--customer", metavar="ID", help="whose alert it is, if ALERT is the whole id")
    parser.add_argument(
        "--database", metavar="URL", help="insight's, to look the alert up (default: of the house)"
    )
    add_reach(parser)


def run(arguments: argparse.Namespace) -> int:
    """Publishes it and says where it lies. Trouble when there is no such alert."""
    import asyncio

    from deploy.events.publishing import publish

    said = _said(arguments)
    customer, alert = _whose(arguments)
    event = argparse.Namespace(
        type=TYPES[arguments.what], fields=[f"alert_id={alert}", *said], customer=customer,
        time=arguments.time, id=None, source=SOURCE, binary=False, kafka=arguments.kafka,
        directory=arguments.directory,
    )  # fmt: skip
    asyncio.run(publish(event))
    return 0


def _said(arguments: argparse.Namespace) -> list[str]:
    from deploy.console.login import login
    from deploy.errors import Trouble

    what, outcome, until = arguments.what, arguments.outcome, arguments.until
    if (what == "outcome") != (outcome is not None) or (what == "outcome" and outcome not in OUTCOMES):
        raise Trouble(f"an outcome, and it alone, is one of {', '.join(OUTCOMES)}: {EXAMPLE}")
    if (what == "snooze") != (until is not None):
        raise Trouble("a snooze, and it alone, has an end: --until 2026-03-01")
    by = f"by={arguments.by or login()}"
    if until is not None:
        return [by, f"until={until.isoformat()}"]
    return [by, f"outcome={outcome}"] if outcome else [by]


def _whose(arguments: argparse.Namespace) -> tuple[str, str]:
    import asyncio

    from deploy.alerts.finding import find
    from deploy.local.house.house import House

    if arguments.customer:
        return arguments.customer, arguments.alert
    database = arguments.database or House.load(arguments.directory).services["insight"].database_url
    return asyncio.run(find(database, arguments.alert))
