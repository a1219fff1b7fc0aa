"""Customer ids fit to be keys: opaque, short, no personal data."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

LONGEST = 128


class Unkeyed(ValueError):
    """The text can't be a customer id; the message says why."""


def customer_key(text: str) -> str:
    """The id as it stands in the file, or Unkeyed."""
    name = text.strip()
    if not name:
        raise Unkeyed("customer is empty")
    if len(name) > LONGEST:
        raise Unkeyed(f"customer is longer than {LONGEST} characters (--hash-customers makes any id short)")
    if "\x00" in name:
        raise Unkeyed("customer holds a NUL")
    return name


def looks_personal(customer: str) -> bool:
    """An e-mail address, most likely."""
    name, at, host = customer.partition("@")
    return bool(name and at and "." in host)


def hashed(customer: str, secret: bytes) -> str:
    """A key that says nothing about whom it stands for, the same for the same secret."""
    return hmac.new(secret, customer.encode(), hashlib.sha256).hexdigest()[:20]


def secret_of(path: Path) -> bytes:
    """This checkout's secret, made at first use and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    return bytes.fromhex(path.read_text())
