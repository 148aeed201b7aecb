"""Redis and Valkey servers, at `AURORA_REDIS`: memory, evictions, clients, slow commands, big keys.

    connecting  one short session for each look, and a sentence for each way in which that fails
    cache       what `INFO` tells, sampled twice so that counts since the start become what happens now
    commands    slow commands, by name and key
    keys        the largest of a bounded sample of keys; never a value
    clients     who is connected

Sources: https://redis.io/docs/latest/commands/info/, …/slowlog-get/, …/memory-usage/, …/client-list/.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.databases import addresses
from aurora_rt.toolsets.databases.asking import OfDatabase, health, patience
from aurora_rt.toolsets.redis import cache, clients, commands, keys
from aurora_rt.toolsets.redis.connecting import KIND, answers
from aurora_rt.toolsets.toolset import Health, Tool, Toolset

TIMEOUT: Final = 20.0
FRESH: Final = 5.0


def _unusable(settings: Settings) -> str | None:
    return addresses.complaint(settings.watched_redis, KIND)


async def _health(settings: Settings, _: httpx.AsyncClient) -> Health:
    return await health(settings.watched_redis, KIND, answers, patience(settings))


TOOLSET: Final = Toolset(
    name="redis",
    title="Redis",
    description="Memory, evictions, clients, slow commands and big keys of Redis and Valkey servers.",
    cost="low",
    tools=(
        Tool(
            "info",
            "Memory against its limit, evictions and refusals right now, hits, clients, replication and saving.",
            cache.info,
            OfDatabase,
            TIMEOUT,
            FRESH,
        ),
        Tool(
            "slowlog",
            "Commands of the incident's window that took long, by name and key.",
            commands.slowlog,
            OfDatabase,
            TIMEOUT,
        ),
        Tool(
            "big_keys",
            "The largest of some thousand sampled keys: name, type, size, members. Never a value.",
            keys.big_keys,
            OfDatabase,
            TIMEOUT,
            FRESH,
        ),
        Tool(
            "clients",
            "Who is connected: by user and name, who waits, and whose answers pile up.",
            clients.clients,
            OfDatabase,
            TIMEOUT,
            FRESH,
        ),
    ),
    unusable=_unusable,
    health=_health,
)
