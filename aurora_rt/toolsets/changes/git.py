"""Commits of repositories on this machine."""

import asyncio
import shlex
from typing import Final

from aurora_rt.toolsets.changes.reading import change_of
from aurora_rt.toolsets.changes.span import Span, named
from aurora_rt.toolsets.commands import CommandDenied, CommandMissing, run
from aurora_rt.toolsets.facts.changes import (
    Change,
)
from aurora_rt.toolsets.toolset import Access, ToolFailed

ORIGIN: Final = "git"
SECONDS: Final = 10.0
OUTPUT_LIMIT: Final = 1024 * 1024
MOST: Final = 200
_FORMAT: Final = "%H%x1f%cI%x1f%an%x1f%s"


async def changes(repository: str, access: Access, span: Span) -> list[Change]:
    """The commits of `service=path` within `span`. Raises `ToolFailed`."""
    service, path = named(repository)
    argv = ["git", "-C", path, "log", f"--since={span.since}", f"--until={span.until}"]
    argv += [f"--max-count={MOST}", f"--format={_FORMAT}"]
    try:
        finished = await run(argv, policy=access.policy, timeout=SECONDS, output_limit=OUTPUT_LIMIT)
    except (CommandMissing, CommandDenied) as error:
        raise ToolFailed(f"The repository {path} cannot be looked at: {error}") from error
    if finished.exit_status is None:
        raise ToolFailed(f"git did not end within {SECONDS:.0f} s in {path}.", command=shlex.join(argv))
    if finished.exit_status != 0:
        raise ToolFailed(f"git in {path} says: {_reason(finished.stderr)}.", command=shlex.join(argv))
    return await asyncio.to_thread(_commits, finished.stdout, service)


def _commits(output: str, service: str) -> list[Change]:
    found = []
    for line in output.splitlines():
        parts = line.split("\x1f", 3)
        if len(parts) == 4:
            sha, at, author, subject = parts
            told = {"time": at, "kind": "commit", "version": sha[:12], "by": author, "text": subject}
            found.append(change_of(told, ORIGIN, service))
    return [one for one in found if one is not None]


def _reason(said: str) -> str:
    first = said.strip().splitlines()[:1] or ["it failed and did not say why"]
    return first[0].strip()[:300].rstrip(".")
