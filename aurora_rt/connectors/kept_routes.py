"""Paths that clients of other versions know: each does what `/api/connectors` does.

Kept are those that are sane. Whose account it is comes from who is asking, never from the body; an account belongs to
the organization, so a second member's is another account, not the first one overwritten.
"""

from collections.abc import Mapping
from typing import Final

from quart import Blueprint, Response
from quart_schema import document_request, document_response

from aurora_rt.connectors.accounts import ConnectorUnknown, connector_named
from aurora_rt.connectors.asking import AccountRefused, ProviderAway
from aurora_rt.connectors.connector import Connector
from aurora_rt.connectors.desk import AccountDesk
from aurora_rt.connectors.providers import discover
from aurora_rt.connectors.schemas import (
    AccountsDone,
    ConnectedAccount,
    ConnectedAccounts,
    FormerFields,
    FormerlyConnected,
    FormerStatus,
)
from aurora_rt.connectors.secrets import SecretsLocked, SecretsOff
from aurora_rt.errors import NotFound
from aurora_rt.identity.http import Callers, needs
from aurora_rt.identity.models import Caller
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.openapi.declared import fails


class UserUnknown(NotFound):
    """It is not the caller's own id."""

    code = "user_not_found"


FORMER: Final[Mapping[str, Mapping[str, str]]] = {
    "cloudflare": {"apiToken": "token"},
    "flyio": {"apiToken": "token", "orgSlug": "organization"},
    "scaleway": {
        "accessKey": "access_key",
        "secretKey": "secret_key",
        "organizationId": "organization_id",
    },
    "tailscale": {"clientId": "client_id", "clientSecret": "client_secret"},
}
"""Provider → what its fields are called there, and here."""


def routes(desk: AccountDesk, callers: Callers) -> Blueprint:
    """`/api/connected-accounts/…`, `/<provider>_api/<provider>/…`."""
    blueprint = Blueprint("former_accounts", __name__)

    @blueprint.get("/api/connected-accounts/<user_id>")
    @fails(UserUnknown)
    @document_response(ConnectedAccounts)
    async def connected_accounts(user_id: str) -> Response:
        """The organization's accounts, the first with each provider; `user_id` is the caller's own."""
        caller = _own(await callers.current(), user_id)
        found: dict[str, ConnectedAccount] = {}
        for one in await desk.accounts.kept(caller.organization_id):
            title = discover()[one.provider].title
            found.setdefault(one.provider, ConnectedAccount(name=title, display_text=one.title))
        return answer(ConnectedAccounts(accounts=found))

    @blueprint.delete("/api/connected-accounts/<user_id>/<provider>")
    @fails(UserUnknown, ConnectorUnknown)
    @document_response(AccountsDone)
    @needs("editor")
    async def disconnect_provider(user_id: str, provider: str) -> Response:
        """Give all accounts with a provider back, and forget them."""
        caller = _own(await callers.current(), user_id)
        connector = connector_named(provider)
        return answer(AccountsDone.of(connector, await desk.accounts.disconnect(caller, connector)))

    @blueprint.post("/<family>_api/<provider>/connect")
    @fails(ConnectorUnknown, AccountRefused, ProviderAway, SecretsOff, SecretsLocked)
    @document_request(FormerFields)
    @document_response(FormerlyConnected)
    @needs("editor")
    async def connect(family: str, provider: str) -> Response:
        """Connect an account with Cloudflare, Fly.io, Scaleway or Tailscale."""
        caller = await callers.current()
        connector = _former(family, provider)
        given = (await read_json(FormerFields)).model_extra or {}
        fields = {
            here: text
            for there, here in FORMER[connector.name].items()
            if isinstance(text := given.get(there), str) and text
        }
        account = await desk.accounts.connect(caller, connector, fields)
        return answer(FormerlyConnected(message=f"{connector.title} connected", account_name=account.title))

    @blueprint.get("/<family>_api/<provider>/status")
    @fails(ConnectorUnknown)
    @document_response(FormerStatus)
    async def status(family: str, provider: str) -> Response:
        """Whether an account with one of those is connected."""
        caller = await callers.current()
        name = _former(family, provider).name
        every = await desk.standings.of(caller.organization_id)
        connected = any(one.state in ("connected", "away") for one in every if one.account.provider == name)
        return answer(FormerStatus(connected=connected, provider=name))

    @blueprint.route("/<family>_api/<provider>/disconnect", methods=["POST", "DELETE"])
    @fails(ConnectorUnknown)
    @document_response(AccountsDone)
    @needs("editor")
    async def disconnect(family: str, provider: str) -> Response:
        """Disconnect all accounts with one of those."""
        caller = await callers.current()
        connector = _former(family, provider)
        return answer(AccountsDone.of(connector, await desk.accounts.disconnect(caller, connector)))

    return blueprint


def _former(family: str, provider: str) -> Connector:
    if family != provider or provider not in FORMER:
        raise ConnectorUnknown("There is no such connector.")
    return connector_named(provider)


def _own(caller: Caller, user_id: str) -> Caller:
    if user_id != caller.user_id:
        raise UserUnknown("There is no such user.")
    return caller
