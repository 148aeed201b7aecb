"""Weaviate that goes away, comes back, was emptied, or lets nobody in: nothing is lost, and people are told."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import util
from typing import Any
from uuid import UUID

import pytest
from papers import RUNBOOK
from people import Person, eventually
from pydantic import SecretStr
from relevance import organization
from test_documents import uploaded
from test_store import Colours
from weaviate_server import WeaviateServer, weaviate_server
from whole import serving

from aurora_rt.clock import new_id
from aurora_rt.db.pool import Database
from aurora_rt.errors import Misconfigured
from aurora_rt.jobs import CatchUp
from aurora_rt.knowledge import weaviate
from aurora_rt.knowledge.catching_up import CatchingUp, catch_up
from aurora_rt.knowledge.chunks import Chunk
from aurora_rt.knowledge.library import Books, Knowledge
from aurora_rt.knowledge.models import Progress, Source
from aurora_rt.knowledge.store import StoreAway
from aurora_rt.knowledge.weaviate import Weaviate
from aurora_rt.settings import Settings


def with_weaviate(settings: Settings, server: WeaviateServer, key: str | None = None) -> Settings:
    return settings.model_copy(
        update={
            "weaviate_url": server.rest_url,
            "weaviate_grpc_url": server.grpc_url,
            "weaviate_api_key": SecretStr(key) if key else None,
        }
    )


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[WeaviateServer]:
    monkeypatch.setattr(weaviate, "PAUSE_SECONDS", 0.0)
    async with weaviate_server(key="key-of-ours") as server:
        yield server


@asynccontextmanager
async def knowing(
    database: Database, settings: Settings, server: WeaviateServer, key: str = "key-of-ours"
) -> AsyncIterator[tuple[Knowledge, Books, UUID]]:
    here = await organization(database)
    async with AsyncExitStack() as stack:
        store = Weaviate(with_weaviate(settings, server, key), database, stack)
        knowledge = Knowledge(database, Colours(), store)
        yield knowledge, knowledge.of(here), here


async def test_what_is_put_in_while_weaviate_is_away_is_found_by_words_and_brought_there_later(
    database: Database, settings: Settings, server: WeaviateServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source("document", new_id())
    async with knowing(database, settings, server) as (knowledge, books, here):
        server.away = True
        await books.put(source, "rose", [Chunk("", "red")])
        assert [one.title for one in await books.search("red")] == ["rose"]
        assert knowledge.words_alone[here].startswith(
            "This was searched by its words alone, not by meaning. Weaviate at"
        )
        assert await books.progress() == Progress(0, 1)
        async with database.connection() as connection:
            waiting = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'catch up'"
            assert await connection.fetchval(waiting) == 1
        job = CatchUp(organization_id=here, kind=source.kind, source_id=source.id)
        with pytest.raises(StoreAway, match="cannot be used"):  # so that the job waits
            await catch_up(knowledge, job)
        server.away = False
        await catch_up(knowledge, job)
        assert await books.progress() == Progress(1, 1)
        assert [one.title for one in await books.search("red")] == ["rose"]
        assert here not in knowledge.words_alone
        # away again, while we are connected: nobody waits for it a second time
        monkeypatch.setattr(weaviate, "PAUSE_SECONDS", 3600.0)
        server.away = True
        for _ in range(2):
            assert [one.title for one in await books.search("red")] == ["rose"]
        assert "asked again soon" in knowledge.words_alone[here]
        assert (await knowledge.store.look()).status == "degraded"
        server.away = False
        assert (await knowledge.store.look()).status == "healthy"
        await books.search("red")
        assert here not in knowledge.words_alone
        await books.delete(source)
        assert await books.search("red") == []


async def test_a_weaviate_that_was_emptied_is_filled_again(
    database: Database, settings: Settings, server: WeaviateServer
) -> None:
    async with knowing(database, settings, server) as (knowledge, books, here):
        await books.put(Source("document", new_id()), "rose", [Chunk("", "red")])
        assert await books.progress() == Progress(1, 1)
        server.empty()
    async with AsyncExitStack() as stack:  # the next process
        store = Weaviate(with_weaviate(settings, server, "key-of-ours"), database, stack)
        again = Knowledge(database, knowledge.embedder, store)
        assert [one.title for one in await again.of(here).search("red")] == ["rose"]
        assert await again.of(here).progress() == Progress(0, 1)
        await CatchingUp(again).look()
        await catch_up(again, CatchUp(organization_id=here))
        assert await again.of(here).progress() == Progress(1, 1)
    assert [len(objects) for objects in server.tenants.values()] == [1]


async def test_a_weaviate_that_does_not_let_us_in_is_named_without_the_key(
    database: Database, settings: Settings, server: WeaviateServer
) -> None:
    async with knowing(database, settings, server, key="another-key") as (knowledge, books, here):
        await books.put(Source("document", new_id()), "rose", [Chunk("", "red")])
        assert [one.title for one in await books.search("red")] == ["rose"]
        assert "Weaviate at" in knowledge.words_alone[here]
        assert "another-key" not in knowledge.words_alone[here]


async def test_without_its_client_the_server_says_at_the_start_what_to_install(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weaviate, "find_spec", lambda _: None)
    assert util.find_spec("weaviate")
    settings = settings.model_copy(update={"weaviate_url": "http://127.0.0.1:1"})
    async with AsyncExitStack() as stack:
        with pytest.raises(Misconfigured, match=r"pip install 'aurora-rt\[weaviate\]'"):
            Weaviate(settings, database, stack)


async def test_a_whole_server_takes_documents_in_while_weaviate_is_away_and_brings_them_there_when_it_is_back(
    settings: Settings, server: WeaviateServer
) -> None:
    async with serving(with_weaviate(settings, server, "key-of-ours")) as running:
        person = await Person.registered(running.base_url)

        async def asked() -> dict[str, Any]:
            answer = await person.http.post("/api/knowledge-base/search", json={"query": "stuck queue"})
            assert answer.status_code == 200
            return answer.json()

        assert await asked() == {"results": [], "note": ""}
        assert server.searches == 1
        server.away = True
        assert (await uploaded(person, "payments.md", RUNBOOK))["status"] == "ready"
        found = await asked()
        assert [one["source_filename"] for one in found["results"]] == ["payments.md"]
        assert "by its words alone" in found["note"]
        checked = (await person.http.get("/health")).json()["checks"]["weaviate"]
        assert checked["status"] == "degraded"
        assert "meanwhile knowledge is found by its words alone" in str(checked)
        server.away = False

        async def there() -> int:
            return sum(map(len, server.tenants.values()))

        await eventually(there, lambda count: count > 0)
        assert (await asked())["note"] == ""
        await person.close()
