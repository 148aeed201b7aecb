"""Connections end with what they were opened with; everybody else's go on."""

import asyncio

import pytest
from people import PASSWORD, Person, Watcher
from whole import serving

from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")


async def connected(person: Person, token: str) -> Watcher:
    watcher = Watcher()
    await watcher.connect(person.base_url, token=token)
    assert (await watcher.call("join", {"room": "feed"}))["ok"]
    return watcher


async def cut(watcher: Watcher) -> None:
    """Wait until the server has hung up."""
    await asyncio.wait_for(watcher.client.wait(), 15)
    assert not watcher.client.connected


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
