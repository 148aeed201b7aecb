"""The part of the settings that is about accounts: Google Cloud is connected by signing in there, and given back."""

import pytest
from accessible import violations
from google_server import CLIENT, SECRET, google
from people import Person
from playwright.async_api import expect
from pydantic import SecretStr
from test_main_job import SHOTS, browsing
from whole import serving

from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")


async def test_google_cloud_is_connected_in_a_browser_from_the_settings_and_back(settings: Settings) -> None:
    with google() as cloud:
        given = {
            "secret_key": SecretStr("the operator's key, long"),
            "gcp_endpoint": cloud.url,
            "google_client_id": CLIENT,
            "google_client_secret": SecretStr(SECRET),
        }
        async with serving(settings.model_copy(update=given), worker=False) as server:
            cloud.app.redirect_uris.append(f"{server.base_url}/callback")
            editor = await Person.registered(server.base_url)
            async with browsing(editor) as page:
                await page.goto(f"{server.base_url}/settings/accounts")
                await page.get_by_role("button", name="Connect Google Cloud", exact=True).click()
                await page.get_by_role("button", name="Sign in at Google").click()
                await page.get_by_role("button", name="Deny").click()
                await expect(page.get_by_role("alert")).to_contain_text("You declined at Google")
                await page.get_by_role("button", name="Connect Google Cloud", exact=True).click()
                await page.screenshot(path=SHOTS / "accounts-sign-in.png")
                await page.get_by_role("button", name="Sign in at Google").click()
                await page.get_by_role("button", name="Allow").click()
                account = page.locator(".account")
                await expect(account).to_contain_text("ann@example.com")
                await expect(account.get_by_role("status")).to_have_text("connected")
                assert page.url == f"{server.base_url}/settings/accounts", "no code stays in the address"
                await account.get_by_role("button", name="Choose another").click()
                await account.get_by_label("Look at").select_option("shop-staging")
                await expect(account).to_contain_text("Looks at shop-staging")
                await page.get_by_role("button", name="Connect AWS", exact=True).click()
                await expect(page.locator(".setup-values")).to_contain_text("External id")
                await page.get_by_label("Region").fill("eu-west-1")
                form = page.get_by_role("form", name="Connect AWS")
                await form.get_by_role("button", name="Connect", exact=True).click()
                await expect(page.get_by_role("alert")).to_have_text("AWS needs a role, or an access key.")
                for scheme in ("light", "dark"):
                    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                    assert await violations(page) == []
                    await page.screenshot(path=SHOTS / f"accounts-{scheme}.png", full_page=True)
                await page.set_viewport_size({"width": 360, "height": 800})
                assert await page.evaluate("document.documentElement.scrollWidth") <= 360
                await page.screenshot(path=SHOTS / "accounts-narrow.png", full_page=True)
                await account.get_by_role("button", name="Disconnect ann@example.com").click()
                await account.get_by_role("button", name="Disconnect", exact=True).click()
                await expect(page.locator(".account")).to_have_count(0)
                assert len(cloud.revoked) == 1
