"""What tests of the client share."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from authors import Author, authoring, reported
from people import Person

from aurora_rt.db.pool import Database


@pytest.fixture
async def incident(onlooker: Person) -> dict[str, Any]:
    """An incident that nobody investigates."""
    return await reported(onlooker)


@pytest.fixture
async def author(
    onlooker: Person, incident: dict[str, Any], database: Database, redis_url: str
) -> AsyncIterator[Author]:
    """Somebody who writes about the incident that nobody investigates."""
    async with authoring(database, redis_url, onlooker, incident["room"]) as author:
        yield author


@pytest.fixture
async def fresh(person: Person) -> dict[str, Any]:
    """An incident whose investigation has just begun."""
    return await reported(person)


@pytest.fixture
async def analyzed(person: Person, fresh: dict[str, Any]) -> dict[str, Any]:
    """An incident whose investigation is done."""
    return await person.analyzed(fresh["id"])
