"""The service as most would write it in Python first: FastAPI, lists of int, a loop, text in SQLite.

Run by `uvicorn plain:app` in an environment of its own, since Litestar would make use of Pydantic. Its one user is not
looked up, and no password is hashed.
"""

# pyright: reportMissingImports=false, reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUntypedFunctionDecorator=false, reportUntypedBaseClass=false, reportUnknownParameterType=false
# pyright: reportUnknownArgumentType=false

import json
import os
import secrets
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from pydantic import BaseModel

SCHEMA = """
CREATE TABLE IF NOT EXISTS ecgs (id TEXT PRIMARY KEY, sampling_rate REAL);
CREATE TABLE IF NOT EXISTS leads (
    ecg_id TEXT REFERENCES ecgs, number INTEGER, name TEXT, num_samples INTEGER, zero_crossings INTEGER, signal TEXT
);
"""


class Lead(BaseModel):
    name: str
    signal: list[int]
    num_samples: int | None = None


class Ecg(BaseModel):
    leads: list[Lead]
    sampling_rate: float | None = None


def connect() -> sqlite3.Connection:
    return sqlite3.connect(os.environ["PLAIN_DATABASE"], check_same_thread=False, timeout=30)


def database() -> Iterator[sqlite3.Connection]:
    with closing(connect()) as connection:
        yield connection


def user(credentials: Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]) -> str:
    given = f"{credentials.username}:{credentials.password}"
    if not secrets.compare_digest(given.encode(), os.environ["PLAIN_USER"].encode()):
        raise HTTPException(401)
    return credentials.username


app = FastAPI()
with closing(connect()) as first:
    first.executescript(SCHEMA)


def count_zero_crossings(signal: list[int]) -> int:
    """A zero keeps the sign before it."""
    crossings = before = 0
    for sample in signal:
        if sample:
            crossings += sample * before < 0
            before = sample
    return crossings


@app.post("/ecg", status_code=201, dependencies=[Depends(user)])
def submit(
    ecg: Ecg, connection: Annotated[sqlite3.Connection, Depends(database)]
) -> dict[str, Any]:
    ecg_id = str(uuid.uuid4())
    with connection:
        connection.execute("INSERT INTO ecgs VALUES (?, ?)", (ecg_id, ecg.sampling_rate))
        for number, lead in enumerate(ecg.leads):
            crossings, text = count_zero_crossings(lead.signal), json.dumps(lead.signal)
            row = (ecg_id, number, lead.name, len(lead.signal), crossings, text)
            connection.execute("INSERT INTO leads VALUES (?, ?, ?, ?, ?, ?)", row)
    return {"ecg_id": ecg_id}


@app.get("/health/live")
def live() -> None:
    return None
