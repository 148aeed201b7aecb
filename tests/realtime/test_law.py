"""The one law of a room, under writers, comers and goers, and faults of every kind, in every order.

Who keeps its `seq` sees every event exactly once and in order; every piece of a text is what the finished text has at
that place, and whoever was there from its beginning, with nothing broken meanwhile, was told all of it.
"""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from people import Person, Watcher, all_leave, firing, notification
from redis.asyncio import Redis
from whole import serving

from aurora_rt.db.pool import AWAY, Database
from aurora_rt.events.bus import Bus
from aurora_rt.events.change import Changes
from aurora_rt.events.draft import Draft
from aurora_rt.events.envelope import EventData
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")

FOLLOWERS = 3
WORDS = ("disk ", "naïve ", "世界 ", "🌍 ", '{}"\\ ', "\n", "x" * 300)


class Told(EventData):
    """An event for this test: a text, finished."""

    event: ClassVar[str] = "told"

    id: str
    text: str


steps = st.lists(
    st.one_of(
        st.tuples(st.just("say"), st.integers(1, 30)),
        st.tuples(st.just("say_unheard"), st.integers(1, 5)),
        st.tuples(st.just("write"), st.integers(1, 30)),
        st.tuples(st.just("join"), st.integers(0, FOLLOWERS - 1)),
        st.tuples(st.just("join_from"), st.integers(0, 100)),
        st.tuples(st.just("drop"), st.integers(0, FOLLOWERS - 1)),
        st.tuples(
            st.just("fault"), st.sampled_from(("redis forgets", "redis hangs up", "postgres hangs up"))
        ),
    ),
    min_size=8,
    max_size=25,
)


@dataclass
class Follower:
    """Somebody who comes and goes, and keeps the `seq` of what they have seen."""

    person: Person
    snapshot: dict[str, Any]
    seen: list[int] = field(default_factory=list)
    pieces: list[dict[str, Any]] = field(default_factory=list)
    watcher: Watcher | None = None

    @property
    def position(self) -> int:
        heard = self.watcher.seqs(self.snapshot["room"]) if self.watcher else []
        return [self.snapshot["seq"], *self.seen, *heard][-1]

    async def join(self, since: int | None = None) -> None:
        if self.watcher is None:
            room, epoch = self.snapshot["room"], self.snapshot["epoch"]
            self.watcher = await self.person.watching()
            joining = {"room": room, "since": self.position if since is None else since, "epoch": epoch}
            while not (ack := await self.watcher.call("join", joining))["ok"]:
                assert ack["code"] == "unavailable"
                joining["since"] = self.position if since is None else since
                assert since is None or not self.watcher.seqs(room)
            assert "resync" not in ack
            self.pieces += ack["open"]

    async def drop(self) -> None:
        if self.watcher is not None:
            await self.watcher.close()
            self.seen += self.watcher.seqs(self.snapshot["room"])
            self.pieces += self.watcher.events("thought:delta")
            self.watcher = None

    async def catch_up(self, head: int) -> None:
        await self.join()
        await self.watcher.until(lambda _: self.position >= head)
        await self.drop()


class Story:
    """What is said in a room, by writers elsewhere."""

    def __init__(self, organization: Any, snapshot: dict[str, Any], database: Database) -> None:
        self.organization, self.room, self.head = organization, snapshot["room"], snapshot["seq"]
        self.texts: dict[str, str] = {}
        self._database = database
        self._silent = Changes(database, Bus(Redis.from_url("redis://127.0.0.1:1")))

    async def say(self, changes: Changes, count: int) -> None:
        for _ in range(count):
            async with changes.open(self.organization) as change:
                change.say(self.room, Told(id=str(uuid4()), text="said"))

    async def say_unheard(self, count: int) -> None:
        """As somebody who dies between commit and publish."""
        await self.say(self._silent, count)

    async def write(self, changes: Changes, bus: Bus, words: int) -> str:
        """A text, word by word, and then the whole of it."""
        draft = Draft(bus, self.room, "thought", str(uuid4()))
        chosen = random.Random(words)  # the same words for the same number
        for _ in range(words):
            draft.write(chosen.choice(WORDS))
            await asyncio.sleep(chosen.choice((0, 0.001, 0.02)))
        draft.complete(draft.text)
        async with changes.open(self.organization) as change:
            change.say(self.room, Told(id=draft._id, text=draft.text))
        draft.end()
        self.texts[draft._id] = draft.text
        return draft._id


