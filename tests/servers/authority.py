"""An authority that certifies servers of tests."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import program

KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, and the certificate of who vouches for it."""

    chain: Path
    key: Path
    authority: Path


def authority(folder: Path, name: str) -> Certificate:
    """Make an authority, which vouches for itself."""
    return _certified(folder, name, "-addext basicConstraints=critical,CA:TRUE")


def certified(folder: Path, by: Certificate, host: str = "IP:127.0.0.1") -> Certificate:
    """Make a certificate for a host, such as `DNS:db.example`."""
    signed = f"-addext subjectAltName={host} -CA {by.chain} -CAkey {by.key}"
    made = _certified(folder, "server", signed)
    return Certificate(made.chain, made.key, by.chain)


def _certified(folder: Path, name: str, options: str) -> Certificate:
    chain, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = f"req -x509 {KEY} -subj /CN={name} {options} -out {chain} -keyout {key}"
    openssl = program("openssl", package="openssl")
    subprocess.run([openssl, *command.split()], check=True, capture_output=True)
    return Certificate(chain, key, chain)
