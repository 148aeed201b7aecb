"""The README's first command: real problems, found by looking."""

from pathlib import Path

import httpx
import pytest
from people import eventually
from programs import free_port, running

CULPRITS = {"HighCpuUsage": "cpu_hog", "MemoryGrowing": "memory_leak", "DiskFilling": "disk_filler"}


@pytest.mark.alone
@pytest.mark.timeout(180)
async def test_the_demo_signs_in_and_its_culprits_are_found_by_name_and_pid(scratch: Path) -> None:
    arguments = (
        "up",
        "--demo",
        "--demo-seconds",
        "60",
        "--data-dir",
        str(scratch / "data"),
        "--port",
        free_port(),
    )
    async with running(*arguments) as program:
        url = (await program.prints(r"running at (\S+)"))[1]
        async with httpx.AsyncClient(
            base_url=url, follow_redirects=True, trust_env=False, timeout=30
        ) as browser:
            page = await browser.get("/")
            assert page.status_code == 200
            assert "importmap" in page.text
            assert (await browser.get("/api/auth/me")).json()["email"].startswith("demo@")

            async def incidents() -> dict[str, dict]:
                listed = (await browser.get("/api/incidents")).json()["incidents"]
                return {one["alert"]["title"]: one for one in listed if one["auroraStatus"] == "complete"}

            analyzed = await eventually(incidents, lambda found: set(found) == set(CULPRITS), patience=100)
        for title, culprit in CULPRITS.items():
            cause = analyzed[title]["summary"].split("**What supports it**")[0].split("**Also")[0]
            assert culprit in cause, (title, analyzed[title]["summary"])
        assert "Traceback" not in program.printed
