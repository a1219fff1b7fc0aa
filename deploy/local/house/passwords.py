"""The passwords of the principals of a house on Kafka: a file each of their name, for its owner alone."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

FOLDER = "secrets"


def made(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The password of each, made up and kept where there is none yet."""
    folder.mkdir(mode=0o700, exist_ok=True)
    return {name: _made(folder / name) for name in names}


def _made(file: Path) -> str:
    if not file.exists():
        fresh = file.with_name(f".{file.name}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(24))
        fresh.replace(file)
    return file.read_text()
