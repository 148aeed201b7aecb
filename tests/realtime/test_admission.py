"""Connections end with what they were opened with; everybody else's go on."""

import asyncio
from collections.abc import Collection
from uuid import uuid4

import pytest
from people import PASSWORD, Person, Watcher
from socketio.exceptions import ConnectionError as Refused
from whole import serving

from aurora_rt.db.pool import Database
from aurora_rt.identity.asking import lasting
from aurora_rt.identity.models import Caller
from aurora_rt.realtime import admission
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")


async def connected(person: Person, token: str) -> Watcher:
    watcher = Watcher()
    await watcher.connect(person.base_url, token=token)
    assert (await watcher.call("join", {"room": "feed"}))["ok"]
    return watcher


async def cut(watcher: Watcher) -> None:
    """Wait until the server has hung up. (The client's own `wait` does not end when it is cut.)"""
    async with asyncio.timeout(15):
        while watcher.client.connected:
            await asyncio.sleep(0.05)


async def token_of(person: Person) -> dict:
    answer = await person.http.post("/api/auth/tokens", json={"name": "watching", "scope": "write"})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_revoked_token_cuts_its_connections_and_no_others(onlooker: Person) -> None:
    token, other = await token_of(onlooker), await token_of(onlooker)
    ending = await connected(onlooker, token["token"])
    staying = [await connected(onlooker, other["token"]), await onlooker.watching("feed")]
    assert (await onlooker.http.delete(f"/api/auth/tokens/{token['id']}")).status_code == 200
    await cut(ending)
    for one in staying:
        assert (await one.call("join", {"room": "feed"}))["ok"]
        await one.close()


async def test_signing_out_cuts_the_browser_and_what_its_socket_token_opened(onlooker: Person) -> None:
    made = await onlooker.http.post("/api/auth/socket-token")
    by_cookie = await onlooker.watching("feed")
    by_token = await connected(onlooker, made.json()["token"])
    assert (await onlooker.http.post("/api/auth/logout")).status_code == 200
    await asyncio.gather(cut(by_cookie), cut(by_token))


async def test_changing_the_password_cuts_every_other_browser(onlooker: Person) -> None:
    mine = await onlooker.watching("feed")
    elsewhere = await Person.signed_in(onlooker)
    theirs = await elsewhere.watching("feed")
    change = {"currentPassword": PASSWORD, "newPassword": "a better one, surely"}
    assert (await onlooker.http.post("/api/auth/change-password", json=change)).status_code == 200
    await cut(theirs)
    assert (await mine.call("join", {"room": "feed"}))["ok"]


async def test_a_removed_member_hears_no_more_on_any_process(settings: Settings) -> None:
    async with serving(settings, worker=False) as one, serving(settings, worker=False) as other:
        admin = await Person.registered(one.base_url)
        answer = await admin.http.post("/api/organization/invitations", json={"role": "viewer"})
        member = await Person.registered(other.base_url, invitation=answer.json()["token"])
        watcher = await member.watching("feed")
        assert (await admin.http.delete(f"/api/organization/members/{member.id}")).status_code == 200
        await cut(watcher)


async def test_a_session_and_a_token_that_end_by_themselves_cut_their_connections(
    onlooker: Person, database: Database
) -> None:
    watchers = [
        await onlooker.watching("feed"),
        await connected(onlooker, (await token_of(onlooker))["token"]),
    ]
    async with database.connection() as connection:
        await connection.execute("UPDATE login_sessions SET expires_at = now()")
        await connection.execute("UPDATE api_tokens SET expires_at = now()")
    await asyncio.gather(*map(cut, watchers))


async def test_a_browser_that_is_signed_out_from_another_one_is_cut(onlooker: Person) -> None:
    lost = await Person.signed_in(onlooker)
    watcher = await lost.watching("feed")
    sessions = (await onlooker.http.get("/api/auth/sessions")).json()["sessions"]
    (theirs,) = [one["id"] for one in sessions if not one["current"]]
    assert (await onlooker.http.delete(f"/api/auth/sessions/{theirs}")).status_code == 200
    await cut(watcher)


async def test_a_socket_token_opens_nothing_once_the_session_that_made_it_has_ended(onlooker: Person) -> None:
    made = (await onlooker.http.post("/api/auth/socket-token")).json()
    assert (await onlooker.http.post("/api/auth/logout")).status_code == 200
    with pytest.raises(Refused):
        await connected(onlooker, made["token"])


async def test_a_revoked_token_says_nothing_more_even_before_its_connection_is_cut(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "LOOK_SECONDS", 3600.0)
    async with serving(settings, worker=False) as server:
        person = await Person.registered(server.base_url)
        token = await token_of(person)
        watcher = await connected(person, token["token"])
        assert (await person.http.delete(f"/api/auth/tokens/{token['id']}")).status_code == 200
        question = {"text": "Why?", "mode": "ask", "client_id": "1"}
        for event, message in (("chat:send", question), ("join", {"room": "feed"})):
            refusal = await watcher.call(event, message)
            assert (refusal["ok"], refusal["code"]) == (False, "unauthenticated"), event
        await watcher.close()


async def test_who_comes_in_while_the_others_are_looked_up_stays(
    onlooker: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def caller(user_id: str) -> Caller:
        return Caller(user_id, uuid4(), "", "", "viewer", credential=f"user:{user_id}")

    async def lasting_meanwhile(asked: Database, credentials: Collection[str]) -> set[str]:
        still = await lasting(asked, credentials)
        door.admit("newcomer", caller(onlooker.id))
        return still

    monkeypatch.setattr(admission, "lasting", lasting_meanwhile)
    gone: list[str] = []

    async def hang_up(sid: str) -> None:
        gone.append(sid)

    door = admission.Admission(database, hang_up)
    door.admit("removed", caller("user_removed"))
    await door.look()
    assert gone == ["removed"]
