"""Which migrations this release knows, and whether a database has had them: no more and no less.

A migration is a file `NNNN_name.sql`, numbered from 1 without a gap, never edited once it has landed. The
kernel's are in `shared/storage/migrations`, a service's own in `services/<service>/migrations`.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg

ROOT = Path(__file__).parents[2]
KERNEL = "kernel"
NAMED = re.compile(r"(\d{4})_(\w+)\.sql")
APPLIED = "select component, max(number) from migrations group by component"


class SchemaMismatch(Exception):
    """The database is not of this release; the text says what to do."""


class Migration(NamedTuple):
    """One step of one component's schema; `:runtime` in its text stands for the runtime role."""

    number: int
    name: str
    sql: str


def migrations(folder: Path) -> list[Migration]:
    """A folder's migrations in order. Errors: `ValueError` for a gap, a number given twice, an odd name."""
    found: list[Migration] = []
    for path in sorted(folder.iterdir()):
        named = NAMED.fullmatch(path.name)
        if named is None or int(named[1]) != len(found) + 1:
            raise ValueError(f"{path}: migrations are named NNNN_name.sql, numbered from 0001 without a gap")
        found.append(Migration(len(found) + 1, named[2], path.read_text()))
    return found


def components(service: str, root: Path = ROOT) -> dict[str, list[Migration]]:
    """What a service's database is made of: the kernel's tables, then the service's own if it has some."""
    folders = {
        KERNEL: root / "shared" / "storage" / "migrations",
        service: root / "services" / service / "migrations",
    }
    return {name: migrations(folder) for name, folder in folders.items() if folder.is_dir()}


def mismatch(known: Mapping[str, int], applied: Mapping[str, int]) -> str | None:
    """Why a release that knows these numbers must not work on a database that has those; None: it may."""
    for component, number in known.items():
        has = applied.get(component, 0)
        if has < number:
            return (
                f"the database has migration {has} of {component}, this release needs {number}: "
                "run `evergreen up` for a local house, `evergreen provision` for any other"
            )
        if has > number:
            return (
                f"the database has migration {has} of {component}, this release knows {number}: "
                "run the release that made it, or a newer one; an older one must not write here"
            )
    return None


def numbers(service: str) -> dict[str, int]:
    """The last migration of each component that the files of this release hold now."""
    return {name: len(steps) for name, steps in components(service).items()}


async def schema_problem(pool: Any, known: Mapping[str, int]) -> str | None:
    """`mismatch` of what the database has had by now; one without tables has had nothing."""
    try:
        applied = {row[0]: row[1] for row in await pool.fetch(APPLIED)}
    except asyncpg.UndefinedTableError:
        applied = {}
    return mismatch(known, applied)


async def check_schema(pool: Any, service: str) -> None:
    """Errors: `SchemaMismatch`, also for a database without tables."""
    if problem := await schema_problem(pool, numbers(service)):
        raise SchemaMismatch(problem)
