"""The models that can be asked, ready to be: the face of this package."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import UUID

import structlog

from aurora_rt.connectors.secrets import Secrets
from aurora_rt.db.pool import Database
from aurora_rt.llm import accounts, measuring, queries
from aurora_rt.llm.accounts import Own
from aurora_rt.llm.budgets import Budget, Limits
from aurora_rt.llm.errors import ModelAway, ModelUnknown
from aurora_rt.llm.facts import Facts, cost, facts
from aurora_rt.llm.models import Choices, ReadyModel, Spender
from aurora_rt.llm.names import Accounts, Found, resolve
from aurora_rt.llm.pacing import Pace, Patience, Waiting
from aurora_rt.llm.provider import Account, Wire
from aurora_rt.llm.providers import discover
from aurora_rt.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.models import Model

MOST_KEPT: Final = 64
KNOWN_SECONDS: Final = 600.0
"""Time after which it is looked up again what is known of a model: prices change, and an Ollama is set otherwise."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which models an organization asks, and with what."""

    names: tuple[str, ...]
    """Best first."""
    accounts: Accounts
    own: Own


class Models:
    """The models that can be asked; one for each process."""

    def __init__(
        self,
        settings: Settings,
        database: Database | None,
        closing: AsyncExitStack,
        patience: Patience | None = None,
    ) -> None:
        self.secrets = Secrets(settings.secret_key)
        self._settings = settings
        self._database = database
        self._closing = closing
        self._patience = patience
        self._wires: dict[bool, Wire] = {}
        self._opening = asyncio.Lock()
        self._built: dict[tuple[str, str, Account], Model] = {}
        self._known: dict[tuple[str, str, str | None], tuple[float, Facts]] = {}
        self._paces: dict[tuple[str, str | None], Pace] = {}

    async def ready(
        self, spender: Spender, wanted: str | None = None, waiting: Waiting | None = None
    ) -> tuple[ReadyModel, ...]:
        """The models to ask for `spender`, best first: the wanted one, the default, the fallbacks.

        Empty when no model is named anywhere. Those that cannot be asked are left out.
        Raises `ModelAway` when models are named and none of them can be asked.
        """
        chosen = await self.chosen(spender.organization_id, wanted)
        found: list[ReadyModel] = []
        complaints: list[str] = []
        budget = Budget(self._kept, spender, limits(self._settings, chosen.own.choices))
        for name in chosen.names:
            try:
                where = resolve(name, discover(), chosen.accounts)
                found.append(await self.on_terms(where, budget, waiting, self._patience))
            except (ModelAway, ModelUnknown) as error:
                log.warning("model_left_out", model=name, reason=error.message)
                complaints.append(error.message)
        if complaints and not found:
            raise ModelAway(" ".join(complaints))
        return tuple(found)

    async def chosen(self, organization_id: UUID, wanted: str | None = None) -> Chosen:
        """Which models an organization asks: the wanted one, then its own choices, or else the settings'."""
        async with self._kept.scope(organization_id) as scope:
            own = await accounts.own(scope, self.secrets)
        first, fallbacks = default_of(self._settings, own.choices)
        names = dict.fromkeys(name for name in (wanted, first, *fallbacks) if name)
        operators = {name: one.account(self._settings) for name, one in discover().items()}
        found = Accounts(own=own.accounts, operators={name: one for name, one in operators.items() if one})
        return Chosen(tuple(names), found, own)

    @property
    def _kept(self) -> Database:
        """Where accounts and usage are kept."""
        if self._database is None:
            raise TypeError("without a database there is no organization that could ask")
        return self._database

    async def on_terms(
        self, found: Found, budget: Budget, waiting: Waiting | None, patience: Patience | None = None
    ) -> ReadyModel:
        """A model that is found, ready to be asked."""
        model = await self._model(found)
        known = await self.facts(found)
        return self._wrapped(model, found, known, budget, waiting, patience)

    async def ask_for_a_word(self, found: Found, budget: Budget, tokens: int, seconds: float) -> None:
        """Ask a model for one word, once. Raises `ModelAway`, `Refused`."""
        ready = await self.on_terms(found, budget, None, Patience(attempts=1))
        from aurora_rt.llm.asked import ask_for_a_word

        try:
            async with asyncio.timeout(seconds):
                await ask_for_a_word(ready.model, tokens)
        except TimeoutError as error:
            raise ModelAway(
                f"{found.provider.title} does not answer within {seconds:.0f} seconds."
            ) from error

    async def facts(self, found: Found) -> Facts:
        """What is known of a model; an Ollama is asked."""
        key = (found.provider.name, found.model, found.account.base_url)
        at, known = self._known.get(key, (0.0, None))
        if known is None or monotonic() - at > KNOWN_SECONDS:
            measured = await self._measured(found) if found.provider.name == "ollama" else None
            known = await asyncio.to_thread(facts, found, self._settings, measured)
            _forget_oldest(self._known)
            self._known[key] = (monotonic(), known)
        return known

    def _wrapped(
        self,
        model: "Model",
        found: Found,
        known: Facts,
        budget: Budget,
        waiting: Waiting | None,
        patience: Patience | None,
    ) -> ReadyModel:
        from aurora_rt.llm.asked import AskedModel, Terms

        terms = Terms(
            found.name,
            found.provider.name,
            found.provider.title,
            known.output_limit,
            known.price,
            partial(cost, found),
        )
        asked = AskedModel(model, terms, budget, self._pace(found), patience or Patience(), waiting)
        return ReadyModel(found.name, asked, known.window, known.output_limit, known.price)

    def _pace(self, found: Found) -> Pace:
        """Of the provider at an address: an organization whose own server is slow holds up nobody else."""
        provider, place = found.provider, (found.provider.name, found.account.base_url)
        if place not in self._paces:
            _forget_oldest(self._paces)
            self._paces[place] = Pace(
                provider.title, self._settings.model_requests_a_minute, self._settings.model_at_once
            )
        return self._paces[place]

    async def _measured(self, found: Found) -> int | None:
        wire = await self._wire(found.account)
        return await measuring.window(wire.http, found.account, found.model)

    async def _model(self, found: Found) -> "Model":
        key = (found.provider.name, found.model, found.account)
        if key not in self._built:
            wire = await self._wire(found.account)
            made = await asyncio.to_thread(_built, found, wire)
            _forget_oldest(self._built)
            self._built[key] = made
        return self._built[key]

    async def _wire(self, account: Account) -> Wire:
        async with self._opening:
            if account.by_others not in self._wires:
                client = await asyncio.to_thread(self._client, account.by_others)
                opened = await self._closing.enter_async_context(client)
                self._wires[account.by_others] = Wire(opened, self._settings.model_timeout)
            return self._wires[account.by_others]

    def _client(self, by_others: bool) -> "httpx2.AsyncClient":
        from aurora_rt.llm import wires

        seconds = self._settings.model_timeout
        if by_others:
            return wires.guarded(seconds, private=self._settings.probe_private)
        return wires.trusted(seconds)


