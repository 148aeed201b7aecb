"""How a browser bears a long incident: 2,000 thoughts, 500 citations, and 50 tokens a second on top of them.

By hand: `PYTHONPATH=.:tests python tests/bench/long_incident.py [seconds]`, with Chromium installed. Prints how long
the page takes to show, how even its frames are while text streams, how much it shifted, and what its memory does. The
figures of a browser without a graphics card are the worst case: it paints on the same processors.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path

from looked_into import looked_into, writing
from people import Person
from playwright.async_api import CDPSession, Page, async_playwright
from whole import serving

from aurora_rt import embedded
from aurora_rt.clock import new_id
from aurora_rt.events.draft import Draft
from aurora_rt.events.envelope import incident_room
from aurora_rt.investigation import record
from aurora_rt.settings import Settings, load

THOUGHTS = 2000
CITATIONS = 500
TOKENS_A_SECOND = 50
COSTS = ("TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
KINDS = ("hypothesis", "observation", "analysis", "observation", "ruled_out", "observation", "limitation")
WATCH = """
() => {
  const seen = (window.seen = { frames: [], shift: 0, moved: {}, long: [] });
  let last = performance.now();
  const frame = (now) => { seen.frames.push(now - last); last = now; requestAnimationFrame(frame); };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => list.getEntries().forEach((one) => {
    if (one.hadRecentInput) return;
    seen.shift += one.value;
    for (const { node } of one.sources) {
      const name = node?.className || node?.nodeName;
      seen.moved[name] = (seen.moved[name] ?? 0) + 1;
    }
  })).observe({ type: "layout-shift" });
  new PerformanceObserver((list) => list.getEntries().forEach((one) => seen.long.push(one.duration)))
    .observe({ type: "longtask" });
}
"""


async def fill(write) -> None:
    for number in range(CITATIONS):
        output = "\n".join(f"line {line} of look {number}" for line in range(20))
        await write.look("host.processes", f"ps -p {number} -o pid,args", output)
    for number in range(THOUGHTS):
        text = (
            f"Thought {number}: process {number} uses `{number} MiB` and grows, which **may** matter "
            f"[{number % CITATIONS + 1}]. It began a while before the alert [{number % 7 + 1}]."
        )
        await write.thought(text, KINDS[number % len(KINDS)])


async def stream(write, seconds: float) -> None:
    """Tokens as a model gives them; each two seconds a thought is finished, and something was looked at."""
    ends = time.monotonic() + seconds
    number = 0
    while time.monotonic() < ends:
        number += 1
        room, key = incident_room(write.incident_id), str(new_id())
        draft = Draft(write.have.bus, room, "thought", str(record.thought_id(write.made, key)))
        for token in range(TOKENS_A_SECOND * 2):
            draft.write(f"token {token} " if token % 12 else "and **more** [3]. ")
            await asyncio.sleep(1 / TOKENS_A_SECOND)
        draft.complete(draft.text)
        await write.thought(draft.text, KINDS[number % len(KINDS)], key=key)
        draft.end()
        await write.look("host.state", f"uptime # {number}", "up")


async def measured(page: Page, costs: CDPSession, what: str, seconds: float, stream: Awaitable[None]) -> None:
    """Watch the page while `stream` runs. Costs are of the page's own thread, whatever else the machine does."""
    await page.evaluate(WATCH)
    before = await spent(costs)
    await stream
    after = await spent(costs)
    seen = await page.evaluate("window.seen")
    frames = sorted(seen["frames"][5:])
    late = sum(one > 25 for one in frames) / len(frames)
    median, most = frames[len(frames) // 2], frames[int(0.95 * len(frames))]
    heap = await page.evaluate("performance.memory?.usedJSHeapSize / 1048576")
    cost = ", ".join(f"{name} {(after[name] - before[name]) / seconds * 1000:.0f} ms" for name in COSTS)
    print(
        f"{what}: {len(frames)} frames, median {median:.1f} ms, p95 {most:.1f} ms, later than 25 ms {late:.1%}; "
        f"each second {cost}; layout shift {seen['shift']:.3f} {seen['moved'] or ''}; heap {heap:.0f} MiB",
        flush=True,
    )


async def spent(costs: CDPSession) -> dict[str, float]:
    """Seconds of processor time that the page has used so far, by kind."""
    metrics = (await costs.send("Performance.getMetrics"))["metrics"]
    return {one["name"]: one["value"] for one in metrics}


async def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with embedded.servers(Path(folder) / "data") as here:
            settings: Settings = load(
                database_url=here.database_url,
                redis_url=here.redis_url,
                port=0,
                bcrypt_rounds=4,
                rate_limit=0,
                chat_rate_limit=0,
                webhook_rate_limit=0,
                log_level="warning",
                data_dir=Path(folder),
            )
            async with serving(settings, worker=False) as server:
                person = await Person.registered(server.base_url)
                incident_id = await looked_into(settings, person)
                async with writing(settings, person, incident_id) as write:
                    await fill(write)
                    await browse(person, incident_id, write, seconds)
                await person.close()


async def browse(person: Person, incident_id: str, write, seconds: float) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--enable-precise-memory-info"]
        )
        context = await browser.new_context(viewport={"width": 1440, "height": 1000})
        cookies = [{"name": k, "value": v, "url": person.base_url} for k, v in person.http.cookies.items()]
        await context.add_cookies(cookies)
        page = await context.new_page()
        await page.goto(person.base_url)
        await page.wait_for_timeout(1000)
        costs = await context.new_cdp_session(page)
        await costs.send("Performance.enable", {"timeDomain": "threadTicks"})
        begun, before = time.monotonic(), await spent(costs)
        await page.goto(f"{person.base_url}/incidents/{incident_id}")
        await page.locator(".thought").first.wait_for()
        await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        counted = await page.evaluate("document.querySelectorAll('*').length")
        took = (await spent(costs))["TaskDuration"] - before["TaskDuration"]
        print(
            f"shown after {time.monotonic() - begun:.2f} s, {took:.2f} s of work, {counted} elements",
            flush=True,
        )
        await page.locator("[role=log][aria-busy=false]").wait_for(timeout=60_000)
        print(f"whole after {time.monotonic() - begun:.2f} s", flush=True)
        await measured(page, costs, "at rest  ", 5, page.wait_for_timeout(5000))
        await measured(page, costs, "streaming", seconds, stream(write, seconds))
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) if len(sys.argv) > 1 else 20))
