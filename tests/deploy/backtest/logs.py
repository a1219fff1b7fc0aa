"""Logs on disk, and the command on them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from bench.businesses.business import Business
from deploy.backtest.command import backtest
from deploy.evergreen import parser


def run(path: Path, *options: str) -> tuple[int, Mapping[str, Any]]:
    """How many rows were refused, and what the JSON says."""
    told = path.with_suffix(".told")
    words = ["backtest", "--log", str(path), "--json", str(told), "--processes", "1", *options]
    refused = backtest(parser(["backtest"]).parse_args(words))
    return refused, orjson.loads(told.read_bytes())


def written(path: Path, lines: Iterable[str]) -> Path:
    path.write_text("\n".join(lines) + "\n")
    return path


def shop(customers: int = 150, days: int = 400, seed: int = 3) -> list[str]:
    """Some buy for ever, every week or every month; half of them stop one day."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in range(customers):
        day, pace = float(chance.uniform(0, 100)), float(chance.choice([7, 14, 30]))
        until = float(chance.uniform(100, 800))
        while day < min(until, days):
            rows.append((day, _date(day), f"c{number:03}"))
            day += max(1.0, float(chance.gamma(4, pace / 4)))
    return ["customer,time,amount,currency", *(f"{who},{at},9.99,EUR" for _, at, who in sorted(rows))]


def _date(day: float) -> str:
    return str(np.datetime64("2024-01-01") + int(day))


def json_lines(path: Path, business: Business) -> Path:
    """As another system would have exported its events."""
    with path.open("wb") as file:
        for number, each in enumerate(business.log):
            event = {
                "specversion": "1.0", "id": f"e{number}", "source": "/made", "type": each.type,
                "subject": each.customer, "time": each.time.isoformat(), "data": each.data,
            }  # fmt: skip
            file.write(orjson.dumps(event) + b"\n")
    return path
