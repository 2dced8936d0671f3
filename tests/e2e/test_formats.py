"""MessagePack, compression and entity tags, as curl has them."""

import asyncio
import gzip
import json
from pathlib import Path

import msgspec

from tests.e2e.service import PASSWORD, USER, Service, is_healthy_with, running
from tests.processes import PATIENCE, environment

SAMPLES = [*range(-3_000, 3_000)]
ECG = {"leads": [{"name": "I", "signal": SAMPLES}]}
PACKED = {
    "leads": [
        {
            "name": "I",
            "signal": b"".join(sample.to_bytes(2, "little", signed=True) for sample in SAMPLES),
            "encoding": "i16le",
        }
    ]
}


async def curl(service: Service, folder: Path, path: str, *arguments: str) -> tuple[int, bytes]:
    """Return the status and the body of the answer."""
    process = await asyncio.create_subprocess_exec(
        *("curl", "--silent", "--show-error", "--max-time", str(int(PATIENCE)), "--noproxy", "*"),
        *("--user", f"{USER}:{PASSWORD}", "--write-out", "%{http_code}", "--output", "answer"),
        *(*arguments, service.url + path),
        cwd=folder,
        env=environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    told, _ = await process.communicate()
    assert process.returncode == 0
    answer = folder / "answer"
    return int(told), answer.read_bytes() if answer.exists() else b""


async def send(service: Service, folder: Path, body: bytes, *headers: str) -> str:
    (folder / "body").write_bytes(body)
    told = [part for header in headers for part in ("--header", header)]
    status, answer = await curl(service, folder, "/ecg", "--data-binary", "@body", *told)
    assert status == 201, answer
    return json.loads(answer)["ecg_id"]


async def test_curl_sends_and_reads_every_format_and_coding(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        await service.register()
        packed = await send(
            service, tmp_path, msgspec.msgpack.encode(PACKED), "Content-Type: application/msgpack"
        )
        gzipped = await send(
            service,
            tmp_path,
            gzip.compress(json.dumps(ECG).encode()),
            "Content-Type: application/json",
            "Content-Encoding: gzip",
        )
        for key in (packed, gzipped):
            status, answer = await curl(service, tmp_path, f"/ecg/{key}", "--compressed")
            assert (status, json.loads(answer)["leads"][0]["signal"]) == (200, SAMPLES)
        accept = ("--header", "Accept: application/msgpack")
        _, answer = await curl(service, tmp_path, f"/ecg/{gzipped}", "--compressed", *accept)
        [lead] = msgspec.msgpack.decode(answer)["leads"]
        assert lead["signal"] == PACKED["leads"][0]["signal"]
        await is_healthy_with(service, 2)


async def test_curl_reads_again_only_what_it_has_not(tmp_path: Path) -> None:
    async with running(tmp_path) as service:
        await service.register()
        key = await send(
            service, tmp_path, json.dumps(ECG).encode(), "Content-Type: application/json"
        )
        for name, more in (("plain", ()), ("compressed", ("--compressed",))):
            tag = ("--etag-save", name, "--etag-compare", name, *more)
            statuses = [(await curl(service, tmp_path, f"/ecg/{key}", *tag))[0] for _ in range(3)]
            assert statuses == [200, 304, 304]
        await is_healthy_with(service, 1)
