"""Addresses of package registries, and paths of one machine, in the project's files: they are its user's.

The patterns are written in pieces so that this file does not hold what it looks for.
"""

import re
from pathlib import Path

from tests.structure.checks.files import own_files

HOSTS = (
    *(
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("repo1", "maven", "org"),
        ("repo", "maven", "apache", "org"),
    ),
    *(("registry", "npmjs", "org"), ("deb", "debian", "org"), ("crates", "io"), ("proxy", "golang", "org")),
)
PATHS = (("work",), ("root",), ("home", r"\w+"), ("Users", r"\w+"), ("tmp", "spike"), ("opt", "wheels"))
HOST = "|".join(r"\.".join(host) for host in HOSTS)
PATH = "|".join("/".join(path) for path in PATHS)
ADDRESS = re.compile(rf"\b(?:{HOST})\b|(?<![\w.}})])/(?:{PATH})(?![\w-])")


def addresses(root: Path) -> list[str]:
    """`deploy/x.py:3: what stands there`, one for each line of a text file."""
    return [
        f"{path.relative_to(root)}:{number}: {found.group()}"
        for path in own_files(root)
        for number, line in enumerate(lines(path), 1)
        if (found := ADDRESS.search(line))
    ]


def lines(path: Path) -> list[str]:
    content = path.read_bytes()
    return [] if b"\0" in content else content.decode(errors="replace").splitlines()
