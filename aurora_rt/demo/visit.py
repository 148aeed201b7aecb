"""The demo's visitor: a user who is signed in without asking, on this machine alone."""

import secrets

from quart import Blueprint, Response, request

from aurora_rt.alerts import tokens
from aurora_rt.errors import NotFound
from aurora_rt.identity import registration, sessions
from aurora_rt.identity.asking import COOKIE
from aurora_rt.identity.desk import Desk
from aurora_rt.identity.http import Callers
from aurora_rt.identity.models import Browser, Caller
from aurora_rt.web.limited import limited
from aurora_rt.web.visitor import here

EMAIL = "demo@aurora.example"
ADDRESS = "/demo"


async def visitor(desk: Desk) -> Caller:
    """The demo's user, made at the first demo on this database."""
    known = await registration.registered(desk.database, EMAIL)
    if known is not None:
        return known
    # Nobody ever types this password: the demo signs in by itself.
    return await registration.register(desk, EMAIL, secrets.token_urlsafe(), "Demo")


async def webhook_token(desk: Desk, caller: Caller) -> str:
    """A new way in for the demo's alerts."""
    created = await tokens.create(desk.database, caller.organization_id, "alertmanager", "Demo")
    return created.secret


def routes(desk: Desk, callers: Callers, caller: Caller) -> Blueprint:
    """Signs whoever opens the page on this machine in as the demo's user."""
    blueprint = Blueprint("visit", __name__)

    @blueprint.before_app_request
    async def sign_in_first() -> Response | None:
        if request.path != "/" or not here().local or await callers.known() is not None:
            return None
        return _to(ADDRESS)

    @blueprint.get(ADDRESS)
    @limited("none")
    async def sign_in() -> Response:
        """Sign in and show the incidents. Only for who sits at this machine."""
        if not here().local:
            raise NotFound("There is nothing at this address.")
        browser = Browser(here().peer, here().header("user-agent") or "")
        token = await sessions.begin(desk, caller, browser)
        response = _to("/")
        response.set_cookie(COOKIE, token, path="/", httponly=True, samesite="Lax")
        return response

    return blueprint


def _to(address: str) -> Response:
    return Response(status=302, headers={"Location": address})
