"""Where a password must not be seen: logs, command lines, what is printed, what others may open."""

import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psutil
import pytest

from deploy.console.addresses import show
from deploy.local.house.house import House
from deploy.local.process.processes import last_lines
from shared.settings import read_settings


def secrets_of(house: House) -> set[str]:
    """Every password of the house: of Kafka's principals and of PostgreSQL's roles."""
    urls = [house.postgres.admin_url]
    for service in house.services.values():
        urls += [service.database_url, service.owner_url]
    files = Path(house.kafka.secrets or "").iterdir()
    return {unquote(urlsplit(url).password or "") for url in urls} | {file.read_text() for file in files}


def seen(house: House) -> dict[str, str]:
    """What everybody on the machine sees in `ps`, and what the logs of the house say, by where it stands."""
    processes = psutil.process_iter(["pid", "cmdline"])
    lines = {f"process {each.pid}": " ".join(each.info["cmdline"] or []) for each in processes}
    logs = (house.directory / "logs").glob("*.log")
    return lines | {log.stem: log.read_text(errors="replace") for log in logs}


def exposed(house: House) -> list[str]:
    """Where a password of the house stands for others to read."""
    secrets = secrets_of(house)
    assert len(secrets) == 9 + 9, "eight principals, two roles a service, an administrator of each server"
    return [place for place, text in seen(house).items() if any(secret in text for secret in secrets)]


def test_no_password_is_in_a_log_or_on_a_command_line(secure: House) -> None:
    everywhere = seen(secure)
    assert everywhere.keys() >= {"kafka", "postgres", *secure.services}
    for pid in (secure.kafka.pid, secure.postgres.pid, secure.services["insight"].pid):
        assert everywhere[f"process {pid}"]
    assert exposed(secure) == []


def test_one_that_is_there_would_be_seen(secure: House) -> None:
    secret = (Path(secure.kafka.secrets or "") / "insight").read_text()
    log = secure.directory / "logs" / "careless.log"
    log.write_text(f"connecting with {secret}\n")
    careless = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", secret])
    try:
        assert set(exposed(secure)) == {"careless", f"process {careless.pid}"}
    finally:
        careless.kill()
        careless.wait()
        log.unlink()


def test_nothing_that_is_printed_or_shown_holds_a_password(
    secure: House, capsys: pytest.CaptureFixture[str]
) -> None:
    show(secure, "house.json")
    record = secure.services["insight"]
    settings = read_settings(
        "insight",
        {
            "EVERGREEN_KAFKA": secure.kafka.address_as("insight"),
            "EVERGREEN_DATABASE": record.database_url,
        },
    )
    told = capsys.readouterr().out + repr(secure) + repr(settings) + last_lines(Path(record.log))
    assert secure.kafka.bootstrap in told
    for secret in secrets_of(secure):
        assert secret not in told


def test_what_holds_a_password_is_for_its_owner_alone(secure: House) -> None:
    assert secure.kafka.secrets
    folder = Path(secure.kafka.secrets)
    home = Path(secure.kafka.data or "").parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    holders = [*folder.iterdir(), home / "server.properties", secure.directory / "house.json"]
    assert {stat.S_IMODE(file.stat().st_mode) for file in holders} == {0o600}
