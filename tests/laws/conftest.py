"""What the laws look at."""

from collections.abc import AsyncIterator

import pytest
from quart import Quart

from aurora_rt import serve
from aurora_rt.app import create_app
from aurora_rt.demo.stage import Stage
from aurora_rt.health.checks import Checks, Readiness
from aurora_rt.settings import Settings
from aurora_rt.toolsets.checkup import Checkup
from aurora_rt.toolsets.registry import discover
from aurora_rt.web import static


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[Quart]:
    """The app as a server makes it, for looking at its routes."""
    async with serve.resources(settings) as have:
        checks = Checks(have.database, have.redis, Readiness(), nothing, have.knowledge.store)
        site = static.load(static.folder())
        checkup = Checkup(settings, have.http, discover())
        yield create_app(
            settings,
            have.database,
            have.changes,
            have.limits,
            have.desk,
            checks,
            site,
            checkup,
            have.knowledge,
            have.models,
            serve.receiving_of(have),
            have.accounts,
            Stage(have.database, "", allowed=False, prometheus_url=None),
        )


async def nothing() -> None:
    """Stands for the look at our own sockets, which is not taken here."""
