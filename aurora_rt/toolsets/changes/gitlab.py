"""GitLab (https://docs.gitlab.com/api/rest/): commits, deployments, pipelines that failed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

import httpx
from pydantic import BaseModel

from aurora_rt.settings import Settings
from aurora_rt.toolsets.changes.pages import PAGE, paged
from aurora_rt.toolsets.changes.reading import change_of
from aurora_rt.toolsets.changes.span import Span, named
from aurora_rt.toolsets.facts.changes import (
    Change,
)
from aurora_rt.toolsets.origins import together
from aurora_rt.toolsets.servers import Call, Server, ask, server_at

ORIGIN: Final = "GitLab"


class _Commit(BaseModel):
    short_id: str = ""
    title: str = ""
    author_name: str = ""
    committed_date: datetime | None = None
    web_url: str = ""


class _Named(BaseModel):
    name: str = ""


class _Deployment(BaseModel):
    ref: str = ""
    sha: str = ""
    status: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    user: _Named | None = None
    environment: _Named | None = None


class _Pipeline(BaseModel):
    id: int
    ref: str | None = None
    sha: str = ""
    source: str | None = None
    updated_at: datetime | None = None
    web_url: str = ""


async def changes(project: str, settings: Settings, http: httpx.AsyncClient, span: Span) -> list[Change]:
    """The changes of `service=group/name` within `span`. Raises `ToolFailed` when nothing can be had."""
    service, name = named(project)
    asking = _Asking(f"/api/v4/projects/{quote(name, safe='')}", _server(settings), http, span)
    told = await together(asking.commits(), asking.deployments(), asking.pipelines())
    every = (change_of(one, ORIGIN, service) for one in told)
    return [one for one in every if one is not None and span.holds(one.at)]


class _Asking:
    """Questions about one project."""

    def __init__(self, path: str, server: Server, http: httpx.AsyncClient, span: Span) -> None:
        self._path = path
        self._server = server
        self._http = http
        self._span = span

    async def commits(self) -> list[dict[str, str]]:
        async def page(asked: dict[str, str]) -> list[_Commit]:
            call = self._call("/repository/commits", asked)
            return await ask(self._server, self._http, call, list[_Commit])

        return list(map(_committed, await paged(page, self._span)))

    async def deployments(self) -> list[dict[str, str]]:
        asked = {**self._updated(), "order_by": "updated_at", "sort": "desc", "per_page": str(PAGE)}
        call = self._call("/deployments", asked)
        return list(map(_deployed, await ask(self._server, self._http, call, list[_Deployment])))

    async def pipelines(self) -> list[dict[str, str]]:
        asked = {**self._updated(), "status": "failed", "per_page": str(PAGE)}
        call = self._call("/pipelines", asked)
        return list(map(_failed, await ask(self._server, self._http, call, list[_Pipeline])))

    def _updated(self) -> dict[str, str]:
        return {"updated_after": self._span.since, "updated_before": self._span.until}

    def _call(self, path: str, parameters: Mapping[str, str]) -> Call:
        return Call(self._path + path, parameters, f"glab api {self._path[8:]}{path}")


def _committed(one: _Commit) -> dict[str, str]:
    return {
        "time": _when(one.committed_date),
        "kind": "commit",
        "version": one.short_id,
        "by": one.author_name,
        "text": one.title,
        "url": one.web_url,
    }


def _deployed(one: _Deployment) -> dict[str, str]:
    where = one.environment.name if one.environment else "an environment"
    return {
        "time": _when(one.updated_at or one.created_at),
        "kind": "deploy",
        "version": one.ref or one.sha[:12],
        "by": one.user.name if one.user else "",
        "text": f"{one.sha[:12]} to {where}: {one.status}",
        "status": one.status if one.status == "failed" else "",
    }


def _failed(one: _Pipeline) -> dict[str, str]:
    return {
        "time": _when(one.updated_at),
        "kind": "pipeline",
        "version": one.sha[:12],
        "text": f"pipeline {one.id} of {one.ref or 'no branch'} failed",
        "url": one.web_url,
        "status": "failed",
    }


def _server(settings: Settings) -> Server:
    token = settings.gitlab_token.get_secret_value() if settings.gitlab_token else ""
    headers = {"PRIVATE-TOKEN": token} if token else {}
    return server_at(
        settings.gitlab_url, "GitLab server", "AURORA_GITLAB_URL", settings.tool_timeout, headers=headers
    )


def _when(at: datetime | None) -> str:
    return at.isoformat() if at else ""
