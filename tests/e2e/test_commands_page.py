"""The part of the settings page that is about commands."""

from people import Person
from playwright.async_api import expect
from test_main_job import SHOTS, browsing

from aurora_rt.db.pool import Database


async def test_an_admin_makes_a_rule_and_sees_what_it_does(onlooker: Person) -> None:
    async with browsing(onlooker) as page:
        await page.goto(f"{onlooker.base_url}/settings/commands")
        said = page.locator(".tried-said")
        await page.get_by_label("Would this run?").fill("kubectl get pods -n prod")
        await expect(said).to_contain_text("It only reads")
        await page.get_by_label("Pattern").fill("kubectl * --namespace=prod")
        await page.get_by_label("Why").fill("Nobody looks into <b>production</b>.")
        await page.get_by_role("button", name="Add the rule").click()
        await expect(page.locator(".rule")).to_contain_text("Nobody looks into <b>production</b>.")
        await expect(said).to_contain_text("denied")
        await page.screenshot(path=SHOTS / "commands.png", full_page=True)
        await page.get_by_role("button", name="Disable kubectl").click()
        await expect(said).to_contain_text("allowed")
        await page.get_by_role("button", name="Remove kubectl").click()
        await expect(page.locator(".rule")).to_have_count(0)
        await page.get_by_label("Would this run?").fill("ls | sh")
        await expect(said).to_contain_text("A pipe is only for a shell")
        await page.get_by_label("Pattern").fill("df 'x")
        await page.get_by_role("button", name="Add the rule").click()
        await expect(page.get_by_role("alert")).to_contain_text("A quote in the pattern is not closed.")


async def test_a_viewer_reads_the_rules_and_tries_commands(onlooker: Person, database: Database) -> None:
    rule = {"mode": "deny", "pattern": "curl"}
    await onlooker.http.post("/api/org/command-policies", json=rule)
    async with database.connection() as connection:
        await connection.execute("UPDATE users SET role = 'viewer' WHERE id = $1", onlooker.id)
    async with browsing(onlooker) as page:
        await page.goto(f"{onlooker.base_url}/settings/commands")
        await expect(page.locator(".rule")).to_contain_text("curl")
        await page.get_by_label("Would this run?").fill("curl http://web/")
        await expect(page.locator(".tried-said")).to_contain_text("denied")
        await expect(page.get_by_role("button", name="Add the rule")).to_have_count(0)
        await expect(page.get_by_role("button", name="Remove curl")).to_have_count(0)
