"""`evergreen rule` on a real PostgreSQL: facts in the log of insight, which the relay publishes."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
import pytest

from deploy.errors import Trouble
from deploy.evergreen import parser
from deploy.policies.log import read, tell
from deploy.provisioning.databases import Database
from services.insight.policies.commands import Propose
from services.insight.policies.in_force import in_force
from services.insight.policies.policy import policy_stream
from services.insight.risk.rules import RULES
from services.insight.risk.rules.unusual_gap import Settings
from shared.contracts.event import fact_id
from shared.contracts.insight import INSIGHT
from shared.contracts.policies import PolicyAdopted
from shared.contracts.reading import read as read_event
from shared.storage.postgres import PostgresStore
from tests.deploy.policies.reports import RULE, policy_file, report_file
from tests.insight.policies.deciding import MONDAY, week

pytestmark = pytest.mark.system
Run = Callable[..., Awaitable[str]]


@pytest.fixture
def rule(database: Database, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command; what it prints."""

    async def run(*words: object) -> str:
        arguments = parser(["rule"]).parse_args(
            ["rule", *map(str, words), "--database", database.url, "--by", "maria"]
        )
        assert await asyncio.to_thread(arguments.run, arguments) == 0
        return capsys.readouterr().out

    return run


async def test_what_was_proposed_and_adopted_on_its_backtest_judges_from_the_next_week_on(
    rule: Run, postgres: PostgresStore, tmp_path: Path
) -> None:
    policy = policy_file(tmp_path)
    assert await rule("propose", policy) == f"{RULE}: version 1 is proposed (no backtest)\n"
    with pytest.raises(Trouble, match=r"version 1 has no backtest: make one .*--override REASON"):
        await rule("adopt", policy)
    told = await rule("adopt", policy, "--backtest", report_file(policy))
    assert told == f"{RULE}: version 1 judges from the next week on\n"
    assert "nothing to change" in await rule("adopt", policy, "--override", "again")

    found = await read(postgres, RULE)
    facts = [event.data for event in found.events]
    assert [type(fact).__name__ for fact in facts] == ["PolicyProposed", "PolicyAdopted"]
    policies = in_force({RULE: facts}, RULES, week(0))  # type: ignore[dict-item]
    assert policies[RULE] == (1, Settings(fewest_gaps=8))
    assert {name for name, each in policies.items() if each and each.version == 0} == {
        each.name for each in RULES if each.name != RULE
    }


async def test_the_facts_are_published_as_those_of_insight(
    rule: Run, postgres: PostgresStore, tmp_path: Path
) -> None:
    await rule("adopt", policy_file(tmp_path), "--override", "a pilot", "--effective", "2026-02-02")
    [row] = await postgres.pool.fetch("select kind, partition, key, body from outbox")
    event = read_event(row["body"], [], INSIGHT)
    assert (row["kind"], row["partition"], row["key"]) == ("fact", 0, None)
    assert (event.source, event.subject, event.stream_version) == ("/evergreen/insight", "", 1)
    assert event.id == fact_id("insight", policy_stream(RULE).text, 1)
    assert isinstance(event.data, PolicyAdopted)
    assert (event.data.by, event.data.override, event.data.effective) == ("maria", "a pilot", week(4))


async def test_the_list_tells_what_judges_since_when_and_on_what_evidence(rule: Run, tmp_path: Path) -> None:
    assert "unusual_gap  version 0: as it comes" in await rule("list")
    policy = policy_file(tmp_path)
    await rule("adopt", policy, "--backtest", report_file(policy), "--effective", "2026-02-02")
    await rule(
        "propose", policy_file(tmp_path, 9), "--backtest", report_file(policy_file(tmp_path, 9), False)
    )
    first, its, second, of_it = (await rule("list", RULE)).splitlines()
    assert first.startswith("unusual_gap  version 1: adopted by maria, judges from the first week")
    assert "not before 2026-02-02" in first
    assert "fewest_gaps=8 seldom=2.0,0.5,0.1" in first
    assert (
        its == "    backtest 2025-03-03 to 2025-12-01, 412 alerts, precision 0.71, recall 0.64, 10.56 a week"
    )
    assert second.startswith("unusual_gap  version 2: proposed  fewest_gaps=9")
    assert of_it == "    backtest 2025-03-03 to 2025-12-01, 412 alerts: too little to judge by"
    told = orjson.loads(await rule("list", "--json"))
    [mine] = [each for each in told["rules"] if each["rule"] == RULE]
    assert (mine["decided"], mine["proposed"], len(mine["facts"])) == (1, [2], 2)


async def test_a_rule_is_retired_with_its_reason_and_comes_back(rule: Run, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="say --reason TEXT"):
        await rule("retire", RULE)
    assert "silent from the next week on" in await rule("retire", RULE, "--reason", "nobody acts on it")
    assert "nothing to change" in await rule("retire", policy_file(tmp_path), "--reason", "again")
    assert "retired by maria, silent from" in (listed := await rule("list", RULE))
    assert listed.endswith("nobody acts on it\n")
    await rule("adopt", policy_file(tmp_path), "--override", "we do now")
    assert "without need of a backtest: we do now" in await rule("list", RULE)


async def test_what_others_could_not_read_is_refused(
    rule: Run, postgres: PostgresStore, tmp_path: Path
) -> None:
    with pytest.raises(Trouble, match="reason: String should have at most 128 characters"):
        await rule("retire", RULE, "--reason", "x" * 129)
    with pytest.raises(Trouble, match="holds a control character or a line break"):
        await rule("retire", RULE, "--reason", "so\nwhat")
    with pytest.raises(Trouble, match="adopt what"):
        await rule("adopt")
    assert (await read(postgres, RULE)).events == []


async def test_who_decides_at_once_with_another_decides_on_what_that_one_said(
    postgres: PostgresStore,
) -> None:
    commands = [Propose(RULE, {"fewest_gaps": few}, "maria") for few in (7, 8, 9, 7)]
    await asyncio.gather(*(tell(postgres, command, MONDAY) for command in commands))
    told = [event.data.policy_version for event in (await read(postgres, RULE)).events]  # type: ignore[attr-defined]
    assert told == [1, 2, 3]


async def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    arguments = parser(["rule"]).parse_args(
        ["rule", "list", "--database", "postgresql://a:secret@127.0.0.1:1/x"]
    )
    with pytest.raises(Trouble, match=r"the database at .*127\.0\.0\.1:1 can't be used") as caught:
        await asyncio.to_thread(arguments.run, arguments)
    assert "secret" not in str(caught.value)
