from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from deploy import bootstrap
from tests.deploy.small_checkout import SmallCheckout, small_checkout, wheel

UNREACHABLE = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "1"}


@pytest.fixture
def checkout(tmp_path: Path) -> SmallCheckout:
    return small_checkout(tmp_path)


def test_the_pip_that_ships_is_the_one_that_was_checked() -> None:
    assert bootstrap.sha256(bootstrap.ROOT / "deploy" / bootstrap.PIP_WHEEL) == bootstrap.PIP_SHA256


def test_an_environment_holds_what_its_lock_says(checkout: SmallCheckout) -> None:
    made = checkout.bootstrap()
    assert (made.returncode, made.stdout) == (0, "")
    assert "fetching 1 packages" in made.stderr
    assert checkout.installed() == "1.0"


def test_a_second_run_does_nothing_and_needs_no_index(checkout: SmallCheckout) -> None:
    checkout.bootstrap()
    again = checkout.bootstrap(**UNREACHABLE)
    assert (again.returncode, again.stderr) == (0, "")


def test_a_changed_lock_is_followed(checkout: SmallCheckout) -> None:
    checkout.bootstrap()
    checkout.lock("2.0")
    assert checkout.bootstrap().returncode == 0
    assert checkout.installed() == "2.0"


def test_a_larger_set_holds_the_smaller_one(checkout: SmallCheckout) -> None:
    for name in ("run", "house", "dask", "dev"):
        checkout.lock("1.0", name)
    checkout.bootstrap("dev")
    assert checkout.bootstrap("house", **UNREACHABLE).returncode == 0


def test_what_the_machine_would_rather_install_is_ignored(checkout: SmallCheckout, tmp_path: Path) -> None:
    wheel(tmp_path / "elsewhere", "1.0", says="not what was locked")
    swayed = {"PIP_FIND_LINKS": str(tmp_path / "elsewhere"), "PIP_USER": "1", "PIP_TARGET": str(tmp_path)}
    assert checkout.bootstrap(**swayed, PIP_NO_INDEX="1").returncode == 0
    assert checkout.installed() == "1.0"


def test_a_download_that_is_not_the_locked_file_is_refused(checkout: SmallCheckout) -> None:
    wheel(checkout.index / "small", "1.0", says="not what was locked")
    refused = checkout.bootstrap()
    assert refused.returncode == 1
    assert "not the file that was locked" in refused.stderr
    assert checkout.installed() == ""


def test_an_interrupted_one_is_made_anew(checkout: SmallCheckout) -> None:
    checkout.bootstrap()
    venv = checkout.root / ".venv"
    (venv / "stamp.json").unlink()
    next(venv.rglob("small.py")).unlink()  # and pip, seeing its dist-info, would call it installed
    assert checkout.bootstrap().returncode == 0
    assert checkout.installed() == "1.0"


def test_one_that_was_moved_or_lost_its_python_is_made_anew(checkout: SmallCheckout) -> None:
    checkout.bootstrap()
    (checkout.root / ".venv" / "bin" / "python").unlink()
    assert checkout.bootstrap().returncode == 0
    assert checkout.installed() == "1.0"
    moved = SmallCheckout(checkout.root.rename(checkout.root.with_name("moved")))
    assert "fetching" in moved.bootstrap().stderr


def test_an_index_out_of_reach_is_said_and_harms_nothing(checkout: SmallCheckout) -> None:
    checkout.bootstrap()
    lock = checkout.lock("2.0")
    failed = checkout.bootstrap(**UNREACHABLE)
    assert failed.returncode == 1
    assert "cannot be reached: connect to a network" in failed.stderr
    assert checkout.installed() == "1.0"
    lock.write_text(checkout.lock("1.0").read_text())
    assert checkout.bootstrap(**UNREACHABLE).returncode == 0


def test_two_at_once_leave_one_whole_environment(checkout: SmallCheckout) -> None:
    env = checkout.environment()
    both = [Popen(checkout.command("run"), env=env, stderr=PIPE, text=True) for _ in range(2)]
    told = [each.communicate(timeout=50)[1] for each in both]
    assert [each.returncode for each in both] == [0, 0]
    assert sum("fetching" in each for each in told) == 1
    assert checkout.installed() == "1.0"


def test_an_altered_pip_is_not_run(checkout: SmallCheckout) -> None:
    with (checkout.root / "deploy" / bootstrap.PIP_WHEEL).open("ab") as pip:
        pip.write(b"x")
    refused = checkout.bootstrap()
    assert refused.returncode == 1
    assert "sha256 differs" in refused.stderr


def test_an_unknown_set_names_the_known_ones(checkout: SmallCheckout) -> None:
    asked = checkout.bootstrap("prod")
    assert asked.returncode == 2
    assert "run|house|dask|dev|bench" in asked.stderr


def test_a_full_disk_is_said_before_anything_is_fetched(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", small_checkout(tmp_path).root)
    monkeypatch.setitem(bootstrap.MEGABYTES, "run", 10**9)
    assert bootstrap.main(["run"]) == 1
    assert "1000000000 MB of disk" in capsys.readouterr().err


def test_an_old_python_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.version_info", (3, 9, 2))
    assert bootstrap.main(["run"]) == 1
    assert "install 3.11 or newer" in capsys.readouterr().err


def test_an_environment_counts_as_whole_until_pip_begins_to_unpack(tmp_path: Path) -> None:
    stamp = tmp_path / "stamp.json"
    stamp.touch()
    steps = bootstrap.follow(
        ["Collecting small==1.0\n", "Installing collected packages: small\n"], tmp_path, 1
    )
    next(steps)
    assert stamp.exists()
    next(steps)
    assert not stamp.exists()


def test_a_python_that_was_removed_is_missed_though_the_link_to_it_stays(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "python3.11")
    (tmp_path / "python3.11").touch()
    before = bootstrap.surroundings(tmp_path)
    (tmp_path / "python3.11").unlink()
    assert bootstrap.surroundings(tmp_path) != before
