"""Members come by invitation, roles change, and somebody is always an admin."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from people import PASSWORD, Person

from aurora_rt.db.pool import Database
from aurora_rt.identity.members import MOST_INVITATIONS

pytestmark = pytest.mark.usefixtures("people")


async def joining(person: Person, email: str, invitation: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=person.base_url, trust_env=False) as http:
        return await http.post(
            "/api/auth/register", json={"email": email, "password": PASSWORD, "invitation": invitation}
        )


async def invited(person: Person, role: str) -> dict:
    answer = await person.http.post("/api/organization/invitations", json={"role": role})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_of_many_who_use_one_invitation_at_once_one_joins_with_its_role(onlooker: Person) -> None:
    made = await invited(onlooker, "viewer")
    assert made["link"].endswith(made["token"])
    answers = await asyncio.gather(
        *(joining(onlooker, f"new{n}@example.com", made["token"]) for n in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 403, 403, 403]
    members = (await onlooker.http.get("/api/organization/members")).json()["members"]
    assert [one["role"] for one in members] == ["admin", "viewer"]
    assert (await onlooker.http.get("/api/organization/invitations")).json() == {"invitations": []}


async def test_an_invitation_that_ended_or_was_withdrawn_opens_nothing(
    onlooker: Person, database: Database
) -> None:
    ended, withdrawn = await invited(onlooker, "editor"), await invited(onlooker, "editor")
    answer = await onlooker.http.delete(f"/api/organization/invitations/{withdrawn['id']}")
    assert answer.status_code == 200
    async with database.connection() as connection:
        await connection.execute("UPDATE invitations SET expires_at = now()")
    for token in (ended["token"], withdrawn["token"], "invented"):
        refusal = await joining(onlooker, "late@example.com", token)
        assert (refusal.status_code, refusal.json()["code"]) == (403, "invitation_invalid")


async def test_an_invitation_lasts_as_long_as_was_asked_for_and_tells_who_holds_it_where_it_leads(
    onlooker: Person,
) -> None:
    wanted = {"role": "editor", "expiresInDays": 3}
    made = (await onlooker.http.post("/api/organization/invitations", json=wanted)).json()
    lasts = datetime.fromisoformat(made["expiresAt"]) - datetime.fromisoformat(made["createdAt"])
    assert lasts == timedelta(days=3)
    async with httpx.AsyncClient(base_url=onlooker.base_url, trust_env=False) as nobody:
        found = await nobody.post("/api/organization/invitation", json={"token": made["token"]})
    told = {"organization": "Organization of Person", "role": "editor", "expiresAt": made["expiresAt"]}
    assert found.json() == told
    for days in (0, 31):
        refusal = await onlooker.http.post(
            "/api/organization/invitations", json={"role": "editor", "expiresInDays": days}
        )
        assert (refusal.status_code, refusal.json()["code"]) == (400, "invalid_request")


async def test_of_two_admins_who_step_down_at_once_one_stays(onlooker: Person) -> None:
    joined = await joining(onlooker, "second@example.com", (await invited(onlooker, "admin"))["token"])
    answers = await asyncio.gather(
        *(
            onlooker.http.patch(f"/api/organization/members/{one}", json={"role": "editor"})
            for one in (joined.json()["id"], onlooker.id)
        )
    )
    refused = {one.json()["code"] for one in answers if one.status_code != 200}
    assert refused <= {"last_admin", "forbidden"}
    assert len(refused) == 1
    members = (await onlooker.http.get("/api/organization/members")).json()["members"]
    assert [one["role"] for one in members].count("admin") == 1


async def test_of_two_admins_who_remove_each_other_at_once_one_stays(onlooker: Person) -> None:
    second = await Person.registered(
        onlooker.base_url, invitation=(await invited(onlooker, "admin"))["token"]
    )
    answers = await asyncio.gather(
        onlooker.http.delete(f"/api/organization/members/{second.id}"),
        second.http.delete(f"/api/organization/members/{onlooker.id}"),
    )
    removed, refused = sorted(answers, key=lambda answer: answer.status_code)
    assert removed.status_code == 200
    assert refused.json()["code"] in {"last_admin", "unauthenticated"}
    left = onlooker if answers[0] is removed else second
    members = (await left.http.get("/api/organization/members")).json()["members"]
    assert [(one["id"], one["role"]) for one in members] == [(left.id, "admin")]


async def test_the_last_admin_stays_one(onlooker: Person) -> None:
    refusal = await onlooker.http.patch(f"/api/organization/members/{onlooker.id}", json={"role": "viewer"})
    assert (refusal.status_code, refusal.json()["code"]) == (409, "last_admin")
    refusal = await onlooker.http.delete(f"/api/organization/members/{onlooker.id}")
    assert (refusal.status_code, refusal.json()["code"]) == (409, "last_admin")


async def test_a_member_who_is_removed_is_out_at_once_and_may_have_chatted(onlooker: Person) -> None:
    joined = await joining(onlooker, "gone@example.com", (await invited(onlooker, "editor"))["token"])
    async with httpx.AsyncClient(base_url=onlooker.base_url, trust_env=False) as http:
        http.cookies.update(joined.cookies)
        assert (await http.post("/chat_api/sessions", json={"title": "mine"})).status_code == 201
        path = f"/api/organization/members/{joined.json()['id']}"
        assert (await onlooker.http.delete(path)).status_code == 200
        assert (await http.get("/api/auth/me")).status_code == 401
        assert (await onlooker.http.delete(path)).status_code == 404


async def test_there_is_an_end_to_open_invitations_and_ended_ones_are_forgotten(
    onlooker: Person, database: Database
) -> None:
    for _ in range(MOST_INVITATIONS):
        await invited(onlooker, "viewer")
    refusal = await onlooker.http.post("/api/organization/invitations", json={"role": "viewer"})
    assert (refusal.status_code, refusal.json()["code"]) == (409, "too_many_invitations")
    async with database.connection() as connection:
        await connection.execute("UPDATE invitations SET expires_at = now() - interval '1 second'")
        await invited(onlooker, "viewer")
        assert await connection.fetchval("SELECT count(*) FROM invitations") == 1


async def test_with_registration_by_invitation_the_first_comes_alone_and_the_others_are_invited(
    make_office: Any,
) -> None:
    office = make_office(registration="invite")
    await office.member()
    status, refusal = await office.post(
        office.browser(), "register", {"email": "eve@example.org", "password": PASSWORD}
    )
    assert (status, refusal["code"]) == (403, "registration_closed")
