"""A Weaviate on loopback, as much of one as is asked of it: REST for collections and tenants, gRPC for objects.

Written after https://docs.weaviate.io/weaviate/api/rest and the protocol's own definition, which comes with the client.
It is as strict as Weaviate where that matters: collections and tenants must be there, vectors must fit each other, and
with a key nobody else is let in.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import grpc
import numpy as np
from aiohttp import web
from weaviate.proto.v1 import base_pb2, batch_delete_pb2, batch_pb2, search_get_pb2, weaviate_pb2_grpc


@dataclass
class Kept:
    """An object."""

    properties: dict[str, str]
    vector: Any


@dataclass
class WeaviateServer:
    """What it holds, and how it is."""

    key: str | None = None
    away: bool = False
    collections: dict[str, dict[str, Any]] = field(default_factory=dict)
    tenants: dict[tuple[str, str], dict[UUID, Kept]] = field(default_factory=dict)
    searches: int = 0
    rest_url: str = ""
    grpc_url: str = ""

    def empty(self) -> None:
        """Lose everything."""
        self.collections.clear()
        self.tenants.clear()


class _Objects(weaviate_pb2_grpc.WeaviateServicer):
    def __init__(self, server: WeaviateServer) -> None:
        self._server = server

    async def _tenant(self, context: Any, collection: str, tenant: str) -> dict[UUID, Kept]:
        if self._server.away:
            # not UNAVAILABLE, after which the client waits and asks again until it is stopped
            await context.abort(grpc.StatusCode.INTERNAL, "shutting down")
        sent = dict(context.invocation_metadata()).get("authorization")
        if self._server.key is not None and sent != f"Bearer {self._server.key}":
            await context.abort(grpc.StatusCode.UNAUTHENTICATED, "unauthorized: invalid api key")
        if collection not in self._server.collections:
            await context.abort(grpc.StatusCode.UNKNOWN, f"could not find class {collection} in schema")
        if (collection, tenant) not in self._server.tenants:
            await context.abort(grpc.StatusCode.UNKNOWN, f'tenant not found: "{tenant}"')
        return self._server.tenants[collection, tenant]

    async def BatchObjects(self, request: Any, context: Any) -> Any:  # noqa: N802  # the protocol's name
        errors = []
        for index, one in enumerate(request.objects):
            there = await self._tenant(context, one.collection, one.tenant)
            (named,) = one.vectors
            assert named.name in self._server.collections[one.collection]["vectorConfig"]
            vector = np.frombuffer(named.vector_bytes, "<f4")
            if there and len(next(iter(there.values())).vector) != len(vector):
                text = "new node has a vector with another length than the others"
                errors.append(batch_pb2.BatchObjectsReply.BatchError(index=index, error=text))
                continue
            fields = one.properties.non_ref_properties
            there[UUID(one.uuid)] = Kept({name: fields[name] for name in fields}, vector)
        return batch_pb2.BatchObjectsReply(errors=errors)

    async def BatchDelete(self, request: Any, context: Any) -> Any:  # noqa: N802
        there = await self._tenant(context, request.collection, request.tenant)
        fits = _fits(request.filters)
        gone = [id_ for id_, kept in there.items() if fits(id_, kept)]
        for id_ in gone:
            del there[id_]
        return batch_delete_pb2.BatchDeleteReply(matches=len(gone), successful=len(gone))

    async def Search(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._server.searches += 1
        there = await self._tenant(context, request.collection, request.tenant)
        assert list(request.near_vector.targets.target_vectors) == ["default"]
        (asked,) = (np.frombuffer(one.vector_bytes, "<f4") for one in request.near_vector.vectors)
        fits = _fits(request.filters) if request.HasField("filters") else lambda *_: True
        distances = {id_: _cosine(asked, kept.vector) for id_, kept in there.items() if fits(id_, kept)}
        reply = search_get_pb2.SearchReply()
        for id_ in sorted(distances, key=lambda one: distances[one])[: request.limit]:
            result = reply.results.add()
            result.metadata.id = str(id_)
            result.metadata.id_as_bytes = id_.bytes
            result.metadata.distance, result.metadata.distance_present = distances[id_], True
            result.properties.target_collection = request.collection
            for name in request.properties.non_ref_properties:
                result.properties.non_ref_props.fields[name].uuid_value = there[id_].properties[name]
        return reply


def _cosine(one: Any, other: Any) -> float:
    return float(1 - one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))


def _fits(asked: Any) -> Callable[[UUID, Kept], bool]:
    operators = base_pb2.Filters
    if asked.operator == operators.OPERATOR_AND:
        every = [_fits(one) for one in asked.filters]
        return lambda id_, kept: all(one(id_, kept) for one in every)
    name = asked.target.property
    wanted = set(asked.value_text_array.values) or {asked.value_text}

    def value(id_: UUID, kept: Kept) -> str:
        return str(id_) if name == "_id" else kept.properties[name]

    if asked.operator == operators.OPERATOR_NOT_EQUAL:
        return lambda id_, kept: value(id_, kept) not in wanted
    assert asked.operator in (operators.OPERATOR_EQUAL, operators.OPERATOR_CONTAINS_ANY)
    return lambda id_, kept: value(id_, kept) in wanted


class _Schema:
    """Collections and tenants."""

    def __init__(self, server: WeaviateServer) -> None:
        self._server = server

    def app(self) -> web.Application:
        """What answers."""
        app = web.Application(middlewares=[self._guarded()])
        app.router.add_get("/v1/meta", self.meta)
        app.router.add_get("/v1/.well-known/ready", self.ready)
        app.router.add_get("/v1/schema", self.every)
        app.router.add_post("/v1/schema", self.create)
        app.router.add_get("/v1/schema/{name}", self.one)
        app.router.add_route("HEAD", "/v1/schema/{name}/tenants/{tenant}", self.tenant)
        app.router.add_post("/v1/schema/{name}/tenants", self.add_tenants)
        app.router.add_delete("/v1/schema/{name}/tenants", self.remove_tenants)
        return app

    def _guarded(self) -> Any:
        server = self._server

        @web.middleware
        async def guard(request: web.Request, handler: Any) -> web.StreamResponse:
            if server.away:
                return web.json_response({"error": [{"message": "shutting down"}]}, status=503)
            if server.key is not None and request.headers.get("Authorization") != f"Bearer {server.key}":
                return web.json_response({"code": 401, "message": "invalid api key"}, status=401)
            return await handler(request)

        return guard

    async def meta(self, _: web.Request) -> web.Response:
        return web.json_response({"hostname": self._server.rest_url, "version": "1.32.0", "modules": {}})

    async def ready(self, _: web.Request) -> web.Response:
        return web.Response()

    async def every(self, _: web.Request) -> web.Response:
        return web.json_response({"classes": list(self._server.collections.values())})

    async def one(self, request: web.Request) -> web.Response:
        known = self._server.collections.get(request.match_info["name"])
        return web.json_response(known) if known else web.json_response({}, status=404)

    async def create(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["class"] in self._server.collections:
            return web.json_response({"error": [{"message": "class already exists"}]}, status=422)
        assert body["multiTenancyConfig"]["enabled"]
        for one in body["properties"]:
            one.update(indexFilterable=True, indexSearchable=one["dataType"] == ["text"])
        self._server.collections[body["class"]] = body
        return web.json_response(body)

    async def tenant(self, request: web.Request) -> web.Response:
        there = (request.match_info["name"], request.match_info["tenant"]) in self._server.tenants
        return web.Response(status=200 if there else 404)

    async def add_tenants(self, request: web.Request) -> web.Response:
        for new in await request.json():
            self._server.tenants.setdefault((request.match_info["name"], new["name"]), {})
        return web.json_response([])

    async def remove_tenants(self, request: web.Request) -> web.Response:
        for name in await request.json():
            self._server.tenants.pop((request.match_info["name"], name), None)
        return web.Response()


@asynccontextmanager
async def weaviate_server(key: str | None = None) -> AsyncIterator[WeaviateServer]:
    """One on free ports, empty."""
    server = WeaviateServer(key)
    runner = web.AppRunner(_Schema(server).app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    remote = grpc.aio.server()
    weaviate_pb2_grpc.add_WeaviateServicer_to_server(_Objects(server), remote)
    port = remote.add_insecure_port("127.0.0.1:0")
    await remote.start()
    server.rest_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    server.grpc_url = f"http://127.0.0.1:{port}"
    try:
        yield server
    finally:
        await remote.stop(None)
        await runner.cleanup()
