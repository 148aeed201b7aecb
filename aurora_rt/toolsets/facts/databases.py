"""What databases and caches tell, whichever engine they are.

Every kind names the databases that were looked at, and those that could not be: a database that does not answer, or
has no connection left, is a fact about it and no failure of the look.
"""

from datetime import datetime
from typing import Literal

from aurora_rt.toolsets.facts.fact import Fact

Refusal = Literal["unreachable", "slow", "login", "exhausted", "starting", "foreign", "permission", "other"]
"""Why a database could not be looked at. `exhausted`: no connection was left; `foreign`: something else answers."""
Engine = Literal["PostgreSQL", "MySQL", "MariaDB", "Redis", "Valkey"]


class Silent(Fact):
    """A database that could not be looked at, and why, in a sentence without credentials."""

    database: str
    cause: Refusal
    reason: str


class Session(Fact):
    """Somebody who is connected."""

    pid: int
    user: str
    application: str
    """What the client calls itself; `""` where it does not."""
    client: str
    """Its address."""
    state: str
    """As the engine calls it: `active`, `idle in transaction`, `Query`, …"""
    seconds: float
    """How long its statement runs; or, when idle, how long it has been so."""
    transaction_seconds: float | None
    """How long its transaction has been open; `None` without one."""
    waits_for: str
    statement: str
    """What it runs, or ran last, with secrets taken out."""


class Holder(Fact):
    """A group of connections of one user and application."""

    user: str
    application: str
    count: int


class SessionState(Fact):
    """The connections of one database server."""

    database: str
    engine: Engine
    version: str
    used: int
    limit: int
    """How many connections ordinary users can have in all."""
    rejected: int | None
    """Connections refused while it was sampled; `None` where it is not counted."""
    states: dict[str, int]
    holders: tuple[Holder, ...]
    """Who holds most connections."""
    sessions: tuple[Session, ...]
    """Those that run or hold a transaction longest."""
    hidden: int
    """Sessions whose statements we may not see."""


class DatabaseSessions(Fact):
    """Who is connected, and what takes long."""

    kind: Literal["database_sessions"] = "database_sessions"
    databases: tuple[SessionState, ...]
    silent: tuple[Silent, ...] = ()


class LockWait(Fact):
    """Somebody who waits for a lock that somebody else has."""

    database: str
    blocked: Session
    blocker: Session
    seconds: float
    """How long it has waited."""
    relation: str
    mode: str


class LockWaits(Fact):
    """Who waits for whom."""

    kind: Literal["lock_waits"] = "lock_waits"
    databases: tuple[str, ...]
    waits: tuple[LockWait, ...]
    silent: tuple[Silent, ...] = ()


class StatementUse(Fact):
    """What statements alike cost while they were sampled, or one that was slow."""

    statement: str
    calls: int
    mean_seconds: float
    share: float
    """Its part of all the time that statements took, 0 to 1; of one slow command, 0."""
    at: datetime | None = None
    """When a single slow one ran."""


class TableScans(Fact):
    """How a table was read while it was sampled."""

    table: str
    size: int
    rows: int
    scans: int
    """Times that it was read from its beginning to its end."""
    rows_read: int
    """Rows that those scans read."""
    index_scans: int
    indexes: tuple[str, ...]
    """Columns of its indexes, one text for each index."""


class StatementState(Fact):
    """What one database works on."""

    database: str
    seconds: float
    """How long it was sampled."""
    source: str
    """Where the statements are from; what is missing there, in words."""
    statements: tuple[StatementUse, ...]
    scans: tuple[TableScans, ...]
    invalid_indexes: tuple[str, ...] = ()
    """Indexes that exist and are not used, because building them failed."""


class DatabaseStatements(Fact):
    """Which statements cost most, and which tables are read without an index."""

    kind: Literal["database_statements"] = "database_statements"
    databases: tuple[StatementState, ...]
    silent: tuple[Silent, ...] = ()


class TableUse(Fact):
    """A table, and how far cleaning up is behind."""

    table: str
    size: int
    rows: int
    dead_rows: int
    vacuum_due: int
    """Dead rows from which on it would be cleaned up by itself; 0: never by itself."""
    vacuumed_at: datetime | None


