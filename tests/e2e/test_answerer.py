"""Choosing on the page who answers and what an answer may do; reading why a text ends."""

import pytest
from people import Person, firing, notification
from playwright.async_api import expect
from scripted_models import Cast, Script, call
from test_main_job import SHOTS, browsing
from whole import serving

from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")
ACTION = {
    "title": "Restart checkout", "why": "It may help.", "command": "kubectl rollout restart deployment/checkout",
    "effect": "Its pods are replaced.", "undo": "Nothing is to be undone.",
}  # fmt: skip


async def test_a_person_chooses_a_model_and_lets_it_propose(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast("local/one").on_stage(monkeypatch)
    cast.scripts["local/one"] = Script(
        [["I look.", call("host__state")], [call("conclude", causes=[])], ["**Nothing wrong was found**. "] * 120],
        name="local/one", output_limit=256,
    )  # fmt: skip
    cast.scripts["local/two"] = Script(
        [[call("propose_action", **ACTION)], ["I propose to restart it."]], name="local/two"
    )
    models = {
        "model": "local/one",
        "fallback_models": ("local/two",),
        "model_base_url": "http://127.0.0.1:1/v1",
    }
    async with serving(settings.model_copy(update=models)) as server:
        person = await Person.registered(server.base_url)
        async with browsing(person) as page:
            await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
            (listed,) = await person.incidents()
            await page.goto(f"{person.base_url}/incidents/{listed['id']}")
            await expect(page.locator(".summary")).to_contain_text(
                "Ends at the model’s output limit", timeout=30_000
            )
            await page.get_by_role("tab", name="Chat").click()
            await page.get_by_text("Agent", exact=True).click()
            await page.get_by_label("Who answers").select_option("local/two")
            await page.get_by_label("Your question").fill("What now?")
            await page.keyboard.press("Enter")
            await expect(page.locator(".message-assistant")).to_contain_text("I propose to restart it.")
            await expect(page.locator(".suggestion", has_text="Restart checkout")).to_contain_text(
                "Waits for approval"
            )
            await page.screenshot(path=SHOTS / "answerer.png", full_page=True)
            await page.emulate_media(color_scheme="dark")
            await page.screenshot(path=SHOTS / "answerer-dark.png", full_page=True)
            await page.reload()
            await page.get_by_role("tab", name="Chat").click()
            await expect(page.get_by_label("Who answers")).to_have_value("local/two")
