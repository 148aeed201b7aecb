"""What the tests of toolsets share: tools bound to a window that ends a little after now."""

import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

import httpx
import pytest

from aurora_rt.clock import now
from aurora_rt.settings import load
from aurora_rt.toolsets.policy import NO_POLICY, Policy
from aurora_rt.toolsets.registry import discover
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Access, Observation, Toolset, Window


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    """The HTTP client that tools share."""
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


@pytest.fixture
def tools(http: httpx.AsyncClient) -> Callable[..., Toolbox]:
    """Makes the tools of one investigation; by default all that there are, around an alert of this moment."""

    usual, every = load(), discover()

    def make(
        toolsets: Mapping[str, Toolset] | None = None,
        *,
        recorded: Iterable[Observation] = (),
        window: Window | None = None,
        policy: Policy = NO_POLICY,
        **settings: Any,
    ) -> Toolbox:
        count = itertools.count(1)

        async def number() -> int:
            return next(count)

        around = window or Window(now() - timedelta(hours=2), now() + timedelta(minutes=10), now())
        access = Access(usual.model_copy(update=settings), http, around, policy)
        return Toolbox(every if toolsets is None else toolsets, access, number=number, recorded=recorded)

    return make
