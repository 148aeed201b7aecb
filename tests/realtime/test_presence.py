"""Presence: who is in an incident's room, on all processes, soon after they come, go or die."""

import pytest
from people import Person, Watcher, eventually, firing, notification
from programs import free_port, running
from redis.asyncio import Redis
from whole import Server, serving

from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")


async def an_incident(person: Person) -> dict:
    await person.http.post(await person.webhook(), json=notification(firing(fingerprint=person.email)))
    (listed,) = await person.incidents()
    return await person.incident(listed["id"])


async def colleague_of(admin: Person, base_url: str, name: str) -> Person:
    answer = await admin.http.post("/api/organization/invitations", json={"role": "viewer"})
    return await Person.registered(base_url, invitation=answer.json()["token"], name=name)


def present(watcher: Watcher) -> list[str]:
    """The names that this client was told last."""
    told = watcher.events("presence")
    return [one["name"] for one in told[-1]["users"]] if told else []


async def test_who_comes_and_goes_is_told_to_all_on_every_process(settings: Settings) -> None:
    async with serving(settings, worker=False) as one, serving(settings, worker=False) as other:
        ann = await Person.registered(one.base_url, name="Ann")
        bob = await colleague_of(ann, other.base_url, "Bob")
        incident = await an_incident(ann)
        first = await ann.watching(incident["room"])
        await first.until(lambda one: present(one) == ["Ann"])
        second = await bob.watching(incident["room"])
        for watcher in (first, second):
            await watcher.until(lambda one: present(one) == ["Ann", "Bob"])
        assert first.events("presence")[-1] == {
            "room": incident["room"],
            "users": [{"id": ann.id, "name": "Ann"}, {"id": bob.id, "name": "Bob"}],
        }
        again = await bob.watching(incident["room"])  # another tab
        await again.until(lambda one: present(one) == ["Ann", "Bob"])
        await second.close()
        assert (await again.call("leave", {"room": incident["room"]}))["ok"]
        await first.until(lambda one: present(one) == ["Ann"])


async def test_presence_is_no_event_and_only_of_incidents(onlooker: Person, web_server: Server) -> None:
    incident = await an_incident(onlooker)
    watcher = await onlooker.watching("feed", incident["room"])
    await watcher.until(present)
    assert {one["room"] for one in watcher.events("presence")} == {incident["room"]}
    assert (await onlooker.incident(incident["id"]))["seq"] == incident["seq"]


async def test_who_was_on_a_process_that_was_killed_is_gone_within_thirty_seconds(settings: Settings) -> None:
    servers = {"DATABASE_URL": settings.database_url or "", "REDIS_URL": settings.redis_url or ""}
    async with (
        serving(settings, worker=False) as staying,
        running("web", "--port", free_port(), **servers) as dying,
    ):
        ann = await Person.registered(staying.base_url, name="Ann")
        bob = await colleague_of(ann, (await dying.prints(r"Serving on (\S+)"))[1], "Bob")
        incident = await an_incident(ann)
        first = await ann.watching(incident["room"])
        await bob.watching(incident["room"])
        await first.until(lambda one: present(one) == ["Ann", "Bob"])
        dying.process.kill()
        await first.until(lambda one: present(one) == ["Ann"])


async def test_a_redis_that_lost_its_data_is_told_again(onlooker: Person, redis_url: str) -> None:
    incident = await an_incident(onlooker)
    watcher = await onlooker.watching(incident["room"])
    await watcher.until(present)
    async with Redis.from_url(redis_url) as redis:
        await redis.flushall()
        await eventually(lambda: redis.keys("aurora:present:*"), lambda keys: len(keys) == 2)
    await watcher.until(lambda one: present(one) == ["Person"])
