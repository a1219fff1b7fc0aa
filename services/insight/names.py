"""Names that begin alike."""

from collections.abc import Iterable
from itertools import takewhile

AT_MOST = 5


def alike(name: str, others: Iterable[str]) -> list[str]:
    """Those that share their beginning with the name, the longest shared first; at most five."""
    found = sorted((-shared, other) for other in others if (shared := _shared(name, other)))
    return [other for _, other in found[:AT_MOST]]


def _shared(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
