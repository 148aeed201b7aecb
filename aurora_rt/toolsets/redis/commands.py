"""Slow commands, by name and key: what else they say could be a value."""

from datetime import UTC, datetime
from typing import Any, Final

from aurora_rt.redaction import redacted
from aurora_rt.toolsets.databases import texts
from aurora_rt.toolsets.databases.addresses import Watched
from aurora_rt.toolsets.databases.asking import OfDatabase, chosen, each, patience
from aurora_rt.toolsets.facts.databases import DatabaseStatements, StatementState, StatementUse
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.redis.connecting import KIND, cli, session
from aurora_rt.toolsets.toolset import Access, Seen, Window

MOST: Final = 128
KEY_LIMIT: Final = 100
_KEYLESS: Final = frozenset(
    {
        "ACL",
        "AUTH",
        "CLIENT",
        "CLUSTER",
        "CONFIG",
        "DEBUG",
        "EVAL",
        "EVALSHA",
        "EVAL_RO",
        "EVALSHA_RO",
        "FCALL",
        "FCALL_RO",
        "FUNCTION",
        "HELLO",
        "INFO",
        "LATENCY",
        "MEMORY",
        "MIGRATE",
        "MODULE",
        "MONITOR",
        "PUBLISH",
        "SCRIPT",
        "SLOWLOG",
        "SPUBLISH",
    }
)
"""Commands whose first argument is no key."""


async def slowlog(parameters: OfDatabase, access: Access) -> Seen:
    """Commands that took longer than `slowlog-log-slower-than`, of the incident's window."""
    databases = chosen(access.settings.watched_redis, KIND, parameters.database)

    async def look(database: Watched) -> StatementState:
        return await _slow(database, access.window)

    found = await each(databases, look, patience(access.settings))
    facts = DatabaseStatements(databases=found.told, silent=found.silent)
    command = cli(databases[0], f"SLOWLOG GET {MOST}")
    return Seen(command, found.text([texts.slow_commands(one) for one in found.told]), facts)


async def _slow(database: Watched, window: Window) -> StatementState:
    async with session(database) as client:
        entries: list[dict[str, Any]] = await client.slowlog_get(MOST)
    found = [
        StatementUse(
            statement=shown(one["command"]),
            calls=1,
            mean_seconds=one["duration"] / 1e6,
            share=0.0,
            at=datetime.fromtimestamp(one["start_time"], UTC),
        )
        for one in entries
    ]
    kept = [one for one in found if one.at and window.start <= one.at <= window.end]
    kept.sort(key=lambda one: -one.mean_seconds)
    return StatementState(
        database=database.name,
        seconds=0.0,
        source="The server's log of slow commands.",
        statements=tuple(kept[:30]),
        scans=(),
    )


def shown(command: bytes | str) -> str:
    """A command's name and key."""
    text = command.decode(errors="replace") if isinstance(command, bytes) else command
    name, _, rest = text.strip().partition(" ")
    name = name.upper()[:40]
    key = "" if name in _KEYLESS else rest.split(" ", 1)[0]
    return redacted(one_line(f"{name} {key}".strip() if key else name, KEY_LIMIT))
