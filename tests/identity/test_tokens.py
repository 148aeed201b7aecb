"""Tokens for programs, and the sessions of one's browsers."""

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest
from people import PASSWORD, Person, Watcher
from socketio.exceptions import ConnectionError as Refused
from whole import Server

from aurora_rt.clock import now, rfc3339
from aurora_rt.db.pool import Database
from aurora_rt.identity import tokens

pytestmark = pytest.mark.usefixtures("people")


async def token_of(person: Person, **wanted: object) -> dict:
    answer = await person.http.post("/api/auth/tokens", json={"name": "script", **wanted})
    assert answer.status_code == 201, answer.text
    return answer.json()


def program(person: Person, token: str) -> httpx.AsyncClient:
    """A program of that person, with a token and no cookie."""
    return httpx.AsyncClient(
        base_url=person.base_url, headers={"Authorization": f"Bearer {token}"}, trust_env=False
    )


async def test_a_program_asks_with_a_token_that_is_shown_once_and_stored_hashed(
    onlooker: Person, database: Database
) -> None:
    made = await token_of(onlooker, scope="write")
    assert made["token"].startswith("aur_")
    async with program(onlooker, made["token"]) as http:
        assert (await http.get("/api/auth/me")).json()["id"] == onlooker.id
        answer = await http.post("/api/webhook-tokens", json={"source": "grafana", "name": "by a program"})
        assert answer.status_code == 201, answer.text
    (listed,) = (await onlooker.http.get("/api/auth/tokens")).json()["tokens"]
    assert "token" not in listed
    assert listed["lastUsedAt"] is not None
    async with database.connection() as connection:
        stored = await connection.fetchval("SELECT token_hash FROM api_tokens")
    assert len(stored) == 32
    assert made["token"].encode() not in stored


async def test_when_a_token_was_last_used_is_kept_to_the_minute(
    onlooker: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, moment = await token_of(onlooker), now()
    monkeypatch.setattr(tokens, "now", lambda: moment)

    async def used() -> datetime:
        async with program(onlooker, made["token"]) as http:
            assert (await http.get("/api/auth/me")).status_code == 200
        (listed,) = (await onlooker.http.get("/api/auth/tokens")).json()["tokens"]
        return datetime.fromisoformat(listed["lastUsedAt"])

    first = moment
    assert await used() == first
    moment += timedelta(minutes=1)
    assert await used() == first
    moment += timedelta(seconds=1)
    assert await used() == moment != first


async def test_a_token_that_reads_changes_nothing(onlooker: Person) -> None:
    made = await token_of(onlooker, scope="read")
    async with program(onlooker, made["token"]) as http:
        assert (await http.get("/api/incidents")).status_code == 200
        for path in ("/api/webhook-tokens", "/api/auth/tokens", "/api/auth/socket-token"):
            answer = await http.post(path, json={"source": "grafana", "name": "x"})
            assert (answer.status_code, answer.json()["code"]) == (403, "token_scope")


async def test_a_token_makes_no_tokens(onlooker: Person) -> None:
    made = await token_of(onlooker, scope="write")
    async with program(onlooker, made["token"]) as http:
        answer = await http.post("/api/auth/tokens", json={"name": "child"})
    assert (answer.status_code, answer.json()["code"]) == (403, "token_scope")


async def test_a_revoked_an_ended_and_an_invented_token_open_nothing(
    onlooker: Person, database: Database
) -> None:
    revoked = await token_of(onlooker)
    ended = await token_of(onlooker, expiresAt=rfc3339(now() + timedelta(days=1)))
    assert (await onlooker.http.delete(f"/api/auth/tokens/{revoked['id']}")).status_code == 200
    async with database.connection() as connection:
        await connection.execute("UPDATE api_tokens SET expires_at = now() WHERE expires_at IS NOT NULL")
    for token in (revoked["token"], ended["token"], "aur_invented", "nonsense"):
        async with program(onlooker, token) as http:
            # not even together with the bare claim, which alone would be believed on loopback
            answer = await http.get("/api/auth/me", headers={"X-User-ID": onlooker.id})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), token


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"scope": "admin"},
        {"expiresAt": "2020-01-01T00:00:00Z"},
        {"expiresAt": "2099-01-01T00:00:00"},
        {"name": None},
    ],
)
async def test_a_token_that_makes_no_sense_is_refused(onlooker: Person, wrong: dict) -> None:
    answer = await onlooker.http.post("/api/auth/tokens", json={"name": "x", **wrong})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


