"""The way in: what one organization knows, to be put in, taken out and found again."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from uuid import UUID

import structlog

from aurora_rt.clock import new_id
from aurora_rt.db.pool import AWAY, Database
from aurora_rt.jobs import CatchUp, enqueue_once
from aurora_rt.knowledge import queries
from aurora_rt.knowledge.chunks import Chunk
from aurora_rt.knowledge.embeddings import Embedder, EmbeddingsAway, embedder_of
from aurora_rt.knowledge.models import Asked, Candidate, Kind, Progress, Source, Written
from aurora_rt.knowledge.pgvector import PgVector
from aurora_rt.knowledge.search import CANDIDATES, fused
from aurora_rt.knowledge.store import Store, StoreAway
from aurora_rt.knowledge.weaviate import Weaviate
from aurora_rt.knowledge.words import terms
from aurora_rt.redaction import redacted
from aurora_rt.settings import Settings
from aurora_rt.toolsets.toolset import Passage, ToolFailed

BATCH = 64
"""Passages that are embedded and stored at once."""

QUESTION_LENGTH = 2_000
"""Characters of a question that are searched for; what an alert says is at its beginning."""

log = structlog.get_logger(__name__)


class Knowledge:
    """What a process needs to know things; one for each process."""

    def __init__(self, database: Database, embedder: Embedder, store: Store) -> None:
        self.database = database
        self.embedder = embedder
        self.store = store
        self.words_alone: dict[UUID, str] = {}
        """By organization: why its last search here found by words alone, in a sentence; nothing when it did not."""

    @property
    def indexed_by(self) -> str:
        """What a passage notes whose vector is where it should be, made by the present model."""
        return f"{self.store.name}:{self.embedder.model}"

    def of(self, organization_id: UUID) -> "Books":
        """What that organization knows."""
        return Books(self, organization_id)

    async def index(self, organization_id: UUID, passages: Sequence[Written]) -> None:
        """Bring passages that have rows to the store. Raises `EmbeddingsAway`, `StoreAway`, and `AWAY`'s."""
        for at in range(0, len(passages), BATCH):
            batch = passages[at : at + BATCH]
            vectors = await self.embedder.embed(organization_id, [_embedded(one) for one in batch])
            await self.store.put(organization_id, self.embedder.model, list(zip(batch, vectors, strict=True)))
            async with self.database.scope(organization_id) as scope:
                await queries.set_indexed(scope, [one.id for one in batch], self.indexed_by)


@asynccontextmanager
async def opened(settings: Settings, database: Database) -> AsyncIterator[Knowledge]:
    """What `settings` say: nothing is loaded or asked before it is needed. Raises `Misconfigured`."""
    async with AsyncExitStack() as stack:
        yield Knowledge(database, embedder_of(settings, database, stack), store_of(settings, database, stack))


def store_of(settings: Settings, database: Database, stack: AsyncExitStack) -> Store:
    """What `settings` name; closed with `stack`. Asks nothing yet. Raises `Misconfigured`."""
    return Weaviate(settings, database, stack) if settings.weaviate_url else PgVector(database)


