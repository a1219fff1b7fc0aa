"""Whether the locks of requirements/ agree with each other and say a hash for everything."""

import re
from pathlib import Path

PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?==(\S+)(.*(?:\n    .*)*)", re.MULTILINE)
STANDS_ON = {"house": "run", "dask": "house", "dev": "dask"}


def disagreements(requirements: Path) -> list[str]:
    """A larger set that does not hold the very pins of the smaller one, and every pin without a hash."""
    locks = {path.stem: path.read_text() for path in sorted(requirements.glob("*.lock"))}
    pins = {name: {found[1]: found[2] for found in PIN.finditer(text)} for name, text in locks.items()}
    return [
        *(f"{name}.lock: {found[1]} has no hash" for name, found in unhashed(locks)),
        *(
            f"{larger}.lock: {package} is {pins[larger].get(package)}, {smaller}.lock has {version}"
            for larger, smaller in STANDS_ON.items()
            if larger in pins
            for package, version in pins[smaller].items()
            if pins[larger].get(package) != version
        ),
    ]


def unhashed(locks: dict[str, str]) -> list[tuple[str, re.Match[str]]]:
    return [
        (name, found)
        for name, text in locks.items()
        for found in PIN.finditer(text)
        if "--hash=sha256:" not in found[3]
    ]
