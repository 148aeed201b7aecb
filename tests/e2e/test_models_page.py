"""The part of the settings page that is about language models."""

import pytest
from people import Person
from playwright.async_api import expect
from pydantic import SecretStr
from test_main_job import SHOTS, browsing
from whole import serving

from aurora_rt.db.pool import Database
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")

KEY = "sk-planted-0c7d53a19e"


async def test_an_admin_sets_up_models_and_sees_what_they_cost(
    settings: Settings, database: Database
) -> None:
    given = {"secret_key": SecretStr("the operator's key, long")}
    async with serving(settings.model_copy(update=given), worker=False) as server:
        admin = await Person.registered(server.base_url)
        async with database.connection() as connection:
            await connection.execute(
                """
                INSERT INTO llm_days SELECT id, (now() AT TIME ZONE 'UTC')::date, 'openai', model, requests, read, 0,
                    written, cost FROM organizations, (VALUES ('openai/gpt-4o', 41, 182340, 9120, 0.547),
                    ('ollama/qwen3', 12, 38211, 3004, 0)) AS used (model, requests, read, written, cost)
                """
            )
        async with browsing(admin) as page:
            await page.goto(f"{server.base_url}/settings/models")
            await expect(page.locator(".asked")).to_contain_text("The built-in investigator")
            await page.get_by_role("button", name="Set up OpenAI", exact=True).click()
            await page.get_by_label("Key", exact=True).fill(KEY)
            await page.get_by_role("button", name="Keep").click()
            openai = page.locator(".provider", has=page.get_by_text("OpenAI", exact=True))
            await expect(openai).to_contain_text("set, ends with …")
            await expect(page.locator("body")).not_to_contain_text(KEY)
            await page.locator("[name=model]").fill("openai/gpt-4o")
            await page.get_by_label("When it is away").fill("ollama/qwen3, mistral/mistral-large-latest")
            await page.get_by_label("Dollars a day").fill("5")
            await page.get_by_role("button", name="Save").click()
            await expect(page.locator(".asked")).to_contain_text("128,000 tokens")
            await expect(page.locator(".budget")).to_contain_text("$0.55 of $5.00")
            await expect(page.locator(".costs tbody tr").first).to_contain_text("openai/gpt-4o")
            await page.get_by_role("button", name="Set up Ollama").click()
            await page.get_by_label("Address").fill("http://169.254.169.254/")
            await page.get_by_role("button", name="Keep").click()
            await expect(page.get_by_role("alert").first).to_contain_text("never asked")
            await page.get_by_role("button", name="Cancel").click()
            for scheme in ("light", "dark"):
                await page.emulate_media(color_scheme=scheme)
                await page.screenshot(path=SHOTS / f"models-{scheme}.png", full_page=True)
            await page.get_by_role("button", name="Remove OpenAI").click()
            await expect(page.locator(".asked")).to_contain_text("there is no account for OpenAI")
