"""A user's own purchases from a CSV file. A row that can't be read is named, never dropped in silence."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from deploy.errors import Trouble
from deploy.purchases.customers import Unkeyed, customer_key, hashed, looks_personal
from deploy.purchases.moments import Reader, Untimed
from deploy.purchases.money import Unpriced, minor_units
from deploy.purchases.purchase import DAY, Log, Purchase, Refused, midnight
from deploy.purchases.sheet import Row, fold, open_sheet


@dataclass(frozen=True, slots=True)
class Columns:
    """What the file calls its columns. `currency` is a column unless `all_in` names one for all rows."""

    customer: str = "customer"
    time: str = "time"
    amount: str = "amount"
    currency: str = "currency"
    all_in: str | None = None

    def wanted(self) -> dict[str, str]:
        """Each column needed, with the option that renames it."""
        options = {
            self.customer: "--customer-column",
            self.time: "--time-column",
            self.amount: "--amount-column",
        }
        return (
            options
            if self.all_in
            else {**options, self.currency: "--currency-column, or --currency EUR for all"}
        )


@dataclass(frozen=True, slots=True)
class Manner:
    """How the file writes things. With a `secret`, customers are hashed. Up to `until` it is complete."""

    reader: Reader
    columns: Columns = field(default_factory=Columns)
    encoding: str = "utf-8"
    decimal_comma: bool = False
    rounded: bool = False
    secret: bytes | None = None
    until: datetime | None = None


def csv_log(path: Path, manner: Manner) -> Log:
    """All purchases of the file and all refusals. Trouble when the file has no readable row at all."""
    reading = _Reading(manner)
    for line, row in open_sheet(path, manner.columns.wanted(), manner.encoding).rows():
        reading.hear(line, row)
    if not reading.purchases:
        raise Trouble(f"{path} has no readable purchase. {_first(reading.refused)}")
    return Log(
        f"/files/{_slug(path.stem)}", reading.purchases, _end(reading.purchases, manner), reading.refused,
        reading.names, reading.warnings(),
    )  # fmt: skip


@dataclass(slots=True)
class _Reading:
    """Rows turned into purchases one by one."""

    manner: Manner
    purchases: list[Purchase] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)

    def hear(self, line: int, row: Row | Refused) -> None:
        if isinstance(row, Refused):
            self.refused.append(row)
            return
        try:
            self.purchases.append(self._purchase(row))
        except (Unkeyed, Untimed, Unpriced) as error:
            self.refused.append(Refused(line, str(error)))

    def _purchase(self, row: Row) -> Purchase:
        manner, columns = self.manner, self.manner.columns
        customer = self._customer(row[fold(columns.customer)])
        time = manner.reader.read(row[fold(columns.time)])
        currency = (columns.all_in or row[fold(columns.currency)]).strip().upper()
        amount = minor_units(row[fold(columns.amount)], currency, manner.decimal_comma, manner.rounded)
        return Purchase(
            self._id(f"{customer}\n{time.isoformat()}\n{amount}\n{currency}"),
            customer,
            time,
            amount,
            currency,
        )

    def _customer(self, text: str) -> str:
        if self.manner.secret is None:
            return customer_key(text)
        if not (name := text.strip()):
            raise Unkeyed("customer is empty")
        key = hashed(name, self.manner.secret)
        self.names[key] = name
        return key

    def _id(self, content: str) -> str:
        """By what the row says and how many said so before: a newer export gives old rows their old ids."""
        self.seen[content] += 1
        return hashlib.sha256(f"{content}\n{self.seen[content]}".encode()).hexdigest()[:32]

    def warnings(self) -> list[str]:
        """What the reader of the file should know, beside the refusals."""
        personal = len(
            {purchase.customer for purchase in self.purchases if looks_personal(purchase.customer)}
        )
        if not personal:
            return []
        return [f"{personal} customer ids look like e-mail addresses and would be in Kafka: --hash-customers"]


def _end(purchases: list[Purchase], manner: Manner) -> datetime:
    """`until`, or the midnight after the last purchase, or now when that midnight is yet to come."""
    last = max(purchase.time for purchase in purchases)
    if manner.until is None:
        return min(midnight(last) + DAY, manner.reader.latest)
    if manner.until <= last:
        raise Trouble(
            f"--until {manner.until:%Y-%m-%d} is not after the last purchase, {last:%Y-%m-%d %H:%M} UTC"
        )
    if manner.until > manner.reader.latest + timedelta(minutes=1):
        raise Trouble(f"--until {manner.until:%Y-%m-%d} lies in the future: nothing can be known up to there")
    return manner.until


def _first(refused: list[Refused]) -> str:
    return "; ".join(map(str, refused[:5])) or "It has a header and no rows."


def _slug(name: str) -> str:
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name)[:80] or "log"
