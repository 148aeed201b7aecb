"""What an organization puts in is found again, by it alone, until it is taken out."""

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from aurora_rt.clock import new_id
from aurora_rt.db.pool import Database
from aurora_rt.jobs import CatchUp
from aurora_rt.knowledge import queries
from aurora_rt.knowledge.catching_up import CatchingUp, catch_up
from aurora_rt.knowledge.chunks import cut
from aurora_rt.knowledge.embeddings import EmbeddingsAway, Offline
from aurora_rt.knowledge.library import Knowledge
from aurora_rt.knowledge.models import Progress, Source, Vector
from aurora_rt.knowledge.pgvector import PgVector

RUNBOOKS = Path(__file__).parent / "runbooks"


class Tiny:
    """A model of three dimensions, which can be away."""

    def __init__(self, model: str = "tiny", *, away: bool = False) -> None:
        self.model = model
        self.away = away

    async def embed(self, _: UUID, texts: Sequence[str]) -> Sequence[Vector]:
        if self.away:
            raise EmbeddingsAway("It is away.")
        return [[0.6, 0.8, 0.0] for _ in texts]


async def organization(database: Database) -> UUID:
    made = new_id()
    async with database.connection() as connection:
        await connection.execute("INSERT INTO organizations (id, name) VALUES ($1, 'Shop')", made)
    return made


async def test_people_find_runbooks_by_identifiers_and_in_their_own_words(database: Database) -> None:
    books = Knowledge(database, Offline(), PgVector(database)).of(await organization(database))
    for file in sorted(RUNBOOKS.glob("*.md")):
        text = file.read_text()
        await books.put(Source("document", new_id()), text.splitlines()[0].lstrip("# "), cut(text))
    for question, title in (
        ("ERROR: deadlock detected 40P01 in orders", "PostgreSQL: lock contention"),
        ("readers see old data because the standby is behind", "PostgreSQL: replication lag"),
        ("deploymentShop pods: oom killed, exit code 137", "Kubernetes: OOMKilled"),
        ("CERT_DATE_INVALID in the browser", "TLS: a certificate has expired or soon will"),
        ("kubeDns pods are not ready", "DNS: names don't resolve in the cluster"),
    ):
        found = await books.search(question, limit=5)
        assert title in [one.title for one in found], question
        assert len({one.id for one in found}) == len(found)
        assert all(0 <= one.score <= 1 for one in found)


async def test_what_one_organization_knows_no_other_finds(database: Database) -> None:
    knowledge = Knowledge(database, Tiny(), PgVector(database))
    ours, theirs = [knowledge.of(await organization(database)) for _ in range(2)]
    mine, yours = Source("document", new_id()), Source("incident", new_id())
    await ours.put(mine, "redis.md", cut("Our redis evicts keys."))
    await theirs.put(yours, "redis.md", cut("Their redis evicts keys."))
    assert [one.text for one in await ours.search("redis")] == ["Our redis evicts keys."]
    await ours.delete(yours)
    assert [one.id for one in await theirs.search("redis", kinds=["incident"])] == [str(yours.id)]
    assert await theirs.search("redis", kinds=["document"]) == []
    assert await theirs.similar(yours) == []


async def test_what_is_put_again_or_deleted_leaves_nothing_behind(database: Database) -> None:
    books = Knowledge(database, Tiny(), PgVector(database)).of(await organization(database))
    source = Source("document", new_id())
    await books.put(source, "kafka.md", cut("A broker was lost."))
    await books.put(source, "kafka.md", cut("A consumer is behind."))
    assert [one.text for one in await books.search("broker consumer")] == ["A consumer is behind."]
    await books.delete(source)
    assert await books.search("broker consumer") == []
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM passage_vectors") == 0


async def test_nothing_is_lost_while_the_model_is_away(database: Database) -> None:
    model, here = Tiny(away=True), await organization(database)
    knowledge = Knowledge(database, model, PgVector(database))
    books, source = knowledge.of(here), Source("document", new_id())
    await books.put(source, "disk.md", cut("The disk is full."))
    assert [one.title for one in await books.search("full disk")] == ["disk.md"]
    assert await books.progress() == Progress(0, 1)
    model.away = False
    await catch_up(knowledge, CatchUp(organization_id=here, kind=source.kind, source_id=source.id))
    assert await books.progress() == Progress(1, 1)


async def test_another_model_embeds_everything_anew_while_people_search(database: Database) -> None:
    here = await organization(database)
    source = Source("document", new_id())
    await (
        Knowledge(database, Tiny(), PgVector(database)).of(here).put(source, "a.md", cut("The disk is full."))
    )
    changed = Knowledge(database, Tiny("tiny-2"), PgVector(database))
    assert await changed.of(here).search("disk")
    assert await changed.of(here).progress() == Progress(0, 1)
    for _ in range(2):  # one job, however often it is looked
        await CatchingUp(changed).look()
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'catch up'") == 1
    await catch_up(changed, CatchUp(organization_id=here))
    assert await changed.of(here).progress() == Progress(1, 1)


async def test_without_pgvector_people_find_by_words(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_there(_: object) -> bool:
        return False

    monkeypatch.setattr(queries, "has_vector_type", not_there)
    store = PgVector(database)
    books = Knowledge(database, Tiny(), store).of(await organization(database))
    await books.put(Source("document", new_id()), "disk.md", cut("The disk is full."))
    assert [one.title for one in await books.search("disk")] == ["disk.md"]
    assert (await store.look()).status == "degraded"
