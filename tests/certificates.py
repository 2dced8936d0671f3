"""An authority of the tests' own, and the certificates that it issues."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PEM = serialization.Encoding.PEM


@dataclass(frozen=True)
class Authority:
    """Issues certificates for 127.0.0.1, of which clients trust those of its file."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    file: Path

    @classmethod
    def made(cls, folder: Path) -> Self:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority for tests")])
        key = ec.generate_private_key(ec.SECP256R1())
        signed = (
            _certificate(name, key, days=1)
            .issuer_name(name)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
            )
            .sign(key, hashes.SHA256())
        )
        file = folder / "authority.pem"
        file.write_bytes(signed.public_bytes(PEM))
        return cls(name, key, file)

    def issue(self, chain: Path, key_file: Path, *, days: float = 1) -> None:
        """Write a new certificate and its key; with negative days it has expired."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ecg")])
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        signed = (
            _certificate(subject, key, days=days)
            .issuer_name(self.name)
            .add_extension(names, critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()),
                critical=False,
            )
            .sign(self.key, hashes.SHA256())
        )
        secret = key.private_bytes(
            PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        # As renewing programs do: each file is there as a whole or not at all.
        for file, content in ((chain, signed.public_bytes(PEM)), (key_file, secret)):
            new = file.with_suffix(".new")
            new.write_bytes(content)
            new.replace(file)

    def trusting(self) -> ssl.SSLContext:
        """Return what a client needs to trust this authority, and no other."""
        return ssl.create_default_context(cafile=str(self.file))


def _certificate(
    subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: float
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
