"""The models that can be asked, ready to be."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final

import structlog

from aurora_rt.db.pool import Database
from aurora_rt.llm.errors import ModelAway, ModelUnknown
from aurora_rt.llm.facts import facts
from aurora_rt.llm.models import ReadyModel, Spender
from aurora_rt.llm.names import Accounts, Found, resolve
from aurora_rt.llm.provider import Account, Wire
from aurora_rt.llm.providers import discover
from aurora_rt.settings import Settings

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.models import Model

CONNECT_SECONDS: Final = 10.0
MOST_BUILT: Final = 64

Waiting = Callable[[str], None]
"""Told, with a sentence for a person, when a request has to wait for more than a second."""

log = structlog.get_logger(__name__)


class Models:
    """The models that can be asked; one for each process."""

    def __init__(self, settings: Settings, database: Database, closing: AsyncExitStack) -> None:
        self._settings = settings
        self._database = database
        self._closing = closing
        self._wire: Wire | None = None
        self._built: dict[tuple[str, str, Account], Model] = {}

    async def ready(
        self, spender: Spender, wanted: str | None = None, waiting: Waiting | None = None
    ) -> tuple[ReadyModel, ...]:
        """The models to ask for `spender`, best first: the wanted one, the default, the fallbacks.

        Empty when no model is named anywhere. Those that cannot be asked are left out.
        Raises `ModelAway` when models are named and none of them can be asked.
        """
        log.debug("models_wanted", purpose=spender.purpose, wanted=wanted, told=waiting is not None)
        names = dict.fromkeys(name for name in (wanted, *self._names()) if name)
        accounts = self._accounts()
        found: list[ReadyModel] = []
        complaints: list[str] = []
        for name in names:
            try:
                found.append(await self._one(resolve(name, discover(), accounts)))
            except (ModelAway, ModelUnknown) as error:
                log.warning("model_left_out", model=name, reason=error.message)
                complaints.append(error.message)
        if names and not found:
            raise ModelAway(" ".join(complaints))
        return tuple(found)

    def _names(self) -> tuple[str, ...]:
        first = self._settings.model
        return (first, *self._settings.fallback_models) if first else ()

    def _accounts(self) -> Accounts:
        operators = {name: one.account(self._settings) for name, one in discover().items()}
        return Accounts(own={}, operators={name: one for name, one in operators.items() if one})

    async def _one(self, found: Found) -> ReadyModel:
        model = await self._model(found)
        known = await asyncio.to_thread(facts, found, self._settings)
        return ReadyModel(found.name, model, known.window, known.output_limit, known.price)

    async def _model(self, found: Found) -> "Model":
        key = (found.provider.name, found.model, found.account)
        if key not in self._built:
            wire = await self._open_wire()
            while len(self._built) >= MOST_BUILT:
                del self._built[next(iter(self._built))]
            self._built[key] = await asyncio.to_thread(found.provider.build, found.model, found.account, wire)
        return self._built[key]

    async def _open_wire(self) -> Wire:
        if self._wire is None:
            seconds = self._settings.model_timeout
            client = await asyncio.to_thread(_client, seconds)
            self._wire = Wire(await self._closing.enter_async_context(client), seconds)
        return self._wire


def _client(seconds: float) -> "httpx2.AsyncClient":
    import httpx2

    timeout = httpx2.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    return httpx2.AsyncClient(timeout=timeout, trust_env=False, follow_redirects=False)


@asynccontextmanager
async def models(settings: Settings, database: Database) -> AsyncIterator[Models]:
    """The models of a process; their connections are closed at the end."""
    async with AsyncExitStack() as closing:
        yield Models(settings, database, closing)
