"""What an organization knows, in a browser: documents in the settings, and what was learnt on an incident's page."""

import json
from pathlib import Path

from people import Person
from playwright.async_api import expect
from test_main_job import SHOTS, browsing

from aurora_rt.db.pool import Database

RUNBOOK = (
    "# Payments\n\n## Queue is stuck\n\n1. Scale the consumer to two replicas.\n2. Restart the broker.\n"
)


async def test_a_runbook_is_uploaded_tried_and_deleted_and_an_analysis_is_judged(
    person: Person, database: Database, tmp_path: Path
) -> None:
    runbook, other = tmp_path / "payments.md", tmp_path / "scan.pdf"
    runbook.write_text(RUNBOOK)
    other.write_bytes(b"%PDF-1.4\nbroken")
    async with browsing(person) as page:
        await page.goto(f"{person.base_url}/settings/knowledge")
        await page.get_by_label("Documents to upload").set_input_files([runbook, other])
        ready = page.locator(".document-ready")
        await expect(ready).to_contain_text("payments.md", timeout=20_000)
        await expect(page.locator(".document-failed")).to_contain_text("The PDF is broken", timeout=20_000)
        await page.get_by_label("What is known about …?").fill("payments queue is stuck")
        await page.get_by_role("button", name="Search").click()
        await expect(page.locator(".known-one").first).to_contain_text("payments.md")
        await page.get_by_label("Notes").fill("The on-call channel is #payments.")
        await page.get_by_role("button", name="Keep", exact=True).click()
        await expect(page.get_by_role("button", name="Kept")).to_be_visible()
        await page.get_by_label("Documents to upload").set_input_files([runbook])
        await expect(page.get_by_role("alert").first).to_contain_text(
            "There is a document called payments.md"
        )
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            await page.screenshot(path=SHOTS / f"knowledge-{scheme}.png", full_page=True)
        await page.get_by_role("button", name="Dismiss").click()
        await page.get_by_role("button", name="Delete payments.md").click()
        await page.get_by_role("button", name="Delete", exact=True).click()
        await expect(page.get_by_text("payments.md")).to_have_count(1)  # in what was found before
        await expect(ready).to_have_count(0)

        ids = [(await opened(person, title)) for title in ("QueueStuck", "QueueStuck")]
        async with database.connection() as connection:
            await connection.execute(
                """
                UPDATE incidents SET aurora_status = 'complete', status = 'analyzed', analyzed_at = now(),
                       summary = '**Likely cause:** the consumer of the queue was scaled to nothing.'
                """
            )
            await connection.execute(
                "UPDATE incidents SET status = 'resolved', resolved_at = now() WHERE id = $1", ids[0]
            )
        await page.goto(f"{person.base_url}/incidents/{ids[1]}")
        await expect(page.locator(".similar")).to_contain_text("Both share the alert “QueueStuck”")
        await expect(page.locator(".similar")).to_contain_text("scaled to nothing")
        await page.get_by_role("button", name="Yes").click()
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            await page.screenshot(path=SHOTS / f"learnt-{scheme}.png")
        await page.get_by_label("Comment").fill("It was the consumer.")
        await page.get_by_role("button", name="Send", exact=True).first.click()
        await expect(page.locator(".feedback")).to_contain_text("You found this helpful")


async def opened(person: Person, title: str) -> str:
    body = {"title": title, "service": "payments", "severity": "high"}
    answer = await person.http.post("/api/incidents", content=json.dumps(body))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
