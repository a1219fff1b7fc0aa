"""SQL lives in `.sql` files: `-- name: x`, a line that says why, the statement."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

Row = TypeVar("Row", bound=Sequence[Any])
NAMED = re.compile(r"^-- name: (\w+)\n(?:--[^\n]*\n)*(.*?);$", re.MULTILINE | re.DOTALL)


def statements(path: Path) -> Mapping[str, str]:
    """The statements of a file by name. Errors: a name that stands twice."""
    found: dict[str, str] = {}
    for name, text in NAMED.findall(path.read_text()):
        if name in found:
            raise ValueError(f"{path}: two statements are named {name}")
        found[name] = text
    return found


def columns(rows: Iterable[Sequence[Any]], width: int) -> list[list[Any]]:
    """Rows turned into `width` arrays for `unnest`."""
    turned = [list(column) for column in zip(*rows, strict=True)]
    return turned or [[] for _ in range(width)]


def bytes_of(row: Sequence[Any]) -> int:
    """What its texts and bytes come to."""
    return sum(len(each) for each in row if isinstance(each, bytes | str))


def portions(rows: Iterable[Row], most: int, size: Callable[[Row], int] = bytes_of) -> Iterator[list[Row]]:
    """Rows in their order, in portions that end once their sizes come to `most`."""
    portion: list[Row] = []
    total = 0
    for row in rows:
        portion.append(row)
        total += size(row)
        if total >= most:
            yield portion
            portion, total = [], 0
    if portion:
        yield portion