async def fault(what: str, redis: Redis, database_url: str) -> None:
    """Break something, for real."""
    match what:
        case "redis forgets":
            await redis.flushall()
        case "redis hangs up":
            for kind in ("pubsub", "normal"):
                await redis.execute_command("CLIENT", "KILL", "TYPE", kind)
        case "postgres hangs up":
            connection = await asyncpg.connect(database_url)
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            await connection.close()


async def persistently(work: Any) -> Any:
    """Do something that an outage may keep from being done at once. Nothing of what failed was written."""
    async with asyncio.timeout(30):
        while True:
            try:
                return await work()
            except AWAY:
                await asyncio.sleep(0.05)


class Scene:
    """The followers, the story, and what may happen next; each step is a method."""

    def __init__(
        self,
        story: Story,
        followers: list[Follower],
        changes: Changes,
        bus: Bus,
        redis: Redis,
        database_url: str,
    ) -> None:
        self.story, self.followers = story, followers
        self.passers_by: list[Follower] = []
        self._changes, self._bus, self._redis, self._database_url = changes, bus, redis, database_url
        self._unbroken = True

    async def say(self, count: int) -> None:
        """Two writers and a joiner at once."""
        halves = (self.story.say(self._changes, part) for part in (count // 2, count - count // 2))
        await asyncio.gather(*halves, self.followers[count % FOLLOWERS].join())
        self.story.head += count

    async def say_unheard(self, count: int) -> None:
        await self.story.say_unheard(count)
        self.story.head += count

    async def write(self, words: int) -> None:
        there = [one.watcher for one in self.followers if one.watcher is not None]
        text_id = await self.story.write(self._changes, self._bus, words)
        self.story.head += 1
        for watcher in there if self._unbroken else ():
            await watcher.until(lambda one: text_id in [it["data"]["id"] for it in one.events("told")])
            heard = [one["text"] for one in watcher.events("thought:delta") if one["id"] == text_id]
            assert "".join(heard) == self.story.texts[text_id]

    async def join(self, who: int) -> None:
        await self.followers[who].join()

    async def join_from(self, distance: int) -> None:
        """Somebody else, from any position that there is."""
        passer_by = Follower(self.followers[-1].person, self.followers[-1].snapshot)
        since = min(passer_by.snapshot["seq"] + distance, self.story.head)
        await passer_by.join(since)
        await passer_by.watcher.until(
            lambda one: one.seqs(self.story.room) == list(range(since + 1, self.story.head + 1))
        )
        await passer_by.drop()
        self.passers_by.append(passer_by)

    async def drop(self, who: int) -> None:
        await self.followers[who].drop()

    async def fault(self, what: str) -> None:
        self._unbroken = False
        await fault(what, self._redis, self._database_url)
        await persistently(lambda: self.story.say(self._changes, 1))
        self.story.head += 1

    async def end(self) -> None:
        """Everybody has everything."""
        for follower in self.followers:
            await follower.catch_up(self.story.head)
            assert follower.seen == list(range(follower.snapshot["seq"] + 1, self.story.head + 1))
        for piece in [piece for one in (*self.followers, *self.passers_by) for piece in one.pieces]:
            begins = 0 if "kind" in piece else piece["offset"]
            whole = self.story.texts[piece["id"]]
            assert whole[begins : begins + len(piece["text"])] == piece["text"]


@examples(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
async def test_everybody_sees_one_history(
    settings: Settings, database: Database, database_url: str, redis_url: str, steps
) -> None:
    async with (
        serving(settings, worker=False) as first,
        serving(settings, worker=False) as second,
        Redis.from_url(redis_url) as for_bus,
        Redis.from_url(redis_url) as redis,
    ):
        person = await Person.registered(first.base_url)
        await person.http.post(await person.webhook(), json=notification(firing(fingerprint=person.email)))
        (listed,) = await person.incidents()
        snapshot = await person.incident(listed["id"])
        async with database.connection() as connection:
            organization = await connection.fetchval(
                "SELECT organization_id FROM users WHERE id = $1", person.id
            )
        elsewhere = Person(second.base_url, person.http, person.id)
        followers = [Follower(person, snapshot), Follower(person, snapshot), Follower(elsewhere, snapshot)]
        bus = Bus(for_bus)
        sending = asyncio.create_task(bus.run())
        story = Story(organization, snapshot, database)
        scene = Scene(story, followers, Changes(database, bus), bus, redis, database_url)
        for what, how in steps:
            await getattr(scene, what)(how)
        await scene.end()
        sending.cancel()
        await all_leave()
