"""The Bearer scheme (RFC 6750): whoever has the token may use it."""

from ecg_service.api.edge.access.authentication import Scheme
from ecg_service.domain.errors import Unauthenticated
from ecg_service.domain.principal import Principal
from ecg_service.services.bearer import BearerAuthenticator


class Bearer(Scheme):
    """Credentials are a token of at most `max_bytes`."""

    name = "bearer"
    challenge = 'Bearer realm="ecg"'
    description = (
        "An API key, `ecg_…`: with the scope `ingest` it sends ECGs, with `read` it reads them and"
        " their insights; it does nothing else. Or an access token of `POST /token`."
    )

    def __init__(self, authenticator: BearerAuthenticator, *, max_bytes: int) -> None:
        self._authenticator = authenticator
        self._max_bytes = max_bytes

    async def authenticate(self, credentials: bytes, address: str) -> Principal:
        del address
        if len(credentials) > self._max_bytes:
            raise Unauthenticated
        return await self._authenticator.authenticate(credentials)
