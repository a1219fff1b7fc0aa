"""How long the Python files are, and how many of them a folder holds."""

from collections import Counter
from pathlib import Path
from statistics import median

from tests.structure.checks.files import own_files

MEDIAN = 80
LONGEST = 200
FULL = 12
UNPARTED = {"services/insight", "tests/insight"}
"""Insight's rooms, until its rules are rewritten."""


def oversizes(root: Path) -> list[str]:
    """Files over the limit by name, and the median when it is over its own."""
    lengths = {path.relative_to(root): len(path.read_text().splitlines()) for path in own_files(root, "*.py")}
    found = [
        f"{path}: {lines} lines, {LONGEST} at most" for path, lines in lengths.items() if lines > LONGEST
    ]
    middle = median(lines for lines in lengths.values() if lines)
    return [*found, f"the median file has {middle:g} lines, {MEDIAN} at most"] if middle > MEDIAN else found


def overfull(root: Path) -> list[str]:
    """Folders with more modules than one looks over at once; `__init__.py` does not count."""
    modules = (path for path in own_files(root, "*.py") if path.name != "__init__.py")
    counts = Counter(path.parent.relative_to(root).as_posix() for path in modules)
    return [
        f"{folder}: {count} modules, {FULL} at most"
        for folder, count in counts.items()
        if count > FULL and folder not in UNPARTED
    ]
