"""W3C traceparents as text: pure, so that a judgement may quote the traces it rests on."""

import re

# Version 00 is exactly 55 characters, later versions may carry more after a dash.
TRACEPARENT = re.compile(
    r"(?!ff|00.{53}.)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]([0-9a-f])(?:-.*)?"
)
SAMPLED = frozenset("13579bdf")


def trace_id(traceparent: str | None) -> str | None:
    """The 32 hexadecimal digits that all spans of a trace share; None for what is no traceparent."""
    match = TRACEPARENT.fullmatch(traceparent) if traceparent else None
    return match[1] if match else None


def sampled(traceparent: str | None) -> re.Match[str] | None:
    """Groups 1 and 2 are the trace and span id of a sampled traceparent; None for any other."""
    match = TRACEPARENT.fullmatch(traceparent) if traceparent else None
    return match if match and match[3] in SAMPLED else None
