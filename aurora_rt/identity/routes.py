"""Registering, signing in and out, and one's own account, over REST."""

from quart import Blueprint, Response
from quart_schema import document_request, document_response

from aurora_rt.identity import login, queries, registration, sessions
from aurora_rt.identity.asking import COOKIE
from aurora_rt.identity.desk import Desk
from aurora_rt.identity.http import Callers, needs
from aurora_rt.identity.login import WrongCredentials
from aurora_rt.identity.models import Browser, Caller
from aurora_rt.identity.registration import EmailTaken
from aurora_rt.identity.schemas import Account, Done, Login, Me, PasswordChange, Registration
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.limited import limited
from aurora_rt.web.openapi.declared import fails, public
from aurora_rt.web.visitor import Visitor, here

LIMIT = 16 * 1024
DAY_SECONDS = 24 * 60 * 60


def routes(desk: Desk, callers: Callers) -> Blueprint:
    """The routes below `/api/auth`."""
    blueprint = Blueprint("identity", __name__, url_prefix="/api/auth")

    @blueprint.post("/register")
    @public
    @fails(EmailTaken)
    @document_request(Registration)
    @document_response(Account, 201)
    @limited("default")
    async def register() -> Response:
        """Register somebody new, and sign them in."""
        body = await read_json(Registration, limit=LIMIT)
        caller = await registration.register(
            desk, body.email, body.password.get_secret_value(), body.name, body.invitation
        )
        return await signed_in(caller, 201)

    @blueprint.post("/login")
    @public
    @fails(WrongCredentials)
    @document_request(Login)
    @document_response(Account)
    @limited("default")
    async def sign_in() -> Response:
        """Sign in with e-mail and password; the session is a cookie."""
        body = await read_json(Login, limit=LIMIT)
        known = await login.login(desk, body.email, body.password.get_secret_value(), address())
        return await signed_in(known.caller, 200, known.password_hash)

    @blueprint.post("/logout")
    @public
    @document_response(Done)
    @limited("default")
    async def sign_out() -> Response:
        """End this browser's session; harmless when there is none."""
        if token := here().cookie(COOKIE):
            await sessions.end(desk.database, token)
        response = answer(Done(message="Signed out"))
        response.delete_cookie(COOKIE, path="/", httponly=True, secure=secure(here()), samesite="Lax")
        return response

    @blueprint.get("/me")
    @document_response(Me)
    @limited("default")
    async def me() -> Response:
        """The caller, with organization and role."""
        caller = await callers.current()
        async with desk.database.scope(caller.organization_id) as scope:
            name = await queries.organization_name(scope)
        return answer(Me.of(caller, name))

    @blueprint.post("/change-password")
    @document_request(PasswordChange)
    @document_response(Done)
    @limited("default")
    @needs("viewer")
    async def change_password() -> Response:
        """Change one's own password, and sign out all other browsers."""
        caller = await callers.current()
        body = await read_json(PasswordChange, limit=LIMIT)
        current, new = body.current_password.get_secret_value(), body.new_password.get_secret_value()
        await login.change_password(desk, caller, current, new, address(), here().cookie(COOKIE))
        return answer(Done(message="Password changed successfully"))

    async def signed_in(caller: Caller, status: int, proven_by: str | None = None) -> Response:
        browser = Browser(address(), here().header("user-agent") or "")
        token = await sessions.begin(desk, caller, browser, proven_by)
        response = answer(Account.of(caller), status)
        response.set_cookie(
            COOKIE,
            token,
            max_age=desk.settings.session_days * DAY_SECONDS,
            path="/",
            httponly=True,
            secure=secure(here()),
            samesite="Lax",
        )
        return response

    def address() -> str:
        return here().address(desk.settings)

    def secure(visitor: Visitor) -> bool:
        return visitor.secure or (desk.settings.public_url or "").startswith("https:")

    return blueprint
