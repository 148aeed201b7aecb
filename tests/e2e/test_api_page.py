"""The page on which the REST API can be read and tried."""

from people import Person
from playwright.async_api import Page, expect
from test_main_job import SHOTS, browsing

ASKING = "#operations-chat-chat_create_session"


def listening(page: Page) -> tuple[list[str], list[str]]:
    """What the page asks for, and what its browser complains of, from now on."""
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    return asked, complaints


async def test_a_call_is_tried_on_the_page_of_the_api_and_nobody_else_is_asked(onlooker: Person) -> None:
    async with browsing(onlooker) as page:
        asked, complaints = listening(page)
        await page.goto(f"{onlooker.base_url}/docs")
        operation = page.locator(ASKING)
        await operation.locator(".opblock-summary-control").click()
        await operation.locator("button.execute").click()
        answered = operation.locator(".live-responses-table tbody")
        await expect(answered.locator(".response-col_status")).to_contain_text("201")
        await expect(answered).to_contain_text("A busy processor")
        await page.screenshot(path=SHOTS / "api-page.png")
    assert [url for url in asked if not url.startswith(f"{onlooker.base_url}/")] == []
    assert complaints == []
    sessions = (await onlooker.http.get("/chat_api/sessions")).json()["sessions"]
    assert [one["title"] for one in sessions] == ["A busy processor"]
