"""Google Cloud, by the paths that are documented for it. They do what `/api/connectors/gcp` does."""

from typing import Final

from pydantic_core import to_json
from quart import Blueprint, Response
from quart_schema import document_querystring, document_request, document_response

from aurora_rt.connectors.accounts import connector_named
from aurora_rt.connectors.asking import AccountRefused, ProviderAway
from aurora_rt.connectors.desk import AccountDesk
from aurora_rt.connectors.providers.gcp import COME_BACK_TO, GoogleNotConfigured
from aurora_rt.connectors.schemas import (
    AccountsDone,
    CameBackWith,
    SentOn,
    ServiceAccountConnected,
    ServiceAccountEntered,
    SignInAsked,
    SignInBegun,
)
from aurora_rt.connectors.secrets import SecretsLocked, SecretsOff
from aurora_rt.connectors.signing_in import CameBack, page
from aurora_rt.errors import AuroraError, Forbidden
from aurora_rt.identity.allowed import require_role, require_write
from aurora_rt.identity.http import Callers, needs
from aurora_rt.settings import Settings
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.openapi.declared import fails, public
from aurora_rt.web.query import read_query
from aurora_rt.web.visitor import here

NAME: Final = "gcp"


def routes(settings: Settings, desk: AccountDesk, callers: Callers) -> Blueprint:
    """`/login`, `/callback`, `/api/gcp/…`."""
    blueprint = Blueprint("gcp_accounts", __name__)
    connector = connector_named(NAME)

    @blueprint.post("/login")
    @fails(Forbidden, GoogleNotConfigured, SecretsOff, SecretsLocked)
    @document_request(SignInAsked)
    @document_response(SignInBegun)
    @needs("editor")
    async def begin() -> Response:
        """Begin to connect Google Cloud: where to send the browser. It comes back to `/callback`."""
        caller = await callers.current()
        asked = await read_json(SignInAsked)
        if asked.user_id not in (None, caller.user_id):
            raise Forbidden("That is another user's id: everybody signs in for themselves.")
        come_back_to = f"{(settings.public_url or here().own_origin).rstrip('/')}{COME_BACK_TO}"
        return answer(SignInBegun(login_url=await desk.sign_ins.begin(caller, connector, come_back_to)))

    @blueprint.get(COME_BACK_TO)
    @document_querystring(CameBackWith)
    @document_response(SentOn)
    @document_response(SentOn, 302)
    @public
    async def come_back() -> Response:
        """Take a browser in that comes back from Google, and send it on to the settings.

        What became of it is in the address: `login=gcp_success`, or `login=gcp_failed` with the `code` of an error.
        Who asks for JSON gets the address, and is not sent.
        """
        front = settings.frontend_urls[0] if settings.frontend_urls else here().own_origin
        try:
            caller = await callers.known()
            if caller is None:
                return _sent(page(front, login="gcp_failed", code="unauthenticated"))
            require_write(caller)
            require_role(caller, "editor")
            told = read_query(CameBackWith)
            account = await desk.sign_ins.finish(caller, CameBack(told.state, told.code, told.error))
        except AuroraError as error:
            return _sent(page(front, login="gcp_failed", code=error.code))
        return _sent(page(front, login="gcp_success", account=str(account.id)))

    @blueprint.post("/api/gcp/force-disconnect")
    @document_response(AccountsDone)
    @needs("editor")
    async def force_disconnect() -> Response:
        """Give all accounts with Google Cloud back at Google, and clear what is kept of them."""
        gone = await desk.accounts.disconnect(await callers.current(), connector)
        more = f", but Google was not told: {gone.complaint}" if gone.complaint else ""
        return answer(AccountsDone(message=f"GCP disconnected successfully{more}"))

    @blueprint.post("/api/gcp/service-account/connect")
    @fails(AccountRefused, ProviderAway, SecretsOff, SecretsLocked)
    @document_request(ServiceAccountEntered)
    @document_response(ServiceAccountConnected)
    @needs("editor")
    async def connect_service_account() -> Response:
        """Connect Google Cloud with the key of a service account."""
        caller = await callers.current()
        given = (await read_json(ServiceAccountEntered)).service_account_json
        text = given if isinstance(given, str) else to_json(given).decode()
        account = await desk.accounts.connect(caller, connector, {"service_account_json": text})
        places = await desk.accounts.places(caller.organization_id, connector, account.id)
        return answer(
            ServiceAccountConnected(
                email=account.title,
                default_project_id=account.shown["fields"].get("place", ""),
                accessible_projects=tuple(one.id for one in places),
            )
        )

    return blueprint


def _sent(where: str) -> Response:
    response = answer(SentOn(location=where), 200 if here().header("accept") == "application/json" else 302)
    if response.status_code == 302:
        response.headers["Location"] = where
    response.headers["Cache-Control"] = "no-store"
    return response
