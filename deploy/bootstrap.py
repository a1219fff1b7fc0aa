"""Makes this checkout's Python environments from the hashed locks, with the standard library alone.

python3 deploy/bootstrap.py house    what the demo and the local house need, in .venv
python3 deploy/bootstrap.py dask     the same with Dask; dev: that with the tests and the linters
python3 deploy/bootstrap.py bench    the house with its peers, in .venv-bench

Does nothing when the environment already holds what its lock says. Progress and errors go to stderr.
Exit codes: 0 ready, 1 could not (the message names the way out), 2 unknown set, 130 interrupted.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]

if __name__ == "__main__" and _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)  # what is unfinished then is done anew by the next run

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PIP_WHEEL = "pip-26.3-py3-none-any.whl"
PIP_SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
LARGER_FIRST = ("dev", "dask", "house", "run")
VENVS = dict.fromkeys(reversed(LARGER_FIRST), ".venv")
VENVS.update({name: f".venv-{name}" for name in ("bench", "node", "locks")})
HOLDS = {name: LARGER_FIRST[place:] for place, name in enumerate(LARGER_FIRST)}
MEGABYTES = {"run": 600, "house": 1000, "dask": 1100, "dev": 1400, "bench": 1400, "node": 400, "locks": 200}
# How this machine reaches its package index is the machine's business; what gets installed is the lock's.
PIP_SETTINGS_KEPT = re.compile(
    "PIP_((CLIENT_)?CERT|PROXY|TRUSTED_HOST|KEYRING_PROVIDER|(EXTRA_)?INDEX_URL|(DEFAULT_)?TIMEOUT|RETRIES"
    "|(NO_)?CACHE_DIR|CONFIG_FILE)"
)
INSTALL = (
    *("install", "--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile", "--no-user"),
    *("--no-input", "--no-warn-script-location", "--disable-pip-version-check", "--progress-bar", "off"),
)
WAYS_OUT = {
    "No space left on device": "the disk is full: make room (pip also needs some in TMPDIR), then again",
    "CERTIFICATE_VERIFY_FAILED|SSLError": "this machine does not trust the package index's certificate: check"
    " its clock, install ca-certificates; behind a company proxy set PIP_CERT to the proxy's certificates",
    "Connection|NameResolution|Timeout|ProxyError|Max retries": "the package index cannot be reached: connect"
    " to a network, check HTTPS_PROXY, or set PIP_INDEX_URL to a mirror that you can reach",
    "DO NOT MATCH THE HASHES": "a download is not the file that was locked, so nothing of it was installed:"
    " empty pip's cache, try without a mirror (PIP_INDEX_URL), and tell the project if it stays so",
    "No matching distribution": "a locked package is not to be had for this machine: the locks are proven"
    " on Linux x86_64 with Python 3.11; a mirror (PIP_INDEX_URL) may also lack it",
}


class CannotSetUp(Exception):
    """What stands in the way, and the way out, in words for the person at the terminal."""


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or arguments[0] not in VENVS:
        say(f"which set? python3 deploy/bootstrap.py {'|'.join(VENVS)}")
        return 2
    try:
        set_up(arguments[0])
    except CannotSetUp as problem:
        say(f"cannot set up {VENVS[arguments[0]]}: {problem}")
        return 1
    except OSError as problem:
        say(f"{problem}: the checkout must be yours to write in (chown it, or clone your own)")
        return 1
    return 0


def set_up(name: str) -> None:
    """Bring the venv of the named set to what its lock says; of several processes one works, others wait."""
    if tuple(sys.version_info[:2]) < (3, 11):
        raise CannotSetUp(f"{sys.executable} is Python {sys.version.split()[0]}: install 3.11 or newer")
    venv, lock = ROOT / VENVS[name], ROOT / "requirements" / f"{name}.lock"
    if is_ready(venv, name, lock):
        return
    with (ROOT / f"{VENVS[name]}.busy").open("w") as busy:
        take_turn(busy.fileno(), venv)
        if not is_ready(venv, name, lock):
            check_disk(name)
            install(name, venv, lock, busy.fileno())


def is_ready(venv: Path, name: str, lock: Path) -> bool:
    return is_whole(venv) and read_stamp(venv).get(name) == sha256(lock)


def is_whole(venv: Path) -> bool:
    """False for one never finished, moved, or made from a Python that has changed since."""
    return read_stamp(venv).items() >= surroundings(venv).items()


def read_stamp(venv: Path) -> dict[str, str]:
    """The sha256 of every lock the venv holds, by set, and its surroundings; empty when never finished."""
    try:
        return dict(json.loads((venv / "stamp.json").read_text()))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return {}


def write_stamp(venv: Path, name: str) -> None:
    held = {each: sha256(ROOT / "requirements" / f"{each}.lock") for each in HOLDS.get(name, (name,))}
    unfinished = venv / "stamp.json.new"
    unfinished.write_text(json.dumps({**surroundings(venv), **held}, indent=2) + "\n")
    unfinished.replace(venv / "stamp.json")


def surroundings(venv: Path) -> dict[str, str]:
    """What a venv dies of when it changes: its own place, and the Python it was made from."""
    python = venv / "bin" / "python"
    return {"at": str(venv), "python": str(python.resolve()) if python.exists() else "gone"}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def take_turn(turn: int, venv: Path) -> None:
    """The kernel takes the turn back when its holder dies; pip inherits it, so an orphan is waited for."""
    try:
        fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(f"another process is setting up {venv.name}: waiting for it")
        fcntl.flock(turn, fcntl.LOCK_EX)


def check_disk(name: str) -> None:
    needed, free = MEGABYTES[name], shutil.disk_usage(ROOT).free // 1_000_000
    if free < needed:
        raise CannotSetUp(f"it takes {needed} MB of disk, {free} MB are free under {ROOT}: make room first")


def install(name: str, venv: Path, lock: Path, turn: int) -> None:
    wheel = ROOT / "deploy" / PIP_WHEEL
    if sha256(wheel) != PIP_SHA256:
        raise CannotSetUp(f"{wheel} is not the file it should be (sha256 differs): git checkout {wheel}")
    if not is_whole(venv):
        make_venv(venv)  # an interrupted one too: pip takes a half-unpacked package for an installed one
    run_pip((str(venv / "bin" / "python"), "-Iu", f"{wheel}/pip", *INSTALL), venv, lock, turn)
    write_stamp(venv, name)
    say(f"{venv.name} is ready ({name})")


def make_venv(venv: Path) -> None:
    command = [sys.executable, "-I", "-m", "venv", "--without-pip", "--clear", str(venv)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        hint = "; Debian and Ubuntu: apt-get install python3-venv" if "No module" in made.stderr else ""
        raise CannotSetUp(f"{' '.join(command)} failed: {(made.stderr or made.stdout).strip()}{hint}")


def run_pip(install: tuple[str, ...], venv: Path, lock: Path, turn: int) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("PIP_") or PIP_SETTINGS_KEPT.fullmatch(k)}
    total = len(re.findall(r"^[^\s#]+==(?!.*win32)", lock.read_text(), flags=re.MULTILINE))
    command, pipe, both = [*install, "-r", str(lock)], subprocess.PIPE, subprocess.STDOUT
    say(f"{venv.name}: fetching {total} packages, once")
    with subprocess.Popen(command, env=env, text=True, stdout=pipe, stderr=both, pass_fds=[turn]) as pip:
        told = list(follow(pip.stdout or (), venv, total))
    if pip.returncode != 0:
        raise CannotSetUp(explain("".join(told)))


def follow(lines: Iterable[str], venv: Path, total: int) -> Iterator[str]:
    """Show how far pip is. The stamp goes when it begins to unpack: until then the venv is what it was."""
    fetched = 0
    for line in lines:
        if line.startswith("Collecting "):
            fetched += 1
            note(f"  {fetched:3d}/{total}  {line.split()[1]}")
        elif line.startswith("Installing collected packages"):
            (venv / "stamp.json").unlink(missing_ok=True)
            note(f"  unpacking {fetched} packages")
        yield line
    note("")


def explain(told: str) -> str:
    way_out = next((way for sign, way in WAYS_OUT.items() if re.search(sign, told)), "pip failed")
    return "\n    ".join([way_out, "pip's last words:", *told.splitlines()[-6:]])


def note(line: str) -> None:
    if sys.stderr.isatty():
        print(f"\r\033[K{line[:78]}", end="", file=sys.stderr, flush=True)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
