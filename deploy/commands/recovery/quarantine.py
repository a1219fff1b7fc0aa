"""evergreen quarantine: streams that were set aside because their own rules fail."""

import argparse

from deploy.console.administrator import add_postgres, admin_url

HELP = "list the streams that were set aside because their own rules fail, or release one"
EXAMPLE = "evergreen quarantine release lead-42"
DONE, FAILED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what to do, with which stream, on which server."""
    parser.add_argument("what", choices=("list", "release"), help="release: its timer is set again")
    parser.add_argument("stream", metavar="STREAM", nargs="?", help="as `list` names it, such as lead-42")
    add_postgres(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints a line for each stream. Trouble when there is none of that name."""
    url = admin_url(arguments)
    return _release(url, arguments.stream) if arguments.what == "release" else _list(url)


def _list(url: str) -> int:
    import asyncio

    from deploy.recovery.quarantine import aside
    from shared.contracts.topics import STAGES

    for service in STAGES:
        for each in asyncio.run(aside(url, service)):
            goes_on = "  (released: goes on as soon as the service runs)" if each.released else ""
            since = f"since {each.since:%F %T}Z"
            print(f"{service}  {each.stream}  version {each.version}  {since}  {each.reason}{goes_on}")
    return DONE


def _release(url: str, stream: str | None) -> int:
    import asyncio

    from deploy.errors import Trouble
    from deploy.recovery.quarantine import release
    from shared.contracts.topics import STAGES

    if stream is None:
        raise Trouble("say which stream: `evergreen quarantine list` names them")
    for service in STAGES:
        if asyncio.run(release(url, service, stream)):
            meanwhile = "is judged then" if service == "insight" else "lies on dead-letters"
            print(f"{service}: {stream} goes on as soon as it runs; what came for it meanwhile {meanwhile}")
            return DONE
    raise Trouble(f"no service has set {stream} aside: `evergreen quarantine list` names those that are")
