"""The largest of a bounded sample of keys: their names and sizes, never their values."""

import time
from typing import Any, Final

from redis import exceptions
from redis.asyncio import Redis

from aurora_rt.redaction import redacted
from aurora_rt.toolsets.databases.addresses import Watched
from aurora_rt.toolsets.databases.asking import OfDatabase, chosen, each, patience
from aurora_rt.toolsets.facts.databases import BigKey, BigKeys, KeySample
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.redis.connecting import KIND, cli, session
from aurora_rt.toolsets.tables import size, table
from aurora_rt.toolsets.toolset import Access, Seen

MOST_KEYS: Final = 5000
MOST_SECONDS: Final = 2.0
A_TIME: Final = 250
SHOWN: Final = 10
NAME_LIMIT: Final = 120
_LENGTHS: Final = {"list": "LLEN", "hash": "HLEN", "set": "SCARD", "zset": "ZCARD", "stream": "XLEN"}


async def big_keys(parameters: OfDatabase, access: Access) -> Seen:
    """Which of the sampled keys are largest."""
    databases = chosen(access.settings.watched_redis, KIND, parameters.database)
    found = await each(databases, _sample, patience(access.settings))
    facts = BigKeys(databases=found.told, silent=found.silent)
    command = cli(databases[0], "--memkeys")
    return Seen(command, found.text([_shown(one) for one in found.told]), facts)


async def _sample(database: Watched) -> KeySample:
    async with session(database) as client:
        total = int(await client.dbsize())
        used = int((await client.info("memory")).get("used_memory", 0))
        sizes: dict[bytes, int] = {}
        cursor, until = 0, time.monotonic() + MOST_SECONDS
        while len(sizes) < MOST_KEYS and time.monotonic() < until:
            cursor, names = await client.scan(cursor, count=A_TIME)
            sizes.update(await _sizes(client, [_bytes(name) for name in names]))
            if cursor == 0:
                break
        largest = sorted(sizes, key=lambda name: -sizes[name])[:SHOWN]
        keys = [await _key(client, name, sizes[name]) for name in largest]
    return KeySample(
        database=database.name, sampled=len(sizes), total=total, memory_used=used, keys=tuple(keys)
    )


async def _sizes(client: Redis, names: list[bytes]) -> dict[bytes, int]:
    """What each key takes, members estimated from a few of them."""
    async with client.pipeline(transaction=False) as asking:
        for name in names:
            asking.execute_command("MEMORY USAGE", name, "SAMPLES", "5")
        told: list[Any] = await asking.execute(raise_on_error=False)
    refused = next((one for one in told if isinstance(one, exceptions.RedisError)), None)
    if refused is not None:
        raise refused
    return {name: int(one) for name, one in zip(names, told, strict=True) if one is not None}


async def _key(client: Redis, name: bytes, taken: int) -> BigKey:
    kind = _bytes(await client.type(name)).decode()
    ask = _LENGTHS.get(kind)
    length = int(await client.execute_command(ask, name)) if ask else None  # type: ignore[no-untyped-call]
    shown = redacted(one_line(name.decode(errors="replace"), NAME_LIMIT))
    return BigKey(key=shown, type=kind, size=taken, length=length)


def _bytes(answer: bytes | str) -> bytes:
    """The client's types say that it may decode; ours does not."""
    return answer if isinstance(answer, bytes) else answer.encode()


def _shown(one: KeySample) -> str:
    rows = [
        (size(key.size), key.type, "-" if key.length is None else key.length, key.key) for key in one.keys
    ]
    head = f"{one.database}: the largest of {one.sampled} sampled keys of {one.total}, {size(one.memory_used)} used"
    return f"{head}\n{table(('SIZE', 'TYPE', 'MEMBERS', 'KEY'), rows)}" if rows else f"{head}: no key."
