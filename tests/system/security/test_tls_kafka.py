"""Kafka by TLS and SCRAM: the broker of a secure house, its listeners moved to TLS with PEM files."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker

from deploy.local.house.passwords import made
from deploy.local.process import processes
from deploy.local.process.account import home, unprivileged
from deploy.local.process.ports import HOST, free_port
from deploy.local.servers.kafka import Kafka
from deploy.provisioning.topics import Topic, pages, provide
from deploy.security import principals
from deploy.security.rights import ADMIN, rights
from shared.consume.client.broker_security import broker_arguments
from shared.kafka import kafka_client
from shared.resilience.retry import probe
from tests.system.security.attempts import enter, gone, read, soon
from tests.system.security.certificates import certificates


@dataclass(frozen=True)
class Encrypted:
    """The broker's place, the folder of the passwords, and who vouches for it."""

    bootstrap: str
    secrets: Path
    ca: Path

    def address(self, who: str, **other: object) -> str:
        options = {"password_file": self.secrets / who, "ca_file": self.ca, **other}
        query = "&".join(f"{name}={value}" for name, value in options.items())
        return f"sasl_ssl://{who}@{self.bootstrap}?{query}"

    @property
    def admin(self) -> str:
        return self.address(ADMIN, mechanism="PLAIN")


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Encrypted]:
    folder = tmp_path_factory.mktemp("encrypted")
    account = unprivileged()
    secrets = made(folder / "secrets", [ADMIN, "insight"])
    ports = free_port(), free_port()
    broker = Kafka(home(folder, account) / "kafka", folder / "kafka.log", *ports, account, secrets[ADMIN])
    files = certificates(broker.home / "pem", HOST)
    program = broker.prepare()
    settings = broker.home / "server.properties"
    store = f"ssl.keystore.type=PEM\nssl.keystore.location={files.server}\n"
    trust = f"ssl.truststore.type=PEM\nssl.truststore.location={files.ca}\n"
    by_tls = settings.read_text().replace("SASL_PLAINTEXT", "SASL_SSL").replace("sasl_plaintext", "sasl_ssl")
    settings.write_text(by_tls + store + trust)
    found = Encrypted(broker.bootstrap, folder / "secrets", files.ca)
    running = processes.start(program, folder)
    try:
        asyncio.run(_answers(found.admin))
        yield found
    finally:
        processes.kill(running, folder)


@pytest.fixture(autouse=True)
async def _closed() -> AsyncIterator[None]:
    yield
    await gone()


async def _answers(address: str) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await probe(address)
            except KafkaError:
                await asyncio.sleep(0.1)
            else:
                break
    await gone()


async def test_topics_principals_and_rights_are_made_over_tls_and_every_client_gets_in(
    encrypted: Encrypted,
) -> None:
    await provide(encrypted.admin, [Topic("conversion", 6, 1)])
    password = (encrypted.secrets / "insight").read_text()
    await principals.provide(encrypted.admin, {"insight": password}, rights(pages()))
    insight = encrypted.address("insight")
    await soon(lambda: read(insight, "conversion", "insight"))
    broker = KafkaBroker(**broker_arguments(insight), logger=None)
    try:
        await broker.start()
        assert await broker.ping(5)
    finally:
        await broker.stop()


async def test_a_broker_that_nobody_we_trust_vouches_for_is_refused(
    encrypted: Encrypted, tmp_path: Path
) -> None:
    stranger = certificates(tmp_path, HOST)
    with pytest.raises(KafkaError):
        await enter(encrypted.address(ADMIN, mechanism="PLAIN", ca_file=stranger.ca))


async def test_a_broker_under_another_name_than_its_certificate_is_refused(encrypted: Encrypted) -> None:
    with pytest.raises(KafkaError):
        await enter(encrypted.admin.replace(HOST, "localhost"))


async def test_who_does_not_speak_tls_is_refused(encrypted: Encrypted) -> None:
    plain = encrypted.admin.replace("sasl_ssl", "sasl_plaintext").replace(f"&ca_file={encrypted.ca}", "")
    assert kafka_client(plain)["security_protocol"] == "SASL_PLAINTEXT"
    with pytest.raises(KafkaError):
        await enter(plain)


async def test_a_wrong_password_is_refused_over_tls_too(encrypted: Encrypted, tmp_path: Path) -> None:
    (tmp_path / "wrong").write_text("wrong")
    with pytest.raises(KafkaError):
        await enter(encrypted.address("insight", password_file=tmp_path / "wrong"))
