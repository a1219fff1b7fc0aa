"""Which pure modules read the wall clock through `datetime`, where the import alone says nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.structure.checks.purity import is_shell

READS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}


def clock_reads(root: Path) -> list[str]:
    """`services/insight/journey.py:12: datetime.now`, one for each call; time is an argument."""
    return [
        f"{path.relative_to(root)}:{line}: {call}"
        for top in ("services", "shared")
        for path in sorted((root / top).rglob("*.py"))
        if not is_shell(".".join(path.relative_to(root).with_suffix("").parts))
        for line, call in calls(ast.parse(path.read_text()))
    ]


def calls(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value).rpartition(".")[2]
            if (owner, node.attr) in READS:
                yield node.lineno, f"{owner}.{node.attr}"
