"""One short session, and a sentence for each way in which it cannot be had."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from redis import exceptions
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from aurora_rt.toolsets.databases.addresses import Kind, Watched
from aurora_rt.toolsets.databases.asking import MOST_SECONDS, Refused, unreachable, why

KIND: Final = Kind(
    "Redis", "AURORA_REDIS", ("redis", "rediss", "valkey", "valkeys", "unix"), 6379
)  # fmt: skip
APPLICATION: Final = "aurora-rt"
_SCHEMES: Final = {"valkey": "redis", "valkeys": "rediss"}
"""What the client calls them."""


@asynccontextmanager
async def session(database: Watched) -> AsyncIterator[Redis]:
    """A session of one connection, closed at the end. Raises `Refused`."""
    url = database.url.get_secret_value()
    scheme = _SCHEMES.get(database.scheme, database.scheme)
    try:
        client = Redis.from_url(
            scheme + url[len(database.scheme) :],
            single_connection_client=True,
            client_name=APPLICATION,
            socket_timeout=MOST_SECONDS,
            socket_connect_timeout=MOST_SECONDS,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
        )
        async with client:
            yield client
    except (exceptions.RedisError, OSError, EOFError) as error:
        raise _refused(error) from None  # the error may quote the address
    except ValueError:
        raise Refused("other", "cannot be asked: its address has an option that is not understood.") from None


async def answers(database: Watched) -> None:
    """Ask for nothing, to see whether it answers. Raises `Refused`."""
    async with session(database) as client:
        await client.ping()


def cli(database: Watched, command: str) -> str:
    """What a person would type to see the same."""
    at = f"-s {database.socket}" if database.socket else f"-h {database.host} -p {database.port}"
    user = f" --user {database.user} --askpass" if database.user else ""
    tls = " --tls" if database.scheme in ("rediss", "valkeys") else ""
    return f"redis-cli {at}{user}{tls} {command}"


def _refused(error: Exception) -> Refused:
    """Why a server cannot be asked."""
    said = why(error)
    if "max number of clients" in said:
        return Refused("exhausted", f"has no connection left: {said}.")
    match error:
        case exceptions.NoPermissionError():
            return Refused("permission", f"does not let this user see it: {said}.")
        case exceptions.AuthenticationError() | exceptions.AuthorizationError():
            return Refused("login", f"does not let us in: {said}.")
        case exceptions.BusyLoadingError():
            return Refused("starting", f"takes no commands now: {said}.")
        case exceptions.TimeoutError() | TimeoutError():
            return Refused("slow", f"did not answer within {MOST_SECONDS:g} s.")
        case exceptions.InvalidResponse():
            return Refused("foreign", "does not speak the protocol of Redis; is it the right port?")
        case exceptions.ResponseError():
            return _told(said)
        case OSError():
            return unreachable(error)
        case exceptions.ConnectionError():
            return _unconnected(error)
        case _:
            return Refused("other", f"could not be asked: {said}.")


def _told(said: str) -> Refused:
    """What the server itself says."""
    if said.startswith("NOAUTH") or "WRONGPASS" in said or "invalid password" in said:
        return Refused("login", f"does not let us in: {said}.")
    return Refused("other", f"refused: {said}.")


def _unconnected(error: exceptions.ConnectionError) -> Refused:
    """What the client's own error wraps."""
    cause = error.__cause__ or error.__context__
    if isinstance(cause, OSError) and not isinstance(cause, ConnectionResetError):
        return unreachable(cause)
    return Refused(
        "unreachable", "cannot be reached or broke off; does Redis listen on that port, with or without TLS?"
    )
