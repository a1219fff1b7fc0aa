"""How a record that could not be taken is kept and sent on: its bytes unchanged, its place, the reason."""

import base64
from collections.abc import Sequence

import orjson

Headers = Sequence[tuple[str, bytes | None]]


def headers_json(headers: Headers) -> str:
    """Headers as a JSON list of [name, base64 or null]: any bytes survive."""
    pairs = [[name, None if raw is None else base64.b64encode(raw).decode()] for name, raw in headers]
    return orjson.dumps(pairs).decode()


def headers_back(text: str) -> list[tuple[str, bytes | None]]:
    """The headers that `headers_json` kept."""
    return [(name, None if raw is None else base64.b64decode(raw)) for name, raw in orjson.loads(text)]


def dead_letter_headers(
    service: str, topic: str, partition: int, offset: int, reason: str, attempt: int, original: Headers
) -> list[tuple[str, bytes]]:
    """The headers of a dead letter: who refused it, where it lay and why, then its own as `original-*`."""
    place = {
        "evergreen-refused-by": service,
        "evergreen-topic": topic,
        "evergreen-partition": str(partition),
        "evergreen-offset": str(offset),
        "evergreen-reason": reason,
        "evergreen-attempt": str(attempt),
    }
    kept = [(f"original-{name}", raw or b"") for name, raw in original]
    return [(name, text.encode()) for name, text in place.items()] + kept
