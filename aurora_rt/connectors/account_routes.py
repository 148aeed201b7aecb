"""One account with a provider, over REST: changed, checked, told where to look, given up."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_request, document_response

from aurora_rt.connectors.accounts import AccountTaken, AccountUnknown
from aurora_rt.connectors.asking import AccountRefused, ProviderAway
from aurora_rt.connectors.desk import AccountDesk
from aurora_rt.connectors.schemas import (
    AccountFields,
    AccountsDone,
    PlaceChosen,
    ShownAccount,
    ShownPlace,
    ShownPlaces,
    ShownStanding,
)
from aurora_rt.connectors.secrets import SecretsLocked, SecretsOff
from aurora_rt.identity.http import Callers, needs
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.openapi.declared import fails


def routes(desk: AccountDesk, callers: Callers) -> Blueprint:
    """The routes below `/api/connectors/accounts/<account>`."""
    blueprint = Blueprint("accounts", __name__, url_prefix="/api/connectors")
    accounts = desk.accounts

    @blueprint.put("/accounts/<uuid:account_id>")
    @fails(AccountUnknown, AccountTaken, AccountRefused, ProviderAway, SecretsOff, SecretsLocked)
    @document_request(AccountFields)
    @document_response(ShownAccount)
    @needs("editor")
    async def change(account_id: UUID) -> Response:
        """Change an account. Secrets that are left out stay; the provider is asked again."""
        caller = await callers.current()
        connector, _ = await accounts.find(caller.organization_id, account_id)
        given = await read_json(AccountFields)
        return answer(ShownAccount.of(await accounts.change(caller, connector, account_id, given.fields)))

    @blueprint.post("/accounts/<uuid:account_id>/check")
    @fails(AccountUnknown)
    @document_response(ShownStanding)
    @needs("editor")
    async def check(account_id: UUID) -> Response:
        """Ask the provider now how an account is."""
        caller = await callers.current()
        _, account = await accounts.find(caller.organization_id, account_id)
        return answer(ShownStanding.of(await desk.standings.look(caller.organization_id, account)))

    @blueprint.get("/accounts/<uuid:account_id>/places")
    @fails(AccountUnknown, AccountRefused, ProviderAway, SecretsOff, SecretsLocked)
    @document_response(ShownPlaces)
    async def list_places(account_id: UUID) -> Response:
        """The places of an account of which one is looked at: projects, subscriptions."""
        caller = await callers.current()
        connector, _ = await accounts.find(caller.organization_id, account_id)
        found = await accounts.places(caller.organization_id, connector, account_id)
        return answer(ShownPlaces(places=tuple(ShownPlace(id=one.id, title=one.title) for one in found)))

    @blueprint.put("/accounts/<uuid:account_id>/place")
    @fails(AccountUnknown, AccountRefused, ProviderAway, SecretsOff, SecretsLocked)
    @document_request(PlaceChosen)
    @document_response(ShownAccount)
    @needs("editor")
    async def choose_place(account_id: UUID) -> Response:
        """Choose which place of an account is looked at."""
        caller = await callers.current()
        connector, _ = await accounts.find(caller.organization_id, account_id)
        wanted = await read_json(PlaceChosen)
        return answer(ShownAccount.of(await accounts.choose(caller, connector, account_id, wanted.place)))

    @blueprint.delete("/accounts/<uuid:account_id>")
    @fails(AccountUnknown)
    @document_response(AccountsDone)
    @needs("editor")
    async def disconnect(account_id: UUID) -> Response:
        """Give an account back at the provider, where that can be done, and forget it."""
        caller = await callers.current()
        connector, _ = await accounts.find(caller.organization_id, account_id)
        return answer(AccountsDone.of(connector, await accounts.disconnect(caller, connector, account_id)))

    return blueprint
