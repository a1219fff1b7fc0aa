"""evergreen publish: one event from the command line."""

import argparse
import asyncio
from typing import Any

HELP = "publish one event to signals"
EXAMPLE = "evergreen publish order.paid --customer C-7 order_id=A-1 amount=1999 currency=EUR"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what the event says, and its envelope."""
    from deploy.events.broker import add_reach
    from shared.contracts.signals import SIGNALS

    parser.add_argument("type", metavar="TYPE", help=f"one of {', '.join(SIGNALS)}")
    parser.add_argument(
        "fields", metavar="KEY=VALUE", nargs="*", help="its data; amounts are in minor units (cents)"
    )
    parser.add_argument("--customer", metavar="ID", help="whom it is about; a heartbeat has none")
    parser.add_argument(
        "--time", metavar="MOMENT", help="when it happened, RFC 3339 with a zone (default: now)"
    )
    parser.add_argument("--id", help="the event's id, the same for the same event (default: a new one)")
    parser.add_argument(
        "--source", default="/evergreen/publish", help="who says so (default: /evergreen/publish)"
    )
    parser.add_argument("--binary", action="store_true", help="binary mode: attributes as ce_ headers")
    add_reach(parser)
    _take_words_anywhere(parser)


def _take_words_anywhere(parser: argparse.ArgumentParser) -> None:
    """KEY=VALUE may stand before, between or after options: by itself a subcommand's parser does not."""
    plain = parser.parse_known_args

    def mixed(args: Any = None, namespace: Any = None) -> Any:
        parser.parse_known_args = plain  # type: ignore[method-assign]
        try:
            return parser.parse_known_intermixed_args(args, namespace)
        finally:
            parser.parse_known_args = mixed  # type: ignore[method-assign]

    parser.parse_known_args = mixed  # type: ignore[method-assign]


def run(arguments: argparse.Namespace) -> int:
    """Prints id, partition and offset. Trouble when it would be refused, which is said here and not later."""
    from deploy.events.publishing import publish

    asyncio.run(publish(arguments))
    return 0