class TableState(Fact):
    """The tables of one database."""

    database: str
    size: int
    transaction_ids: float
    """Share of the transaction ids in use before the server refuses to write, 0 to 1."""
    tables: tuple[TableUse, ...]
    """The largest, and those with most dead rows."""
    autovacuum: bool


class DatabaseTables(Fact):
    """How large tables are, and how much of them is dead."""

    kind: Literal["database_tables"] = "database_tables"
    databases: tuple[TableState, ...]
    silent: tuple[Silent, ...] = ()


class Replica(Fact):
    """One that follows."""

    name: str
    state: str
    lag_seconds: float | None
    lag_bytes: int | None


class Slot(Fact):
    """A promise to keep changes for somebody."""

    name: str
    active: bool
    retained: int
    """Bytes that are kept for it."""
    lost: bool = False


class ReplicationState(Fact):
    """How far one database is from those that it follows or that follow it."""

    database: str
    role: Literal["primary", "replica"]
    replicas: tuple[Replica, ...] = ()
    behind_seconds: float | None = None
    """How far it is behind its own source; `None` when it is none or is not known."""
    source: str = ""
    broken: str = ""
    """Why it does not follow, in words; `""`: it does."""
    slots: tuple[Slot, ...] = ()
    archiving_fails: str = ""
    """The last file that could not be archived, when that is newer than the last that could."""


class DatabaseReplication(Fact):
    """Who follows whom, and how far behind."""

    kind: Literal["database_replication"] = "database_replication"
    databases: tuple[ReplicationState, ...]
    silent: tuple[Silent, ...] = ()


class CacheUse(Fact):
    """One Redis or Valkey, sampled over `seconds`."""

    database: str
    engine: Engine
    version: str
    seconds: float
    memory_used: int
    memory_limit: int
    """0: none."""
    policy: str
    """What is dropped when memory is full: `noeviction`, `allkeys-lru`, …"""
    fragmentation: float
    evicted: int
    """Keys dropped within the sample, to make room."""
    evicted_total: int
    hits: int
    misses: int
    """Within the sample."""
    hit_ratio: float | None
    """Since its start; `None` when nothing was read."""
    commands_rate: float
    refused_writes: int
    """Commands refused within the sample because memory is full."""
    clients: int
    clients_limit: int
    blocked_clients: int
    rejected: int
    """Connections refused within the sample."""
    rejected_total: int
    answer_seconds: float
    """The median of several pings."""
    role: Literal["primary", "replica"]
    link_up: bool
    """Its link to what it replicates; True for a primary."""
    behind_seconds: float | None
    """Since a replica last heard from its primary; for a primary, since it last heard from its slowest replica."""
    replicas: int
    loading: bool
    save_failed: str
    """What could not be written to disk, in words; `""`: nothing failed."""
    keys: int


class CacheState(Fact):
    """How caches are: memory, evictions, clients, replication, saving."""

    kind: Literal["cache_state"] = "cache_state"
    databases: tuple[CacheUse, ...]
    silent: tuple[Silent, ...] = ()


class BigKey(Fact):
    """A key that holds much. Never its value."""

    key: str
    type: str
    size: int
    length: int | None
    """Its members; `None` for a string."""


class KeySample(Fact):
    """The largest of the keys that were sampled."""

    database: str
    sampled: int
    total: int
    memory_used: int
    keys: tuple[BigKey, ...]


class BigKeys(Fact):
    """Which keys hold most."""

    kind: Literal["big_keys"] = "big_keys"
    databases: tuple[KeySample, ...]
    silent: tuple[Silent, ...] = ()


class BufferPool(Fact):
    """What one MySQL or MariaDB keeps in memory of its tables, sampled over `seconds`."""

    database: str
    seconds: float
    size: int
    dirty_share: float
    read_requests: int
    disk_reads: int
    """Within the sample."""
    waits_free: int
    """Times within the sample that something waited for a free page."""
    full_scans: int
    """Joins and selects within the sample that read whole tables."""
    disk_tables: int
    """Temporary tables within the sample that went to disk."""


class BufferPools(Fact):
    """How well tables fit into memory."""

    kind: Literal["buffer_pools"] = "buffer_pools"
    databases: tuple[BufferPool, ...]
    silent: tuple[Silent, ...] = ()
