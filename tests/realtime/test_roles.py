"""Roles over Socket.IO: as they are now, not as they were when the connection was made."""

import pytest
from people import Person

from aurora_rt.db.pool import Database

pytestmark = pytest.mark.usefixtures("people")

QUESTION = {"text": "Why?", "mode": "ask", "client_id": "1"}
CANCEL = {"incident_id": "01890000-0000-7000-8000-000000000000"}


async def test_an_editor_who_becomes_a_viewer_goes_on_watching_and_asks_no_more(
    onlooker: Person, database: Database
) -> None:
    watcher = await onlooker.watching("feed")
    assert (await watcher.call("chat:send", QUESTION))["ok"]
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET role = 'viewer' WHERE id = $1", onlooker.id)
    for event, message in (("chat:send", QUESTION), ("investigation:cancel", CANCEL)):
        refusal = await watcher.call(event, message)
        assert (refusal["ok"], refusal["code"]) == (False, "forbidden"), event
    assert (await watcher.call("join", {"room": "feed"}))["ok"]
