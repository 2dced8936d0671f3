"""Routes of users: for admins, and for each user's own account."""

from typing import Any

from litestar import Controller, Request, Response, delete, get, patch, post, put
from litestar.params import FromPath
from msgspec.structs import replace

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.edge.answers.negotiated import Answer
from ecg_service.api.edge.pages import id_of, next_link
from ecg_service.api.edge.parameters import named_id
from ecg_service.api.edge.queries import read_query
from ecg_service.api.openapi.declared import Body, Sent, documented
from ecg_service.api.schemas import or_unset
from ecg_service.api.schemas.queries import SessionsQuery, UsersQuery
from ecg_service.api.schemas.sessions import SessionEntry, SessionPage
from ecg_service.api.schemas.users import (
    PasswordChange,
    UserEntry,
    UserIn,
    UserOut,
    UserPage,
    UserPatch,
)
from ecg_service.api.state import current_body, services_of
from ecg_service.domain.errors import GrantNotFound, LastAdmin, UserExists, UserNotFound
from ecg_service.domain.users import Role


class UserController(Controller):
    """Register, list and change users."""

    path = "/users"
    tags = ["Users"]
    opt = {"audience": Audience.ADMINS}

    @post(**documented({201: Sent(UserOut)}, body=Body(UserIn), raises=(UserExists,)))
    async def register(
        self,
        request: Request[Any, Any, Any],
    ) -> UserOut:
        """Register a user."""
        new = await current_body(UserIn, request)
        return UserOut.of(
            await services_of(request).users.register(
                new.username, new.password, new.role or Role.USER, by=request.user
            )
        )

    @get(**documented({200: Sent(UserPage, headers=("Link",))}, query=UsersQuery))
    async def page(self, request: Request[Any, Any, Any]) -> Response[UserPage]:
        """List users in order of name."""
        query = read_query(UsersQuery, request)
        found, token = await services_of(request).users.page(
            limit=query.page_size, after=query.page_token
        )
        body = UserPage([*map(UserEntry.of, found)], or_unset(token))
        return Answer(body, headers=next_link(request, token))

    @patch(
        "/{name:str}",
        **documented({200: Sent(UserOut)}, body=Body(UserPatch), raises=(UserNotFound, LastAdmin)),
    )
    async def update(
        self,
        request: Request[Any, Any, Any],
        name: FromPath[str],
    ) -> UserOut:
        """Disable or enable a user, or reset the password."""
        change = await current_body(UserPatch, request)
        return UserOut.of(
            await services_of(request).users.update(
                name, password=change.password, disabled=change.disabled, by=request.user
            )
        )


class MyselfController(Controller):
    """The user who is signed in."""

    path = "/users/me"
    tags = ["Users"]
    opt = {"audience": Audience.SIGNED_IN}

    @get(**documented({200: Sent(UserOut)}))
    async def read(self, request: Request[Any, Any, Any]) -> UserOut:
        """Return the user who is signed in, with the role they have by their credentials."""
        user = await services_of(request).users.own(request.user)
        return UserOut.of(replace(user, role=request.user.role))

    @put(
        "/password",
        opt={"audience": Audience.PASSWORD_HOLDERS},
        status_code=204,
        **documented({204: Sent()}, body=Body(PasswordChange)),
    )
    async def change_password(
        self,
        request: Request[Any, Any, Any],
    ) -> None:
        """Change your password; the old one is refused at once."""
        change = await current_body(PasswordChange, request)
        await services_of(request).users.change_password(
            request.user, change.current_password, change.new_password
        )

    @get(
        "/sessions",
        **documented({200: Sent(SessionPage, headers=("Link",))}, query=SessionsQuery),
    )
    async def sessions(self, request: Request[Any, Any, Any]) -> Response[SessionPage]:
        """List your sessions that go on, in the order in which they began."""
        query = read_query(SessionsQuery, request)
        found, last = await services_of(request).sessions.page(
            request.user, limit=query.page_size, after=id_of(query.page_token)
        )
        token = str(last) if last else None
        body = SessionPage([*map(SessionEntry.of, found)], or_unset(token))
        return Answer(body, headers=next_link(request, token))

    @delete("/sessions/{session_id:str}", **documented({204: Sent()}, raises=(GrantNotFound,)))
    async def end_session(self, request: Request[Any, Any, Any], session_id: FromPath[str]) -> None:
        """End a session: within a second none of its tokens opens anything any more."""
        await services_of(request).sessions.end_own(named_id(session_id), by=request.user)

    @delete("/sessions", **documented({204: Sent()}))
    async def sign_out(self, request: Request[Any, Any, Any]) -> None:
        """Sign out everywhere: all sessions end, and all access tokens; API keys stay."""
        await services_of(request).users.sign_out(request.user)
