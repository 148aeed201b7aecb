"""The list of incidents in a browser: looked through by hand and by keys, shared by its address, on the wall."""

from accessible import violations
from people import Person, firing, notification
from playwright.async_api import expect
from test_main_job import SHOTS, browsing


async def alert(person: Person, webhook: str, title: str, service: str, severity: str) -> None:
    one = firing(title, fingerprint=title, service=service, severity=severity)
    answer = await person.http.post(webhook, json=notification(one))
    assert answer.status_code == 202, answer.text


async def test_incidents_are_looked_through_by_words_and_severity_and_walked_by_keys(person: Person) -> None:
    webhook = await person.webhook()
    async with browsing(person) as page:
        await alert(person, webhook, "CheckoutSlow", "checkout", "critical")
        await alert(person, webhook, "DiskFilling", "node", "warning")
        await alert(person, webhook, "CheckoutErrors", "checkout", "warning")
        rows = page.locator(".incident-row")
        await expect(rows).to_have_count(3)
        await expect(page).to_have_title("(1) Aurora RT")
        assert await page.locator("link[rel=icon]").get_attribute("href") == "/favicon-urgent.svg"

        await page.keyboard.press("/")
        await page.keyboard.type("check")
        await expect(rows).to_have_count(2)
        await page.get_by_role("button", name="medium severity").click()
        await expect(rows).to_have_count(1)
        await expect(rows).to_contain_text("CheckoutErrors")
        assert page.url.endswith("/?q=check&severity=medium")
        await alert(person, webhook, "CheckoutStale", "checkout", "warning")
        await expect(rows).to_have_count(2)
        await page.reload()
        await expect(rows).to_have_count(2)
        await page.get_by_label("Search incidents").fill("nobody wrote this")
        await expect(page.get_by_text("Nothing matches.")).to_be_visible()
        await page.get_by_role("button", name="Clear").click()
        await expect(rows).to_have_count(4)
        await page.get_by_label("Service").select_option("node")
        await expect(rows).to_have_count(1)
        await page.get_by_role("button", name="Clear").click()
        await expect(rows).to_have_count(4)
        assert await violations(page) == []

        await page.locator("body").click(position={"x": 5, "y": 400})
        for key in "jjk":
            await page.keyboard.press(key)
        await expect(rows.first.locator("a")).to_be_focused()
        await page.keyboard.press("?")
        await expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        assert await violations(page) == []
        await page.keyboard.press("Escape")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("CheckoutStale")

        await page.keyboard.press("w")
        tiles = page.locator(".wall-tile")
        await expect(tiles).to_have_count(4)
        await expect(tiles.first).to_contain_text("CheckoutSlow")  # the most severe
        await page.emulate_media(color_scheme="dark")
        await page.screenshot(path=SHOTS / "wall-dark.png")
        assert await violations(page) == []
        await page.keyboard.press("Escape")
        await page.set_viewport_size({"width": 360, "height": 800})
        await expect(rows).to_have_count(4)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360
        assert await violations(page) == []
