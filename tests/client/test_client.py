"""A client that is made from the OpenAPI document sends an ECG and reads it."""

import subprocess
import sys
from collections.abc import Generator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.service import PASSWORD, USER, running

ROOT = Path(__file__).parents[2]
GENERATOR = ROOT / ".venv-client" / "bin" / "openapi-python-client"


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[str]:
    """Make a client as a package; return its name."""
    name = "made_client"
    made = [GENERATOR, "generate", "--path", ROOT / "docs" / "openapi.json", "--meta", "none"]
    subprocess.run([*made, "--output-path", tmp_path / name], check=True, capture_output=True)
    [needed] = GENERATOR.parents[1].glob("lib/python*/site-packages")  # has attrs
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path, str(needed)])
    yield name
    for module in [one for one in sys.modules if one.startswith(name)]:
        del sys.modules[module]


async def test_it_sends_and_reads_an_ecg(generated: str, tmp_path: Path) -> None:
    def part(name: str) -> Any:
        return import_module(f"{generated}.{name}")

    models = part("models")
    sent = models.SubmittedEcg(
        leads=[models.SubmittedLead(name="II", signal=[3, -1, 0, -2, 5])], sampling_rate=500.0
    )
    async with running(tmp_path) as service:
        await service.register()
        auth = {"auth": httpx.BasicAuth(USER, PASSWORD)}
        async with part("client").Client(base_url=service.url, httpx_args=auth) as client:
            created = await part("api.ec_gs.ecg_submit").asyncio(client=client, body=sent)
            assert isinstance(created, models.EcgCreated)
            found = await part("api.ec_gs.ecg_ecg_id_read").asyncio(created.ecg_id, client=client)
            page = await part("api.ec_gs.ecg_page").asyncio(client=client)
            refused = await part("api.ec_gs.ecg_page").asyncio(client=client, page_token="x")
    [lead] = found.leads
    assert (lead.name, lead.signal, lead.zero_crossings) == ("II", [3, -1, 0, -2, 5], 2)
    assert [one.ecg_id for one in page.ecgs] == [created.ecg_id]
    assert isinstance(refused, models.ProblemInvalidQuery)
    assert refused.errors[0].parameter == "page_token"
