"""What is done to a service's database behind its back, and how it is mended."""

from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from deploy.provisioning.databases import Database


@dataclass
class DatabaseFaults:
    """What is done to a database, as its owner or as the server's administrator, and how it is mended."""

    database: Database
    admin_url: str

    async def owner(self, *statements: str) -> None:
        await _run(self.database.owner_url, *statements)

    async def reads_only(self, on: bool) -> None:
        """As a failover leaves it: sessions that are open stay what they were when it is writable again."""
        name = self.database.service
        url = urlunsplit(urlsplit(self.admin_url)._replace(path="/postgres"))
        await _run(
            url,
            f'alter database "{name}" set default_transaction_read_only = {"on" if on else "off"}',
            f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}' and {on}",
        )


async def _run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for each in statements:
            await connection.execute(each)
    finally:
        await connection.close()


async def old_schema(faults: DatabaseFaults, broken: bool) -> None:
    change = "drop column happened" if broken else "add column happened timestamptz"
    await faults.owner(f"alter table facts {change}")


async def missing_grant(faults: DatabaseFaults, broken: bool) -> None:
    change = "revoke insert on facts from" if broken else "grant insert on facts to"
    await faults.owner(f'{change} "{faults.database.service}"')


async def standby(faults: DatabaseFaults, broken: bool) -> None:
    await faults.reads_only(broken)
