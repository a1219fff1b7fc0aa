"""`python -m bench`: measures, prints, writes var/bench/report.json and report.png.

Exit 0 even when a bar is missed: it measures, others judge.
"""

import argparse
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench.load.sizes import QUICK, Sizes
from bench.measuring.contenders import CONTENDERS
from bench.measuring.latency import latency
from bench.measuring.machine import machine
from bench.measuring.rounds import rounds
from bench.measuring.silence import silence
from bench.picture import draw
from bench.report import page, report
from bench.testbed.testbed import Testbed, prepare
from deploy.places import VAR

KEYS = (*(each.key for each in CONTENDERS), "latency", "silence")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one repetition instead of three")
    parser.add_argument("--only", nargs="+", choices=KEYS, default=KEYS, metavar="WHAT", help=", ".join(KEYS))
    parser.add_argument(
        "--directory", type=Path, default=VAR / "bench", help="where the house and the report go"
    )
    return parser.parse_args()


def teller() -> Callable[[str], None]:
    """Progress with the seconds since now."""
    began = time.monotonic()
    return lambda text: print(f"{time.monotonic() - began:6.1f} s  {text}", flush=True)


def measure(testbed: Testbed, only: list[str]) -> dict[str, Any]:
    """Everything asked for, in turn."""
    about = machine(testbed.house)
    chosen = [each for each in CONTENDERS if each.key in only]
    runs, failed = rounds(testbed, chosen)
    quiet = busy = None
    if "silence" in only:
        testbed.tell(f"silence: nights until {testbed.sizes.alerts:,} alerts have come")
        quiet = attempt(lambda: silence(testbed), "silence", failed)
    if "latency" in only and "insight" not in only:
        failed["latency"] = "half of insight's rate is its load: ask for --only insight latency"
    elif "latency" in only and runs.get("insight"):
        full = median(run.per_second for run in runs["insight"])
        testbed.tell(f"latency: half of {full:,.0f} events/s for {testbed.sizes.load_seconds:.0f} s")
        busy = attempt(lambda: latency(testbed, full), "latency", failed)
    what = {each.key: each.what for each in chosen}
    found = report(about, runs, what, busy, quiet)
    return {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), **found, "failed": failed}


def attempt(work: Callable[[], dict[str, Any]], key: str, failed: dict[str, str]) -> dict[str, Any] | None:
    """What it measured, or None with the reason among the failed."""
    try:
        return work()
    except (RuntimeError, TimeoutError) as error:
        failed[key] = str(error)
        return None


def main() -> None:
    asked = arguments()
    tell = teller()
    sizes: Sizes = QUICK if asked.quick else Sizes()
    testbed = prepare(asked.directory, sizes, tell)
    try:
        found = measure(testbed, list(asked.only))
    finally:
        testbed.house.close()
    file = asked.directory / "report.json"
    file.write_text(json.dumps(found, indent=2) + "\n")
    if found["contenders"]:
        draw(found["contenders"], asked.directory / "report.png")
    print(f"\n{page(found)}\n")
    for key, why in found["failed"].items():
        print(f"failed: {key}: {why}")
    print(f"written: {file}")


if __name__ == "__main__":
    main()
