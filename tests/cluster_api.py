"""A server that speaks as much of the Kubernetes API as `kubectl` asks for when it reads, from objects in memory."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from programs import free_port

Object = Mapping[str, Any]

CORE = {
    "pods": "Pod",
    "services": "Service",
    "endpoints": "Endpoints",
    "events": "Event",
    "configmaps": "ConfigMap",
    "secrets": "Secret",
    "persistentvolumeclaims": "PersistentVolumeClaim",
    "resourcequotas": "ResourceQuota",
    "nodes": "Node",
}
GROUPS = {
    ("apps", "v1"): {
        "deployments": "Deployment",
        "statefulsets": "StatefulSet",
        "daemonsets": "DaemonSet",
        "replicasets": "ReplicaSet",
    },
    ("batch", "v1"): {"jobs": "Job", "cronjobs": "CronJob"},
    ("autoscaling", "v1"): {"horizontalpodautoscalers": "HorizontalPodAutoscaler"},
    ("networking.k8s.io", "v1"): {"networkpolicies": "NetworkPolicy", "ingresses": "Ingress"},
}
REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 429: "TooManyRequests"}
SINGULAR = {"endpoints": "endpoints", "networkpolicies": "networkpolicy", "ingresses": "ingress"}


@dataclass
class ClusterApi:
    """What the server knows, and how it answers."""

    objects: dict[str, list[Object]] = field(default_factory=dict)
    """Resource → objects."""
    logs: dict[tuple[str, bool], str] = field(default_factory=dict)
    """(pod, before the restart) → its log."""
    status: int = 200
    """Another one: every question is answered with it."""
    asked: list[str] = field(default_factory=list)

    def app(self) -> web.Application:
        """The server's application."""
        app = web.Application(middlewares=[self._refusing])
        app.router.add_get("/version", self._version)
        app.router.add_get("/api", self._versions)
        app.router.add_get("/apis", self._groups)
        app.router.add_get("/api/v1", self._core)
        app.router.add_get("/apis/{group}/{version}", self._group)
        for base in ("/api/v1", "/apis/{group}/{version}"):
            app.router.add_get(f"{base}/{{resource}}", self._list)
            app.router.add_get(f"{base}/namespaces/{{namespace}}/{{resource}}", self._list)
            app.router.add_get(f"{base}/{{resource}}/{{name}}", self._one)
            app.router.add_get(f"{base}/namespaces/{{namespace}}/{{resource}}/{{name}}", self._one)
        app.router.add_get("/api/v1/namespaces/{namespace}/pods/{name}/log", self._log)
        return app

    @web.middleware
    async def _refusing(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path_qs}")
        if self.status != 200:
            return _failed(self.status, "the test says so")
        answer: web.StreamResponse = await handler(request)
        return answer

    async def _version(self, _: web.Request) -> web.Response:
        return web.json_response({"major": "1", "minor": "29", "gitVersion": "v1.29.0"})

    async def _versions(self, _: web.Request) -> web.Response:
        return web.json_response({"kind": "APIVersions", "versions": ["v1"]})

    async def _groups(self, _: web.Request) -> web.Response:
        groups = []
        for group, version in GROUPS:
            one = {"groupVersion": f"{group}/{version}", "version": version}
            groups.append({"name": group, "versions": [one], "preferredVersion": one})
        return web.json_response({"kind": "APIGroupList", "apiVersion": "v1", "groups": groups})

    async def _core(self, _: web.Request) -> web.Response:
        return _resources("v1", CORE)

    async def _group(self, request: web.Request) -> web.Response:
        group, version = request.match_info["group"], request.match_info["version"]
        known = GROUPS.get((group, version))
        return _failed(404, "no such group") if known is None else _resources(f"{group}/{version}", known)

    async def _list(self, request: web.Request) -> web.Response:
        resource, namespace = request.match_info["resource"], request.match_info.get("namespace")
        found = [
            one
            for one in self.objects.get(resource, [])
            if namespace is None or one["metadata"].get("namespace") == namespace
        ]
        wanted = request.query.get("fieldSelector", "")
        for pair in filter(None, wanted.split(",")):
            path, _, value = pair.partition("=")
            found = [one for one in found if _path(one, path) in (value, None)]
        kind = _kinds()[resource]
        version = _version_of(request)
        items = [{"apiVersion": version, "kind": kind, **one} for one in found]
        if "as=Table" in request.headers.get("Accept", ""):
            return web.json_response(_table(resource, items))
        return web.json_response(
            {
                "apiVersion": version,
                "kind": f"{kind}List",
                "metadata": {"resourceVersion": "1"},
                "items": items,
            }
        )

    async def _one(self, request: web.Request) -> web.Response:
        resource, name = request.match_info["resource"], request.match_info["name"]
        kind = _kinds().get(resource)
        found = [one for one in self.objects.get(resource, []) if one["metadata"]["name"] == name]
        if not found or kind is None:
            return _failed(404, f'{resource} "{name}" not found')
        item = {"apiVersion": _version_of(request), "kind": kind, **found[0]}
        if "as=Table" in request.headers.get("Accept", ""):
            return web.json_response(_table(resource, [item]))
        return web.json_response(item)

    async def _log(self, request: web.Request) -> web.Response:
        before = request.query.get("previous") == "true"
        told = self.logs.get((request.match_info["name"], before))
        return _failed(400, "there is no such container") if told is None else web.Response(text=told)


