"""What is sent to PostgreSQL, before it is sent."""

from urllib.parse import unquote, urlsplit

import pytest

from deploy.errors import Trouble
from deploy.provisioning.databases import STATEMENTS, address, databases, filled, provide, sections


def test_given_passwords_are_used_and_the_others_are_made_up_and_differ() -> None:
    made = databases(
        "postgresql://admin:x@db:5433/postgres?ssl=off", ["insight", "retention"], {"insight": "p@ss/'"}
    )
    assert urlsplit(made[0].url).hostname == "db"
    assert unquote(urlsplit(made[0].url).password or "") == "p@ss/'"
    assert made[0].url.endswith("@db:5433/insight?ssl=off")
    secrets = [urlsplit(url).password for url in (made[0].owner_url, made[1].url, made[1].owner_url)]
    assert len({*secrets, None}) == 4


def test_the_administrators_own_name_never_enters_a_services_address() -> None:
    assert (
        address("postgresql://admin:x@db/postgres", "insight", "insight", "y")
        == "postgresql://insight:y@db/insight"
    )


def test_every_placeholder_is_filled_and_quoted() -> None:
    database = databases("postgresql://a:b@db/postgres", ["insight"], {"insight": "it's"})[0]
    text = filled(STATEMENTS.read_text(), database)
    assert '"insight_owner"' in text
    assert sections(text).keys() == {"roles", "database", "doors", "inside"}
    for part in sections(text).values():
        assert "create role :" not in part


def test_a_statement_holds_what_the_server_keeps_and_never_the_password_itself() -> None:
    database = databases(
        "postgresql://a:b@db/postgres", ["insight"], {"insight": "hush", "insight_owner": "o"}
    )[0]
    assert "hush" not in repr(database)
    text = filled(STATEMENTS.read_text(), database)
    assert "hush" not in text
    assert text.count("password 'SCRAM-SHA-256$4096:") == 2


@pytest.mark.parametrize("url", ["foo", "mysql://admin@db/x"])
async def test_what_names_no_postgresql_is_trouble_with_an_example(url: str) -> None:
    with pytest.raises(Trouble, match="postgresql://USER@HOST:PORT/postgres"):
        await provide(url, [])
