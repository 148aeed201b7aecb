"""Databases that are away, slow, or something else: each time a sentence that names them, and no secret in it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from servers import free_port

from aurora_rt.settings import load
from aurora_rt.toolsets.databases.addresses import Misaddressed, watched
from aurora_rt.toolsets.databases.statements import statement
from aurora_rt.toolsets.mysql import connecting as mysql_connecting
from aurora_rt.toolsets.postgresql.connecting import KIND
from aurora_rt.toolsets.registry import discover
from aurora_rt.toolsets.toolbox import Toolbox

Tools = Callable[..., Toolbox]
FIRST = {"postgresql": "activity", "mysql": "activity", "redis": "info"}
SECRET = "hunter2%2C"
SETTINGS, TOOLSETS = load(), discover()


@asynccontextmanager
async def saying(said: bytes | None) -> AsyncIterator[int]:
    """A server that says the same to everybody and hangs up; `None`: it never says anything. Yields its port."""
    over = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if said is None:
            await over.wait()
        else:
            writer.write(said)
            await writer.drain()
            await reader.read(1000)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        over.set()
        server.close()
        await server.wait_closed()


def configured(engine: str, port: int, options: str = "") -> dict[str, Any]:
    url = f"shop={engine}://aurora:{SECRET}@127.0.0.1:{port}/0{options}"
    return {f"watched_{engine}": (SecretStr(url),)}


async def asked(tools: Tools, engine: str, port: int, options: str = "", **settings: Any) -> Any:
    """What is told of the only database that is configured."""
    box = tools({engine: TOOLSETS[engine]}, **configured(engine, port, options), **settings)
    seen = await box.look(f"{engine}.{FIRST[engine]}")
    assert seen.error is None
    assert "hunter2" not in f"{seen}{seen.facts!r}"
    assert seen.facts is not None
    (silent,) = seen.facts.silent
    assert silent.reason in seen.output
    assert f"shop at 127.0.0.1:{port}" in silent.reason
    return silent


@pytest.mark.parametrize("engine", FIRST)
async def test_nobody_listens(tools: Tools, engine: str) -> None:
    silent = await asked(tools, engine, free_port())
    assert (silent.cause, "cannot be reached: Connection refused." in silent.reason) == ("unreachable", True)


@pytest.mark.parametrize("engine", FIRST)
async def test_nothing_is_said(tools: Tools, engine: str) -> None:
    async with saying(None) as port:
        silent = await asked(tools, engine, port, tool_timeout=0.3)
    assert (silent.cause, "did not answer within 0.3 s." in silent.reason) == ("slow", True)


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 Bad Request\r\n\r\n<html>", b"\x00" * 200, b"SSH-2.0-x\r\n"])
@pytest.mark.parametrize("engine", FIRST)
async def test_something_else_listens(tools: Tools, engine: str, said: bytes) -> None:
    async with saying(said) as port:
        silent = await asked(tools, engine, port, tool_timeout=2.0)
    assert silent.cause in ("foreign", "unreachable", "other")
    assert silent.reason.endswith((".", "?"))


async def test_a_pooler_that_does_not_pass_on_that_we_only_read_is_told_as_such(tools: Tools) -> None:
    said = b"SERROR\0C08P01\0Munsupported startup parameter: lock_timeout\0\0"
    message = b"E" + (len(said) + 4).to_bytes(4, "big") + said
    async with saying(message) as port:
        silent = await asked(tools, "postgresql", port, "?sslmode=disable")
    assert "is a pooler that does not let us ask for a read-only session" in silent.reason


@pytest.mark.parametrize("engine", FIRST)
async def test_a_name_that_is_none_of_the_configured_is_answered_with_those(
    tools: Tools, engine: str
) -> None:
    box = tools({engine: TOOLSETS[engine]}, **configured(engine, 9))
    seen = await box.look(f"{engine}.{FIRST[engine]}", database="stock")
    assert seen.error is not None
    assert "called stock; there are: shop." in seen.error


@pytest.mark.parametrize("engine", FIRST)
async def test_health_names_who_does_not_answer(http: Any, engine: str) -> None:
    settings = SETTINGS.model_copy(update=configured(engine, free_port()))
    told = await TOOLSETS[engine].health(settings, http)
    assert (told.status, "cannot be reached" in told.message) == ("unhealthy", True)
    assert "hunter2" not in told.message


@pytest.mark.parametrize("engine", FIRST)
def test_without_a_setting_it_says_which(engine: str) -> None:
    reason = TOOLSETS[engine].unusable(load())
    assert reason is not None
    assert f"AURORA_{engine.upper()} is not set" in reason


def test_without_the_driver_it_says_which_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aurora_rt.toolsets.mysql.DRIVER", False)
    assert mysql_connecting.DRIVER
    reason = TOOLSETS["mysql"].unusable(load().model_copy(update=configured("mysql", 9)))
    assert reason is not None
    assert "aurora-rt[mysql]" in reason


def test_several_are_named_by_name_or_by_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "AURORA_POSTGRESQL", f"orders=postgresql://a:{SECRET}@db-1/o, postgres://db-2:5433/x?sslmode=require"
    )
    settings = load()
    first, second = watched(settings.watched_postgresql, KIND)
    assert (first.name, first.place, first.password.get_secret_value()) == ("orders", "db-1:5432", "hunter2,")
    assert (second.name, second.place, second.database) == ("db-2", "db-2:5433", "x")
    assert "hunter2" not in f"{settings!r}{first!r}"


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        (("mysql://h/x",), "Entry 1 of AURORA_POSTGRESQL is not an address"),
        (("postgresql://a:hunter2@h:port/x",), "is not an address"),
        (("postgresql:///x",), "is not an address"),
        (("hunter2",), "is not an address"),
        (("postgresql://h/a", "postgresql://h/b"), "Several databases in AURORA_POSTGRESQL are called h"),
    ],
)
def test_a_wrong_address_is_told_without_showing_it(texts: tuple[str, ...], reason: str) -> None:
    with pytest.raises(Misaddressed, match=reason) as raised:
        watched(tuple(map(SecretStr, texts)), KIND)
    assert "hunter2" not in raised.value.reason


@pytest.mark.parametrize(
    "text",
    [
        "ALTER USER shop PASSWORD 'hunter2'",
        "ALTER USER shop IDENTIFIED BY 'hunter2",
        "SELECT pgp_sym_decrypt(x, $$hunter2$$)",
        "CREATE SUBSCRIPTION s CONNECTION 'host=h password=hunter2'",
        'SET PASSWORD = "hunter2"',
    ],
)
def test_secrets_in_statements_are_hidden(text: str) -> None:
    assert "hunter2" not in statement(text)


@given(st.text(max_size=200))
def test_any_statement_can_be_shown(text: str) -> None:
    assert len(statement(text)) <= 1000


def test_other_statements_are_shown_as_they_are() -> None:
    told: Mapping[str, str] = {
        "UPDATE carts SET paid = true\n WHERE id = 'a''b'": "UPDATE carts SET paid = true WHERE id = 'a''b'"
    }
    for text, shown in told.items():
        assert statement(text) == shown
