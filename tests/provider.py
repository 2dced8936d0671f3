"""An identity provider in the process of the tests, which misbehaves as it is told."""

import asyncio
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

Json = dict[str, Any]
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]

DISCOVERY, JWKS = "/.well-known/openid-configuration", "/jwks"


@cache
def key_of(kind: str, name: str) -> RSAKey | ECKey | OKPKey:
    """Make a key once, since RSA keys take long."""
    parameters: Any = {"kid": name, "use": "sig"}
    if kind == "RSA":
        return RSAKey.generate_key(2048, parameters)
    if kind == "EC":
        return ECKey.generate_key("P-256", parameters)
    return OKPKey.generate_key("Ed25519", parameters)


def coded(value: object) -> str:
    """Return a value as a part of a token."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).decode().rstrip("=")


def answer(body: bytes, status: str = "200 OK", *fields: str) -> Answer:
    """Answer with these bytes."""

    async def write(writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *fields]
        writer.write("\r\n".join([*head, "", ""]).encode() + body)
        await writer.drain()

    return write


def document(value: object) -> Answer:
    """Answer with a JSON document."""
    return answer(json.dumps(value).encode(), "200 OK", "Content-Type: application/json")


class Provider:
    """Serves discovery and keys, unless `answers` has another answer for the path."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.keys = {"one": key_of("RSA", "one")}
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []

    @property
    def published(self) -> Json:
        return {"keys": [key.as_dict(private=False) for key in self.keys.values()]}

    def token(self, claims: Json | None = None, *, kid: str = "one", **header: object) -> str:
        """Return a token signed by one of the keys."""
        made = {"alg": "RS256", "typ": "at+jwt", "kid": kid, **header}
        said = json.dumps(self.claims() if claims is None else claims)
        return jws.serialize_compact(
            {name: value for name, value in made.items() if value is not None},
            said,
            self.keys.get(kid) or key_of("RSA", kid),
            algorithms=[str(made["alg"])],
        )

    def claims(self, **changes: object) -> Json:
        """Return right claims, with changes; what is None is left out."""
        now = int(time.time())
        said = {
            "iss": self.url,
            "sub": "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
            "aud": "ecg",
            "exp": now + 300,
            "iat": now,
            "client_id": "viewer",
            **changes,
        }
        return {name: value for name, value in said.items() if value is not None}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        try:
            path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
            self.asked.append(path)
            usual = {
                DISCOVERY: document({"issuer": self.url, "jwks_uri": self.url + JWKS}),
                JWKS: document(self.published),
            }
            await (usual | self.answers)[path](writer)
        except (OSError, KeyError):
            pass  # the client has gone, or asks for what is not there
        finally:
            writer.close()


@asynccontextmanager
async def provider() -> AsyncGenerator[Provider]:
    """Serve until the block ends; what is still being answered is cut off."""
    tasks, writers = set[asyncio.Task[None]](), list[asyncio.StreamWriter]()
    made: Provider

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        task = asyncio.create_task(made.serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    made = Provider(server.sockets[0].getsockname()[1])
    try:
        yield made
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for writer in writers:  # one that still has something to send would stay open
            writer.transport.abort()
        await asyncio.sleep(0)
