"""What is advised can be pasted, in whichever house it is said and wherever one stands."""

import shlex
from pathlib import Path

import pytest

from deploy.console.advice import HOUSELESS, complete
from deploy.console.directory import DEFAULT
from deploy.evergreen import COMMANDS, main, parser
from deploy.places import ROOT

SAID = "go on with `evergreen positions accept --service conversion --topic signals`, see evergreen status"


def test_in_the_house_by_default_a_command_lacks_its_path_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert complete(SAID, DEFAULT) == SAID.replace("evergreen", "./evergreen")


def test_in_another_house_it_names_the_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "my house"
    monkeypatch.chdir(ROOT)
    told = complete(SAID, place)
    assert f"`./evergreen positions accept --directory '{place}' --service conversion" in told
    assert told.endswith(f"see ./evergreen status --directory '{place}'")


def test_elsewhere_both_paths_are_from_where_one_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    program = shlex.quote(f"{ROOT}/evergreen")
    assert complete("evergreen up", tmp_path / "shop") == f"{program} up --directory shop"


@pytest.mark.parametrize("text", ["evergreen is a house", "/x/evergreen up", "evergreen upwards"])
def test_what_is_no_command_stays_as_it_is(text: str, tmp_path: Path) -> None:
    assert complete(text, tmp_path) == text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_known_and_takes_what_is_put_behind_it(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = complete(f"evergreen {name}", tmp_path)
    assert told != f"evergreen {name}"
    with pytest.raises(SystemExit):
        main([name, "--help"])
    assert ("--directory" in capsys.readouterr().out) == ("--directory" in told) == (name not in HOUSELESS)


@pytest.mark.parametrize(
    "words",
    [
        "positions accept --service conversion --topic signals",
        "quarantine list",
        "quarantine add conversion lead-42 --reason 'its rule fails'",
        "refuse signals/0@5",
        "rebase",
        "publish source.heartbeat --source /shop",
    ],
)
def test_what_a_service_advises_is_understood(words: str, tmp_path: Path) -> None:
    told = complete(f"conversion: held: evergreen {words}", tmp_path)
    typed = shlex.split(told.removeprefix("conversion: held: "))[1:]
    assert parser([typed[0]]).parse_args(typed).directory == tmp_path


def test_an_error_of_a_command_is_said_for_its_house(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["status", "--directory", str(tmp_path / "none")]) == 1
    assert f"evergreen up --directory {tmp_path / 'none'}" in capsys.readouterr().err
