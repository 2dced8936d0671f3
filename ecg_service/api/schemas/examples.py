"""An example of each body and answer, by type; tests send the bodies and compare the answers."""

from typing import Any

from ecg_service.api.problems.kinds import OF_ERRORS
from ecg_service.api.problems.pages import example
from ecg_service.api.schemas.api_keys import ApiKeyCreated, ApiKeyIn, ApiKeyPage
from ecg_service.api.schemas.batches import BatchOut
from ecg_service.api.schemas.ecgs import EcgCreated, EcgOut, EcgPage, WindowOut
from ecg_service.api.schemas.health import ChecksOut, HealthOut
from ecg_service.api.schemas.insights import InsightsOut
from ecg_service.api.schemas.sessions import SessionPage
from ecg_service.api.schemas.tokens import (
    JwkSet,
    OAuthError,
    Revoked,
    TokenIn,
    TokenRevocation,
    TokensOut,
)
from ecg_service.api.schemas.users import PasswordChange, UserIn, UserOut, UserPage, UserPatch
from ecg_service.domain.errors import Invalid
from ecg_service.domain.submission import SubmittedEcg

ECG_ID = "01a20a60-baf4-72ca-9045-d104a7af5877"
KEY_ID = "01a20a60-c118-7e4f-9b52-6a3d0c8f1e27"
SESSION_ID = "01a20a60-c2b0-7a13-8d44-1f5e9b7c3a60"
NEWCOMER = "alice"
_PASSWORD = "correct horse battery staple"  # noqa: S105 - of nobody
_REFRESH_TOKEN = "ecgr_" + "0" * 65 + "0VosW4"
_DATE = "2026-11-27T09:30:00Z"

_LEAD = {"name": "II", "num_samples": 5, "baseline": 0}
_ECG = {"ecg_id": ECG_ID, "date": _DATE}
_USER = {
    "username": NEWCOMER,
    "role": "USER",
    "disabled": False,
    "created": "2026-11-27T09:00:00.000001Z",
}
_NEW_KEY = {"name": "gateway, ward 3", "scopes": ["ingest"], "expires": "2036-11-27T00:00:00Z"}
_KEY = _NEW_KEY | {"id": KEY_ID, "created": "2026-11-27T09:30:00.000001Z"}

EXAMPLES: dict[type, Any] = {
    SubmittedEcg: {
        "date": _DATE,
        "leads": [{"name": "II", "signal": [3, -1, 0, -2, 5]}],
        "sampling_rate": 500,
    },
    EcgCreated: {"ecg_id": ECG_ID},
    EcgOut: _ECG
    | {
        "leads": [_LEAD | {"zero_crossings": 2, "signal": [3, -1, 0, -2, 5]}],
        "sampling_rate": 500.0,
    },
    EcgPage: {"ecgs": [_ECG | {"leads": [_LEAD], "sampling_rate": 500.0}]},
    WindowOut: {"index": 0}
    | _LEAD
    | {"start": 1, "stop": 5, "zero_crossings": 1, "signal": [-1, 0, -2, 5]},
    InsightsOut: {
        "ecg_id": ECG_ID,
        "zeros": "neutral",
        "leads": [{"name": "II", "zero_crossings": 2}],
        "insights": {},
    },
    BatchOut: {
        "items": [
            {"index": 0, "status": 201, "ecg_id": ECG_ID},
            {"index": 1, "status": 422, "problem": example(OF_ERRORS[Invalid])},
        ],
        "accepted": 1,
        "rejected": 1,
    },
    UserIn: {"username": NEWCOMER, "password": _PASSWORD, "role": "USER"},
    UserPatch: {"disabled": False},
    PasswordChange: {"current_password": _PASSWORD, "new_password": "staple battery horse correct"},
    UserOut: _USER,
    UserPage: {"users": [_USER | {"username": "admin", "role": "ADMIN"}, _USER]},
    ApiKeyIn: _NEW_KEY,
    ApiKeyCreated: _KEY | {"key": "ecg_" + "0" * 66 + "3YZj9"},
    ApiKeyPage: {"api_keys": [_KEY]},
    SessionPage: {
        "sessions": [
            {
                "id": SESSION_ID,
                "created": "2026-11-27T09:30:00.000001Z",
                "expires": "2026-12-27T09:30:00.000001Z",
            }
        ]
    },
    TokenIn: {"grant_type": "password", "username": NEWCOMER, "password": _PASSWORD},
    TokensOut: {
        "access_token": "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl",
        "token_type": "Bearer",
        "expires_in": 300,
        "refresh_token": _REFRESH_TOKEN,
    },
    TokenRevocation: {"token": _REFRESH_TOKEN},
    Revoked: {},
    OAuthError: {"error": "invalid_request", "error_description": "token is missing."},
    JwkSet: {
        "keys": [
            {
                "kty": "EC",
                "crv": "P-256",
                "x": "c2EzzJaZfY3-fZmlUEVxyCJYtHYnSutEHTubvBQdyvc",
                "y": "x4Wa7vEujzlf61BzBH5RFYw2VAZw1KETryAesFu6K7w",
                "kid": "4f3c2b1a00112233",
                "use": "sig",
                "alg": "ES256",
            }
        ]
    },
    HealthOut: {"status": "pass"},
    ChecksOut: {
        "status": "pass",
        "checks": {"memory:utilization": [{"status": "pass", "observedValue": 0.02}]},
    },
}
