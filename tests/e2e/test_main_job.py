"""The main job with real parts: a real condition fires a real rule, and everybody watches the answer come.

A process burns a processor; node exporter measures it, Prometheus' rule fires, Alertmanager tells our webhook, and
the official JavaScript client and a browser follow the incident to its summary.
"""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from people import Person, all_leave
from playwright.async_api import Page, async_playwright
from servers import alertmanager_server, free_port, node_exporter, prometheus_server, target
from whole import serving

from aurora_rt.settings import Settings

HERE = Path(__file__).parent
SHOTS = HERE / "shots"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = """
groups:
  - name: host
    rules:
      - alert: ProcessorBusy
        expr: sum by (instance, job) (rate(node_cpu_seconds_total{mode!="idle"}[10s])) > 0.85
        for: 2s
        labels:
          severity: critical
          service: checkout
        annotations:
          summary: Processors of {{ $labels.instance }} are busy
"""
BURNER = """
import time
end = time.monotonic() + 240
while time.monotonic() < end:
    sum(range(1000))
"""

pytestmark = pytest.mark.usefixtures("people")


def required(program: str, package: str) -> str:
    """The path of a program that this test needs; skips without it, and fails where nothing may be skipped."""
    found = shutil.which(program)
    if found is None:
        reason = f"This test runs {program}: install the Debian package `{package}`."
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return found


def node() -> str:
    """Node.js, with the official client installed."""
    found = required("node", "nodejs")
    if not (HERE / "node_modules" / "socket.io-client").is_dir():
        reason = "This test needs the official Socket.IO client: run `npm ci` in tests/e2e."
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return found


@asynccontextmanager
async def burning(directory: Path) -> AsyncIterator[int]:
    """A process that burns a processor, as ours to find; yields its pid."""
    script = directory / "recount_stock.py"
    script.write_text(BURNER)
    process = await asyncio.create_subprocess_exec(sys.executable, str(script))
    try:
        yield process.pid
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def browsing(person: Person) -> AsyncIterator[Page]:
    """A browser in which the person is signed in."""
    chromium = required("chromium", "chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        context = await browser.new_context(viewport={"width": 1440, "height": 1000})
        await context.add_cookies(
            [
                {"name": name, "value": value, "url": person.base_url}
                for name, value in person.http.cookies.items()
            ]
        )
        page = await context.new_page()
        failures: list[str] = []
        page.on("pageerror", lambda error: failures.append(str(error)))
        await page.goto(person.base_url)
        await page.get_by_text("No incidents").first.wait_for(timeout=60_000)
        yield page
        assert not failures
        await browser.close()


@pytest.mark.alone
@pytest.mark.timeout(240)
async def test_a_real_condition_is_followed_from_the_alert_to_the_answer(
    settings: Settings, tmp_path: Path
) -> None:
    runner = node()
    port = free_port()
    informed = settings.model_copy(update={"prometheus_url": f"http://127.0.0.1:{port}"})
    async with node_exporter(tmp_path / "node") as exporter, serving(informed) as server:
        person = await Person.registered(server.base_url)
        # Who measures comes last: a browser that starts is as busy as the culprit, and would fire the rule itself.
        async with (
            alertmanager_server(
                tmp_path / "alertmanager", webhook_url=await person.webhook()
            ) as alertmanager,
            browsing(person) as page,
            watching_in_javascript(runner, person) as watching,
            burning(tmp_path) as culprit,
            prometheus_server(
                tmp_path / "prometheus",
                scrape={"node": [target(exporter)]},
                rules=RULES,
                alertmanager=alertmanager,
                port=port,
            ),
        ):
            heard, incident = await asyncio.gather(_heard(watching), _followed_in_browser(page))
            await _check(person, heard, incident, culprit)
            await page.screenshot(path=SHOTS / "main-job.png", full_page=True)
            await all_leave()


@asynccontextmanager
async def watching_in_javascript(runner: str, person: Person) -> AsyncIterator[asyncio.subprocess.Process]:
    """The official client, which has joined the feed: what it hears is on its standard output."""
    cookie = "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())
    watching = await asyncio.create_subprocess_exec(
        runner, str(HERE / "watch.mjs"), person.base_url, cookie, stdout=asyncio.subprocess.PIPE, limit=2**20
    )
    assert watching.stdout is not None
    try:
        joined = json.loads(await asyncio.wait_for(watching.stdout.readline(), 60))
        assert joined["message"]["ok"], joined
        yield watching
    finally:
        if watching.returncode is None:
            watching.kill()
            await watching.wait()


async def _heard(watching: asyncio.subprocess.Process) -> list[dict]:
    """All that the official client heard, up to the summary."""
    printed, _ = await asyncio.wait_for(watching.communicate(), 150)
    assert watching.returncode == 0, printed
    return [json.loads(line) for line in printed.splitlines()]


async def _followed_in_browser(page: Page) -> str:
    """Open the incident when it slides in and watch it being analyzed; returns the incident's id."""
    row = page.locator("a[href^='/incidents/']").first
    await row.wait_for(timeout=120_000)
    await row.click()
    await page.wait_for_url("**/incidents/*")
    await page.get_by_text("Likely cause").first.wait_for(timeout=60_000)
    return page.url.rpartition("/")[2]


async def _check(person: Person, heard: list[dict], incident_id: str, culprit: int) -> None:
    def said(event: str) -> list[dict]:
        return [one["message"]["data"] for one in heard if one["event"] == event]

    shown = await person.incident(incident_id)
    assert shown["alert"]["title"] == "ProcessorBusy"
    assert shown["alert"]["service"] == "checkout"
    assert len(said("thought")) >= 4
    queries = [one for one in said("citation") if one["toolName"].startswith("prometheus.")]
    assert len(said("citation")) >= 3
    assert any("node_cpu_seconds_total" in one["command"] and one["output"] for one in queries)
    assert any(one["event"] == "thought:delta" for one in heard)
    (summary,) = said("summary")
    assert summary["summary"] == shown["summary"]
    assert str(culprit) in summary["summary"]
    assert "recount_stock.py" in summary["summary"]
    assert "node_cpu_seconds_total" in summary["summary"]
    assert [one["key"] for one in said("citation")] == [one["key"] for one in shown["citations"]]
    numbers = [
        one["message"]["seq"]
        for one in heard
        if one["message"].get("room") == f"incident:{incident_id}" and "seq" in one["message"]
    ]
    assert numbers == list(range(1, len(numbers) + 1))
