"""Apache Kafka's published jars, each pinned by its sha256 and kept in a cache."""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import Trouble
from deploy.places import CACHE

LOCK = Path(__file__).with_name("jars.lock")
JARS = CACHE / "jars"
AT_ONCE = 12
TRIES = 3
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Jar:
    """One published jar by its Maven coordinates and the sha256 of its bytes, in hex."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"


def locked(lock: Path = LOCK) -> list[Jar]:
    """The jars that the lock names."""
    lines = (line.strip() for line in lock.read_text().splitlines())
    return [Jar(*line.split(":")) for line in lines if line and not line.startswith("#")]


def is_intact(jar: Jar, path: Path) -> bool:
    """Whether the file is there with the very bytes that the lock names."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == jar.sha256


def classpath(cache: Path = JARS, progress: Progress | None = None) -> list[Path]:
    """All locked jars on disk; missing or damaged ones are downloaded. Trouble when one can't be had."""
    jars = locked()
    missing = [jar for jar in jars if not is_intact(jar, cache / jar.name)]
    if missing:
        cache.mkdir(parents=True, exist_ok=True)
        _download(missing, cache, progress or (lambda done, total: None))
    return [cache / jar.name for jar in jars]


def _download(jars: list[Jar], cache: Path, progress: Progress) -> None:
    with (
        tempfile.TemporaryDirectory(prefix=".download-", dir=cache) as staging,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        waiting = [pool.submit(_fetch, jar, Path(staging), cache) for jar in jars]
        try:
            for done, future in enumerate(as_completed(waiting), start=1):
                future.result()
                progress(done, len(jars))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _fetch(jar: Jar, staging: Path, cache: Path) -> None:
    """Into a private directory, then renamed: no broken download or second run is ever half seen."""
    for attempt in range(1, TRIES + 1):
        try:
            path = _resolve(jar, staging)
        except (OSError, RuntimeError) as error:
            if attempt == TRIES:
                raise Trouble(f"{jar} could not be downloaded: check the network ({error})") from error
            continue
        if is_intact(jar, path):
            path.replace(cache / jar.name)
            return
    raise Trouble(
        f"{jar} came {TRIES} times with another sha256 than {LOCK.name} has: don't trust this network"
    )


def _resolve(jar: Jar, staging: Path) -> Path:
    try:
        from jgo.maven import MavenContext
    except ImportError as error:
        raise Trouble("the Python package jgo is missing: set up the environment with ./evergreen") from error
    shutil.rmtree(staging / jar.group.replace(".", "/") / jar.artifact, ignore_errors=True)
    maven = MavenContext(repo_cache=staging, local_repos=[], timeout=60)
    path = maven.project(jar.group, jar.artifact).at_version(jar.version).artifact().resolve()
    return Path(path)
