"""What the command line can say about a log and the way it is played."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.errors import Trouble
from deploy.places import VAR
from deploy.playing.player import WEEK, Manner
from deploy.playing.poison import poisons
from deploy.playing.timetable import Disorder
from deploy.purchases import csv_file as csvlog
from deploy.purchases.cdnow import cdnow
from deploy.purchases.csv_file import Columns, csv_log
from deploy.purchases.customers import secret_of
from deploy.purchases.moments import Reader, Untimed, zone
from deploy.purchases.purchase import Log

SECRET = VAR / "customers.key"
MOST_DAYS = 366
AHEAD = timedelta(weeks=8)


def add_csv_options(parser: argparse.ArgumentParser) -> None:
    """How a CSV of purchases is to be read."""
    group = parser.add_argument_group("reading a CSV of purchases")
    for name in ("customer", "time", "amount", "currency"):
        group.add_argument(
            f"--{name}-column", default=name, metavar="NAME", help=f"the column (default: {name})"
        )
    group.add_argument("--currency", metavar="CODE", help="the currency of all rows, such as EUR")
    group.add_argument(
        "--date-format", metavar="FORMAT", help="as in '%%d/%%m/%%Y', or epoch, or epoch-ms (ISO 8601)"
    )
    group.add_argument(
        "--timezone", default="UTC", metavar="ZONE", help="of times that name none (default: UTC)"
    )
    group.add_argument("--decimal-comma", action="store_true", help="12,50 is twelve and a half")
    group.add_argument("--round-amounts", action="store_true", help="round amounts with too many decimals")
    group.add_argument("--encoding", default="utf-8", help="of the file (default: utf-8)")
    group.add_argument(
        "--until", metavar="DATE", help="the log is complete up to here (the midnight after its end)"
    )
    group.add_argument(
        "--hash-customers", action="store_true", help="keyed hashes as customer ids, no personal data"
    )


def add_play_options(parser: argparse.ArgumentParser) -> None:
    """How a log is to be played."""
    group = parser.add_argument_group("playing it")
    group.add_argument(
        "--shuffle-days", type=_days, default=0.0, metavar="D", help="rows come up to D days late"
    )
    group.add_argument(
        "--duplicates", type=_count, default=0, metavar="N", help="N rows come once more, any time later"
    )
    group.add_argument(
        "--poison", action="store_true", help="strew in one record of every kind that must be refused"
    )
    group.add_argument("--seed", type=int, default=1997, help="of all that is random (default: 1997)")
    group.add_argument(
        "--pace", type=_pace, metavar="WEEKS", help="weeks of the log a second; 0: as fast as can be"
    )
    group.add_argument(
        "--sample", type=_count, default=100, metavar="N", help="trace one event in N; 0: none (100)"
    )


def _days(text: str) -> float:
    days = float(text)
    if not 0 <= days <= MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and {MOST_DAYS} days")
    return days


def _count(text: str) -> int:
    count = int(text)
    if count < 0:
        raise argparse.ArgumentTypeError(f"{text} is negative")
    return count


def _pace(text: str) -> float:
    pace = float(text)
    if not 0 <= pace < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number of weeks a second")
    return pace


def read_log(name: str | None, args: argparse.Namespace, now: datetime) -> Log:
    """The CDNOW sample (None or `cdnow`), or the CSV file of that name. Trouble when it can't be read."""
    if name is None or name == "cdnow":
        return cdnow()
    latest = now.replace(microsecond=0)
    columns = Columns(
        args.customer_column, args.time_column, args.amount_column, args.currency_column, args.currency
    )
    secret = secret_of(SECRET) if args.hash_customers else None
    reader = Reader(latest, args.date_format, zone(args.timezone))
    manner = csvlog.Manner(
        reader, columns, args.encoding, args.decimal_comma, args.round_amounts, secret, _until(args, reader)
    )
    return csv_log(Path(name), manner)


def _until(args: argparse.Namespace, reader: Reader) -> datetime | None:
    if args.until is None:
        return None
    try:
        return Reader(datetime.max.replace(tzinfo=UTC), zone=reader.zone).read(args.until)
    except Untimed as error:
        raise Trouble(f"--until: {error}") from None


def manner_of(args: argparse.Namespace, log: Log, seconds: float = 0.0) -> Manner:
    """As the options say; without --pace the whole log takes about so many seconds (0: as fast as can be).

    A paced log that is watched also waits for what is judged, so that what is seen belongs together.
    """
    disorder = Disorder(args.shuffle_days, args.duplicates, args.seed)
    weeks = (log.end - log.opens) / WEEK
    pace = args.pace if args.pace is not None else weeks / seconds if seconds else 0.0
    ahead = AHEAD + timedelta(days=args.shuffle_days) if seconds and pace else None
    return Manner(disorder, pace, args.sample, poisons=tuple(poisons()) if args.poison else (), ahead=ahead)
