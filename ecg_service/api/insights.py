"""The route of insights, for users."""

import re
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.edge.answers.negotiated import Answer
from ecg_service.api.edge.parameters import named_id
from ecg_service.api.edge.queries import read_query
from ecg_service.api.openapi.declared import Sent, documented
from ecg_service.api.schemas.insights import InsightsOut
from ecg_service.api.schemas.queries import InsightsQuery
from ecg_service.api.state import require_current, services_of
from ecg_service.domain.errors import DamagedEcg, EcgNotFound

_WAIT = re.compile(r"(?:^|,)\s*wait\s*=\s*\"?(\d{1,6})\"?\s*(?=$|[,;])", re.IGNORECASE)


class InsightController(Controller):
    """The insights of an ECG."""

    path = "/ecg/{ecg_id:str}/insights"
    tags = ["ECGs"]
    opt = {"audience": Audience.READERS}

    @get(
        **documented(
            {200: Sent(InsightsOut, headers=("Preference-Applied", "Vary"))},
            query=InsightsQuery,
            headers=("Prefer",),
            raises=(EcgNotFound, DamagedEcg),
        )
    )
    async def read(
        self, request: Request[Any, Any, Any], ecg_id: FromPath[str]
    ) -> Response[InsightsOut]:
        """Return the insights of an ECG.

        `Prefer: wait=N` (RFC 7240) delays the answer by at most N seconds while insights are
        pending. `zeros` counts the zero crossings by another rule.
        """
        zeros = read_query(InsightsQuery, request).zeros
        key, wait = named_id(ecg_id), _preferred_wait(request, services_of(request).max_wait)
        found = await services_of(request).ecgs.insights(
            request.user.name, key, zeros=zeros, wait=wait or 0
        )
        if wait:
            await require_current(request)
        headers = {} if wait is None else {"Preference-Applied": f"wait={wait}"}
        return Answer(InsightsOut.of(key, zeros, found), headers=headers)


def _preferred_wait(request: Request[Any, Any, Any], max_wait: int) -> int | None:
    """Read RFC 7240's `wait`; a malformed preference is ignored, as the RFC requires."""
    found = _WAIT.search(",".join(request.headers.getall("prefer", [])))
    return min(int(found[1]), max_wait) if found else None
