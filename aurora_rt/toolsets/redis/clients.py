"""Who is connected to a Redis or Valkey."""

from collections import Counter
from typing import Any, Final

from aurora_rt.toolsets.databases import texts
from aurora_rt.toolsets.databases.addresses import Watched
from aurora_rt.toolsets.databases.asking import OfDatabase, chosen, each, patience
from aurora_rt.toolsets.facts.databases import DatabaseSessions, Holder, Session, SessionState
from aurora_rt.toolsets.redis.cache import engine
from aurora_rt.toolsets.redis.connecting import APPLICATION, KIND, cli, session
from aurora_rt.toolsets.tables import size
from aurora_rt.toolsets.toolset import Access, Seen

PILED_UP: Final = 1024 * 1024
"""Bytes of answers that a client has not taken yet, from which on it is worth telling."""


async def clients(parameters: OfDatabase, access: Access) -> Seen:
    """Who is connected, and who waits."""
    databases = chosen(access.settings.watched_redis, KIND, parameters.database)
    found = await each(databases, _clients, patience(access.settings))
    facts = DatabaseSessions(databases=found.told, silent=found.silent)
    command = cli(databases[0], "CLIENT LIST")
    return Seen(command, found.text([texts.sessions(one) for one in found.told]), facts)


async def _clients(database: Watched) -> SessionState:
    async with session(database) as client:
        told = await client.info("all")
        listed: list[dict[str, Any]] = await client.client_list()
    others = [one for one in listed if one.get("name") != APPLICATION]
    holders = Counter((one.get("user", ""), one.get("name") or _host(one)) for one in others)
    odd = [one for one in others if "b" in one.get("flags", "") or int(one.get("omem", 0)) >= PILED_UP]
    odd.sort(key=lambda one: (-int(one.get("omem", 0)), -int(one.get("idle", 0))))
    return SessionState(
        database=database.name,
        engine=engine(told),
        version=str(told.get("valkey_version") or told.get("redis_version", "?")),
        used=len(listed) - 1,
        limit=int(told.get("maxclients", 0)),
        rejected=None,
        states=dict(Counter(_state(one) for one in others)),
        holders=tuple(
            Holder(user=user, application=name, count=count) for (user, name), count in holders.most_common(5)
        ),
        sessions=tuple(_session(one) for one in odd[:20]),
        hidden=0,
    )


def _session(one: dict[str, Any]) -> Session:
    waiting = int(one.get("omem", 0))
    return Session(
        pid=int(one["id"]),
        user=one.get("user", ""),
        application=one.get("name", ""),
        client=_host(one),
        state=_state(one),
        seconds=float(one.get("idle", 0)),
        transaction_seconds=None,
        waits_for=f"{size(waiting)} of answers not taken" if waiting >= PILED_UP else "",
        statement=str(one.get("cmd", "")).upper()[:40],
    )


def _state(one: dict[str, Any]) -> str:
    """Of its flags, the one that tells most."""
    flags = one.get("flags", "")
    names = {"b": "blocked", "S": "replica", "M": "primary", "P": "subscribed", "x": "in a transaction"}
    return next((name for flag, name in names.items() if flag in flags), "open")


def _host(one: dict[str, Any]) -> str:
    return str(one.get("addr", "")).rpartition(":")[0]
