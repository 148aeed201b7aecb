"""What the tests of language models share."""

from uuid import UUID, uuid4

import pytest

from aurora_rt.db.pool import Database
from aurora_rt.settings import variables


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting is in the environment."""
    for name in variables():
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def acme(database: Database) -> UUID:
    """An organization."""
    made = uuid4()
    async with database.connection() as connection:
        await connection.execute("INSERT INTO organizations (id, name) VALUES ($1, 'Acme')", made)
    return made
