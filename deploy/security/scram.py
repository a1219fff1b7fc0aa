"""Passwords as servers keep them (RFC 5802), so that no server is told one.

PostgreSQL may log a statement; with the verifier in it nobody can log in. Kafka is told the salted password,
which is as good as the password to whoever can listen: over TLS, or on the loopback.
"""

import base64
import hashlib
import hmac

from deploy.errors import Trouble

ITERATIONS = 4_096
"""What PostgreSQL takes by default, and the least that Kafka takes; enough for passwords made at random."""


def salted(digest: str, password: str, salt: bytes, iterations: int = ITERATIONS) -> bytes:
    """The password with its salt. Trouble when it holds more than the visible letters of ASCII: SCRAM would
    prepare others, and not every client does so alike."""
    if not (password and password.isascii() and password.isprintable()):
        raise Trouble("a password is made of visible ASCII letters, one at least: choose another")
    return hashlib.pbkdf2_hmac(digest, password.encode(), salt, iterations)


def postgres_verifier(password: str, salt: bytes, iterations: int = ITERATIONS) -> str:
    """What `alter role ... password` takes in place of the password."""
    key = salted("sha256", password, salt, iterations)
    client, server = (hmac.digest(key, name, "sha256") for name in (b"Client Key", b"Server Key"))
    stored = hashlib.sha256(client).digest()
    parts = (base64.b64encode(part).decode() for part in (salt, stored, server))
    return "SCRAM-SHA-256${}:{}${}:{}".format(iterations, *parts)
