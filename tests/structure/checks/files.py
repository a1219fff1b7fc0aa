"""The project's own files under a root: not the environments, the caches or the data that lie beside them."""

from collections.abc import Iterator
from pathlib import Path

NOT_OURS = {"var", "__pycache__", "node_modules"}


def own_files(root: Path, pattern: str = "*") -> Iterator[Path]:
    """Sorted, without anything below a hidden directory but .ci."""
    for path in sorted(root.iterdir()):
        if path.is_dir() and is_ours(path.name):
            yield from own_files(path, pattern)
        elif path.is_file() and path.name != ".git" and path.match(pattern):  # a file in a linked worktree
            yield path


def is_ours(directory: str) -> bool:
    return directory not in NOT_OURS and (not directory.startswith(".") or directory == ".ci")
