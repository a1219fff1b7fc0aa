"""W3C trace context for events that have none: derived from the event, so that a replay repeats it."""

import hashlib


def traceparent(source: str, id: str, sample: int = 100) -> str:
    """`00-<trace>-<span>-<flags>`; 1 in `sample` is sampled, none when it is 0."""
    digest = hashlib.sha256(f"{source}\n{id}".encode()).digest()
    chosen = sample > 0 and int.from_bytes(digest[24:]) % sample == 0
    return f"00-{digest[:16].hex()}-{digest[16:24].hex()}-{'01' if chosen else '00'}"
