"""A service's AsyncAPI 3 document: what it hears, what it says, and in which shape."""

import importlib
from collections.abc import Mapping
from typing import Any

from deploy.asyncapi.messages import KAFKA, Message, dead_letter, messages_of, schemas_of
from deploy.provisioning.topics import pages
from shared.contracts.topics import DEAD_LETTERS, VOCABULARIES

DAY_MS = 86_400_000
Page = Mapping[str, Any]


def document(service: str) -> dict[str, Any]:
    """The document of a service: it reads what its app hears, and writes its own topic and dead letters."""
    read = [page for page in pages() if page["topic"] in hears(service)]
    written = [page for page in pages() if page["topic"] in (service, DEAD_LETTERS)]
    heard = [VOCABULARIES[page["topic"]] for page in [*read, *written] if page["topic"] != DEAD_LETTERS]
    messages = {page["topic"]: messages_in(page) for page in [*read, *written]}
    return {
        "asyncapi": "3.0.0",
        "id": f"urn:evergreen:{service}",
        "info": _info(service),
        "defaultContentType": "application/cloudevents+json",
        "servers": {"kafka": _server()},
        "channels": {page["topic"]: _channel(page, messages[page["topic"]]) for page in [*read, *written]},
        "operations": {
            **{f"hear-{page['topic']}": _hears(service, page) for page in read},
            **{f"write-{page['topic']}": _writes(page) for page in written},
        },
        "components": {
            "messages": {name: message for found in messages.values() for name, message in found.items()},
            "schemas": schemas_of(heard),
        },
    }


def hears(service: str) -> frozenset[str]:
    """The topics that the service subscribes to, asked of the service itself."""
    return frozenset(importlib.import_module(f"services.{service}.app").SERVICE.hears)


def messages_in(page: Page) -> dict[str, Message]:
    """The messages of a topic, by component name."""
    topic = page["topic"]
    if topic == DEAD_LETTERS:
        return {"dead-letter": dead_letter()}
    return messages_of(VOCABULARIES[topic], from_outside="publisher" in page["written_by"])


def _info(service: str) -> dict[str, Any]:
    text = (
        f"What {service} hears and what it says. Every event is a CloudEvent 1.0; contracts only grow: "
        "readers ignore what they do not know. A record that breaks its contract goes to dead-letters."
    )
    return {"title": f"Evergreen {service}", "version": "1.0.0", "description": text}


def _server() -> dict[str, Any]:
    where = {"default": "localhost:9092", "description": "EVERGREEN_KAFKA of the service."}
    return {"host": "{bootstrap}", "protocol": "kafka", "variables": {"bootstrap": where}}


def _channel(page: Page, messages: Mapping[str, Message]) -> dict[str, Any]:
    settings = {"retention.ms": page["retention_days"] * DAY_MS}
    topic = {"topic": page["topic"], "partitions": page["partitions"], "topicConfiguration": settings}
    return {
        "address": page["topic"],
        "description": page["purpose"],
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"kafka": {**topic, **KAFKA}},
    }


def _hears(service: str, page: Page) -> dict[str, Any]:
    group = {"type": "string", "enum": [service]}
    return {**_operation("receive", page), "bindings": {"kafka": {"groupId": group, **KAFKA}}}


def _writes(page: Page) -> dict[str, Any]:
    return _operation("send", page)


def _operation(action: str, page: Page) -> dict[str, Any]:
    channel = f"#/channels/{page['topic']}"
    messages = [{"$ref": f"{channel}/messages/{name}"} for name in messages_in(page)]
    return {"action": action, "channel": {"$ref": channel}, "messages": messages}
