"""A dead letter is had back as it came, byte for byte."""

import asyncio
import json

import pytest

from deploy.commands.recovery import dead_letter
from deploy.errors import Trouble
from deploy.evergreen import parser
from deploy.provisioning.databases import Database
from shared.core.store import Changes, DeadLetter
from shared.storage.postgres import PostgresStore
from tests.shared.core.reminders import NOON

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]


async def had_back(database: Database, *words: str) -> int:
    line = ["dead-letter", *words, "--service", "reminders", "--database", database.url]
    return await asyncio.to_thread(dead_letter.run, parser(["dead-letter"]).parse_args(line))


async def test_the_bytes_of_a_dead_letter_can_be_had_back(
    database: Database, postgres: PostgresStore, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    body = b"\xff\0{" * 1_000_000
    headers = [("trace", b"\xff"), ("kind", None), ("n", b"5")]
    await postgres.commit(
        Changes(
            dead_letters=[
                DeadLetter("requests", 2, 7, b"short", body, headers, "not JSON", NOON),
                DeadLetter("requests", 2, 8, None, None, [], "null", NOON),
            ]
        )
    )
    assert await had_back(database, "requests/2@7", "--raw", "value") == 0
    assert capfdbinary.readouterr().out == body
    assert await had_back(database, "requests/2@8") == 0
    shown = json.loads(capfdbinary.readouterr().out)
    assert (shown["service"], shown["offset"], shown["reason"]) == ("reminders", 8, "null")
    assert (shown["key"], shown["value"], shown["headers"]) == (None, None, [])
    await had_back(database, "requests/2@7")
    shown = json.loads(capfdbinary.readouterr().out)
    assert shown["key"] == "short"
    assert shown["headers"] == [["trace", {"base64": "/w=="}], ["kind", None], ["n", "5"]]


async def test_what_cannot_be_had_back_is_said_in_words(database: Database, postgres: PostgresStore) -> None:
    await postgres.commit(Changes(dead_letters=[DeadLetter("requests", 2, 8, None, None, [], "null", NOON)]))
    with pytest.raises(Trouble, match="has no value: it is null"):
        await had_back(database, "requests/2@8", "--raw", "value")
    with pytest.raises(Trouble, match="nobody of reminders keeps a dead letter of requests/2@9"):
        await had_back(database, "requests/2@9")
    with pytest.raises(Trouble, match="such as signals/3@17"):
        await had_back(database, "requests")
