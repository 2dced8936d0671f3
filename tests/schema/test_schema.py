"""Whatever schemathesis makes from the OpenAPI document is answered as the document says, to every role.

`just schema` takes all its phases and many more examples.
"""

import asyncio
import os
import sys
from pathlib import Path

import httpx
import pytest

from tests.e2e.service import ADMIN, JSON_TYPE, PASSWORD, SMALL, USER, running

CONFIGURATION = Path(__file__).parent / "schemathesis.toml"
PHASES, EXAMPLES, SEED = os.environ.get("SCHEMA", "fuzzing 1 1").split()
ROLES = {
    "a user": ["--auth", f"{USER}:{PASSWORD}"],
    "an admin": ["--auth", f"{ADMIN}:{PASSWORD}"],
    "nobody": [],
}
PATIENCE = 3600


async def some_page(user: httpx.AsyncClient) -> dict[str, str]:
    """Store two ECGs; return the id of one and the token of the second page."""
    await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
    stored = await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
    page = await user.get("/ecg", params={"page_size": 1})
    return {"ECG_ID": stored.json()["ecg_id"], "PAGE_TOKEN": page.json()["next_page_token"]}


@pytest.mark.parametrize("role", ROLES)
async def test_answers_are_as_documented(tmp_path: Path, role: str) -> None:
    async with running(tmp_path) as service:
        await service.register()
        async with service.client() as user:
            given = await some_page(user)
        fuzzer = await asyncio.create_subprocess_exec(
            Path(sys.executable).with_name("schemathesis"),
            *("--config-file", CONFIGURATION, "run", f"{service.url}/schema/openapi.json"),
            # Five wrong passwords, and the answer is 429, not 401; tests/api/test_access.py tries them on every route.
            *("--checks", "all", "--exclude-checks", "ignored_auth"),
            *("--phases", PHASES, "--max-examples", EXAMPLES, "--seed", SEED),
            *("--no-color", *ROLES[role]),
            env=os.environ | given,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said, _ = await asyncio.wait_for(fuzzer.communicate(), PATIENCE)
    assert fuzzer.returncode == 0, said.decode()
