"""Only the very bytes of the lock are used, whatever the network or an earlier run left."""

import hashlib
import threading
from pathlib import Path

import pytest

from deploy.errors import Trouble
from deploy.local.servers import jars
from deploy.local.servers.jars import Jar


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Jar]:
    """A lock of two jars whose bytes are their own names; what is published is served from a folder."""
    wanted = [Jar("org.example", name, "1.0", sha256(f"{name}-1.0.jar")) for name in ("one", "two")]
    text = "# a comment\n" + "".join(f"{jar}:{jar.sha256}\n" for jar in wanted)
    (tmp_path / "jars.lock").write_text(text)
    monkeypatch.setattr(jars, "locked", lambda: [*read(tmp_path / "jars.lock")])
    return wanted


read = jars.locked


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def publish(monkeypatch: pytest.MonkeyPatch, *bodies: str | None) -> list[str]:
    """Each download of a jar gives the next of the bodies, its true bytes for None; the jars asked for."""
    asked: list[str] = []
    guard = threading.Lock()

    def resolve(jar: Jar, staging: Path) -> Path:
        with guard:
            body = bodies[len(asked)] if len(asked) < len(bodies) else None
            asked.append(jar.name)
        (staging / jar.name).write_text(jar.name if body is None else body)
        return staging / jar.name

    monkeypatch.setattr(jars, "_resolve", resolve)
    return asked


def test_every_jar_of_the_house_is_pinned_by_a_whole_sha256() -> None:
    found = jars.locked()
    assert {len(jar.sha256) for jar in found} == {64}
    assert {jar.version for jar in found if jar.group == "org.apache.kafka"} == {"4.3.1"}


def test_what_is_missing_is_downloaded_once(
    lock: list[Jar], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = publish(monkeypatch)
    seen: list[tuple[int, int]] = []
    paths = jars.classpath(tmp_path / "cache", lambda done, total: seen.append((done, total)))
    assert [path.read_text() for path in paths] == ["one-1.0.jar", "two-1.0.jar"]
    assert seen == [(1, 2), (2, 2)]
    assert jars.classpath(tmp_path / "cache") == paths
    assert sorted(asked) == ["one-1.0.jar", "two-1.0.jar"]


def test_what_an_interrupted_run_left_is_downloaded_again(
    lock: list[Jar], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = publish(monkeypatch)
    paths = jars.classpath(tmp_path / "cache")
    paths[1].write_text("two-1")
    assert jars.classpath(tmp_path / "cache")[1].read_text() == "two-1.0.jar"
    assert asked.count("two-1.0.jar") == 2


def test_a_download_that_broke_off_is_tried_again(
    lock: list[Jar], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, "half", "half")
    paths = jars.classpath(tmp_path / "cache")
    assert all(jars.is_intact(jar, path) for jar, path in zip(lock, paths, strict=True))


def test_other_bytes_than_the_lock_names_never_reach_the_cache(
    lock: list[Jar], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch, *["forged"] * 6)
    with pytest.raises(Trouble, match=r"org\.example:(one|two):1\.0 came 3 times with another sha256"):
        jars.classpath(tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_two_runs_at_once_do_not_disturb_each_other(
    lock: list[Jar], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(monkeypatch)
    found: list[list[Path]] = []
    runs = [
        threading.Thread(target=lambda: found.append(jars.classpath(tmp_path / "cache"))) for _ in range(4)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [[path.read_text() for path in paths] for paths in found] == [["one-1.0.jar", "two-1.0.jar"]] * 4
