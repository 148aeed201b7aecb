"""The port to where vectors are: what holds of every store; of a real Weaviate, too, where `WEAVIATE_URL` is set."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from uuid import UUID

import pytest
from relevance import filled, labelled, organization
from weaviate_server import weaviate_server

from aurora_rt.clock import new_id
from aurora_rt.db.pool import Database
from aurora_rt.jobs import CatchUp
from aurora_rt.knowledge import queries
from aurora_rt.knowledge.catching_up import catch_up
from aurora_rt.knowledge.chunks import Chunk
from aurora_rt.knowledge.library import Knowledge
from aurora_rt.knowledge.models import Asked, Progress, Source, Vector
from aurora_rt.knowledge.pgvector import PgVector
from aurora_rt.knowledge.search import CANDIDATES, fused
from aurora_rt.knowledge.store import Store
from aurora_rt.knowledge.weaviate import Weaviate
from aurora_rt.knowledge.words import terms
from aurora_rt.settings import Settings

KINDS = ["pgvector", "weaviate on loopback", *(["weaviate"] if os.environ.get("WEAVIATE_URL") else [])]


class Colours:
    """A model that knows three words, in as many dimensions or more."""

    def __init__(self, dimensions: int = 3) -> None:
        self.model = f"colours/{dimensions}/{new_id()}"  # a real Weaviate keeps what former runs put in
        self._dimensions = dimensions

    async def embed(self, _: UUID, texts: Sequence[str]) -> Sequence[Vector]:
        rest = [0.0] * (self._dimensions - 3)
        return [[*(float(word in text) for word in ("red", "green", "blue")), *rest] for text in texts]


@pytest.fixture(params=KINDS)
async def store(
    request: pytest.FixtureRequest, database: Database, settings: Settings
) -> AsyncIterator[Store]:
    """An empty store of each kind that is there."""
    async with AsyncExitStack() as stack:
        if request.param == "pgvector":
            yield PgVector(database)
            return
        if request.param == "weaviate on loopback":
            server = await stack.enter_async_context(weaviate_server())
            settings = settings.model_copy(
                update={"weaviate_url": server.rest_url, "weaviate_grpc_url": server.grpc_url}
            )
        yield Weaviate(settings, database, stack)


async def found(
    knowledge: Knowledge, here: UUID, text: str, **asked: object
) -> list[tuple[str, float | None]]:
    """Titles and nearness of what a store finds by the vector of `text`, the nearest first."""
    vector = (await knowledge.embedder.embed(here, [text]))[0]
    wanted = Asked(text, "", vector, **asked)  # type: ignore[arg-type]
    candidates = await knowledge.store.search(here, knowledge.embedder.model, wanted, CANDIDATES)
    near = [(one.passage.title, round(one.by_vector or 0.0, 3)) for one in candidates]
    return sorted(near, key=lambda one: (-(one[1] or 0.0), one[0]))


async def test_the_nearest_are_found_of_the_kinds_that_are_asked_for_and_never_those_of_others(
    store: Store, database: Database
) -> None:
    knowledge = Knowledge(database, Colours(), store)
    here, elsewhere = await organization(database), await organization(database)
    rose, sky = Source("document", new_id()), Source("incident", new_id())
    await knowledge.of(here).put(rose, "rose", [Chunk("", "red"), Chunk("", "red and green")])
    await knowledge.of(here).put(sky, "sky", [Chunk("", "blue")])
    await knowledge.of(elsewhere).put(Source("document", new_id()), "secret", [Chunk("", "red")])
    assert await found(knowledge, here, "red") == [("rose", 1.0), ("sky", 0.0)]
    assert await found(knowledge, here, "red", kinds=["incident"]) == [("sky", 0.0)]
    assert await found(knowledge, here, "red", without=rose) == [("sky", 0.0)]
    assert await found(knowledge, here, "red", kinds=["incident"], without=sky) == []
    assert await found(knowledge, elsewhere, "red") == [("secret", 1.0)]
    assert await found(knowledge, await organization(database), "red") == []
    # the port is told of a source, and forgets it under every model
    await knowledge.of(here).delete(rose)
    assert await found(knowledge, here, "red") == [("sky", 0.0)]
    assert await found(knowledge, elsewhere, "red") == [("secret", 1.0)]
    assert (await store.look()).status == "healthy"


async def test_what_is_put_again_is_found_as_it_is_now(store: Store, database: Database) -> None:
    knowledge, here = Knowledge(database, Colours(), store), await organization(database)
    source = Source("document", new_id())
    await knowledge.of(here).put(source, "light", [Chunk("", "red")])
    await knowledge.of(here).put(source, "light", [Chunk("", "green")])
    assert await found(knowledge, here, "red") == [("light", 0.0)]
    assert await found(knowledge, here, "green") == [("light", 1.0)]
    async with database.transaction(
        here
    ) as scope:  # removed by a process that ended before it told the store
        await queries.delete_passages(scope, source)
    assert await found(knowledge, here, "green") == []
    await store.delete(here, source)
    await store.delete(here, source)  # and once more, of what is unknown


async def test_another_model_with_other_dimensions_takes_over(store: Store, database: Database) -> None:
    here, source = await organization(database), Source("document", new_id())
    before = Knowledge(database, Colours(), store)
    await before.of(here).put(source, "light", [Chunk("", "red")])
    after = Knowledge(database, Colours(5), store)
    assert [one.title for one in await after.of(here).search("red")] == ["light"]  # by its word
    assert await after.of(here).progress() == Progress(0, 1)
    await catch_up(after, CatchUp(organization_id=here))
    assert await after.of(here).progress() == Progress(1, 1)
    assert await found(after, here, "red") == [("light", 1.0)]
    assert await found(before, here, "red") == []


async def test_the_same_is_found_whichever_store_is_chosen(store: Store, database: Database) -> None:
    here = await organization(database)
    knowledge = await filled(database, here)
    model = knowledge.embedder.model
    await catch_up(Knowledge(database, knowledge.embedder, store), CatchUp(organization_id=here))
    for one in labelled()[::15]:
        (vector,) = await knowledge.embedder.embed(here, [one.question])
        asked = Asked(one.question, terms(one.question), vector)
        ranked = []
        for each in (knowledge.store, store):
            best = fused(asked, await each.search(here, model, asked, CANDIDATES), 5)
            ranked.append([(passage.id, round(score, 3)) for passage, score in best])
        assert ranked[0] == ranked[1], one.question
