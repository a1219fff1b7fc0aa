"""`make starts`: fresh houses started and stopped in a row, by the commands that a user types.

A failure does not end it: that house's directory stays, with its logs and what the commands said. Exit code 1
when there was one, or when something of a house ran on after `down`.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from deploy.local.house import closing
from deploy.local.process.pid_files import found
from deploy.places import ROOT, VAR

TOLD_EVERY = 10
SECONDS = 300.0


def arguments(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make starts", description=__doc__.partition("\n")[0])
    parser.add_argument("--times", type=int, default=200, metavar="N", help="houses (default: 200)")
    parser.add_argument(
        "--whole", action="store_true", help="with all services and a ticker (default: Kafka and PostgreSQL)"
    )
    parser.add_argument("--directory", type=Path, default=VAR / "starts", help="default: var/starts")
    return parser.parse_args(words)


def once(house: Path, whole: bool) -> str:
    """What went wrong with this house, nothing when all went well."""
    parts = () if whole else ("--services", "", "--clock", "log")
    said = [_evergreen("up", house, *parts), _evergreen("down", house)]
    left = [one.name for one in found(closing.pids(house))]
    said += [f"still running after down: {', '.join(left)}"] if left else []
    return "\n".join(each for each in said if each)


def _evergreen(name: str, house: Path, *words: str) -> str:
    command = [sys.executable, "-m", "deploy.evergreen", name, "--directory", str(house), *words]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"{name} took more than {SECONDS:.0f} s"
    return f"{name} ended with {done.returncode}:\n{done.stdout}{done.stderr}" if done.returncode else ""


def starts(directory: Path, times: int, whole: bool) -> Iterator[tuple[float, str]]:
    """Seconds and what went wrong, house by house."""
    for number in range(1, times + 1):
        house, began = directory / f"{number:03}", time.monotonic()
        closing.bring_down(house)
        closing.forget(house)
        wrong = once(house, whole)
        if wrong:
            (house / "said.txt").write_text(wrong + "\n")
        else:
            closing.forget(house)
        yield time.monotonic() - began, wrong


def main(words: list[str]) -> int:
    asked = arguments(words)
    directory = asked.directory.resolve()
    seconds: list[float] = []
    failed: list[int] = []
    for number, (took, wrong) in enumerate(starts(directory, asked.times, asked.whole), start=1):
        seconds.append(took)
        if wrong:
            failed.append(number)
            print(f"{number:4}  FAILED, kept in {directory / f'{number:03}'}:\n{wrong}", flush=True)
        elif number % TOLD_EVERY == 0 or number == asked.times:
            print(f"{number:4}  {len(failed)} failed, median {median(seconds):.1f} s", flush=True)
    print(
        f"{len(seconds)} starts and stops, {len(failed)} failed; seconds each:"
        f" {min(seconds):.1f} at best, {median(seconds):.1f} median, {max(seconds):.1f} at worst"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
