"""PostgreSQL refuses to run as root: what an account without rights can reach, and where else it goes."""

import os
from pathlib import Path

import pytest

from deploy.errors import Trouble
from deploy.local.process import account
from deploy.local.process.account import Account, home, reachable, unprivileged

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give away")


@pytest.fixture
def other() -> Account:
    found = unprivileged()
    assert found is not None
    return found


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands in for /var/tmp."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    monkeypatch.setattr(account, "ELSEWHERE", place)
    return place


def test_who_is_not_root_runs_the_servers_as_himself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert unprivileged() is None
    assert home(tmp_path / "house", None) == tmp_path / "house"
    assert reachable(tmp_path, ["tree"], "tree/program", tmp_path / "copy", None) == tmp_path / "tree/program"


@as_root
def test_data_go_elsewhere_when_the_account_can_not_enter(
    tmp_path: Path, elsewhere: Path, other: Account
) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    place = home(closed / "house", other)
    assert place.parent == elsewhere
    assert home(closed / "house", other) == place
    assert home(closed / "another", other) != place


@as_root
def test_a_strangers_folder_is_not_taken(tmp_path: Path, elsewhere: Path, other: Account) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    place = home(closed, other)
    os.chown(place, other.uid, other.gid)
    with pytest.raises(Trouble, match="is not ours"):
        home(closed, other)


@as_root
def test_programs_out_of_reach_are_copied_for_the_account_alone(tmp_path: Path, other: Account) -> None:
    closed = tmp_path / "closed"
    (closed / "tree").mkdir(parents=True)
    closed.chmod(0o700)
    program = closed / "tree" / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    copy = reachable(closed, ["tree", "absent"], "tree/program", tmp_path / "copies" / "1.0", other)
    assert copy.read_text() == program.read_text()
    assert copy.stat().st_uid == other.uid
    assert copy.parent.parent.stat().st_mode & 0o777 == 0o700
