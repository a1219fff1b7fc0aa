"""As whom the servers run: PostgreSQL refuses to run as root."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from deploy.errors import Trouble

# The one made for it, where the machine has it; else the one that every Unix has.
NAMES = ("postgres", "nobody")
ELSEWHERE = Path("/var/tmp")


class Rights(TypedDict, total=False):
    """Arguments of subprocess.Popen that say as whom a program runs."""

    user: int
    group: int
    extra_groups: list[int]
    umask: int


@dataclass(frozen=True)
class Account:
    """An account of this machine without rights."""

    name: str
    uid: int
    gid: int

    def can(self, test: str, path: Path) -> bool:
        """Whether it passes `test -r`, `-w` or `-x` on the path, every folder above it included."""
        asked = subprocess.run(
            ["/usr/bin/env", "test", test, str(path)], cwd="/", check=False, **rights(self)
        )
        return asked.returncode == 0

    def own(self, directory: Path) -> Path:
        """Gives it the directory and all below, closed to others."""
        for folder, _, files in os.walk(directory):
            for path in (Path(folder), *(Path(folder) / file for file in files)):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)
        directory.chmod(0o700)
        return directory


def rights(account: Account | None) -> Rights:
    """Those of the account and nothing more; ours when there is none."""
    if account is None:
        return Rights()
    return Rights(user=account.uid, group=account.gid, extra_groups=[], umask=0o077)


def unprivileged() -> Account | None:
    """The account that servers run as when we are root; None when we are not: they run as ourselves then."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in NAMES:
        if name in known:
            return Account(name, known[name].pw_uid, known[name].pw_gid)
    raise Trouble(
        f"PostgreSQL won't run as root, and this machine has no account {' or '.join(NAMES)}: add one"
    )


def home(directory: Path, account: Account | None) -> Path:
    """Where the account can keep data: the directory, or a private one elsewhere when it can't get there."""
    directory.mkdir(parents=True, exist_ok=True)
    # Data that went elsewhere once stay there, even when the directory has been opened to all since.
    if account is None or (account.can("-x", directory) and not elsewhere(directory).exists()):
        return directory
    return _private(elsewhere(directory))


def elsewhere(directory: Path) -> Path:
    """The place that stands in for a directory which the account can't enter."""
    return ELSEWHERE / f"evergreen-{hashlib.sha256(str(directory).encode()).hexdigest()[:12]}"


def _private(place: Path) -> Path:
    """Made by us and ours alone: in a folder where anybody may write, a stranger's must not be taken."""
    try:
        place.mkdir()
    except FileExistsError as error:
        found = place.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise Trouble(
                f"{place} exists and is not ours: remove it, or keep the house where everybody may enter"
            ) from error
    place.chmod(0o711)
    return place


def reachable(root: Path, trees: Sequence[str], program: str, copy: Path, account: Account | None) -> Path:
    """The program below root, or its twin in a copy of these trees when the account can't get to it there."""
    if account is None or account.can("-x", root / program):
        return root / program
    if not copy.exists():
        copy.parent.mkdir(exist_ok=True)
        copy.parent.chmod(0o711)
        for left in copy.parent.glob(f".{copy.name}.*"):
            shutil.rmtree(left)  # a killed start's, a hundred megabytes
        fresh = copy.with_name(f".{copy.name}.{os.getpid()}")
        for tree in filter(lambda each: (root / each).exists(), trees):
            shutil.copytree(root / tree, fresh / tree, symlinks=True)
        account.own(fresh).replace(copy)
    return copy / program
