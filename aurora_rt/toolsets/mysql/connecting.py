"""One short read-only session, and a sentence for each way in which it cannot be had."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from aurora_rt.toolsets.databases.addresses import Kind, Watched
from aurora_rt.toolsets.databases.asking import MOST_SECONDS, Refused, unreachable, why

KIND: Final = Kind("MySQL", "AURORA_MYSQL", ("mysql", "mariadb"), 3306)
APPLICATION: Final = "aurora-rt"
DRIVER: Final = find_spec("aiomysql") is not None
"""Whether the extra `mysql` is installed."""
Row = Mapping[str, Any]

_LOGIN: Final = frozenset(
    {1044, 1045, 1049, 1130, 1131, 1227, 1251, 1524, 1698, 1820, 1862, 2049, 2059, 2061, 3118}
)
"""Errors of those who are not let in (https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html)."""
_EXHAUSTED: Final = frozenset({1040, 1203, 1226})
_PERMISSION: Final = frozenset({1142, 1143, 1227, 1370})
_STARTING: Final = frozenset({1053, 1079})


class Session:
    """An open session that only reads."""

    def __init__(self, connection: Any, version: str, me: int) -> None:
        self._connection = connection
        self.version = version
        self.me = me
        """The id of this session, to leave it out."""

    @property
    def mariadb(self) -> bool:
        """Whether it is MariaDB and not MySQL."""
        return "mariadb" in self.version.lower()

    async def rows(self, query: str, arguments: Sequence[object] = ()) -> list[Row]:
        """All rows, by lower-case column name. The query is static text."""
        async with self._connection.cursor() as cursor:
            await cursor.execute(query, arguments or None)
            names = [str(one[0]).lower() for one in cursor.description or ()]
            return [dict(zip(names, map(_text, row), strict=True)) for row in await cursor.fetchall()]

    async def rows_if_allowed(self, query: str, arguments: Sequence[object] = ()) -> list[Row] | None:
        """As `rows`; `None` when this user may not see it or this server does not have it."""
        errors = import_module("pymysql.err")
        try:
            return await self.rows(query, arguments)
        except (
            errors.OperationalError,
            errors.ProgrammingError,
            errors.InternalError,
            errors.NotSupportedError,
        ) as error:
            if error.args and error.args[0] in _UNSEEN:
                return None
            raise

    async def status(self) -> dict[str, int]:
        """The server's counters, by lower-case name."""
        counted = await self.rows("SHOW GLOBAL STATUS")
        return {
            str(one["variable_name"]).lower(): int(one["value"])
            for one in counted
            if str(one["value"]).isdigit()
        }


_UNSEEN: Final = _PERMISSION | {1044, 1054, 1064, 1109, 1146, 1193, 1235, 1305, 1356}
"""No right to see it, or no such table, column or statement here."""


@asynccontextmanager
async def session(database: Watched) -> AsyncIterator[Session]:
    """A session that can only read, closed at the end. Raises `Refused`."""
    driver = await asyncio.to_thread(import_module, "aiomysql")
    errors = await asyncio.to_thread(import_module, "pymysql.err")
    # The driver passes on what servers warn of as warnings of Python, which would be ours.
    warnings.filterwarnings("ignore", category=errors.Warning)
    try:
        connection = await driver.connect(
            host=database.host or "localhost",
            port=database.port,
            unix_socket=database.socket or None,
            user=database.user,
            password=database.password.get_secret_value(),
            db=database.database or None,
            connect_timeout=MOST_SECONDS,
            charset="utf8mb4",
            autocommit=True,
            program_name=APPLICATION,
            ssl=await asyncio.to_thread(_encryption, database),
        )
        try:
            yield await _prepared(connection)
        finally:
            connection.close()  # at once: nothing is lost that was only read
    except errors.MySQLError as error:
        raise _refused(error) from None
    except OSError as error:
        raise unreachable(error) from None
    except (EOFError, ValueError, IndexError, AssertionError, RuntimeError) as error:
        # What the driver says to a server that speaks otherwise, or whose way to log in it lacks.
        raise Refused(
            "foreign", f"does not speak as MySQL does ({type(error).__name__}); is it the right port?"
        ) from None


async def answers(database: Watched) -> None:
    """Ask for nothing, to see whether it answers. Raises `Refused`."""
    async with session(database) as opened:
        await opened.rows("SELECT 1")


def client(database: Watched, query: str) -> str:
    """What a person would type to see the same."""
    at = f"-S {database.socket}" if database.socket else f"-h {database.host} -P {database.port}"
    user = f" -u {database.user}" if database.user else ""
    return f'mysql {at}{user} -p -e "{query}"'


async def _prepared(connection: Any) -> Session:
    """Make a connection read-only, with short time-outs."""
    opened = Session(connection, "", 0)
    first = (await opened.rows("SELECT VERSION() AS version, CONNECTION_ID() AS me"))[0]
    opened = Session(connection, str(first["version"]), int(first["me"]))
    await opened.rows("SET SESSION TRANSACTION READ ONLY")
    await opened.rows("SET SESSION lock_wait_timeout = 1")
    if opened.mariadb:
        await opened.rows("SET SESSION max_statement_time = 5")
    else:
        await opened.rows("SET SESSION max_execution_time = 5000")
    return opened


def _encryption(database: Watched) -> ssl.SSLContext | None:
    """How the connection is encrypted: `?ssl-mode=required`, `verify_ca` or `verify_identity`, as MySQL calls them."""
    asked = parse_qs(urlsplit(database.url.get_secret_value()).query)
    mode = (asked.get("ssl-mode") or asked.get("sslmode") or [""])[0].lower()
    if mode in ("", "disabled", "preferred"):
        return None
    context = ssl.create_default_context()
    context.check_hostname = mode == "verify_identity"
    if mode == "required":
        context.verify_mode = ssl.CERT_NONE
    return context


def _text(value: object) -> object:
    return value.decode(errors="replace") if isinstance(value, bytes | bytearray) else value


def _refused(error: Exception) -> Refused:
    """Why a server cannot be asked."""
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    said = " ".join(str(error.args[1] if len(error.args) > 1 else why(error)).split())[:300].rstrip(".")
    if number in _EXHAUSTED:
        return Refused("exhausted", f"has no connection left: {said}.")
    if number in _PERMISSION:
        return Refused(
            "permission", f"does not let this user see it: {said}; PROCESS and REPLICATION CLIENT would do."
        )
    if number in _LOGIN:
        return Refused("login", f"does not let us in: {said}.")
    if number in _STARTING:
        return Refused("starting", f"takes no connections now: {said}.")
    return _unconnected(error, number, said)


def _unconnected(error: Exception, number: int, said: str) -> Refused:
    cause = error.__cause__ or error.__context__
    if number in (1205, 1317, 1969, 3024):
        return Refused("slow", f"did not answer in time: {said}.")
    if isinstance(cause, TimeoutError):
        return Refused("slow", f"did not answer within {MOST_SECONDS:g} s.")
    if isinstance(cause, OSError):
        return unreachable(cause)
    if number in (0, 2003, 2013, 2014, 2027):
        return Refused("foreign", "broke off or does not speak as MySQL does; is it the right port?")
    return Refused("other", f"refused (error {number}): {said}.")