class Books:
    """Implements `toolsets.toolset.Library` for one organization."""

    def __init__(self, knowledge: Knowledge, organization_id: UUID) -> None:
        self._knowledge = knowledge
        self._organization_id = organization_id

    async def put(self, source: Source, title: str, chunks: Sequence[Chunk]) -> int:
        """Keep the chunks as all that is known of `source`, in place of what was; returns how many.

        When the model or the store is away they are kept nevertheless, are found by full text, and a job does the
        rest. Raises what `db.pool.AWAY` lists.
        """
        passages = [
            Written(new_id(), source, number, title, chunk.heading, chunk.text)
            for number, chunk in enumerate(chunks)
        ]
        async with self._knowledge.database.transaction(self._organization_id) as scope:
            await queries.lock_source(scope, source)
            await queries.delete_passages(scope, source)
            if passages:
                await queries.insert_passages(scope, passages)
        try:
            await self._knowledge.store.delete(self._organization_id, source)
            await self._knowledge.index(self._organization_id, passages)
        except (EmbeddingsAway, StoreAway) as error:
            log.warning("passages_not_indexed", source=str(source.id), error=str(error))
            await self._later(source)
        return len(passages)

    async def delete(self, source: Source) -> None:
        """Forget all of `source`; it is found no more once this returns. Raises what `db.pool.AWAY` lists."""
        async with self._knowledge.database.transaction(self._organization_id) as scope:
            await queries.lock_source(scope, source)
            await queries.delete_passages(scope, source)
        try:
            await self._knowledge.store.delete(self._organization_id, source)
        except StoreAway as error:
            log.warning("passages_not_forgotten", source=str(source.id), error=str(error))
            await self._later(source)

    async def search(self, query: str, *, limit: int = 5, kinds: Sequence[Kind] = ()) -> Sequence[Passage]:
        """What fits `query`, nearest first, one passage of each source. Raises `ToolFailed` when it is away."""
        return await self._found(query, limit, kinds, without=None)

    async def similar(
        self, source: Source, *, limit: int = 5, kinds: Sequence[Kind] = ()
    ) -> Sequence[Passage]:
        """What is most like what is known of `source`, without itself. Raises `ToolFailed` when it is away."""
        try:
            async with self._knowledge.database.scope(self._organization_id) as scope:
                passages = await queries.select_source(scope, source)
        except AWAY as error:
            raise _away() from error
        if not passages:
            return []
        text = "\n".join([passages[0].title, *(one.text for one in passages)])
        return await self._found(text, limit, kinds, without=source)

    async def progress(self) -> Progress:
        """How much of it has a vector of the present model."""
        async with self._knowledge.database.scope(self._organization_id) as scope:
            return await queries.select_progress(scope, self._knowledge.indexed_by)

    async def _found(
        self, text: str, limit: int, kinds: Sequence[Kind], without: Source | None
    ) -> Sequence[Passage]:
        text = text.replace("\x00", "")[:QUESTION_LENGTH]
        if not text.strip():
            return []
        try:
            candidates, asked = await self._candidates(Asked(text, terms(text), None, kinds, without))
        except AWAY as error:
            raise _away() from error
        return [_passage(one, score) for one, score in fused(asked, candidates, limit)]

    async def _candidates(self, asked: Asked) -> tuple[Sequence[Candidate], Asked]:
        """What might answer, and what was asked in the end: without a vector when the model or the store is away."""
        knowledge, here = self._knowledge, self._organization_id
        try:
            vector = (await knowledge.embedder.embed(here, [asked.text]))[0]
            near = replace(asked, vector=vector)
            candidates = await knowledge.store.search(here, knowledge.embedder.model, near, CANDIDATES)
        except (EmbeddingsAway, StoreAway) as error:
            why = redacted(str(error))  # it may name a URL with a password, or what a provider answered
            log.warning("searched_by_words_alone", error=why)
            knowledge.words_alone[here] = f"This was searched by its words alone, not by meaning. {why}"
        else:
            knowledge.words_alone.pop(here, None)
            return candidates, near
        async with knowledge.database.scope(here) as scope:
            return await queries.worded(scope, asked, CANDIDATES), asked

    async def _later(self, source: Source) -> None:
        job = CatchUp(organization_id=self._organization_id, kind=source.kind, source_id=source.id)
        async with self._knowledge.database.connection() as connection:
            await enqueue_once(connection, job, f"{job.entrypoint}:{source.id}")


def _embedded(passage: Written) -> str:
    """What of a passage makes its vector: its place in the source says much of what it is about."""
    return "\n".join(part for part in (passage.title, passage.heading, passage.text) if part)


def _passage(one: Written, score: float) -> Passage:
    return Passage(
        kind=one.source.kind,
        id=str(one.source.id),
        title=one.title,
        heading=one.heading,
        text=one.text,
        score=score,
    )


def _away() -> ToolFailed:
    return ToolFailed("What is known cannot be searched: the database is away.")
