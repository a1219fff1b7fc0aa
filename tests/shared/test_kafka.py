"""An address of Kafka, and what the clients make of it."""

from pathlib import Path

import pytest

from shared.consume.client.broker_security import broker_arguments
from shared.kafka import WrongAddress, kafka_address, kafka_client


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "a b+c"
    file.write_text("s3cret\n")
    return file


@pytest.mark.parametrize("address", ["one", "::1", "[::1]", "[::1]:9092", "one:9092,two:9093"])
def test_a_port_may_be_left_out(address: str) -> None:
    assert kafka_address(address).servers == tuple(address.split(","))


def test_a_place_alone_is_plain() -> None:
    assert kafka_client("one:9092,two:9092") == {
        "bootstrap_servers": ["one:9092", "two:9092"],
        "security_protocol": "PLAINTEXT",
    }
    assert broker_arguments("one:9092,two:9092") == {
        "bootstrap_servers": ["one:9092", "two:9092"],
        "security": None,
    }


def test_a_user_comes_with_the_password_that_is_in_the_file_now(secret: Path) -> None:
    address = f"sasl_plaintext://insight@one:9092?password_file={secret}"
    assert kafka_client(address) == {
        "bootstrap_servers": ["one:9092"],
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": "insight",
        "sasl_plain_password": "s3cret",
    }
    secret.write_text("changed")
    assert kafka_client(address)["sasl_plain_password"] == "changed"


def test_with_tls_the_name_of_the_broker_is_checked_against_a_vouched_certificate(secret: Path) -> None:
    trust = kafka_client(f"sasl_ssl://insight@one:9092?password_file={secret}")["ssl_context"]
    assert trust.check_hostname
    assert trust.verify_mode.name == "CERT_REQUIRED"


@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"])
@pytest.mark.parametrize("protocol", ["sasl_ssl", "sasl_plaintext"])
def test_faststream_is_told_the_same_as_every_other_client(
    secret: Path, protocol: str, mechanism: str
) -> None:
    from faststream.kafka.security import parse_security

    address = f"{protocol}://insight@one:9092?password_file={secret}&mechanism={mechanism}"
    ours, told = kafka_client(address), parse_security(broker_arguments(address)["security"])
    assert bool(told.pop("ssl_context")) == bool(ours.pop("ssl_context", None)) == (protocol == "sasl_ssl")
    assert {"bootstrap_servers": ["one:9092"], **told} == ours


@pytest.mark.parametrize(
    ("address", "complaint"),
    [
        ("http://one:9092", "not http://"),
        ("", "names a broker"),
        ("one:abc", "one:abc is no broker's host:port"),
        ("one:9092,two:0", "two:0 is no broker's host:port"),
        ("[::1]:70000", "no broker's host:port"),
        ("sasl_ssl://insight:hush@one:9092?password_file=x", "holds no password"),
        ("sasl_ssl://insight@one:9092", "needs both"),
        ("sasl_ssl://one:9092?password_file=x", "needs both"),
        ("insight@one:9092?password_file=x", "begins with sasl_ssl"),
        ("sasl_ssl://insight@one:9092?password_file=x&mechanism=GSSAPI", "not GSSAPI"),
        ("sasl_ssl://insight@one:9092?password=hush", "not password"),
        ("sasl_plaintext://insight@one:9092?password_file=x&ca_file=y", "ca_file is of use"),
    ],
)
def test_an_address_that_would_be_less_secure_than_it_looks_is_refused(address: str, complaint: str) -> None:
    with pytest.raises(WrongAddress, match=complaint) as refused:
        kafka_address(address)
    assert "hush" not in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        kafka_client(f"sasl_ssl://insight@one:9092?password_file={tmp_path}/nowhere")
