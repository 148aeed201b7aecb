"""An app with the whole edge and the routes of identity, on a database of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from quart import Quart
from quart.testing.client import QuartClient
from redis.asyncio import Redis

from aurora_rt.db.pool import Database
from aurora_rt.identity import access_routes
from aurora_rt.identity.desk import Desk
from aurora_rt.identity.http import Callers
from aurora_rt.identity.passwords import Passwords
from aurora_rt.identity.routes import routes
from aurora_rt.settings import Settings
from aurora_rt.web import edge
from aurora_rt.web.limits import Limits

PASSWORD = "correct horse"


@dataclass
class Office:
    """The app, and what is behind its desk."""

    app: Quart
    desk: Desk

    def browser(self) -> QuartClient:
        """A browser of its own, with its own cookies."""
        return self.app.test_client()

    async def post(self, browser: QuartClient, path: str, body: Any, **options: Any) -> tuple[int, Any]:
        """Send JSON below /api/auth; status and body of the answer."""
        options.setdefault("scope_base", {"client": ("127.0.0.1", 40000)})
        response = await browser.post(f"/api/auth/{path}", json=body, **options)
        return response.status_code, await response.get_json()

    async def member(self, email: str = "ann@example.org", name: str = "Ann") -> tuple[QuartClient, str]:
        """Somebody who has registered: their browser, signed in, and their id."""
        browser = self.browser()
        status, account = await self.post(
            browser, "register", {"email": email, "password": PASSWORD, "name": name}
        )
        assert status == 201
        return browser, account["id"]


MakeOffice = Callable[..., Office]


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    """A client of an empty Valkey."""
    async with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
async def passwords(settings: Settings) -> AsyncIterator[Passwords]:
    """Cheap hashes."""
    passwords = Passwords(settings.bcrypt_rounds)
    yield passwords
    await asyncio.to_thread(passwords.close)


@pytest.fixture
def make_office(settings: Settings, database: Database, redis: Redis, passwords: Passwords) -> MakeOffice:
    """Make an office; settings by name."""

    def make(**changed: object) -> Office:
        chosen = settings.model_copy(update=changed)
        limits = Limits(chosen, redis)
        desk = Desk(chosen, database, passwords, limits)
        callers = Callers(chosen, database)
        app = Quart("office", static_folder=None)
        edge.install(app, chosen, limits, callers.counted_as)
        app.register_blueprint(routes(desk, callers))
        app.register_blueprint(access_routes.routes(database, callers))
        return Office(app, desk)

    return make


@pytest.fixture
def office(make_office: MakeOffice) -> Office:
    """An office with the settings of tests."""
    return make_office()
