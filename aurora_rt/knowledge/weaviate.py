"""Vectors in Weaviate, for who has one: they are compared there, and nothing but vectors is there.

A collection for each model, in it a tenant for each organization: organizations never share an index, and vectors of
two models never meet. The words that people search for are found in PostgreSQL, as with the other store, since Weaviate
knows no endings of words; the figures of both are fused in the same way, so that the same is found with either store.

A Weaviate that was emptied is filled again: where a tenant is missing that passages are noted to be in, they are noted
to be nowhere, and `catching_up` brings them.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from hashlib import sha256
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, urlsplit
from uuid import UUID

import httpx

from aurora_rt.db.pool import Database
from aurora_rt.errors import Misconfigured
from aurora_rt.knowledge import queries
from aurora_rt.knowledge.models import Asked, Candidate, Source, Standing, Vector, Written
from aurora_rt.knowledge.store import StoreAway
from aurora_rt.redaction import redacted
from aurora_rt.settings import Settings

if TYPE_CHECKING:  # importing it takes more than a second
    from weaviate import WeaviateAsyncClient
    from weaviate.collections import CollectionAsync
    from weaviate.collections.classes.filters import _Filters

PREFIX: Final = "AuroraPassages_"
NAMED: Final = "default"
"""Of the one vector of an object: a Weaviate may keep several."""
GRPC_PORT: Final = 50051
CONNECT_SECONDS: Final = 15.0
"""With the time to import the client, once in a process."""
SEARCH_SECONDS: Final = 4.0
WRITE_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 15.0
"""Time after a failure in which nothing is asked: not everybody waits for a Weaviate that is away, nor each job."""
NEAREST: Final = 4
"""Passages that are looked at for each source that is wanted."""
MOST_DELETED: Final = 10_000
"""Objects that Weaviate deletes at once (QUERY_MAXIMUM_RESULTS)."""


class Weaviate:
    """Implements `Store` in Weaviate. Connects when it is first needed."""

    def __init__(self, settings: Settings, database: Database, stack: AsyncExitStack) -> None:
        if find_spec("weaviate") is None:
            raise Misconfigured("WEAVIATE_URL needs the extra `weaviate`: pip install 'aurora-rt[weaviate]'")
        self._rest = urlsplit(settings.weaviate_url or "")
        self._grpc = urlsplit(settings.weaviate_grpc_url or "") if settings.weaviate_grpc_url else None
        self._key = settings.weaviate_api_key
        self._database = database
        self._stack = stack
        self._client: WeaviateAsyncClient | None = None
        self._connecting = asyncio.Lock()
        self._preparing = asyncio.Lock()
        self._prepared: set[tuple[UUID, str]] = set()
        self._asked_again_at = 0.0
        self.name = f"weaviate@{self._place}"

    @property
    def _place(self) -> str:
        """Where it is, without what a URL may hold before its host: this is shown."""
        return self._rest.netloc.rpartition("@")[2]

    async def put(
        self, organization_id: UUID, model: str, passages: Sequence[tuple[Written, Vector]]
    ) -> None:
        """Keep vectors of passages, in place of those that it has. Raises `StoreAway`."""
        async with self._asking(WRITE_SECONDS) as client:
            from weaviate.classes.data import DataObject

            there = await self._tenant(client, organization_id, model)
            answer = await there.data.insert_many(
                [
                    DataObject(
                        uuid=one.id,
                        properties={"source": str(one.source.id), "kind": one.source.kind},
                        vector={NAMED: [float(x) for x in vector]},
                    )
                    for one, vector in passages
                ]
            )
            if answer.has_errors:
                raise self._away(next(iter(answer.errors.values())).message)

    async def delete(self, organization_id: UUID, source: Source) -> None:
        """Forget a source in every collection of ours. Raises `StoreAway`."""
        async with self._asking(WRITE_SECONDS) as client:
            for name in await self._collections():
                here = client.collections.use(name)
                if await here.tenants.exists(str(organization_id)):
                    await self._delete(here.with_tenant(str(organization_id)), source)

    async def forget_others(self, organization_id: UUID, model: str) -> None:
        """Remove the organization's tenant from collections of other models. Raises `StoreAway`."""
        async with self._asking(WRITE_SECONDS) as client:
            for name in await self._collections():
                tenants = client.collections.use(name).tenants
                if name != _collection(model) and await tenants.exists(str(organization_id)):
                    await tenants.remove([str(organization_id)])
        self._prepared = {one for one in self._prepared if one[0] != organization_id}

    async def search(
        self, organization_id: UUID, model: str, asked: Asked, limit: int
    ) -> Sequence[Candidate]:
        """Up to `limit` sources by vector, found here, and as many by words, found in PostgreSQL."""
        if asked.vector is None:
            async with self._database.scope(organization_id) as scope:
                return await queries.worded(scope, asked, limit)
        near = await self._nearest(organization_id, model, asked, limit)
        async with self._database.scope(organization_id) as scope:
            candidates = await queries.worded(scope, asked, limit, also=list(near))
        if further := [one.passage.id for one in candidates if one.passage.id not in near]:
            near = {**near, **await self._nearness(organization_id, model, asked.vector, further)}
        return [replace(one, by_vector=near.get(one.passage.id)) for one in candidates]

    async def look(self) -> Standing:
        """Whether it answers."""
        try:
            async with self._asking(SEARCH_SECONDS, at_once=True) as client:
                if await client.is_ready():
                    self._asked_again_at = 0.0
                    return Standing("healthy", "Weaviate connection successful")
            reason = f"Weaviate at {self._place} is not ready"
        except StoreAway as error:
            reason = str(error).rstrip(".")
        return Standing("degraded", f"{reason}; meanwhile knowledge is found by its words alone")

    async def _nearest(
        self, organization_id: UUID, model: str, asked: Asked, limit: int
    ) -> Mapping[UUID, float]:
        """How near the best passage of each of the nearest sources is, by the passage's id."""
        async with self._searching(organization_id, model) as there:
            from weaviate.classes.query import MetadataQuery

            answer = await there.query.near_vector(
                [float(x) for x in asked.vector or ()],
                target_vector=NAMED,
                limit=NEAREST * limit,
                filters=_wanted(asked),
                return_metadata=MetadataQuery(distance=True),
                return_properties=["source"],
            )
        best: dict[Any, tuple[UUID, float]] = {}
        for one in answer.objects:  # nearest first
            best.setdefault(one.properties["source"], (_id(one.uuid), 1 - (one.metadata.distance or 0.0)))
        return dict(list(best.values())[:limit])

    async def _nearness(
        self, organization_id: UUID, model: str, vector: Vector, passages: Sequence[UUID]
    ) -> Mapping[UUID, float]:
        """How near each of the passages is that has a vector here."""
        async with self._searching(organization_id, model) as there:
            from weaviate.classes.query import Filter, MetadataQuery

            answer = await there.query.near_vector(
                [float(x) for x in vector],
                target_vector=NAMED,
                limit=len(passages),
                filters=Filter.by_id().contains_any(list(passages)),
                return_metadata=MetadataQuery(distance=True),
                return_properties=[],
            )
        return {_id(one.uuid): 1 - (one.metadata.distance or 0.0) for one in answer.objects}

    async def _collections(self) -> Sequence[str]:
        """Names of all collections of ours.

        Asked without the client, which reads every setting of everybody's collections, and fails over one that it does
        not know.
        """
        headers = {"Authorization": f"Bearer {self._key.get_secret_value()}"} if self._key else {}
        async with httpx.AsyncClient(trust_env=False, timeout=SEARCH_SECONDS) as http:
            answer = await http.get(f"{self._rest.geturl().rstrip('/')}/v1/schema", headers=headers)
        names = [one["class"] for one in answer.raise_for_status().json()["classes"]]
        return [name for name in names if name.startswith(PREFIX)]

    async def _delete(self, there: "CollectionAsync[Any, Any]", source: Source) -> None:
        from weaviate.classes.query import Filter

        while True:
            answer = await there.data.delete_many(where=Filter.by_property("source").equal(source.id))
            if answer.failed:
                raise self._away(f"{answer.failed} objects could not be deleted")
            if answer.matches < MOST_DELETED:
                return

    @asynccontextmanager
    async def _searching(
        self, organization_id: UUID, model: str
    ) -> AsyncIterator["CollectionAsync[Any, Any]"]:
        """An organization's tenant to search in."""
        async with self._asking(SEARCH_SECONDS) as client:
            yield await self._tenant(client, organization_id, model)

    async def _tenant(
        self, client: "WeaviateAsyncClient", organization_id: UUID, model: str
    ) -> "CollectionAsync[Any, Any]":
        """An organization's part of a model's collection; both are made when they are not there."""
        name, tenant = _collection(model), str(organization_id)
        collection = client.collections.use(name)
        if (organization_id, model) not in self._prepared:
            async with self._preparing:
                if not await client.collections.exists(name):
                    await _create(client, name, model)
                if not await collection.tenants.exists(tenant):
                    async with self._database.scope(organization_id) as scope:
                        await queries.forget_indexed(scope, f"{self.name}:{model}")
                    await collection.tenants.create([tenant])
            self._prepared.add((organization_id, model))
        return collection.with_tenant(tenant)

    @asynccontextmanager
    async def _asking(self, seconds: float, *, at_once: bool = False) -> AsyncIterator["WeaviateAsyncClient"]:
        """The client, connected, for `seconds`; what goes wrong with it becomes `StoreAway`.

        Refused for a while after it was away, unless it is to be asked `at_once`.
        """
        loop = asyncio.get_running_loop()
        if not at_once and loop.time() < self._asked_again_at:
            raise self._away("it was away a moment ago, and is asked again soon")
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                client = await self._connected()
            async with asyncio.timeout(seconds):
                yield client
        except _failures() as error:
            self._prepared.clear()  # it may have been emptied
            self._asked_again_at = loop.time() + PAUSE_SECONDS
            raise self._away(_reason(error)) from error

    async def _connected(self) -> "WeaviateAsyncClient":
        async with self._connecting:
            if self._client is None:
                client = await asyncio.to_thread(self._opened)
                try:
                    await client.connect()
                except (KeyError, ValueError) as error:
                    await client.close()
                    raise self._away("what answers there is no Weaviate") from error
                except BaseException:
                    await client.close()
                    raise
                self._stack.push_async_callback(client.close)
                self._client = client
            return self._client

    def _opened(self) -> "WeaviateAsyncClient":
        import weaviate
        from weaviate.classes.init import AdditionalConfig, Auth, Timeout

        # it would log whole objects with their vectors; what went wrong is raised
        logging.getLogger("weaviate-client").setLevel(logging.CRITICAL)
        grpc = self._grpc or self._rest
        secure = grpc.scheme == "https"
        port = _port(grpc) if self._grpc else (443 if secure else GRPC_PORT)
        return weaviate.use_async_with_custom(
            http_host=self._rest.hostname or "",
            http_port=_port(self._rest),
            http_secure=self._rest.scheme == "https",
            grpc_host=grpc.hostname or "",
            grpc_port=port,
            grpc_secure=secure,
            auth_credentials=Auth.api_key(self._key.get_secret_value()) if self._key else None,
            additional_config=AdditionalConfig(
                timeout=Timeout(init=SEARCH_SECONDS, query=SEARCH_SECONDS, insert=WRITE_SECONDS)
            ),
            skip_init_checks=True,  # they ask a package index for the newest version of the client
        )

    def _away(self, reason: str) -> StoreAway:
        first = redacted(reason.strip().partition("\n")[0])[:300].rstrip(".")
        return StoreAway(f"Weaviate at {self._place} cannot be used: {first}.")


