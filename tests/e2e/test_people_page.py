"""Members, invitations, tokens and one's own account in a browser; chatting without an incident; the first run."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from accessible import violations
from people import PASSWORD, Person, eventually
from playwright.async_api import Page, expect
from scripted_models import Cast, Script, call
from test_main_job import SHOTS, browsing
from whole import serving

from aurora_rt.db.pool import Database
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")
NARROW = {"width": 360, "height": 780}
WIDE = {"width": 1440, "height": 1000}


async def looked_at(page: Page, name: str) -> None:
    """Pictures in light, dark and on a phone; nothing that WCAG forbids, nothing wider than the phone."""
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await page.screenshot(path=SHOTS / f"{name}-{scheme}.png", full_page=True)
    await page.set_viewport_size(NARROW)
    await page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
    await page.screenshot(path=SHOTS / f"{name}-phone.png", full_page=True)
    assert await violations(page) == []
    await page.set_viewport_size(WIDE)


async def test_people_are_invited_join_and_keep_their_accounts(onlooker: Person, database: Database) -> None:
    async with browsing(onlooker) as page:
        await page.goto(f"{onlooker.base_url}/settings/members")
        await page.get_by_label("Viewer").check()
        await page.get_by_label("The link lasts").select_option("30 days")
        await page.get_by_role("button", name="Make a link").click()
        link = await page.locator(".once pre").inner_text()
        await looked_at(page, "members")
        await joins(page, link)
        await page.goto(f"{onlooker.base_url}/settings/members")
        await is_a_member(page, onlooker)
        await an_invitation_is_revoked(page)
        await page.get_by_role("link", name="API tokens").click()
        await has_a_token(page, onlooker, database)
        await page.get_by_role("button", name="Account of Person").click()
        await page.locator("#who-menu").get_by_role("link", name="Profile").click()
        await expect(page.locator("#who-menu")).to_be_hidden()
        await has_an_account(page, onlooker)


async def joins(page: Page, link: str) -> None:
    """Somebody new follows the link; whoever is signed in is told why they cannot, as is whoever comes late."""
    await page.goto(link)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Join Organization of Person?")
    await expect(page.get_by_text("An account belongs to one organization")).to_be_visible()
    assert await violations(page) == []
    await page.get_by_role("link", name="Refuse").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Incidents")
    browser = page.context.browser
    assert browser is not None
    stranger = await (await browser.new_context(viewport=NARROW)).new_page()
    await stranger.goto(link)
    await expect(stranger.get_by_text("You are invited as viewer")).to_be_visible()
    assert await violations(stranger) == []
    for label, text in (("Name", "Grace"), ("E-mail", "grace@example.com"), ("Password", PASSWORD)):
        await stranger.get_by_label(label).fill(text)
    await stranger.keyboard.press("Enter")
    await expect(stranger.get_by_role("heading", level=1)).to_contain_text("Incidents")
    assert "invitation" not in stranger.url
    await stranger.goto(f"{stranger.url}settings/members")
    await expect(stranger.get_by_text("Only admins invite")).to_be_visible()
    await expect(stranger.get_by_role("button", name="Remove")).to_have_count(0)
    await stranger.goto(link)
    await expect(stranger.get_by_role("alert")).to_contain_text("was used, taken back, or is too old")
    await stranger.context.close()


async def is_a_member(page: Page, admin: Person) -> None:
    """The new member gets another role and is removed."""
    await page.get_by_label("Role of Grace").select_option("Editor")

    async def roles() -> list[str]:
        answer = await admin.http.get("/api/organization/members")
        return [one["role"] for one in answer.json()["members"]]

    await eventually(roles, lambda found: found == ["admin", "editor"])
    await page.get_by_role("button", name="Remove Grace").click()
    await page.get_by_role("group", name="Remove Grace?").get_by_role("button", name="Remove").click()
    await expect(page.locator(".member")).to_have_count(1)


async def an_invitation_is_revoked(page: Page) -> None:
    await page.get_by_role("button", name="Make a link").click()
    link = await page.locator(".once pre").inner_text()
    await page.get_by_role("button", name="Revoke the invitation").click()
    await page.get_by_role("group", name="Revoke").get_by_role("button", name="Revoke").click()
    await expect(page.get_by_role("heading", name="Open invitations")).to_have_count(0)
    async with httpx.AsyncClient(trust_env=False) as http:
        held = link.rpartition("=")[2]
        base = link.partition("/login")[0]
        answer = await http.post(f"{base}/api/organization/invitation", json={"token": held})
    assert (answer.status_code, answer.json()["code"]) == (403, "invitation_invalid")


async def has_a_token(page: Page, person: Person, database: Database) -> None:
    """A token is made, shown once, used and revoked."""
    await page.get_by_label("Name").fill("Deploy script")
    await page.get_by_role("button", name="Make a token").click()
    token = await page.locator(".once pre").inner_text()
    async with httpx.AsyncClient(base_url=person.base_url, trust_env=False) as program:
        program.headers["Authorization"] = f"Bearer {token}"
        assert (await program.get("/api/auth/me")).json()["email"] == person.email
        await looked_at(page, "tokens")
        await page.reload()
        await expect(page.locator(".token")).to_contain_text("last used")
        await expect(page.locator("body")).not_to_contain_text(token)
        await page.get_by_role("button", name="Revoke Deploy script").click()
        await page.get_by_role("group", name="Revoke").get_by_role("button", name="Revoke").click()
        await expect(page.locator(".token")).to_have_count(0)
        assert (await program.get("/api/auth/me")).status_code == 401


async def has_an_account(page: Page, person: Person) -> None:
    """A person takes another name and password, and signs out elsewhere."""
    await page.get_by_label("Name").fill("Ada Lovelace")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="Account of Ada Lovelace")).to_be_visible()
    elsewhere = await Person.signed_in(person)
    await page.get_by_label("Present password").fill("wrong")
    await page.get_by_label("New password").fill(PASSWORD + "!")
    await page.get_by_role("button", name="Change password").click()
    await expect(page.get_by_role("alert")).to_contain_text("Current password is incorrect")
    await page.reload()
    await expect(page.locator(".section-logins .token")).to_have_count(2)
    await looked_at(page, "profile")
    await page.get_by_role("button", name="Sign out elsewhere").click()
    await page.get_by_role("button", name="Sign out", exact=True).last.click()
    await expect(page.locator(".section-logins .token")).to_have_count(1)
    assert (await elsewhere.http.get("/api/auth/me")).status_code == 401
    await page.get_by_label("Present password").fill(PASSWORD)
    await page.get_by_label("New password").fill(PASSWORD + "!")
    await page.get_by_role("button", name="Change password").click()
    await expect(page.get_by_text("All other browsers are signed out.")).to_be_visible()


class Slowly:
    """A model that says a word and waits to be let go on."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()

    async def __call__(self, *_: Any) -> AsyncIterator[object]:
        yield "First half, "
        await self.go_on.wait()
        yield "second half.\n\n```\ndf -h\n```"


