"""`evergreen provision` on servers that ask everybody who they are, with all its secrets in files."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from deploy.local.house.house import House
from deploy.places import ROOT
from deploy.security import principals
from shared.kafka import kafka_address
from tests.system.security.attempts import read, soon


def provision(environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "deploy.evergreen", "provision", "--principals", "--replicas", "1"]
    surroundings = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)


async def test_secrets_come_from_files_and_are_not_printed(secure: House, tmp_path: Path) -> None:
    secrets = {
        "POSTGRES_ADMIN": secure.postgres.admin_url,
        "KAFKA_PASSWORD_SUBSCRIBER": "new-for-the-subscriber",
        **{
            f"PASSWORD_{role.upper()}": urlsplit(url).password or ""
            for name, service in secure.services.items()
            for role, url in ((name, service.database_url), (f"{name}_owner", service.owner_url))
        },
    }
    for name, secret in secrets.items():
        (tmp_path / name).write_text(f"{secret}\n")
    files = {f"EVERGREEN_{name}_FILE": str(tmp_path / name) for name in secrets}
    done = provision({**files, "EVERGREEN_KAFKA": secure.kafka.address})
    assert (done.returncode, done.stderr) == (0, "")
    assert not [secret for secret in secrets.values() if secret in done.stdout]

    connection = await asyncpg.connect(secure.services["insight"].database_url)
    await connection.close()
    subscriber = secure.kafka.address_as("subscriber")
    theirs = subscriber.replace(
        f"{secure.kafka.secrets}/subscriber", str(tmp_path / "KAFKA_PASSWORD_SUBSCRIBER")
    )
    await soon(lambda: read(theirs, "insight", "subscriber"))
    before = {"subscriber": kafka_address(subscriber).password()}
    await principals.provide(secure.kafka.address, before, [])