def _failures() -> tuple[type[Exception], ...]:
    """What the client raises about the server."""
    from weaviate.exceptions import WeaviateBaseError

    return (WeaviateBaseError, httpx.HTTPError, OSError)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    text = str(getattr(error, "message", "") or error)
    return "it cannot be reached" if text.startswith("Could not connect") else text


def _collection(model: str) -> str:
    return PREFIX + sha256(model.encode()).hexdigest()[:12]


async def _create(client: "WeaviateAsyncClient", name: str, model: str) -> None:
    from weaviate.classes.config import Configure, DataType, Property, Tokenization, VectorDistances
    from weaviate.exceptions import UnexpectedStatusCodeError

    try:
        await client.collections.create(
            name,
            description=f"Vectors by {model} of what organizations know",
            multi_tenancy_config=Configure.multi_tenancy(enabled=True, auto_tenant_activation=True),
            properties=[
                Property(name="source", data_type=DataType.UUID),
                Property(name="kind", data_type=DataType.TEXT, tokenization=Tokenization.FIELD),
            ],
            vector_config=Configure.Vectors.self_provided(
                name=NAMED,
                # exact, on disk, and meant for many tenants with a little each
                vector_index_config=Configure.VectorIndex.flat(distance_metric=VectorDistances.COSINE),
            ),
        )
    except UnexpectedStatusCodeError:
        if not await client.collections.exists(name):  # else another process was quicker
            raise


def _wanted(asked: Asked) -> "_Filters | None":
    from weaviate.classes.query import Filter

    every: list[_Filters] = []
    if asked.kinds:
        every.append(Filter.by_property("kind").contains_any(list(asked.kinds)))
    if asked.without is not None:
        every.append(Filter.by_property("source").not_equal(asked.without.id))
    return Filter.all_of(every) if every else None


def _id(uuid: UUID) -> UUID:
    """A plain one: the client gives a kind of its own, which is slower."""
    return UUID(int=uuid.int)


def _port(url: SplitResult) -> int:
    return url.port or (443 if url.scheme == "https" else 80)
