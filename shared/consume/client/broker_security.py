"""The address of Kafka as FastStream wants it."""

from typing import Any

from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from shared.kafka import KafkaAddress, kafka_address

MECHANISMS = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}


def broker_arguments(text: str) -> dict[str, Any]:
    """What tells a FastStream broker where to connect and how. Errors: `WrongAddress`, `OSError`."""
    address = kafka_address(text)
    return {"bootstrap_servers": list(address.servers), "security": _security(address)}


def _security(address: KafkaAddress) -> BaseSecurity | None:
    trust = address.trust() if address.protocol.endswith("SSL") else None
    if address.user:
        return MECHANISMS[address.mechanism](address.user, address.password(), trust, trust is not None)
    return BaseSecurity(trust) if trust else None
