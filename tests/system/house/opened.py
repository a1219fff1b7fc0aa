"""Houses as `evergreen up` opens them, brought down and forgotten in the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.evergreen import main
from deploy.local.house import closing
from deploy.local.house.house import House


def up(directory: Path, *words: str) -> House:
    """The house once the command has said that all went well."""
    assert main(["up", "--directory", str(directory), *words]) == 0
    return House.load(directory)


@contextmanager
def forgotten(*directories: Path) -> Iterator[None]:
    """Whatever was opened there, nothing of it runs or lies there in the end."""
    try:
        yield
    finally:
        for directory in directories:
            closing.bring_down(directory)
            closing.forget(directory)


@contextmanager
def opened(directory: Path, *words: str) -> Iterator[House]:
    with forgotten(directory):
        yield up(directory, *words)
