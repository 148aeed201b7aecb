"""Which language models are asked, with which keys, and what that costs, over REST."""

from uuid import UUID

from quart import Blueprint, Response
from quart_schema import document_querystring, document_request, document_response

from aurora_rt.connectors.secrets import SecretsLocked, SecretsOff
from aurora_rt.db.pool import Database
from aurora_rt.identity.http import Callers, needs
from aurora_rt.llm import accounts, choosing, usage
from aurora_rt.llm.errors import ModelUnknown
from aurora_rt.llm.ready import Models, limits
from aurora_rt.llm.schemas import (
    AccountEntered,
    Checked,
    Chosen,
    ModelsDone,
    ShownChoices,
    ShownDay,
    ShownModels,
    ShownProviders,
    ShownToday,
    ShownUsage,
    ToCheck,
    UsageQuery,
)
from aurora_rt.settings import Settings
from aurora_rt.web.bodies import answer, read_json
from aurora_rt.web.openapi.declared import fails
from aurora_rt.web.query import read_query


def routes(settings: Settings, database: Database, models: Models, callers: Callers) -> Blueprint:
    """The routes below `/api/llm`."""
    blueprint = Blueprint("llm", __name__, url_prefix="/api/llm")

    @blueprint.get("/models")
    @document_response(ShownModels)
    async def list_models() -> Response:
        """The models that can be chosen, which is asked first, and whether each can be asked. Any name may be used."""
        caller = await callers.current()
        return answer(await choosing.shown_models(models, settings, caller.organization_id))

    @blueprint.get("/providers")
    @document_response(ShownProviders)
    async def list_providers() -> Response:
        """The providers there are, and what each is asked with. Keys are never shown."""
        caller = await callers.current()
        return answer(await choosing.shown_providers(models, settings, caller.organization_id))

    @blueprint.put("/providers/<name>")
    @fails(accounts.ProviderUnknown, SecretsOff, SecretsLocked)
    @document_request(AccountEntered)
    @document_response(ModelsDone)
    @needs("admin")
    async def enter_account(name: str) -> Response:
        """Keep the organization's account with a provider, encrypted, in place of the former one."""
        caller = await callers.current()
        given = await read_json(AccountEntered)
        key = given.key.get_secret_value() if given.key else None
        await accounts.enter(database, settings, models.secrets, caller, name, key, given.base_url)
        return answer(ModelsDone(message="Account kept"))

    @blueprint.delete("/providers/<name>")
    @fails(accounts.AccountUnknown)
    @document_response(ModelsDone)
    @needs("admin")
    async def forget_account(name: str) -> Response:
        """Forget the organization's account with a provider."""
        await accounts.forget(database, await callers.current(), name)
        return answer(ModelsDone(message="Account removed"))

    @blueprint.post("/providers/<name>/check")
    @fails(accounts.ProviderUnknown, ModelUnknown)
    @document_request(ToCheck)
    @document_response(Checked)
    @needs("admin")
    async def check_provider(name: str) -> Response:
        """Ask a model of a provider for one word. It is a real request, and costs what that costs."""
        caller = await callers.current()
        wanted = (await read_json(ToCheck)).model
        return answer(await choosing.check(models, database, settings, caller, name, wanted))

    @blueprint.get("/settings")
    @document_response(ShownChoices)
    async def show_choices() -> Response:
        """What the organization chose, and the limits that hold for it."""
        caller = await callers.current()
        return answer(await _choices(caller.organization_id))

    @blueprint.put("/settings")
    @fails(ModelUnknown)
    @document_request(Chosen)
    @document_response(ShownChoices)
    @needs("admin")
    async def choose() -> Response:
        """Set the organization's default model, fallbacks and daily limits, which only lower the operator's."""
        caller = await callers.current()
        wanted = await read_json(Chosen)
        await accounts.choose(
            database, caller, wanted.model, wanted.fallbacks, wanted.daily_tokens, wanted.daily_usd
        )
        return answer(await _choices(caller.organization_id))

    @blueprint.get("/usage")
    @document_querystring(UsageQuery)
    @document_response(ShownUsage)
    async def show_usage() -> Response:
        """What was spent, by day (UTC) and model, and what today came to beside its limits."""
        caller = await callers.current()
        back = read_query(UsageQuery).days
        async with database.scope(caller.organization_id) as scope:
            own = await accounts.own(scope, models.secrets)
            found = await usage.lately(scope, back)
            today = await usage.today(scope)
        may = limits(settings, own.choices)
        shown = ShownToday(
            requests=today.requests,
            tokens=today.tokens,
            cost=today.cost,
            allowed_tokens=may.daily_tokens,
            allowed_usd=may.daily_usd,
        )
        return answer(ShownUsage(days=tuple(map(ShownDay.of, found)), today=shown))

    async def _choices(organization_id: UUID) -> ShownChoices:
        chosen = (await models.chosen(organization_id)).own.choices
        may = limits(settings, chosen)
        return ShownChoices(
            model=chosen.model,
            fallbacks=chosen.fallbacks,
            daily_tokens=chosen.daily_tokens,
            daily_usd=chosen.daily_usd,
            allowed_tokens=may.daily_tokens,
            allowed_usd=may.daily_usd,
        )

    return blueprint
