"""`changes.list`: every configured origin, side by side; one that fails does not hide the others."""

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from aurora_rt.settings import Settings
from aurora_rt.toolsets.changes import deploylog, git, github, gitlab
from aurora_rt.toolsets.changes.reading import collected
from aurora_rt.toolsets.changes.span import Span, named
from aurora_rt.toolsets.facts.changes import (
    Change,
    Changes,
)
from aurora_rt.toolsets.tables import table
from aurora_rt.toolsets.toolset import Access, Parameters, Seen, ToolFailed

AT_ONCE: Final = 4
MOST_ORIGINS: Final = 30

Part = tuple[list[Change], str]
"""Changes, and a note."""


class ListParameters(Parameters):
    """Whose changes, and when."""

    service: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = Field(
        "", description="Whose changes; empty: everybody's."
    )
    start: datetime | None = Field(
        None, description="RFC 3339; by default the start of the incident's window."
    )
    end: datetime | None = Field(None, description="RFC 3339; by default the end of the incident's window.")


def unusable(settings: Settings) -> str | None:
    """Why no changes can be looked at, in a sentence; `None` when some can."""
    if (
        settings.deploy_log
        or settings.git_repositories
        or settings.github_repositories
        or settings.gitlab_projects
    ):
        return None
    return (
        "Nothing tells of changes: none of AURORA_DEPLOY_LOG, AURORA_GIT, AURORA_GITHUB_REPOSITORIES and "
        "AURORA_GITLAB_PROJECTS is set."
    )


async def listed(parameters: ListParameters, access: Access) -> Seen:
    """What was changed within the window, the newest last."""
    window = access.window
    start, end = parameters.start or window.start, parameters.end or window.end
    span = Span(_aware(start, window.start), _aware(end, window.end))
    at_once = asyncio.Semaphore(AT_ONCE)

    async def one(name: str, asked: Callable[[], Awaitable[Part]]) -> Part | str:
        async with at_once:
            try:
                return await asked()
            except ToolFailed as failed:
                return f"{name}: {failed.reason}"

    parts = await asyncio.gather(*(one(name, asked) for name, asked in _origins(access, span)[:MOST_ORIGINS]))
    failures = [part for part in parts if isinstance(part, str)]
    seen = [part for part in parts if not isinstance(part, str)]
    command = "; ".join(_typed(access.settings, span))
    if not seen:
        raise ToolFailed(" ".join(failures), command=command)
    facts = collected(
        change for found, _ in seen for change in found if _asked_for(change, parameters.service)
    )
    notes = [note for _, note in seen if note] + [f"Could not be asked: {one}" for one in failures]
    return Seen(command, "\n".join([told(facts), *notes]), facts)


def told(facts: Changes) -> str:
    """A row a change, which `reading` reads again."""
    if not facts.changes:
        return "No change is known within that time."
    rows = [
        [
            f"{one.at:%Y-%m-%dT%H:%M:%SZ}" if one.at else "-",
            one.service or "-",
            one.kind,
            one.version or "-",
            one.by or "-",
            "failed" if one.failed else "-",
            one.origin,
            one.url or "-",
            one.text or "-",
        ]
        for one in facts.changes
    ]
    cut = ["Older changes are left out."] if facts.truncated else []
    head = ["TIME", "SERVICE", "KIND", "VERSION", "BY", "STATUS", "ORIGIN", "URL", "TEXT"]
    return "\n".join([table(head, rows), *cut])


def _origins(access: Access, span: Span) -> list[tuple[str, Callable[[], Awaitable[Part]]]]:
    settings, http = access.settings, access.http
    found: list[tuple[str, Callable[[], Awaitable[Part]]]] = []
    if settings.deploy_log:
        found.append((deploylog.ORIGIN, lambda: deploylog.changes(settings, span)))
    found += [
        (git.ORIGIN, lambda one=one: _plain(git.changes(one, access, span)))  # type: ignore[misc]
        for one in settings.git_repositories
    ]
    found += [
        (github.ORIGIN, lambda one=one: _plain(github.changes(one, settings, http, span)))  # type: ignore[misc]
        for one in settings.github_repositories
    ]
    found += [
        (gitlab.ORIGIN, lambda one=one: _plain(gitlab.changes(one, settings, http, span)))  # type: ignore[misc]
        for one in settings.gitlab_projects
    ]
    return found


def _typed(settings: Settings, span: Span) -> list[str]:
    """What a person would type to see the same."""
    log = settings.deploy_log
    paths = [shlex.quote(named(one)[1]) for one in settings.git_repositories]
    return [
        *([f"cat {shlex.quote(log)}"] if log else []),
        *(f"git -C {path} log --since={span.since} --until={span.until}" for path in paths),
        *(f"gh api /repos/{named(one)[1]}/deployments" for one in settings.github_repositories),
        *(
            f"glab api projects/{named(one)[1].replace('/', '%2F')}/deployments"
            for one in settings.gitlab_projects
        ),
    ]


async def _plain(asked: Awaitable[list[Change]]) -> Part:
    return await asked, ""


def _asked_for(change: Change, service: str) -> bool:
    wanted = service.lower()
    return not wanted or wanted == change.service.lower() or wanted in change.text.lower()


def _aware(moment: datetime, like: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=like.tzinfo)
