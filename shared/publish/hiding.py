"""Who hides the log from the relay: whatever is written while a transaction runs waits for its end. Pure."""

from collections.abc import Mapping
from typing import Any

HELD_AFTER = 5.0
"""Seconds that one transaction may hide something before it is named."""


class Hiding:
    """Since when the same transaction hides rows of ours."""

    def __init__(self) -> None:
        self._xid, self._since = "", 0.0

    def problem(self, holder: Mapping[str, Any] | None, now: float) -> str | None:
        """Whom to ask; PostgreSQL tells a service no more of another role's session."""
        if holder is None or holder["xid"] != self._xid:
            self._xid, self._since = holder["xid"] if holder else "", now
        if holder is None or now - self._since < HELD_AFTER:
            return None
        whose = "a prepared transaction (pg_prepared_xacts)"
        if holder["pid"] is not None:
            whose = "a transaction of process {pid} in database {datname}, role {usename}".format_map(holder)
            whose += f", application {holder['application_name']!r}" if holder["application_name"] else ""
        return (
            f"{whose} hides what was decided since it began, on the whole server: end it, or wait for its end"
        )