async def test_nobody_sees_or_revokes_the_token_or_session_of_another(
    onlooker: Person, web_server: Server
) -> None:
    made = await token_of(onlooker)
    (session,) = (await onlooker.http.get("/api/auth/sessions")).json()["sessions"]
    other = await Person.registered(web_server.base_url)
    assert (await other.http.get("/api/auth/tokens")).json() == {"tokens": []}
    assert (await other.http.delete(f"/api/auth/tokens/{made['id']}")).status_code == 404
    assert (await other.http.delete(f"/api/auth/sessions/{session['id']}")).status_code == 404
    assert (await onlooker.http.get("/api/auth/me")).status_code == 200


async def test_one_sees_where_one_is_signed_in_and_ends_a_session(onlooker: Person) -> None:
    async with httpx.AsyncClient(base_url=onlooker.base_url, trust_env=False) as phone:
        phone.headers["User-Agent"] = "Phone"
        await phone.post("/api/auth/login", json={"email": onlooker.email, "password": PASSWORD})
        sessions = (await onlooker.http.get("/api/auth/sessions")).json()["sessions"]
        assert [one["current"] for one in sessions] == [False, True]
        assert sessions[0]["agent"] == "Phone"
        assert sessions[0]["address"] == "127.0.0.1"
        ended = await onlooker.http.delete(f"/api/auth/sessions/{sessions[0]['id']}")
        assert ended.status_code == 200
        assert (await phone.get("/api/auth/me")).status_code == 401
    assert (await onlooker.http.get("/api/auth/me")).status_code == 200


async def connected(person: Person, token: str) -> Watcher:
    watcher = Watcher()
    await watcher.connect(person.base_url, token=token)
    return watcher


async def test_a_program_watches_with_a_token_and_with_one_that_reads_it_says_nothing(
    onlooker: Person,
) -> None:
    watcher = await connected(onlooker, (await token_of(onlooker, scope="read"))["token"])
    assert (await watcher.call("join", {"room": "feed"}))["ok"]
    refusal = await watcher.call("chat:send", {"text": "hello", "mode": "ask", "client_id": "1"})
    assert (refusal["ok"], refusal["code"]) == (False, "token_scope")
    await watcher.close()


async def test_a_socket_token_opens_one_connection(onlooker: Person) -> None:
    made = (await onlooker.http.post("/api/auth/socket-token")).json()
    assert made["expiresIn"] == 60
    opened = await asyncio.gather(
        *(connected(onlooker, made["token"]) for _ in range(4)), return_exceptions=True
    )
    (watcher,) = [one for one in opened if isinstance(one, Watcher)]
    assert all(isinstance(one, Refused) for one in opened if one is not watcher)
    assert (await watcher.call("join", {"room": "feed"}))["ok"]
    await watcher.close()


async def test_a_socket_token_ends_and_is_no_api_token(onlooker: Person, database: Database) -> None:
    made = (await onlooker.http.post("/api/auth/socket-token")).json()
    async with program(onlooker, made["token"]) as http:
        assert (await http.get("/api/auth/me")).status_code == 401
    async with database.connection() as connection:
        await connection.execute("UPDATE socket_tokens SET expires_at = now()")
    with pytest.raises(Refused):
        await connected(onlooker, made["token"])


async def test_a_cookie_counts_before_a_token(onlooker: Person) -> None:
    async with program(onlooker, "aur_invented") as http:
        http.cookies.update(onlooker.http.cookies)
        assert (await http.get("/api/auth/me")).json()["id"] == onlooker.id
