"""Approving a proposed action on the page: the exact command is shown before it is approved, and all see who did."""

import pytest
from people import Person
from playwright.async_api import expect
from proposals import COMMAND, opened, proposed
from test_main_job import SHOTS, browsing
from whole import serving

from aurora_rt.db.pool import Database
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")


async def test_an_editor_reads_the_command_and_approves_it_with_the_keyboard(
    settings: Settings, database: Database
) -> None:
    approving = settings.model_copy(update={"actions": "approved"})
    async with serving(approving, worker=False) as server:
        person = await Person.registered(server.base_url)
        async with browsing(person) as page:
            incident_id = await opened(person)
            await proposed(approving, database, person, incident_id)
            other = await page.context.new_page()
            for one in (page, other):
                await one.goto(f"{person.base_url}/incidents/{incident_id}")
            card = page.locator(".suggestion")
            await expect(card).to_contain_text("Waits for approval")
            await expect(card).to_contain_text("min left")
            await expect(card).to_contain_text("checkout runs revision 6 again.")
            await page.screenshot(path=SHOTS / "approval-pending.png")
            await card.get_by_role("button", name="Approve …").focus()
            await page.keyboard.press("Enter")
            confirm = card.get_by_role("group", name="Approve this command?")
            await expect(confirm).to_contain_text(COMMAND)
            await page.emulate_media(color_scheme="dark")
            await page.screenshot(path=SHOTS / "approval-confirm.png")
            await page.keyboard.press("Escape")
            await expect(confirm).to_have_count(0)
            await card.get_by_role("button", name="Approve …").click()
            await confirm.get_by_role("button", name="Approve and run").press("Enter")
            for one in (page, other):
                await expect(one.locator(".suggestion")).to_contain_text("Approved by Person")
                await expect(one.locator(".suggestion")).to_contain_text("It waits for a worker.")
            await page.screenshot(path=SHOTS / "approval-approved.png")
