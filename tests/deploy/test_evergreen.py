"""The front of the command line: exit codes that mean something, and help that is quick."""

import errno
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.errors import Trouble
from deploy.evergreen import COMMANDS, guarded, main, parser
from deploy.places import ROOT


def failing(error: BaseException) -> int:
    raise error


@pytest.fixture(autouse=True)
def _handlers() -> object:
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def test_trouble_is_one_line_and_exit_code_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: failing(Trouble("the port 9092 is taken: choose another")), "up") == 1
    assert capsys.readouterr().err == "evergreen up: the port 9092 is taken: choose another\n"


def test_an_interruption_is_exit_code_130() -> None:
    assert guarded(lambda: failing(KeyboardInterrupt()), "up") == 130
    assert guarded(terminated, "up") == 130


def terminated() -> int:
    os.kill(os.getpid(), signal.SIGTERM)
    signal.pause()
    return 0


def test_an_interruption_while_a_command_is_still_being_read_has_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("deploy.evergreen.import_module", lambda _: failing(KeyboardInterrupt()))
    assert main(["status"]) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_full_disk_is_named_with_the_way_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(lambda: failing(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))), "up") == 1
    assert "No space left on device: make room on the disk" in capsys.readouterr().err


def test_a_bug_keeps_its_traceback() -> None:
    with pytest.raises(ZeroDivisionError):
        guarded(lambda: 1 // 0, "up")


@pytest.mark.parametrize("words", [[], ["fly"], ["up", "--port", "kafka"], ["up", "--services", "billing"]])
def test_a_wrong_command_line_is_exit_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert "usage: evergreen" in capsys.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_every_command_has_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([name, "--help"])
    assert f"evergreen {name}" in capsys.readouterr().out.partition("example:")[2]


def test_the_help_names_every_command_on_a_line_of_its_own() -> None:
    text = parser().format_help()
    for name in COMMANDS:
        assert re.search(rf"^    {name}\b", text, re.MULTILINE)


def test_the_groups_of_the_help_are_the_folders_of_the_commands() -> None:
    told, group = {}, ""
    for line in parser().format_help().partition("options:")[0].splitlines():
        group = line[:-1] if re.match(r"\w+:$", line) else group
        if name := re.match(r"    (\S+)", line):
            told[name[1]] = group
    folders = {path.stem: path.parent.name for path in (ROOT / "deploy" / "commands").glob("*/*.py")}
    del folders["__init__"]
    assert {name.replace("-", "_"): group for name, group in told.items()} == folders


def test_a_command_imports_none_of_the_others() -> None:
    code = "import sys; from deploy.evergreen import parser; parser(['down']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"rich", "asyncpg", "aiokafka", "deploy.commands.house.up"} & set(done.stdout.split())


def test_a_house_that_is_not_there_is_said_and_made_by_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "nowhere"
    assert main(["status", "--directory", str(place)]) == 1
    assert "there is no house at" in capsys.readouterr().err
    assert main(["down", "--directory", str(place)]) == 0
    assert main(["clean", "--directory", str(place)]) == 0
    assert not place.exists()


def test_clean_leaves_what_is_not_the_houses(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text("{}")
    (tmp_path / "lock").touch()
    (tmp_path / "logs").mkdir()
    assert main(["clean", "--down", "--directory", str(tmp_path)]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["summary.json"]
