"""GitHub (https://docs.github.com/en/rest): commits, deployments, merged pull requests, workflow runs that failed."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

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
from aurora_rt.toolsets.toolset import ToolFailed

ORIGIN: Final = "GitHub"
STATUSES: Final = 10
"""Deployments whose statuses are asked for."""
AT_WORK: Final = timedelta(hours=6)
"""How long a deployment may take."""


class _User(BaseModel):
    login: str = ""


class _Signature(BaseModel):
    name: str = ""
    date: datetime | None = None


class _Written(BaseModel):
    message: str = ""
    author: _Signature | None = None
    committer: _Signature | None = None


class _Commit(BaseModel):
    sha: str
    commit: _Written
    html_url: str = ""


class _Deployment(BaseModel):
    id: int
    sha: str = ""
    ref: str = ""
    environment: str = ""
    description: str | None = None
    creator: _User | None = None
    created_at: datetime


class _Status(BaseModel):
    state: str
    description: str | None = None
    created_at: datetime
    log_url: str | None = None


class _Pull(BaseModel):
    number: int
    title: str = ""
    merged_at: datetime | None = None
    merge_commit_sha: str | None = None
    user: _User | None = None
    html_url: str = ""


class _Run(BaseModel):
    name: str | None = None
    display_title: str = ""
    head_sha: str = ""
    conclusion: str | None = None
    updated_at: datetime
    actor: _User | None = None
    html_url: str = ""


class _Runs(BaseModel):
    workflow_runs: list[_Run] = []


async def changes(repository: str, settings: Settings, http: httpx.AsyncClient, span: Span) -> list[Change]:
    """The changes of `service=owner/name` within `span`. Raises `ToolFailed` when nothing can be had."""
    service, name = named(repository)
    asking = _Asking(service, f"/repos/{name}", _server(settings), http, span)
    return await together(asking.commits(), asking.deployments(), asking.merged(), asking.failed_runs())


class _Asking:
    """Questions about one repository."""

    def __init__(self, service: str, path: str, server: Server, http: httpx.AsyncClient, span: Span) -> None:
        self._service = service
        self._path = path
        self._server = server
        self._http = http
        self._span = span

    async def commits(self) -> list[Change]:
        async def page(asked: dict[str, str]) -> list[_Commit]:
            return await ask(self._server, self._http, self._call("/commits", asked), list[_Commit])

        return self._changes(
            {
                "time": _when(one.commit.committer.date if one.commit.committer else None),
                "kind": "commit",
                "version": one.sha[:12],
                "by": one.commit.author.name if one.commit.author else "",
                "text": one.commit.message.partition("\n")[0],
                "url": one.html_url,
            }
            for one in await paged(page, self._span)
        )

    async def deployments(self) -> list[Change]:
        """Deployments, with how far they came."""
        call = self._call("/deployments", {"per_page": str(PAGE)})
        every = await ask(self._server, self._http, call, list[_Deployment])
        # One that was asked for before the window may have come to its end within.
        oldest, end = self._span.start - AT_WORK, self._span.end
        recent = [one for one in every if oldest <= one.created_at <= end][:STATUSES]
        statuses = await asyncio.gather(*(self._statuses(one.id) for one in recent))
        return self._changes(
            _deployed(one, said[0] if said else None) for one, said in zip(recent, statuses, strict=True)
        )

    async def merged(self) -> list[Change]:
        asked = {"state": "closed", "sort": "updated", "direction": "desc", "per_page": str(PAGE)}
        found = await ask(self._server, self._http, self._call("/pulls", asked), list[_Pull])
        return self._changes(
            {
                "time": _when(one.merged_at),
                "kind": "merge",
                "version": (one.merge_commit_sha or "")[:12],
                "by": one.user.login if one.user else "",
                "text": f"#{one.number} {one.title}",
                "url": one.html_url,
            }
            for one in found
        )

    async def failed_runs(self) -> list[Change]:
        asked = {
            "created": f"{self._span.since}..{self._span.until}",
            "status": "failure",
            "per_page": str(PAGE),
        }
        found = await ask(self._server, self._http, self._call("/actions/runs", asked), _Runs)
        return self._changes(
            {
                "time": _when(one.updated_at),
                "kind": "pipeline",
                "version": one.head_sha[:12],
                "by": one.actor.login if one.actor else "",
                "text": f"{one.name or 'workflow'} failed: {one.display_title}",
                "url": one.html_url,
                "status": "failed",
            }
            for one in found.workflow_runs
            if one.conclusion in (None, "failure")
        )

    async def _statuses(self, deployment: int) -> list[_Status]:
        """The newest first; none where they may not be seen."""
        call = self._call(f"/deployments/{deployment}/statuses", {"per_page": "10"})
        try:
            return await ask(self._server, self._http, call, list[_Status])
        except ToolFailed:
            return []

    def _call(self, path: str, parameters: Mapping[str, str]) -> Call:
        return Call(self._path + path, parameters, f"gh api {self._path}{path}")

    def _changes(self, told: Iterable[dict[str, str]]) -> list[Change]:
        every = [change_of(one, ORIGIN, self._service) for one in told]
        return [one for one in every if one is not None and self._span.holds(one.at)]


def _deployed(one: _Deployment, last: _Status | None) -> dict[str, str]:
    state = last.state if last else "asked for"
    said = (last and last.description) or one.description or ""
    return {
        "time": _when(last.created_at if last else one.created_at),
        "kind": "deploy",
        "version": one.ref or one.sha[:12],
        "by": one.creator.login if one.creator else "",
        "text": f"{one.sha[:12]} to {one.environment or 'an environment'}: {state}. {said}".strip(),
        "url": (last.log_url or "") if last else "",
        "status": "failed" if state in ("failure", "error") else "",
    }


def _server(settings: Settings) -> Server:
    token = settings.github_token.get_secret_value() if settings.github_token else ""
    headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return server_at(
        settings.github_url, "GitHub server", "AURORA_GITHUB_URL", settings.tool_timeout, headers=headers
    )


def _when(at: datetime | None) -> str:
    return at.isoformat() if at else ""
