"""The option that says which house is meant."""

import argparse
from pathlib import Path

from deploy.local.house.record import FILE
from deploy.places import ROOT, VAR

DEFAULT = VAR / "house"
# Where programs look for the house that `up` started.
LINK = VAR / FILE


def add_directory(parser: argparse.ArgumentParser) -> None:
    """Adds --directory."""
    parser.add_argument(
        "--directory",
        type=lambda text: Path(text).resolve(),
        default=DEFAULT,
        help="where the house keeps its data (default: var/house); another directory is another house",
    )


def link(directory: Path) -> Path:
    """Where programs find house.json: for the default house var/house.json as well, which is a link."""
    if directory != DEFAULT:
        return directory / FILE
    if not LINK.is_symlink():
        LINK.unlink(missing_ok=True)
        LINK.symlink_to(Path(DEFAULT.name) / FILE)
    return LINK


def shown(path: Path) -> str:
    """The path from where the user is, or from the checkout, when it lies below; in full otherwise."""
    for base in (Path.cwd(), ROOT):
        if path.is_relative_to(base):
            return str(path.relative_to(base))
    return str(path)
