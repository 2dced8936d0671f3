"""The application: routes, access and errors around the services."""

from litestar import Litestar
from litestar.datastructures import State
from litestar.types import ASGIApp

from ecg_service.api.ecgs import EcgController
from ecg_service.api.edge.access import BasicAuth
from ecg_service.api.edge.openapi import OPENAPI, add_bodies
from ecg_service.api.edge.problems import HANDLERS
from ecg_service.api.edge.responses import outermost
from ecg_service.api.health import HealthController
from ecg_service.api.insights import InsightController
from ecg_service.api.services import Services
from ecg_service.api.users import MyselfController, UserController


def create_app(services: Services) -> ASGIApp:
    """Build the ASGI application over running services."""
    app = Litestar(
        [EcgController, InsightController, UserController, MyselfController, HealthController],
        state=State({"services": services}),
        middleware=[BasicAuth(services.access)],
        exception_handlers=HANDLERS,
        openapi_config=OPENAPI,
        request_max_body_size=services.limits.max_bytes,
        logging_config=None,
    )
    add_bodies(app.openapi_schema)
    return outermost(app)
