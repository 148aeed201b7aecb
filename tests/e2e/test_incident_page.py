"""The page of an incident that was looked into: evidence beside the claim, pictures, and all of it by keyboard."""

import re
from datetime import timedelta

import pytest
from accessible import violations
from looked_into import BEGAN, HOSTILE, looked_into, writing
from people import Person
from playwright.async_api import Page, expect
from test_main_job import SHOTS, browsing
from whole import serving

from aurora_rt.settings import Settings
from aurora_rt.toolsets.facts.changes import Change, Changes

CHANGED = Changes(
    changes=(
        Change(
            at=BEGAN + timedelta(minutes=9),
            service="checkout",
            kind="rollback",
            version="6",
            by="ana",
            text="",
            origin="git",
            url="",
        ),
    ),
    truncated=False,
)

pytestmark = pytest.mark.usefixtures("people")


@pytest.mark.timeout(120)
async def test_evidence_is_read_beside_the_claim_and_what_happened_is_seen(settings: Settings) -> None:
    async with serving(settings, worker=False) as server:
        person = await Person.registered(server.base_url)
        async with browsing(person) as page:
            incident_id = await looked_into(settings, person)
            await page.goto(f"{person.base_url}/incidents/{incident_id}")
            await a_claim_opens_its_plot(page)
            await outputs_are_rendered(page)
            await the_time_line_is_read_by_keyboard(page)
            await expect(page.locator(".calls .place")).to_have_count(7)
            await what_is_found_comes_live(page, settings, person, incident_id)
            assert await violations(page) == []
            await page.screenshot(path=SHOTS / "incident-evidence.png", full_page=True)
            await a_postmortem_is_drafted_changed_and_not_lost(page)


async def a_claim_opens_its_plot(page: Page) -> None:
    claim = page.locator(".summary button.cite", has_text="1").first
    await claim.press("Enter")
    opened = page.get_by_role("region", name="Citation 1")
    await expect(opened).to_be_focused()
    slider = opened.get_by_role("slider")
    await slider.press("Home")
    first = await slider.get_attribute("aria-valuetext")
    await slider.press("End")
    assert first != await slider.get_attribute("aria-valuetext")
    await expect(opened.locator(".plot-began")).to_contain_text("alert began")
    assert await opened.locator(".plot-departure").get_attribute("d")
    await opened.get_by_text("As a table").click()
    await expect(opened.get_by_role("row")).to_have_count(4)
    await slider.press("Escape")
    await expect(opened).to_have_count(0)
    await expect(claim).to_be_focused()


async def outputs_are_rendered(page: Page) -> None:
    row = page.locator(".evidence")
    await row.nth(3).locator("summary").first.click()
    await expect(row.nth(3).locator(".json-key").first).to_have_text('"items"')
    await expect(row.nth(3)).to_contain_text(HOSTILE)
    await row.nth(4).locator("summary").first.click()
    log = row.nth(4)
    await expect(log.locator(".line")).to_have_count(16)
    await expect(log.locator(".ansi-red").first).to_have_text("ERROR")
    await log.get_by_role("searchbox").fill("after 355 waits")
    await expect(log.get_by_role("status")).to_have_text("1 of 1 lines")
    await log.get_by_role("group", name="Output of citation 5").scroll_into_view_if_needed()
    await expect(log.locator(".line-here")).to_be_in_viewport()
    await log.get_by_role("searchbox").press("Escape")
    await log.get_by_role("button", name="Show all 360 lines").click()
    await expect(log.locator(".line")).to_have_count(360)


async def the_time_line_is_read_by_keyboard(page: Page) -> None:
    picture = page.get_by_role("group", name="Time line; arrow keys go from mark to mark")
    await picture.locator("[tabindex='0']").press("Home")
    told = page.locator(".timeline-told")
    await expect(told).to_contain_text("New ranking on for 5 %")
    await page.keyboard.press("ArrowRight")
    await expect(told).to_contain_text("Simplify the payments client")
    await told.get_by_role("button", name="Citation 3").click()
    await expect(page.get_by_role("region", name="Citation 3")).to_be_focused()


async def what_is_found_comes_live(page: Page, settings: Settings, person: Person, incident_id: str) -> None:
    picture = page.get_by_role("group", name="Time line; arrow keys go from mark to mark")
    async with writing(settings, person, incident_id) as investigation:
        await expect(page.locator(".progress")).to_contain_text("cat topology.yaml")
        await investigation.look("changes.recent", "git log", "", CHANGED)
        await investigation.thought("A rollback is under way [7].", "hypothesis")
        rollback = picture.get_by_role("button", name=re.compile("Rollback: checkout, version 6, by ana"))
        await expect(rollback).to_have_count(1)
        await expect(page.locator(".thought-group").last).to_contain_text("A rollback is under way")
        await expect(page.locator(".progress")).to_contain_text("7 looks · 3 hypotheses · 1 ruled out")
        await investigation.conclude("It is rolled back [7].")
    await expect(page.locator(".progress")).to_contain_text("Done")


async def a_postmortem_is_drafted_changed_and_not_lost(page: Page) -> None:
    await page.get_by_role("button", name="Draft postmortem").click()
    paper = page.get_by_role("article", name="Postmortem")
    await expect(paper).to_contain_text("Simplify the payments client")
    other = await page.context.new_page()
    await other.goto(page.url)
    assert await violations(page) == []
    for one, text in ((page, "# Mine\n\n- [x] done [1]"), (other, "# Theirs")):
        await one.get_by_role("button", name="Edit").click()
        await one.get_by_label("Text of the postmortem, in Markdown").fill(text)
    await page.get_by_label("Text of the postmortem, in Markdown").press("Control+s")
    await expect(page.locator(".postmortem-head")).to_contain_text("version 2")
    await expect(paper.locator(".task-done")).to_have_text("done Citation 1")
    warned = other.get_by_role("alert").filter(has_text="Your text is still here")
    await expect(warned).to_be_visible()
    await other.get_by_role("button", name="Save", exact=True).click()
    await expect(other.locator(".postmortem-head .problem")).to_contain_text(
        "changed the postmortem meanwhile"
    )
    await warned.get_by_role("button", name="Save mine instead").click()
    await expect(warned).to_have_count(0)
    await page.get_by_role("button", name="Read").click()
    await expect(paper.get_by_role("heading", name="Theirs")).to_be_visible()
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Markdown").click()
    assert (await (await coming.value).path()).read_text() == "# Theirs"
    await page.get_by_role("link", name="The incident").click()
    await expect(page.get_by_role("link", name="Postmortem")).to_be_visible()
