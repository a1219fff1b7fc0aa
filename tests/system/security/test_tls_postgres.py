"""PostgreSQL by TLS, where the URL asks for it; and by SCRAM, always."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from deploy.errors import Trouble
from deploy.local.house.house import House
from deploy.provisioning import databases
from shared.settings import read_settings
from tests.system.security.attempts import gone
from tests.system.security.certificates import Certificates, certificates
from tests.system.security.tls_proxy import tls_before


@pytest.fixture(autouse=True)
async def _closed() -> AsyncIterator[None]:
    yield
    await gone()


@pytest.fixture
def files(tmp_path: Path) -> Certificates:
    return certificates(tmp_path / "pem", "127.0.0.1")


@pytest.fixture
async def encrypted(house: House, files: Certificates) -> AsyncIterator[str]:
    """The administrator's URL of the house's PostgreSQL behind TLS, not yet saying whom to trust."""
    port = urlsplit(house.postgres.admin_url).port
    assert port
    async with tls_before(port, files.server) as behind:
        yield (
            house.postgres.admin_url.replace(f":{port}/", f":{behind}/") + "?sslmode=verify-full&sslrootcert="
        )


async def test_databases_are_made_and_used_over_tls_where_the_url_says_so(
    encrypted: str, files: Certificates, tmp_path: Path
) -> None:
    [made] = databases.databases(f"{encrypted}{files.ca}", [f"reminders_{uuid4().hex[:8]}"])
    await databases.provide(f"{encrypted}{files.ca}", [made])
    (tmp_path / "url").write_text(made.url)
    settings = read_settings(
        made.service, {"EVERGREEN_KAFKA": "one:9092", "EVERGREEN_DATABASE_FILE": str(tmp_path / "url")}
    )
    async with asyncpg.create_pool(settings.database, min_size=1) as pool:
        assert await pool.fetchval("select current_user") == made.service


async def test_a_server_that_nobody_we_trust_vouches_for_is_refused(encrypted: str, tmp_path: Path) -> None:
    stranger = certificates(tmp_path / "stranger", "127.0.0.1")
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncpg.connect(f"{encrypted}{stranger.ca}")


async def test_a_server_under_another_name_than_its_certificate_is_refused(
    encrypted: str, files: Certificates
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncpg.connect(f"{encrypted.replace('127.0.0.1', 'localhost')}{files.ca}")


async def test_where_tls_is_asked_for_nothing_is_said_without_it(house: House, files: Certificates) -> None:
    url = f"{house.postgres.admin_url}?sslmode=verify-full&sslrootcert={files.ca}"
    with pytest.raises(ConnectionError, match="rejected SSL upgrade"):
        await asyncpg.connect(url)
    with pytest.raises(Trouble, match="can't be reached"):
        await databases.provide(url, [])


async def test_the_server_keeps_scram_verifiers_and_what_was_logged_of_them_lets_nobody_in(
    house: House,
) -> None:
    name = f"reminders_{uuid4().hex[:8]}"
    [made] = databases.databases(house.postgres.admin_url, [name], {name: "it's 100% :owner"})
    admin = await asyncpg.connect(house.postgres.admin_url)
    try:
        await databases.provide(house.postgres.admin_url, [made])
        kept = await admin.fetchval("select rolpassword from pg_authid where rolname = $1", name)
    finally:
        await admin.close()
    assert kept.startswith("SCRAM-SHA-256$4096:")
    runtime = await asyncpg.connect(made.url)
    await runtime.close()
    for wrong in ("wrong", kept):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(made.url, password=wrong)
