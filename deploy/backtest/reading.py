"""A log from a file into columns: CSV of purchases, or JSON lines of events."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from deploy.errors import Trouble
from deploy.purchases.cdnow import cdnow
from deploy.purchases.customers import Unkeyed, customer_key
from deploy.purchases.moments import Reader, Untimed, zone
from deploy.purchases.money import Unpriced, minor_units
from deploy.purchases.purchase import Refused
from deploy.purchases.sheet import Row, fold, open_sheet
from services.insight.backtest.log.gathering import Gathering
from services.insight.backtest.log.history import History
from shared.contracts.reading import Unknown, Unreadable, read
from shared.contracts.signals import EARLIEST, SIGNALS

JSON = (".jsonl", ".ndjson", ".json")
UNKNOWN_CURRENCY = "XXX"
"""ISO 4217's code for no currency."""
REFUSALS_KEPT = 1_000


@dataclass(slots=True)
class Reading:
    """What was read, and what was not: the first refusals, how many there are, and notes for who reads on."""

    history: History
    refused: Sequence[Refused]
    refusals: int
    notes: Sequence[str]


class _Refusals:
    def __init__(self) -> None:
        self.kept: list[Refused] = []
        self.count = 0

    def add(self, line: int, reason: str) -> None:
        self.count += 1
        if len(self.kept) < REFUSALS_KEPT:
            self.kept.append(Refused(line, reason))


def read_history(args: argparse.Namespace, now: datetime) -> Reading:
    """The log that the options name. Trouble when it holds nothing that can be judged."""
    gathering, refused, notes = Gathering(), _Refusals(), list[str]()
    path = Path(args.log)
    if args.log == "cdnow":
        for each in cdnow().purchases:
            gathering.bought(each.customer, each.time, each.amount, each.currency)
    elif _is_json(path):
        _read_json(path, now, gathering, refused, notes)
    else:
        _read_csv(path, args, now, gathering, refused, notes)
    if not len(gathering):
        first = "; ".join(map(str, refused.kept[:5])) or "it has no rows"
        raise Trouble(f"{args.log} holds nothing to judge by: {first}")
    history = gathering.history()
    if gathering.doubles:
        notes.append(f"{gathering.doubles:,} events were told more than once, and count once")
    return Reading(history, refused.kept, refused.count, notes)


def _is_json(path: Path) -> bool:
    if path.suffix.lower() in JSON:
        return True
    try:
        with path.open("rb") as file:
            return file.read(64).lstrip().startswith(b"{")
    except OSError as error:
        raise Trouble(f"{path} can't be read: {error.strerror}") from None


def _read_json(path: Path, now: datetime, gathering: Gathering, refused: _Refusals, notes: list[str]) -> None:
    others = 0
    for number, line in _lines(path):
        try:
            event = read(line, [], SIGNALS)
            if not EARLIEST <= event.time <= now:
                when = "in the future" if event.time > now else "before 1980"
                raise Unreadable(f"time {event.time:%Y-%m-%d} lies {when}")
            others += not gathering.hear(event)
        except Unknown:
            others += 1
        except Unreadable as reason:
            refused.add(number, str(reason))
    if others:
        notes.append(f"{others:,} events are of types that no rule hears")


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                if line := raw.strip():
                    yield number, line
    except OSError as error:
        raise Trouble(f"{path} can't be read: {error.strerror}") from None


def _read_csv(
    path: Path, args: argparse.Namespace, now: datetime, gathering: Gathering, refused: _Refusals,
    notes: list[str],
) -> None:  # fmt: skip
    reader = Reader(now, args.date_format, zone(args.timezone or args.zone))
    wanted = {args.customer_column: "--customer-column", args.time_column: "--time-column"}
    sheet = open_sheet(path, wanted, args.encoding)
    priced = _priced(args, [fold(column) for column in sheet.columns], notes)
    customer, time = fold(args.customer_column), fold(args.time_column)
    price = lru_cache(100_000)(minor_units)
    for line, row in sheet.rows():
        if isinstance(row, Refused):
            refused.add(row.line, row.reason)
            continue
        try:
            amount, currency = _price(row, args, price) if priced else (0, UNKNOWN_CURRENCY)
            gathering.bought(customer_key(row[customer]), reader.read(row[time]), amount, currency)
        except (Unkeyed, Untimed, Unpriced) as error:
            refused.add(line, str(error))


def _priced(args: argparse.Namespace, columns: Sequence[str], notes: list[str]) -> bool:
    needed = [args.amount_column] + ([] if args.currency else [args.currency_column])
    missing = [name for name in needed if fold(name) not in columns]
    if missing:
        notes.append(f"no column {', '.join(map(repr, missing))}: purchases are judged without amounts")
    return not missing


def _price(row: Row, args: argparse.Namespace, price) -> tuple[int, str]:  # type: ignore[no-untyped-def]
    currency = (args.currency or row[fold(args.currency_column)]).strip().upper()
    amount = price(row[fold(args.amount_column)], currency, args.decimal_comma, args.round_amounts)
    return amount, currency
