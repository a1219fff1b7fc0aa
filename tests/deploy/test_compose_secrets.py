"""The containers' passwords in files: made as the docs say, found where the containers look."""

import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from deploy.commands.house.provision import roles
from deploy.places import ROOT
from shared.contracts.topics import STAGES
from shared.settings import given, read_settings
from tests.deploy.test_compose import CONTAINERS, environment

SECRETS = yaml.safe_load((ROOT / "docker-compose.secrets.yml").read_text())
MOUNTED = "/run/secrets/"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files, as the page on security makes them."""
    page = (ROOT / "docs" / "security.md").read_text()
    script = page.partition("## In containers")[2].split("```")[1].partition("cd .. && docker")[0]
    subprocess.run(["sh", "-euc", script], cwd=tmp_path, check=True, timeout=30)
    return tmp_path / "secrets"


def inside(name: str, folder: Path) -> dict[str, str]:
    """The container's variables, its secrets taken from that folder; it has no others."""
    ours = SECRETS["services"][name]
    files = {path for path in ours["environment"].values() if path.startswith(MOUNTED)}
    assert {path.removeprefix(MOUNTED) for path in files} == set(ours["secrets"])
    merged = {**environment(name), **ours["environment"]}
    return {key: value.replace(MOUNTED, f"{folder}/") for key, value in merged.items()}


def test_each_secret_is_a_file_that_is_made_and_no_other_is(folder: Path) -> None:
    assert {each["file"] for each in SECRETS["secrets"].values()} == {
        f"secrets/{path.name}" for path in folder.iterdir()
    }
    assert all(each["file"] == f"secrets/{name}" for name, each in SECRETS["secrets"].items())


@pytest.mark.parametrize("name", STAGES)
def test_a_service_has_its_own_password_alone_and_provision_gives_it_that(name: str, folder: Path) -> None:
    assert SECRETS["services"][name]["secrets"] == [f"{name}.url"]
    mine = urlsplit(read_settings(name, inside(name, folder)).database)
    theirs = urlsplit(read_settings(name, environment(name)).database)
    assert mine._replace(netloc="") == theirs._replace(netloc="")
    assert (mine.username, mine.hostname, mine.port) == (theirs.username, theirs.hostname, theirs.port)
    assert mine.password == given(inside("provision", folder), f"EVERGREEN_PASSWORD_{name.upper()}")
    assert len(mine.password or "") == 48


def test_provision_and_postgres_know_the_administrator_by_one_password_and_no_variable_holds_any(
    folder: Path,
) -> None:
    provision = inside("provision", folder)
    passwords = [given(provision, f"EVERGREEN_PASSWORD_{role.upper()}") for role in roles()]
    assert len({*passwords, None}) == len(roles()) + 1
    admin = urlsplit(given(provision, "EVERGREEN_POSTGRES_ADMIN") or "")
    assert (admin.username, admin.hostname, admin.path) == ("postgres", "postgres", "/postgres")
    assert admin.password == given(inside("postgres", folder), "POSTGRES_PASSWORD")
    for name in SECRETS["services"]:
        held = [
            value for value in inside(name, folder).values() if "evergreen@" in value or value == "evergreen"
        ]
        assert (name in CONTAINERS, held) == (True, [])
