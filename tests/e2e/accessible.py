"""What axe finds on a page, in words (https://github.com/dequelabs/axe-core)."""

from functools import cache
from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def _axe() -> str:
    return AXE.read_text()


async def violations(page: Page) -> list[str]:
    """What the page does that WCAG 2.2 AA forbids, each as rule, element and reason."""
    if not await page.evaluate("typeof axe !== 'undefined'"):
        await page.evaluate(_axe())
    found = await page.evaluate(
        "rules => axe.run(document, { runOnly: rules }).then(({ violations }) => violations)", RULES
    )
    return [
        f"{one['id']}: {node['html'][:200]}\n  {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]
