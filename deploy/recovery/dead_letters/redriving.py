"""What `evergreen redrive` does: shows, asks, follows, sums up."""

import argparse
import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import asyncpg

from deploy.errors import Trouble
from deploy.local.house.house import House
from deploy.provisioning import topics
from deploy.recovery.dead_letters.letters import ANYWHERE, Choice, Letter
from deploy.recovery.dead_letters.sending import Databases, Outcome, connected
from shared.contracts.topics import STAGES

DONE, FAILED, SOME_FAILED = 0, 1, 3
WIDEST = 110


def run(arguments: argparse.Namespace) -> int:
    """0: all were taken. 1: some wait for a service that is not there. 3: some failed again."""
    try:
        return asyncio.run(_run(arguments))
    except asyncpg.UndefinedTableError as error:
        raise Trouble(f"{error}: the database is older than this release, run `evergreen up`") from error
    except (asyncpg.InterfaceError, asyncpg.PostgresError) as error:
        raise Trouble(f"PostgreSQL refused: {error}") from error


async def _run(arguments: argparse.Namespace) -> int:
    choice = Choice(arguments.place or ANYWHERE, arguments.reason, arguments.since, arguments.until)
    chosen = arguments.all or choice != Choice()
    databases = Databases(await connected(_urls(arguments)), _read_by())
    try:
        kept = await databases.open_letters(choice)
        if arguments.service:
            kept = {name: letters for name, letters in kept.items() if name == arguments.service}
        if not chosen or arguments.dry_run:
            print("\n".join(_each(kept) if chosen else _summed(kept)))
            return DONE
        return await _send(databases, kept, arguments.wait)
    finally:
        for connection in databases.connections.values():
            connection.terminate()


async def _send(databases: Databases, kept: Mapping[str, Sequence[Letter]], patience: float) -> int:
    moment = datetime.now(UTC)
    if not (asked := await databases.ask(kept, moment)):
        print("no open dead letter is meant: `evergreen redrive` lists them")
        return DONE
    found = await databases.follow(
        moment, patience, lambda done, all_: print(f"{done} of {all_} settled", flush=True)
    )
    print("\n".join(told(asked, found)))
    if any(outcome is None for _, outcome, _ in found):
        return FAILED
    return SOME_FAILED if any(outcome == "failed" for _, outcome, _ in found) else DONE


def told(asked: int, found: Counter[Outcome]) -> list[str]:
    """The sum of a request, in lines."""
    lines = [f"{asked} dead letters sent through again"]
    for name in sorted({name for name, _, _ in found}):
        of = Counter({(outcome, reason): n for (who, outcome, reason), n in found.items() if who == name})
        count = {each: sum(n for (outcome, _), n in of.items() if outcome == each) for each, _ in of}
        lines.append(
            f"  {name}: {count.get('applied', 0)} applied, {count.get('known', 0)} taken already, "
            f"{count.get('failed', 0)} failed again, {count.get(None, 0)} waiting"
        )
        lines += [
            f"    {n} failed: {_cut(reason or '')}"
            for (outcome, reason), n in sorted(of.items(), key=str)
            if outcome == "failed"
        ]
        if None in count:
            lines.append(
                f"    what waits is taken up as soon as {name} runs and is not held: evergreen status"
            )
    return lines


def _summed(kept: Mapping[str, Sequence[Letter]]) -> list[str]:
    """How many are open, by service, topic and reason, the most frequent first."""
    sums = Counter(
        (name, letter.topic, letter.reason) for name, letters in kept.items() for letter in letters
    )
    if not sums:
        return ["no dead letters are open"]
    lines = [
        f"{n:>7}  {name:<12} {topic:<12} {_cut(reason)}" for (name, topic, reason), n in sums.most_common()
    ]
    return [
        f"{'letters':>7}  {'kept by':<12} {'topic':<12} reason",
        *lines,
        "",
        "send some through again: evergreen redrive --reason REGEX (or --place, --since, --until, --all)",
    ]


def _each(kept: Mapping[str, Sequence[Letter]]) -> list[str]:
    lines = [
        f"{letter.place:<24} attempt {letter.attempt}, kept by {name}{' for all' if letter.for_all else ''} "
        f"{letter.recorded:%Y-%m-%d %H:%M:%S}: {_cut(letter.reason)}"
        for name, letters in kept.items()
        for letter in letters
    ]
    return [*lines, f"{len(lines)} dead letters would be sent through again"]


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDEST else line[: WIDEST - 1] + "…"


def _urls(arguments: argparse.Namespace) -> dict[str, str]:
    named = dict(arguments.database or ())
    if unknown := sorted(named.keys() - set(STAGES)):
        raise Trouble(f"there is no service {unknown[0]}: there are {', '.join(STAGES)}")
    if named:
        return named
    return {name: each.database_url for name, each in House.load(arguments.directory).services.items()}


def _read_by() -> dict[str, list[str]]:
    return {page["topic"]: [each for each in page["read_by"] if each in STAGES] for page in topics.pages()}
