"""Connections to PostgreSQL, and the scope in which a query runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias
from uuid import UUID

import asyncpg
from pydantic_core import from_json, to_json

from aurora_rt.errors import Misconfigured

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]
    Row: TypeAlias = asyncpg.Record
else:
    Connection = asyncpg.Connection
    Row = asyncpg.Record

AWAY: Final = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that dies while asyncpg is cleaning it up
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
)
"""What is raised when PostgreSQL is away, starting, stopping or full, or chose this transaction to break a deadlock.

A time-out is an OSError. Trying again helps with all of them.
"""

COMMAND_SECONDS = 30
CONNECT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Scope:
    """A connection, and the organization that may be seen through it."""

    connection: Connection
    organization_id: UUID


class Database:
    """A bounded pool of connections. Waiting for one is what gives when all are busy."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self.pool = pool
        # Whoever waits for the pool may be overtaken again and again by those who come just as a connection is
        # given back; a semaphore is first come, first served.
        self._turns = asyncio.Semaphore(pool.get_max_size())

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection outside any organization: for finding out who is asking, and for upkeep."""
        async with self._turns, self.pool.acquire() as connection:
            yield connection  # type: ignore[misc]  # a proxy with the connection's methods

    @asynccontextmanager
    async def scope(self, organization_id: UUID) -> AsyncIterator[Scope]:
        """A scope for reading; each query sees its own snapshot."""
        async with self.connection() as connection:
            yield Scope(connection, organization_id)

    @asynccontextmanager
    async def snapshot(self, organization_id: UUID) -> AsyncIterator[Scope]:
        """A scope for reading in which all queries see one and the same moment."""
        async with (
            self.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield Scope(connection, organization_id)

    @asynccontextmanager
    async def transaction(self, organization_id: UUID) -> AsyncIterator[Scope]:
        """A scope in one transaction that says nothing: for what nobody watches, such as signing in."""
        async with self.connection() as connection, connection.transaction():
            yield Scope(connection, organization_id)


class Share(Database):
    """A part of the connections, for work that may wait: whatever it does, the others are left to everybody else."""

    def __init__(self, whole: Database, connections: int) -> None:
        super().__init__(whole.pool)
        self._whole = whole
        self._turns = asyncio.Semaphore(connections)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """One of them."""
        async with self._turns, self._whole.connection() as connection:
            yield connection


@asynccontextmanager
async def opened(url: str, *, connections: int) -> AsyncIterator[Database]:
    """The database at `url`, closed at the end. Raises `Misconfigured` when it cannot be reached."""
    try:
        pool = await asyncpg.create_pool(
            url,
            min_size=1,
            max_size=connections,
            init=prepare,
            reset=leave_as_it_is,
            command_timeout=COMMAND_SECONDS,
            timeout=CONNECT_SECONDS,
            server_settings={"application_name": "aurora-rt", "timezone": "UTC"},
        )
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise Misconfigured(f"The database cannot be reached: {error}. Check DATABASE_URL.") from error
    try:
        yield Database(pool)
    finally:
        await pool.close()


async def leave_as_it_is(_: Connection) -> None:
    """Spare the round trip that clears a connection's session before it is used again: we keep nothing in one."""


async def prepare(connection: Connection) -> None:
    """Teach a new connection that `json` columns are Python values; `jsonb` is left to the queue's own SQL.

    And have it learn now about the lists that our statements take: else it asks for each kind when it first meets one,
    four questions in the middle of somebody's transaction.
    """
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=_encode, decoder=from_json, format="text"
    )
    await connection.prepare(
        """
        SELECT $1::uuid[], $2::text[], $3::json[], $4::timestamptz[], $5::bytea[], $6::boolean[], $7::integer[],
               $8::bigint[], $9::double precision[]
        """
    )


def _encode(value: object) -> str:
    return to_json(value).decode()
