"""One short read-only session, and a sentence for each way in which it cannot be had."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from aurora_rt.toolsets.databases.addresses import Kind, Watched
from aurora_rt.toolsets.databases.asking import MOST_SECONDS, Refused, unreachable, why

KIND: Final = Kind("PostgreSQL", "AURORA_POSTGRESQL", ("postgres", "postgresql"), 5432)
APPLICATION: Final = "aurora-rt"
_SESSION: Final = {
    "application_name": APPLICATION,
    "default_transaction_read_only": "on",
    "statement_timeout": "5s",
    "lock_timeout": "1s",
    "idle_in_transaction_session_timeout": "10s",
    "search_path": "pg_catalog",  # nobody else's functions are run with our rights
    "timezone": "UTC",
    "jit": "off",
}


@asynccontextmanager
async def session(database: Watched) -> AsyncIterator[asyncpg.Connection]:
    """A session that can only read, closed at the end. Raises `Refused`."""
    try:
        connection = await asyncpg.connect(
            database.url.get_secret_value(),
            timeout=MOST_SECONDS,
            command_timeout=MOST_SECONDS,
            statement_cache_size=0,  # a pooler in between may give each transaction another server
            server_settings=_SESSION,
        )
        try:
            yield connection
        finally:
            connection.terminate()  # at once: nothing is lost that was only read
    except (
        asyncpg.PostgresError,
        asyncpg.InterfaceError,
        asyncpg.InternalClientError,
        OSError,
        EOFError,
    ) as error:
        raise _refused(error) from None  # the error may quote the address


async def answers(database: Watched) -> None:
    """Ask for nothing, to see whether it answers. Raises `Refused`."""
    async with session(database) as connection:
        await connection.execute("SELECT 1")


def psql(database: Watched, query: str) -> str:
    """What a person would type to see the same."""
    at = f"-h {database.socket or database.host} -p {database.port}"
    user = f" -U {database.user}" if database.user else ""
    named = f" -d {database.database}" if database.database else ""
    return f'psql {at}{user}{named} -c "{query}"'


def _refused(error: Exception) -> Refused:
    """Why a database cannot be asked."""
    match error:
        case asyncpg.PostgresError():
            return _told(error)
        case TimeoutError():
            return Refused("slow", f"did not answer within {MOST_SECONDS:g} s.")
        case ConnectionError(errno=None) | ConnectionResetError():  # it refused TLS otherwise than it should
            return _strange(error)
        case OSError():
            return unreachable(error)
        case ValueError():
            return Refused("other", "cannot be asked: its address has an option that is not understood.")
        case _:
            return _strange(error)


def _strange(error: Exception) -> Refused:
    return Refused(
        "foreign", f"broke off or does not speak PostgreSQL ({type(error).__name__}); is it the right port?"
    )


def _told(error: asyncpg.PostgresError) -> Refused:
    """What PostgreSQL itself says."""
    said = why(error)
    match error:
        case asyncpg.TooManyConnectionsError():
            return Refused("exhausted", f"has no connection left: {said}.")
        case asyncpg.InvalidAuthorizationSpecificationError():
            return Refused("login", f"does not let us in: {said}.")
        case asyncpg.InvalidCatalogNameError():
            return Refused("login", f"has no such database: {said}.")
        case asyncpg.CannotConnectNowError():
            return Refused("starting", f"takes no connections now: {said}.")
        case asyncpg.ProtocolViolationError() if "startup parameter" in said:
            return Refused(
                "other",
                f"is a pooler that does not let us ask for a read-only session ({said}); the address of the database "
                "behind it would do.",
            )
        case asyncpg.ConnectionDoesNotExistError() | asyncpg.ProtocolViolationError():
            return _strange(error)
        case asyncpg.InsufficientPrivilegeError():
            return Refused(
                "permission", f"does not let this user see it: {said}; the role pg_monitor would do."
            )
        case asyncpg.QueryCanceledError() | asyncpg.LockNotAvailableError():
            return Refused("slow", f"did not answer in time: {said}.")
        case _:
            return Refused("other", f"refused (SQLSTATE {error.sqlstate}): {said}.")