@asynccontextmanager
async def cluster_api(directory: Path, api: ClusterApi) -> AsyncIterator[str]:
    """Serve `api` on loopback; yields the path of a kubeconfig for it."""
    runner = web.AppRunner(api.app())
    await runner.setup()
    port = int(free_port())
    await web.TCPSite(runner, "127.0.0.1", port).start()
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "test",
        "clusters": [{"name": "test", "cluster": {"server": f"http://127.0.0.1:{port}"}}],
        "users": [{"name": "test", "user": {}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
    }
    file = directory / "kubeconfig"
    file.write_text(json.dumps(config))  # JSON is YAML
    try:
        yield str(file)
    finally:
        await runner.cleanup()


def pod(
    name: str, namespace: str = "shop", *, labels: Mapping[str, str] | None = None, **status: Any
) -> dict[str, Any]:
    """A pod with one container; `status` is that of the container."""
    container = name.rsplit("-", 2)[0]
    state = {
        "name": container,
        "ready": True,
        "restartCount": 0,
        "state": {"running": {}},
        "image": "shop/it:1",
    }
    return {
        "metadata": {
            "name": name,
            "namespace": namespace,
            "creationTimestamp": "2026-03-01T09:00:00Z",
        },
        "spec": {"containers": [{"name": container, "image": "shop/it:1"}], "nodeName": "n1"},
        "status": {"phase": "Running", "containerStatuses": [state | status]},
    }


def event(about: str, reason: str, message: str, kind: str = "Pod") -> dict[str, Any]:
    """A warning about an object of the namespace `shop`."""
    return {
        "metadata": {"name": f"{about}.{reason}", "namespace": "shop"},
        "involvedObject": {"kind": kind, "name": about, "namespace": "shop"},
        "type": "Warning",
        "reason": reason,
        "message": message,
        "count": 3,
        "firstTimestamp": "2026-03-01T09:58:00Z",
        "lastTimestamp": "2026-03-01T09:59:00Z",
        "source": {"component": "kubelet"},
    }


def _kinds() -> dict[str, str]:
    return CORE | {name: kind for group in GROUPS.values() for name, kind in group.items()}


def _version_of(request: web.Request) -> str:
    group = request.match_info.get("group")
    return f"{group}/{request.match_info['version']}" if group else "v1"


def _resources(version: str, known: Mapping[str, str]) -> web.Response:
    listed = [
        {
            "name": name,
            "singularName": SINGULAR.get(name, name.removesuffix("s")),
            "namespaced": name != "nodes",
            "kind": kind,
            "verbs": ["get", "list"],
        }
        for name, kind in known.items()
    ]
    return web.json_response(
        {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": listed}
    )


def _table(resource: str, items: Sequence[Object]) -> dict[str, Any]:
    """What the real server answers to who asks for a table; of pods and events with their columns."""
    columns = {
        "pods": ("Name", "Ready", "Status", "Restarts", "Age"),
        "events": ("Last Seen", "Type", "Reason", "Object", "Message"),
    }.get(resource, ("Name", "Age"))
    rows = [{"cells": _cells(resource, one), "object": _partial(one)} for one in items]
    return {
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": {"resourceVersion": "1"},
        "columnDefinitions": [
            {
                "name": name,
                "type": "string",
                "format": "name" if name == "Name" else "",
                "description": "",
                "priority": 0,
            }
            for name in columns
        ],
        "rows": rows,
    }


def _cells(resource: str, one: Object) -> list[str]:
    name = one["metadata"]["name"]
    if resource == "events":
        about = one["involvedObject"]
        return ["1m", one["type"], one["reason"], f"{about['kind'].lower()}/{about['name']}", one["message"]]
    if resource == "pods":
        state = one["status"]["containerStatuses"][0]
        waiting = state["state"].get("waiting", {}).get("reason", one["status"]["phase"])
        return [name, f"{int(state['ready'])}/1", waiting, str(state["restartCount"]), "1h"]
    return [name, "1h"]


def _partial(one: Object) -> dict[str, Any]:
    return {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": one["metadata"]}


def _path(one: Object, path: str) -> Any:
    found: Any = one
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _failed(status: int, message: str) -> web.Response:
    reason = REASONS.get(status, "InternalError")
    body = {
        "kind": "Status",
        "apiVersion": "v1",
        "status": "Failure",
        "message": message,
        "reason": reason,
        "code": status,
    }
    return web.json_response(body, status=status)
