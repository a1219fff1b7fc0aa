"""What a server keeps of a password, against the example of RFC 7677."""

import base64
import hashlib
import hmac

import pytest

from deploy.errors import Trouble
from deploy.security.scram import postgres_verifier, salted

SALT = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
SAID = (
    b"n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    b"s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
)
PROOF = base64.b64decode("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=")
SIGNATURE = "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="


def test_the_verifier_proves_who_knows_the_password_and_does_not_hold_it() -> None:
    verifier = postgres_verifier("pencil", SALT)
    head, keys = verifier.rsplit("$", 1)
    assert head == "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
    stored, server = map(base64.b64decode, keys.split(":"))
    signed = hmac.digest(stored, SAID, "sha256")
    client = bytes(one ^ other for one, other in zip(PROOF, signed, strict=True))
    assert hashlib.sha256(client).digest() == stored
    assert base64.b64encode(hmac.digest(server, SAID, "sha256")).decode() == SIGNATURE


@pytest.mark.parametrize("password", ["", "naïve", "two\nlines"])
def test_a_password_that_clients_prepare_differently_is_refused(password: str) -> None:
    with pytest.raises(Trouble, match="visible ASCII letters"):
        salted("sha512", password, SALT)
