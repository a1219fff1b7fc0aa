"""evergreen quarantine: streams that stand still because their own rules fail."""

import argparse
import asyncio

from deploy.console.administrator import add_postgres, admin_url

HELP = "list the streams that were set aside because their own rules fail, release some, or set one aside"
EXAMPLE = "evergreen quarantine release lead-42"
DONE, FAILED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what to do, with which streams, on which server."""
    parser.add_argument(
        "what",
        choices=("list", "release", "add"),
        help="release: they go on, their timers set again; add SERVICE STREAM: set aside by hand",
    )
    parser.add_argument("names", metavar="NAME", nargs="*", help="as `list` names them, such as lead-42")
    parser.add_argument("--reason", metavar="TEXT", help="release: those whose reason has it; add: why")
    parser.add_argument("--all", action="store_true", help="release: all of them")
    add_postgres(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints a line for each stream. Trouble when there is none that is meant."""
    url = admin_url(arguments)
    if arguments.what == "list":
        return _list(url)
    if arguments.what == "add":
        return _add(url, arguments.names, arguments.reason)
    return _release(url, arguments.names, arguments.reason, arguments.all)


def _list(url: str) -> int:
    from deploy.recovery.quarantine import aside, suspects
    from shared.contracts.topics import STAGES

    for service in STAGES:
        for each in asyncio.run(aside(url, service)):
            goes_on = (
                "  (released: goes on with the service, its dead letters first)" if each.released else ""
            )
            since = f"since {each.since:%F %T}Z"
            print(f"{service}  {each.stream}  version {each.version}  {since}  {each.reason}{goes_on}")
        for stream, reason in asyncio.run(suspects(url, service)):
            print(f"{service}  {stream}  fails and is not set aside, {service} is held  {reason}")
    return DONE


def _add(url: str, names: list[str], reason: str | None) -> int:
    from deploy.errors import Trouble
    from deploy.recovery.quarantine import add
    from shared.contracts.topics import STAGES

    service, *streams = names or [STAGES[0]]
    if service not in STAGES:
        raise Trouble(f"there is no service {service}: there are {', '.join(STAGES)}")
    if not streams or not reason:
        raise Trouble(
            "say which service, which stream and why, such as: "
            f"evergreen quarantine add {STAGES[0]} lead-42 --reason 'its rule fails'"
        )
    for stream in streams:
        version = asyncio.run(add(url, service, stream, reason))
        print(f"{service}: {stream} stands still at version {version} as soon as the service has seen it")
    return DONE


def _release(url: str, streams: list[str], reason: str | None, every: bool) -> int:
    from deploy.errors import Trouble
    from deploy.recovery.quarantine import release
    from shared.contracts.topics import STAGES

    if not (streams or reason or every):
        raise Trouble(
            "say which streams, --reason TEXT or --all: `evergreen quarantine list` has names and reasons"
        )
    released: set[str] = set()
    for service in STAGES:
        for stream in asyncio.run(release(url, service, streams or None, reason or "")):
            print(f"{service}: {stream} goes on as soon as the service runs, first with what came meanwhile")
            released.add(stream)
    if missing := sorted(set(streams) - released) or ([] if released else ["any such stream"]):
        raise Trouble(
            f"no service has set {', '.join(missing)} aside: `evergreen quarantine list` names those that are"
        )
    return DONE