async def test_a_chat_without_an_incident_survives_a_reload_and_the_demo_is_one_click_away(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    slowly = Slowly()
    cast = Cast("local/one").on_stage(monkeypatch)
    cast.scripts["local/one"] = Script([[call("host__state")], slowly, ["Quick."]], name="local/one")
    models = {"model": "local/one", "model_base_url": "http://127.0.0.1:1/v1", "demo": True}
    async with serving(settings.model_copy(update=models)) as server:
        person = await Person.registered(server.base_url)
        async with browsing(person) as page:
            await expect(page.get_by_role("button", name="Try it now")).to_be_visible()
            assert await violations(page) == []
            await page.keyboard.press("c")
            await expect(page.get_by_label("Your question")).to_be_focused()
            assert await violations(page) == []
            await page.keyboard.type("What runs here?")
            await page.keyboard.press("Enter")
            answer = page.locator(".message-assistant")
            await expect(answer).to_contain_text("First half,")
            await expect(page.get_by_label("Your question")).to_be_focused()
            await page.wait_for_url("**/chat/*")
            await page.reload()
            await expect(answer).to_contain_text("First half,")
            await expect(page.locator(".look")).to_contain_text("host.state")
            slowly.go_on.set()
            await expect(answer).to_contain_text("First half, second half")
            await expect(page.get_by_role("button", name="Copy the code")).to_be_visible()
            await expect(page.locator(".message")).to_have_count(2)
            await renamed_and_deleted(page)
            await played(page, person)


async def renamed_and_deleted(page: Page) -> None:
    """A second question, another title, a new chat beside it, and then none of the first."""
    await page.get_by_label("Your question").fill("And now?")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message-assistant").last).to_contain_text("Quick.")
    await page.get_by_role("button", name="Rename").click()
    await page.keyboard.type("What this host does")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("What this host does")
    await expect(page.locator(".chat-row")).to_contain_text("What this host does")
    await looked_at(page, "chat")
    await page.get_by_role("link", name="New chat").click()
    await expect(page.locator(".message")).to_have_count(0)
    await page.locator(".chat-row").click()
    await expect(page.locator(".message")).to_have_count(4)
    await page.get_by_role("button", name="Delete").click()
    await page.get_by_role("group", name="Delete?").get_by_role("button", name="Delete").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("New chat")
    await expect(page.locator(".chat-row")).to_have_count(0)


async def played(page: Page, person: Person) -> None:
    """The demo is started from the empty list, and once at a time."""
    await page.get_by_role("link", name="Incidents", exact=True).click()
    await page.get_by_role("button", name="Try it now").click()
    await expect(page.get_by_text("The first alert comes within seconds.")).to_be_visible()
    assert (await person.http.get("/api/demo")).json() == {"allowed": True, "running": True}
    again = await person.http.post("/api/demo")
    assert (again.status_code, again.json()["code"]) == (409, "demo_running")


async def test_a_server_for_others_causes_no_problems_on_its_machine(onlooker: Person) -> None:
    assert (await onlooker.http.get("/api/demo")).json() == {"allowed": False, "running": False}
    refusal = await onlooker.http.post("/api/demo")
    assert (refusal.status_code, refusal.json()["code"]) == (403, "demo_off")