def _built(found: Found, wire: Wire) -> "Model":
    """A provider's model. What else it takes to ask one is imported, too: that takes a second, and not in the loop."""
    import aurora_rt.llm.asked  # noqa: F401

    return found.provider.build(found.model, found.account, wire)


def _forget_oldest(kept: dict[Any, Any]) -> None:
    """Make room for one more: people may name as many models as they like."""
    while len(kept) >= MOST_KEPT:
        del kept[next(iter(kept))]


def default_of(settings: Settings, choices: Choices) -> tuple[str | None, tuple[str, ...]]:
    """The model that is asked first and its fallbacks: the organization's choice, else the settings'."""
    if choices.model:
        return choices.model, choices.fallbacks
    return settings.model, settings.fallback_models if settings.model else ()


async def budget_of(settings: Settings, database: Database, spender: Spender) -> Budget:
    """What a spender may spend who asks no model of `Models`: one that makes vectors of texts."""
    async with database.scope(spender.organization_id) as scope:
        choices = await queries.choices(scope)
    return Budget(database, spender, limits(settings, choices))


def limits(settings: Settings, choices: Choices) -> Limits:
    """What may be spent: an organization can lower its days, never raise them."""
    return Limits(
        steps=settings.model_steps,
        tokens=settings.model_tokens,
        usd=settings.model_usd,
        daily_tokens=lower(settings.model_daily_tokens, choices.daily_tokens),
        daily_usd=lower(settings.model_daily_usd, choices.daily_usd),
    )


Amount = TypeVar("Amount", int, Decimal)


def lower(one: Amount | None, other: Amount | None) -> Amount | None:
    """The lower of two limits, either of which may not be."""
    given = [limit for limit in (one, other) if limit is not None]
    return min(given) if given else None


@asynccontextmanager
async def models(
    settings: Settings, database: Database, patience: Patience | None = None
) -> AsyncIterator[Models]:
    """The models of a process; their connections are closed at the end."""
    await asyncio.to_thread(_looked_around)
    async with AsyncExitStack() as closing:
        yield Models(settings, database, closing, patience)


def _looked_around() -> None:
    """Find the providers and what is installed of them once: it reads folders."""
    for provider in discover().values():
        provider.lacking()
