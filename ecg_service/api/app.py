"""The application: routes, authentication and errors around the services."""

from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ASGIApp

from ecg_service.api.api_keys import ApiKeyController
from ecg_service.api.batches import BatchController
from ecg_service.api.ecgs import EcgController
from ecg_service.api.edge.access.audience import require_audiences
from ecg_service.api.edge.access.audited import audit_requests
from ecg_service.api.edge.access.authentication import Authentication
from ecg_service.api.edge.access.quotas import QuotaCheck, QuotaFields
from ecg_service.api.edge.answers.compression import with_compression
from ecg_service.api.edge.answers.negotiated import Answer
from ecg_service.api.edge.answers.origins import with_origins
from ecg_service.api.edge.answers.responses import with_head_and_fields
from ecg_service.api.edge.observed import with_observers
from ecg_service.api.edge.problems import HANDLERS
from ecg_service.api.edge.queries import StrictQueries
from ecg_service.api.health import HealthController
from ecg_service.api.insights import InsightController
from ecg_service.api.metrics import MetricsController
from ecg_service.api.openapi.document import openapi
from ecg_service.api.openapi.page import PageController
from ecg_service.api.problems.routes import ProblemController
from ecg_service.api.state import Services
from ecg_service.api.tokens import TokenController
from ecg_service.api.users import MyselfController, UserController
from ecg_service.domain.errors import Unauthenticated


def create_app(services: Services) -> ASGIApp:
    """Build the ASGI application over running services."""
    authentication, quotas = Authentication(services.schemes, services.audit), services.quotas
    app = Litestar(
        [
            EcgController,
            BatchController,
            InsightController,
            UserController,
            MyselfController,
            ApiKeyController,
            TokenController,
            HealthController,
            ProblemController,
            PageController,
            *([MetricsController] if services.metrics else []),
        ],
        state=State({"services": services}),
        middleware=[authentication, *([QuotaCheck(quotas)] if quotas else []), StrictQueries],
        exception_handlers={**HANDLERS, Unauthenticated: authentication.challenge},
        response_class=Answer,
        openapi_config=openapi(services.schemes),
        request_max_body_size=services.limits.max_bytes,
        logging_config=None,
        debug=False,  # whatever the variable LITESTAR_DEBUG says
    )
    require_audiences(app.routes)
    told = QuotaFields(quotas)(app) if quotas else app
    audited = (audit_requests(services.audit),) if services.audit else ()
    observers = (*services.observers, *audited)
    seen = with_observers(with_compression(told), observers, services.begin)
    whole = with_head_and_fields(seen)
    return with_origins(whole, services.origins) if services.origins else whole
