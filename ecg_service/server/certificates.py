"""The certificate that the server shows, and the key that proves it."""

import asyncio
import logging
import ssl
from pathlib import Path
from typing import Self

from ecg_service.settings import BadSettings, ServerSettings, variable

logger = logging.getLogger(__name__)

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2: those with forward secrecy that authenticate what they encrypt (RFC 9325 §4.2); all of TLS 1.3 do."""

Seen = tuple[tuple[int, int, int], ...]
"""What tells that files have changed."""


class Certificate:
    """A chain of certificates and a key, loaded again when their files have changed.

    Connections keep the ones that they began with. Raises `OSError` or `ValueError` for files that
    cannot be used; if it is so later, those from before go on.
    """

    def __init__(self, chain: str, key: str | None = None) -> None:
        self._chain, self._key = chain, key
        self._seen = self._look()
        self.context = _context(chain, key)

    @classmethod
    def configured(cls, settings: ServerSettings) -> Self | None:
        """Return the one that the settings name, if they do; raises `BadSettings`."""
        if settings.tls_cert is None:
            if settings.tls_key is not None:
                raise BadSettings(f"{variable('tls_key')}: needs {variable('tls_cert')} beside it")
            return None
        try:
            return cls(settings.tls_cert, settings.tls_key)
        except (OSError, ValueError) as error:
            raise _blamed(settings.tls_cert, settings.tls_key, error) from error

    def renew(self) -> None:
        """Load the files again if they have changed."""
        try:
            seen = self._look()
            if seen == self._seen:
                return
            self._seen = seen
            self.context = _context(self._chain, self._key)
        except (OSError, ValueError) as error:
            logger.error("the new certificate cannot be used, the old one goes on: %s", error)  # noqa: TRY400
        else:
            logger.info("the certificate was renewed")

    async def renew_forever(self, seconds: float) -> None:
        """Look at the files again and again."""
        while True:
            await asyncio.sleep(seconds)
            self.renew()

    def _look(self) -> Seen:
        files = [self._chain, *([self._key] if self._key else [])]
        found = [Path(file).stat() for file in files]
        return tuple((one.st_mtime_ns, one.st_ino, one.st_size) for one in found)


def _blamed(chain: str, key: str | None, error: OSError | ValueError) -> BadSettings:
    """Return the error of the file that is at fault: OpenSSL names none."""
    for name, file in {"tls_cert": chain, "tls_key": key}.items():
        try:
            if file is not None:
                Path(file).open("rb").close()
        except OSError as unread:
            return BadSettings(f"{variable(name)}: {file}: {unread.strerror}")
    try:
        ssl.create_default_context(cafile=chain)
    except (OSError, ValueError):
        return BadSettings(f"{variable('tls_cert')}: {chain}: it has no certificate in PEM")
    if key is None:
        return BadSettings(f"{variable('tls_cert')}: {chain}: no key in it that fits: {error}")
    return BadSettings(f"{variable('tls_key')}: {key}: no key for {chain}: {error}")


def _context(chain: str, key: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 9325 §3.1.1
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(chain, key, password=_ask_nobody)
    return context


def _ask_nobody() -> str:
    """OpenSSL would ask the terminal."""
    raise ValueError("the key is encrypted, and nobody is there to be asked for its password")
