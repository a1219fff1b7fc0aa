"""Where shared/ names a stage outside its contracts: a mechanism that knows a stage hides a rule."""

import re
from pathlib import Path

from tests.structure.checks.files import own_files


def stage_names(root: Path) -> list[str]:
    """`shared/relay.py:7: insight`, one for each line; the stages are the folders of services/."""
    stages = [
        each.name for each in (root / "services").iterdir() if each.is_dir() and each.name[0] not in "_."
    ]
    word = re.compile(rf"(?<![a-z])({'|'.join(stages)})(?![a-z])", re.IGNORECASE)
    return [
        f"{path.relative_to(root)}:{number}: {found.group(1)}"
        for path in own_files(root / "shared")
        if path.is_relative_to(root / "shared" / "contracts") is False
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if (found := word.search(line))
    ]
