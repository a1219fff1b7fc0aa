"""Data made beside their place, so that an interrupted start leaves nothing half made in it."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "fresh-"


@contextmanager
def unfinished(home: Path) -> Iterator[Path]:
    """A new folder below home, gone at the end; so are those that killed starts left behind."""
    for left in home.glob(f"{PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix=PREFIX, dir=home))
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
