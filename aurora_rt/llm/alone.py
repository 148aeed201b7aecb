"""One model for work that belongs to no organization, such as an evaluation: asked with the operator's own keys.

There is no database, and so no account of an organization, no budget and no record of what was used.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from aurora_rt.llm.budgets import Budget, Noted
from aurora_rt.llm.models import ReadyModel, Used
from aurora_rt.llm.names import Accounts, resolve
from aurora_rt.llm.providers import discover
from aurora_rt.llm.ready import Models
from aurora_rt.settings import Settings


class Unmetered(Budget):
    """A budget that nobody set."""

    def __init__(self) -> None:
        pass

    @asynccontextmanager
    async def request(self, provider: str, model: str, most: Used) -> AsyncIterator[Noted]:  # noqa: ARG002
        """The time of one request."""
        yield Noted()


@asynccontextmanager
async def alone(settings: Settings, name: str) -> AsyncIterator[ReadyModel]:
    """The model with this name, until the end of the block. Raises `ModelAway`, `ModelUnknown`."""
    providers = await asyncio.to_thread(discover)  # it reads a folder
    accounts = {one.name: one.account(settings) for one in providers.values()}
    found = resolve(name, providers, Accounts({}, {key: one for key, one in accounts.items() if one}))
    async with AsyncExitStack() as closing:
        yield await Models(settings, None, closing).on_terms(found, Unmetered(), None)
