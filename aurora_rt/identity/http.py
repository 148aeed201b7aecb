"""Who is asking, for routes, and whether they may."""

from collections.abc import Callable
from typing import Final, TypeVar

from quart import Quart, current_app, g, request

from aurora_rt.db.pool import Database
from aurora_rt.errors import Unauthenticated
from aurora_rt.identity.allowed import require_role, require_write
from aurora_rt.identity.asking import COOKIE, resolve
from aurora_rt.identity.models import Caller, Role
from aurora_rt.identity.trust import HEADER, trusted_user_id
from aurora_rt.settings import Settings
from aurora_rt.web.origin import SAFE_METHODS
from aurora_rt.web.visitor import here, network

WAYS_IN: Final[dict[str, dict[str, str]]] = {
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "The session of a browser, set by signing in or registering.",
    },
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "An API token, made at /api/auth/tokens. One with the scope `read` changes nothing.",
    },
    "user": {
        "type": "apiKey",
        "in": "header",
        "name": "X-User-ID",
        "description": "The user's id, believed where AURORA_TRUST_USER_HEADER says so.",
    },
}
"""How a caller can be known, as OpenAPI's security schemes."""

_ATTRIBUTE = "_aurora_role"

View = TypeVar("View", bound=Callable[..., object])


class UserHeaderNotTrusted(Unauthenticated):
    """X-User-ID was sent where it is not believed."""

    code = "user_header_not_trusted"


def needs(role: Role) -> Callable[[View], View]:
    """Declare the least role for a route. One that declares nothing needs a viewer to read, an editor to write."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, role)
        return view

    return declare


def needed_role(app: Quart, endpoint: str, method: str) -> Role:
    """The least role for a method of an endpoint."""
    usual: Role = "viewer" if method in SAFE_METHODS else "editor"
    declared: Role = getattr(app.view_functions.get(endpoint), _ATTRIBUTE, usual)
    return declared


class Callers:
    """Finds the caller of the present request, once a request."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database

    async def current(self) -> Caller:
        """Who is asking, if they may do what this request does. Every route that is not public calls it.

        Raises `Unauthenticated` when it is nobody we know, an error of the kind `Forbidden` when it is not
        theirs to ask.
        """
        caller = await self.known()
        if caller is None:
            raise self._refusal()
        if request.method not in SAFE_METHODS:
            require_write(caller)
        require_role(caller, needed_role(current_app, request.endpoint or "", request.method))
        return caller

    async def known(self) -> Caller | None:
        """Who is asking, or None."""
        if "caller" not in g:
            g.caller = await resolve(self._database, self._settings, here())
        caller: Caller | None = g.caller
        return caller

    async def counted_as(self) -> str:
        """Who the call is counted for: the user, or the address of somebody signed out."""
        caller = await self.known()
        return caller.user_id if caller else network(here().address(self._settings))

    def _refusal(self) -> Unauthenticated:
        visitor = here()
        if visitor.header(HEADER) is not None and trusted_user_id(self._settings, visitor) is None:
            return UserHeaderNotTrusted(
                "Sign in first. X-User-ID is not believed here; AURORA_TRUST_USER_HEADER says when it is."
            )
        return Unauthenticated("Sign in first.")
