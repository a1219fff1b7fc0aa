"""Certificates for tests: an authority of its own, and a server's certificate by it, as PEM files."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Key = ec.EllipticCurvePrivateKey
FOR = timedelta(hours=1)


@dataclass(frozen=True)
class Certificates:
    """`ca` is what clients are to trust; `server` holds a server's key and certificate."""

    ca: Path
    server: Path


def certificates(folder: Path, host: str) -> Certificates:
    """For a server on this IP address, by an authority that nobody else trusts."""
    folder.mkdir(parents=True, exist_ok=True)
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _signed("authority", authority, "authority", authority, x509.BasicConstraints(True, None))
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
    leaf = _signed("server", key, "authority", authority, names)
    made = Certificates(folder / "ca.pem", folder / "server.pem")
    made.ca.write_bytes(root.public_bytes(Encoding.PEM))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    made.server.write_bytes(private + leaf.public_bytes(Encoding.PEM))
    return made


def _signed(name: str, key: Key, issuer: str, by: Key, extension: x509.ExtensionType) -> x509.Certificate:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder(_name(issuer), _name(name), key.public_key(), x509.random_serial_number())
        .not_valid_before(now - FOR)
        .not_valid_after(now + FOR)
        .add_extension(extension, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .sign(by, hashes.SHA256())
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
