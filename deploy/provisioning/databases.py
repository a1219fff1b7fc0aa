"""A database and two roles for every service, with its schema, on any PostgreSQL."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import asyncpg

from deploy.errors import Trouble
from deploy.provisioning.migrations import migrate
from deploy.security.scram import postgres_verifier

STATEMENTS = Path(__file__).with_name("databases.sql")
# Two provisions at once would both find a role missing and both create it.
LOCK = 7_316_301


@dataclass(frozen=True)
class Database:
    """Where a service's database is: as its runtime role, and as the owner of its schema."""

    service: str
    url: str = field(repr=False)
    owner_url: str = field(repr=False)


def databases(
    admin_url: str, services: Sequence[str], passwords: Mapping[str, str] | None = None
) -> list[Database]:
    """The database of every service, with the password of each role given or made up."""
    known = passwords or {}

    def url(service: str, role: str) -> str:
        return address(admin_url, service, role, known.get(role) or secrets.token_urlsafe(24))

    return [Database(name, url(name, name), url(name, f"{name}_owner")) for name in services]


def address(server: str, database: str, role: str, password: str) -> str:
    """The server's URL with another database and role; what follows the question mark stays."""
    parts = urlsplit(server)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{host}", path=f"/{database}"))


def sections(text: str) -> dict[str, str]:
    """The statements by the first word of their section's title."""
    pieces = re.split(r"^-- section: (\w+).*\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def filled(text: str, database: Database) -> str:
    """The statements with the names and passwords of this database, quoted."""
    owner, runtime = urlsplit(database.owner_url), urlsplit(database.url)
    values = {
        "database": _name(database.service),
        "owner": _name(_user(database.owner_url)), "owner_text": _text(_user(database.owner_url)),
        "runtime": _name(_user(database.url)), "runtime_text": _text(_user(database.url)),
        "owner_password": _text(_verifier(owner.password)),
        "runtime_password": _text(_verifier(runtime.password)),
    }  # fmt: skip
    return re.sub(r"(?<!:):([a-z_]+)", lambda found: values[found[1]], text)


def _verifier(quoted: str | None) -> str:
    """What the server keeps of a password: the statement may be logged."""
    return postgres_verifier(unquote(quoted or ""), secrets.token_bytes(16))


async def reach(admin_url: str) -> None:
    """Trouble when no PostgreSQL answers there, or lets nobody in so."""
    await provide(admin_url, [])


async def provide(admin_url: str, wanted: Sequence[Database]) -> None:
    """Makes what is missing and leaves the rest; Trouble when the server refuses."""
    try:
        admin = await asyncpg.connect(admin_url, timeout=10)
    except asyncpg.InterfaceError as error:
        raise Trouble(
            f"this names no PostgreSQL: {error}; its URL is postgresql://USER@HOST:PORT/postgres"
        ) from error
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Trouble(f"PostgreSQL at {shown(admin_url)} can't be reached: {error}") from error
    try:
        await admin.execute("select pg_advisory_lock($1)", LOCK)
        for database in wanted:
            await _provide(admin, admin_url, database)
    except asyncpg.PostgresError as error:
        raise Trouble(f"PostgreSQL at {shown(admin_url)} refused: {error}") from error
    finally:
        await admin.close()


async def _provide(admin: asyncpg.Connection, admin_url: str, database: Database) -> None:
    parts = {title: filled(text, database) for title, text in sections(STATEMENTS.read_text()).items()}
    await admin.execute(parts["roles"])
    if not await admin.fetchval("select true from pg_database where datname = $1", database.service):
        await admin.execute(parts["database"])
    await admin.execute(parts["doors"])
    await _run(urlunsplit(urlsplit(admin_url)._replace(path=f"/{database.service}")), parts["inside"])
    owner = await asyncpg.connect(database.owner_url, timeout=10)
    try:
        await migrate(owner, database.service, _name(_user(database.url)))
    finally:
        await owner.close()


async def _run(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


def shown(url: str) -> str:
    """The address without its password."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or 5432}"


def _user(url: str) -> str:
    return urlsplit(url).username or ""


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
