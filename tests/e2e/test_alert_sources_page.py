"""Alert sources in a browser: set up by hand, tried, mended when what arrives is not understood; alerts taken apart."""

import json

from accessible import violations
from people import Person, firing, notification
from playwright.async_api import Page, expect
from test_main_job import SHOTS, browsing
from vendors import payload

SENT = {"check": {"id": "shop", "label": "Shop is down", "tags": ["env:production"]}, "up": "no", "sev": "P1"}
EXPRESSIONS = {
    "fingerprint": "check.id",
    "title": "check.label",
    "status": "up == 'yes' && 'ok' || 'down'",
    "severity": "sev",
    "labels": "check.tags",
    "service": "check.(",
}


async def test_a_source_is_set_up_tried_and_its_mapping_mended(onlooker: Person) -> None:
    async with browsing(onlooker) as page:
        await page.goto(f"{onlooker.base_url}/settings")
        await page.get_by_label("Search sources").fill("own mapping")
        await expect(page.locator(".catalogue-one")).to_have_count(1)
        await page.locator(".catalogue-one").click()
        await page.get_by_label("Name").fill("Uptime checks")
        await page.get_by_role("button", name="Make an address").click()
        await expect(page.get_by_text("Uptime checks can send alerts now")).to_be_visible()
        address = await page.locator(".new-source .command code").first.inner_text()
        assert address.startswith(f"{onlooker.base_url}/api/webhooks/json/")
        await page.get_by_role("button", name="Send test alert").click()
        await expect(page.locator(".arrived")).to_contain_text("Aurora test alert")

        refused = await onlooker.http.post(address, json=SENT)
        assert refused.status_code == 400
        await page.get_by_role("link", name="Deliveries").click()
        broken = page.locator(".delivery-failed")
        await expect(broken).to_contain_text("alerts[0].fingerprint: missing")
        await expect(page.get_by_role("link", name="Deliveries")).to_contain_text("1 failed")
        await broken.locator("summary").click()
        await expect(broken.locator(".output")).to_contain_text('"label": "Shop is down"')
        await shot(page, "deliveries")
        await broken.get_by_role("link", name="Mend the mapping").click()
        for field, expression in EXPRESSIONS.items():
            await page.get_by_label(field, exact=True).fill(expression)
        wrong = page.locator(".mapping-wrong")
        await expect(wrong).to_contain_text("this is no JMESPath expression: '(' at character 7")
        await expect(page.locator(".tried-alerts")).to_contain_text("See what is marked above")
        await page.get_by_label("service", exact=True).fill("check.id")
        await expect(page.locator(".tried-alert")).to_contain_text("Shop is down")
        await expect(page.locator(".tried-alert")).to_contain_text("env=production")
        await expect(wrong).to_have_count(0)
        await page.get_by_role("button", name="Save mapping").click()
        await expect(page.get_by_text("Saved.")).to_be_visible()
        await shot(page, "mapping")
        await page.get_by_role("button", name="Replay the failed one").first.click()
        await expect(page.locator(".delivery-failed")).to_have_count(0)
        await expect(page.locator(".badge")).to_have_count(0)

        await page.get_by_role("button", name="New address").click()
        await page.get_by_role("button", name="Make it").click()
        await expect(page.get_by_role("region", name="The address")).to_contain_text("shown only now")
        assert (await onlooker.http.post(address, json=SENT)).status_code == 401
        await page.get_by_role("button", name="Delete webhook").click()
        await page.get_by_role("button", name="Delete", exact=True).click()
        await expect(page.get_by_text("Uptime checks")).to_have_count(0)
        await page.get_by_role("link", name="Incidents", exact=True).click()
        await expect(page.locator(".incident-row")).to_contain_text(["Shop is down", "Aurora test alert"])

        await taken_apart_and_merged(onlooker, page)


async def taken_apart_and_merged(person: Person, page: Page) -> None:
    """Related alerts are taken out and put back, incidents are merged by keyboard, and who is on one is told."""
    webhook, pagerduty = await person.webhook(), await person.webhook("pagerduty")
    disks = [firing("DiskFull", fingerprint=f"d{n}", service="db", instance=f"db-{n}") for n in (1, 2)]
    await person.http.post(webhook, content=json.dumps(notification(*disks)))
    for name in ("firing", "acknowledged"):
        await person.http.post(pagerduty, content=payload("pagerduty", name).body)
    await expect(page.locator(".acknowledged")).to_contain_text("acknowledged by Ada Example")
    await page.get_by_text("DiskFull").click()
    related = page.locator(".joined")
    await expect(related).to_contain_text("Sent together with the same alert DiskFull")
    await page.get_by_role("button", name="Unmerge DiskFull").click()
    await expect(page.locator(".taken-out")).to_contain_text("an incident of its own")
    await expect(related).to_have_count(0)
    await page.get_by_role("button", name="Undo").click()
    await expect(related).to_contain_text("Merged by Person")
    await shot(page, "related")

    await page.goto(person.base_url)
    await page.get_by_text("Shop is down").click()
    await page.get_by_role("button", name="Merge…").click()
    await expect(page.get_by_label("Search incidents")).to_be_focused()
    await page.keyboard.type("basket")
    await expect(page.locator(".merge-one")).to_have_count(1)
    await shot(page, "merge")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator(".taken-out")).to_contain_text("Merged into The basket answers with errors")
    await page.get_by_role("button", name="Unmerge", exact=True).click()
    await expect(page.get_by_role("button", name="Merge…")).to_be_visible()

    await page.get_by_role("link", name="silence such alerts").click()
    await expect(page.get_by_label("Which alerts")).to_have_value('alertname="Shop is down" service=shop')
    await page.get_by_label("Which alerts").fill("service shop")
    await page.get_by_label("Why").fill("The shop moves.")
    await page.get_by_role("button", name="Silence").click()
    await expect(page.get_by_role("alert")).to_contain_text("not of the form label=value")
    await page.get_by_label("Which alerts").fill("service=shop")
    await page.get_by_role("button", name="Silence").click()
    await expect(page.locator(".silence")).to_contain_text("for another 59 min")
    await shot(page, "silences")
    await page.get_by_role("button", name="End now").click()
    await expect(page.locator(".section-silences-expired")).to_contain_text("The shop moves.")


async def shot(page: Page, name: str) -> None:
    """Pictures of the page to be looked at, in light and dark; everybody can use it, also on a phone."""
    size = page.viewport_size or {"width": 1440, "height": 1000}
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.screenshot(path=SHOTS / f"{name}-{scheme}.png")
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    if "/settings/" in page.url:
        assert await violations(page) == []
        await page.set_viewport_size({"width": 360, "height": 780})
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        await page.set_viewport_size(size)
