"""A shop at a steady pace, a process of its own: the measured week published in so many seconds.

`python -m bench.load.steady BOOTSTRAP EVENTS SECONDS PEOPLE` answers when each returning customer was
published.
"""

import asyncio
import json
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from bench.load.customers import rush
from bench.load.events import Record
from bench.load.log import HEADERS, producer
from bench.load.sizes import SIGNALS, Sizes

PACE = 0.005


async def publish(
    bootstrap: str, records: Sequence[Record], seconds: float, noted: Collection[bytes]
) -> dict[str, float]:
    """At an even rate; the moment (seconds since the epoch) at which each of the noted keys was sent."""
    sent: dict[str, float] = {}
    async with producer(bootstrap) as client:
        start, done = time.time(), 0
        while done < len(records):
            due = min(len(records), int((time.time() - start) / seconds * len(records)) + 1)
            for each in records[done:due]:
                if each.key and each.key in noted:
                    sent[each.key.decode()] = time.time()
                await client.send(SIGNALS, each.value, each.key, each.partition, headers=HEADERS)
            done = due
            await asyncio.sleep(PACE)
        await client.flush()
        took = time.time() - start
    return {**sent, "": took}


def main() -> None:
    bootstrap, events, seconds, file = sys.argv[1:]
    people = json.loads(Path(file).read_text())
    sizes = replace(Sizes(), rush=int(events))
    records = list(rush(sizes, people["buyers"], people["returning"]))
    noted = {customer.encode() for customer in people["returning"]}
    sent = asyncio.run(publish(bootstrap, records, float(seconds), noted))
    took = sent.pop("")
    print(json.dumps({"sent": sent, "per_second": len(records) / took}), flush=True)


if __name__ == "__main__":
    main()
