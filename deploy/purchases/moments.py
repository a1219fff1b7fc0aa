"""Times as exports write them, to aware UTC."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deploy.errors import Trouble
from shared.contracts.signals import EARLIEST


class Untimed(ValueError):
    """The text is not a moment we can trust; the message says why."""


@dataclass(frozen=True, slots=True)
class Reader:
    """How this file writes its times: ISO 8601, or `format` (strptime's, or `epoch`, `epoch-ms`).

    `zone` is what a time without one means; after `latest` no purchase can have happened.
    """

    latest: datetime
    format: str | None = None
    zone: tzinfo = UTC

    def read(self, text: str) -> datetime:
        """The moment in UTC, or Untimed."""
        moment = self._parse(text.strip())
        aware = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
        try:
            utc = aware.astimezone(UTC)
        except OverflowError:
            raise Untimed(f"time {text!r} lies outside the calendar") from None
        if not EARLIEST <= utc <= self.latest:
            raise Untimed(f"time {text!r} lies {'in the future' if utc > self.latest else 'before 1980'}")
        return utc

    def _parse(self, text: str) -> datetime:
        try:
            if self.format in ("epoch", "epoch-ms"):
                return datetime.fromtimestamp(float(text) / (1000 if self.format == "epoch-ms" else 1), UTC)
            return datetime.strptime(text, self.format) if self.format else datetime.fromisoformat(text)  # noqa: DTZ007
        except (ValueError, OverflowError, OSError):
            wanted = f"of the form {self.format}" if self.format else "ISO 8601 (--date-format reads others)"
            raise Untimed(f"time {text!r} is not {wanted}") from None


def zone(name: str) -> tzinfo:
    """A time zone by its IANA name; Trouble when this machine does not know it."""
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Trouble(
            f"time zone {name!r} is not known here: use an IANA name such as Europe/Berlin"
            " (a machine without any has them after: apt-get install tzdata)"
        ) from None
