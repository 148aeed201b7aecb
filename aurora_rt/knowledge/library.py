"""The way in: what one organization knows, to be put in, taken out and found again."""

from collections.abc import Sequence
from uuid import UUID

from aurora_rt.db.pool import Database
from aurora_rt.knowledge.chunks import Chunk
from aurora_rt.knowledge.embeddings import Embedder
from aurora_rt.knowledge.models import Kind, Progress, Source
from aurora_rt.knowledge.store import Store
from aurora_rt.toolsets.toolset import Passage


class Knowledge:
    """What a process needs to know things; one for each process."""

    def __init__(self, database: Database, embedder: Embedder, store: Store) -> None:
        self.database = database
        self.embedder = embedder
        self.store = store

    def of(self, organization_id: UUID) -> "Books":
        """What that organization knows."""
        return Books(self, organization_id)


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
        raise NotImplementedError

    async def delete(self, source: Source) -> None:
        """Forget all of `source`; it is found no more once this returns. Raises what `db.pool.AWAY` lists."""
        raise NotImplementedError

    async def search(self, query: str, *, limit: int = 5, kinds: Sequence[Kind] = ()) -> Sequence[Passage]:
        """What fits `query`, nearest first, one passage of each source. Raises `ToolFailed` when it is away."""
        raise NotImplementedError

    async def similar(
        self, source: Source, *, limit: int = 5, kinds: Sequence[Kind] = ()
    ) -> Sequence[Passage]:
        """What is most like what is known of `source`, without itself. Raises `ToolFailed` when it is away."""
        raise NotImplementedError

    async def progress(self) -> Progress:
        """How much of it has a vector of the present model."""
        raise NotImplementedError
