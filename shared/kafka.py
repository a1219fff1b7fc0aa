"""Where Kafka is and as whom one speaks to it: one address, from which every client is made.

    host:port                                           no password, nothing encrypted
    sasl_plaintext://USER@host:port?password_file=FILE  a password (SCRAM), nothing encrypted
    sasl_ssl://USER@host:port?password_file=FILE        both; &ca_file=FILE where the CA is one's own
    ssl://host:port?ca_file=FILE                        TLS alone

Several brokers are named with commas. An address never holds a secret, so it may stand in logs and in `ps`;
files are read anew for each client, so a changed password is taken up as soon as a client is made again.
"""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN")
OPTIONS = ("password_file", "ca_file", "mechanism")


class WrongAddress(Exception):
    """An address of Kafka that names no way to it."""


@dataclass(frozen=True, slots=True)
class KafkaAddress:
    """`servers` are host:port each. `user` and `password_file` are empty where no password is asked for."""

    servers: tuple[str, ...]
    protocol: str = "PLAINTEXT"
    user: str = ""
    password_file: str = ""
    ca_file: str = ""
    mechanism: str = MECHANISMS[0]

    def password(self) -> str:
        """Errors: `OSError` when its file can't be read."""
        return Path(self.password_file).read_text().rstrip("\r\n")

    def trust(self) -> ssl.SSLContext:
        """Who may vouch for the broker, whose name is checked. Errors: `OSError`, an unreadable `ca_file`."""
        return ssl.create_default_context(cafile=self.ca_file or None)


def kafka_address(text: str) -> KafkaAddress:
    """The parts of an address. Errors: `WrongAddress` says what is missing or too much, never a password."""
    scheme, separator, rest = text.rpartition("://")
    protocol = scheme.upper() if separator else "PLAINTEXT"
    if protocol not in PROTOCOLS:
        raise WrongAddress(
            f"a Kafka address begins with host:port, ssl://, sasl_ssl:// or sasl_plaintext://, not {scheme}://"
        )
    place, _, query = rest.partition("?")
    user, _, servers = place.rpartition("@")
    options = dict(parse_qsl(query.replace("+", "%2B"), keep_blank_values=True))
    brokers = tuple(filter(None, servers.strip("/").split(",")))
    found = KafkaAddress(brokers, protocol, unquote(user), **_known(options))
    _agree(found)
    return found


def _known(options: dict[str, str]) -> dict[str, str]:
    for name in options:
        if name not in OPTIONS:
            raise WrongAddress(f"a Kafka address knows {', '.join(OPTIONS)}, not {name}")
    return options


def _agree(address: KafkaAddress) -> None:
    sasl = address.protocol.startswith("SASL")
    if not address.servers:
        raise WrongAddress("a Kafka address names a broker: host:port")
    for server in address.servers:
        _agree_port(server)
    if ":" in address.user:
        raise WrongAddress("a Kafka address holds no password: put it into a file, ?password_file=FILE")
    if sasl and not (address.user and address.password_file):
        raise WrongAddress(
            "a Kafka address with sasl needs both: sasl_ssl://USER@host:port?password_file=FILE"
        )
    if not sasl and (address.user or address.password_file):
        raise WrongAddress("a Kafka address with a user begins with sasl_ssl:// (or sasl_plaintext://)")
    if address.mechanism not in MECHANISMS:
        raise WrongAddress(f"mechanism is one of {', '.join(MECHANISMS)}, not {address.mechanism}")
    if address.ca_file and not address.protocol.endswith("SSL"):
        raise WrongAddress("ca_file is of use with ssl:// and sasl_ssl:// alone")


def _agree_port(server: str) -> None:
    host, colon, port = server.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        return  # left out, maybe of an IPv6 address
    if not (port.isdecimal() and 0 < int(port) < 65_536):
        raise WrongAddress(f"{server} is no broker's host:port: a port is a number from 1 to 65535")


def kafka_client(text: str) -> dict[str, Any]:
    """What tells any client of aiokafka where to connect and how. Errors: `WrongAddress`, `OSError`."""
    address = kafka_address(text)
    arguments: dict[str, Any] = {
        "bootstrap_servers": list(address.servers),
        "security_protocol": address.protocol,
    }
    if address.protocol.endswith("SSL"):
        arguments["ssl_context"] = address.trust()
    if address.user:
        arguments["sasl_mechanism"] = address.mechanism
        arguments["sasl_plain_username"] = address.user
        arguments["sasl_plain_password"] = address.password()
    return arguments
