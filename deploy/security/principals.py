"""Principals on a running Kafka: their passwords and their rights. Idempotent."""

import secrets
from collections.abc import Mapping, Sequence

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, for_code
from aiokafka.protocol.api import Request, Response

from deploy.errors import Trouble
from deploy.security.requests import AlterUserScramCredentials, CreateAcls
from deploy.security.rights import Right
from deploy.security.scram import ITERATIONS, salted
from shared.kafka import kafka_client

NO_AUTHORIZER = 54


async def provide(kafka: str, passwords: Mapping[str, str], wanted: Sequence[Right]) -> None:
    """Gives each principal of `passwords` that one (SCRAM-SHA-512), and everybody the wanted rights.

    Trouble when Kafka can't be reached as who may do so, or allows everybody everything.
    """
    credentials = [_credential(name, password) for name, password in sorted(passwords.items())]
    client = AIOKafkaClient(**kafka_client(kafka), request_timeout_ms=15_000)
    try:
        await client.bootstrap()
        _check_rights(await _ask(client, CreateAcls(wanted)), wanted)
        if credentials:
            _check_users(await _ask(client, AlterUserScramCredentials(credentials)))
    except (KafkaError, OSError) as error:
        raise Trouble(f"Kafka at {kafka} can't be told of principals: {error}") from error
    finally:
        await client.close()


def _credential(name: str, password: str) -> tuple[str, int, bytes, bytes]:
    salt = secrets.token_bytes(24)
    return name, ITERATIONS, salt, salted("sha512", password, salt)


async def _ask(client: AIOKafkaClient, request: Request) -> Response:
    """Any broker hands it on to the controller."""
    return await client.send(client.get_random_node(), request)


def _check_users(answer: Response) -> None:
    for name, code, message, _ in answer.results:
        if code:
            raise Trouble(f"Kafka refused principal {name}: {message or for_code(code).description}")


def _check_rights(answer: Response, wanted: Sequence[Right]) -> None:
    for right, (code, message) in zip(wanted, answer.creation_responses, strict=True):
        if code == NO_AUTHORIZER:
            raise Trouble(
                "this Kafka has no authorizer, so everybody who reaches it may do everything: set its "
                "authorizer.class.name, or provision without --principals"
            )
        if code:
            raise Trouble(f"Kafka refused {right}: {message or for_code(code).description}")
