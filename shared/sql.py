"""SQL lives in `.sql` files: `-- name: x`, a line that says why, the statement."""

import re
from collections.abc import Mapping
from pathlib import Path

NAMED = re.compile(r"^-- name: (\w+)\n(?:--[^\n]*\n)*(.*?);$", re.MULTILINE | re.DOTALL)


def statements(path: Path) -> Mapping[str, str]:
    """The statements of a file by name. Errors: a name that stands twice."""
    found: dict[str, str] = {}
    for name, text in NAMED.findall(path.read_text()):
        if name in found:
            raise ValueError(f"{path}: two statements are named {name}")
        found[name] = text
    return found
