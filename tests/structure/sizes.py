"""How long the Python files are."""

from pathlib import Path
from statistics import median

from tests.structure.files import own_files

MEDIAN = 80
LONGEST = 200


def oversizes(root: Path) -> list[str]:
    """Files over the limit by name, and the median when it is over its own."""
    lengths = {path.relative_to(root): len(path.read_text().splitlines()) for path in own_files(root, "*.py")}
    found = [
        f"{path}: {lines} lines, {LONGEST} at most" for path, lines in lengths.items() if lines > LONGEST
    ]
    middle = median(lines for lines in lengths.values() if lines)
    return [*found, f"the median file has {middle:g} lines, {MEDIAN} at most"] if middle > MEDIAN else found
