"""Everybody once, then everybody again: what the machine does meanwhile falls on all alike."""

import time
from collections.abc import Sequence

from bench.figures import Run
from bench.measuring.contenders import Contender
from bench.testbed.testbed import Testbed


def rounds(testbed: Testbed, contenders: Sequence[Contender]) -> tuple[dict[str, list[Run]], dict[str, str]]:
    """The runs of each by key, in order; and why some have none or fewer."""
    runs: dict[str, list[Run]] = {each.key: [] for each in contenders}
    failed: dict[str, str] = {}
    for turn in range(testbed.sizes.repetitions):
        for each in contenders:
            began = time.monotonic()
            try:
                run = each.run(testbed, turn)
            except (RuntimeError, TimeoutError) as error:
                failed[each.key] = str(error)
                testbed.tell(f"round {turn + 1}  {each.key:<11} failed: {error}")
                continue
            runs[each.key].append(run)
            testbed.tell(_line(each.key, turn, run, time.monotonic() - began))
    return runs, failed


def _line(key: str, turn: int, run: Run, took: float) -> str:
    return (
        f"round {turn + 1}  {key:<11}{run.per_second:>9,.0f} events/s"
        f"{run.cpu_per_million:>9,.0f} CPU s/million   ({took:.0f} s)"
    )
