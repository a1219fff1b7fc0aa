"""The AsyncAPI documents say what the code says and what the services do; the official parser agrees."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deploy.asyncapi.__main__ import DOCUMENTS, text_of
from deploy.asyncapi.document import document, hears
from deploy.asyncapi.messages import golden
from deploy.asyncapi.parser import problems
from deploy.places import ROOT
from deploy.provisioning.topics import pages
from shared.contracts.topics import DEAD_LETTERS, STAGES, VOCABULARIES

Document = dict[str, Any]
parsed = pytest.mark.timeout(300)  # the first run fetches Node.js and the parser


@pytest.mark.parametrize("service", STAGES)
def test_the_committed_document_is_the_one_the_code_makes_now(service: str) -> None:
    committed = (DOCUMENTS / f"{service}.json").read_text()
    assert committed == text_of(service), "the contracts changed: run python -m deploy.asyncapi and commit"


def test_every_service_has_a_document_and_nothing_else_has() -> None:
    assert {path.name for path in DOCUMENTS.iterdir()} == {f"{service}.json" for service in STAGES}
    assert {path.parent.name for path in (ROOT / "services").glob("*/app.py")} <= set(STAGES)


@pytest.mark.parametrize("service", STAGES)
def test_the_topics_pages_name_the_readers_and_writers_that_there_are(service: str) -> None:
    read = {page["topic"] for page in pages() if service in page["read_by"]}
    written = {page["topic"] for page in pages() if service in page["written_by"]}
    assert read == hears(service)
    assert written == {service, DEAD_LETTERS}


def test_a_document_has_an_operation_for_each_topic_heard_and_written() -> None:
    operations = document("retention")["operations"]
    assert {name: operation["action"] for name, operation in operations.items()} == {
        "hear-conversion": "receive",
        "hear-insight": "receive",
        "write-retention": "send",
        "write-dead-letters": "send",
    }
    assert operations["hear-insight"]["bindings"]["kafka"]["groupId"]["enum"] == ["retention"]


@pytest.mark.parametrize("service", STAGES)
def test_every_type_of_every_topic_is_a_message_with_its_golden_example(service: str) -> None:
    made = document(service)
    for topic in set(made["channels"]) - {DEAD_LETTERS}:
        for fact in VOCABULARIES[topic].values():
            assert fact.type in made["channels"][topic]["messages"]
            message = made["components"]["messages"][fact.type]
            assert message["examples"][0]["payload"] == golden(fact)


def test_a_message_is_one_event_with_its_headers_and_its_key() -> None:
    messages = document("conversion")["components"]["messages"]
    won, heartbeat = messages["conversion.customer_won"], messages["source.heartbeat"]
    assert won["contentType"] == "application/cloudevents+json"
    assert won["headers"]["required"] == ["content-type"]
    assert won["bindings"]["kafka"]["key"]["type"] == "string"
    assert heartbeat["bindings"]["kafka"]["key"]["type"] == "null"
    assert won["payload"]["allOf"][1]["properties"]["data"]["$ref"].endswith("/CustomerWon")
    assert set(won["payload"]["allOf"][1]["required"]) == {
        *("recordedtime", "causationid", "correlationid", "streamversion", "data")
    }


def test_only_what_comes_from_outside_may_be_binary() -> None:
    channels = document("acquisition")["channels"]
    binary = {
        topic
        for topic, channel in channels.items()
        if any(n.endswith(".binary") for n in channel["messages"])
    }
    assert binary == {"signals"}


@parsed
def test_the_official_parser_finds_nothing_wrong() -> None:
    committed = [DOCUMENTS / f"{service}.json" for service in STAGES]
    assert problems(committed) == {path: [] for path in committed}


def _without_type(made: Document) -> None:
    del made["components"]["messages"]["order.paid"]["examples"][0]["payload"]["type"]


def _wrong_amount(made: Document) -> None:
    made["components"]["messages"]["order.paid"]["examples"][0]["payload"]["data"]["amount"] = "29.90 EUR"


def _wrong_header(made: Document) -> None:
    made["components"]["messages"]["order.paid.binary"]["examples"][0]["headers"]["ce_type"] = "order.lost"


def _unknown_channel(made: Document) -> None:
    made["operations"]["hear-signals"]["channel"]["$ref"] = "#/channels/nowhere"


def _unknown_action(made: Document) -> None:
    made["operations"]["hear-signals"]["action"] = "overhear"


def _no_schema(made: Document) -> None:
    made["components"]["schemas"]["OrderPaid"]["type"] = "money"


PLANTED: list[tuple[Callable[[Document], None], str]] = [
    (_without_type, "type"),
    (_wrong_amount, "integer"),
    (_wrong_header, "ce_type"),
    (_unknown_channel, "nowhere"),
    (_unknown_action, "action"),
    (_no_schema, "type"),
]


@parsed
def test_the_official_parser_sees_each_planted_error(tmp_path: Path) -> None:
    whole = document("acquisition")
    for plant, _ in PLANTED:
        broken = copy.deepcopy(whole)
        plant(broken)
        (tmp_path / f"{plant.__name__}.json").write_text(json.dumps(broken))
    found = problems(sorted(tmp_path.iterdir()))
    for plant, word in PLANTED:
        assert word in " ".join(found[tmp_path / f"{plant.__name__}.json"]), plant.__name__


def test_the_lock_of_the_parser_names_no_host() -> None:
    lock = json.loads((ROOT / "deploy" / "asyncapi" / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}
    assert len(packages) > 100
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if "integrity" not in package] == []
