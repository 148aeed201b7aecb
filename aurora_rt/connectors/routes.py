"""An organization's accounts with providers, over REST."""

from quart import Blueprint, Response
from quart_schema import document_request, document_response

from aurora_rt.connectors.accounts import (
    ConnectorUnknown,
    connector_named,
)
from aurora_rt.connectors.asking import AccountRefused, ProviderAway
from aurora_rt.connectors.connector import Connector, no_setup
from aurora_rt.connectors.desk import AccountDesk
from aurora_rt.connectors.models import KeptAccount
from aurora_rt.connectors.providers import discover
from aurora_rt.connectors.schemas import (
    AccountFields,
    AccountsDone,
    ShownAccount,
    ShownConnector,
    ShownConnectors,
    ShownField,
    ShownSetup,
    ShownStatus,
)
from aurora_rt.connectors.secrets import SecretsLocked, SecretsOff
from aurora_rt.identity.http import Callers, needs
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.openapi.declared import fails


def routes(desk: AccountDesk, callers: Callers) -> Blueprint:
    """The routes below `/api/connectors`."""
    blueprint = Blueprint("connectors", __name__, url_prefix="/api/connectors")
    accounts = desk.accounts

    @blueprint.get("")
    @document_response(ShownConnectors)
    async def list_connectors() -> Response:
        """The providers there are, how an account with each is connected, and the accounts that are."""
        caller = await callers.current()
        kept = await accounts.kept(caller.organization_id)
        shown = tuple(_shown(one, kept, desk) for one in discover().values())
        can = desk.accounts.wire.settings.secret_key is not None
        return answer(ShownConnectors(connectors=shown, accounts_can_be_stored=can))

    @blueprint.get("/status")
    @document_response(ShownStatus)
    async def show_status() -> Response:
        """How all accounts are: each provider is asked, side by side, ten seconds at most, and once a minute."""
        caller = await callers.current()
        return answer(ShownStatus.of(discover(), await desk.standings.of(caller.organization_id)))

    @blueprint.get("/<name>/setup")
    @fails(ConnectorUnknown, AccountRefused, ProviderAway, SecretsOff)
    @document_response(ShownSetup)
    async def show_setup(name: str) -> Response:
        """What is needed at the provider before an account can be connected."""
        caller = await callers.current()
        connector = connector_named(name)
        if connector.setup is no_setup:
            return answer(ShownSetup(values={}, link=connector.url, template=""))
        mark = await accounts.mark(caller.organization_id)
        found = await connector.setup(accounts.wire.of(connector.title), mark)
        return answer(ShownSetup(values=dict(found.values), link=found.link, template=found.template))

    @blueprint.post("/<name>/accounts")
    @fails(ConnectorUnknown, AccountRefused, ProviderAway, SecretsOff, SecretsLocked)
    @document_request(AccountFields)
    @document_response(ShownAccount, 201)
    @needs("editor")
    async def connect(name: str) -> Response:
        """Connect an account: the provider is asked, and what is secret is kept encrypted."""
        caller = await callers.current()
        connector = connector_named(name)
        given = await read_json(AccountFields)
        return answer(ShownAccount.of(await accounts.connect(caller, connector, given.fields)), 201)

    @blueprint.delete("/<name>/accounts")
    @fails(ConnectorUnknown)
    @document_response(AccountsDone)
    @needs("editor")
    async def disconnect_all(name: str) -> Response:
        """Give all accounts with a provider back, and forget them."""
        caller = await callers.current()
        connector = connector_named(name)
        return answer(AccountsDone.of(connector, await accounts.disconnect(caller, connector)))

    return blueprint


def _shown(connector: Connector, kept: list[KeptAccount], desk: AccountDesk) -> ShownConnector:
    signs_in = connector.sign_in
    return ShownConnector(
        name=connector.name,
        title=connector.title,
        kind=connector.kind,
        help=connector.help,
        url=connector.url,
        toolsets=connector.toolsets,
        signs_in=signs_in is not None,
        sign_in_problem=signs_in.problem(desk.accounts.wire) if signs_in else "",
        has_setup=connector.setup is not no_setup,
        has_places=connector.places is not None,
        fields=tuple(map(ShownField.of, connector.fields)),
        accounts=tuple(ShownAccount.of(one) for one in kept if one.provider == connector.name),
    )
