"""The built-in investigator with real tools: a certificate that is over, a port that refuses, a deploy log."""

import itertools
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from builtin_worlds import case
from certificates import made, saying, server_context
from servers import free_port

from aurora_rt.clock import now
from aurora_rt.investigation.builtin import BuiltinInvestigator
from aurora_rt.investigation.investigator import Case, Summary
from aurora_rt.settings import load
from aurora_rt.toolsets.policy import NO_POLICY
from aurora_rt.toolsets.registry import discover
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Access, Window

SETTINGS = load()
TOOLSETS = {
    name: one for name, one in discover().items() if name in ("network", "probes", "changes", "docker")
}
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def concluded(about: Case, **settings: Any) -> Summary:
    count = itertools.count(1)

    async def number() -> int:
        return next(count)

    window = Window(now() - timedelta(hours=2), now() + timedelta(minutes=10), now())
    async with httpx.AsyncClient(trust_env=False) as http:
        access = Access(SETTINGS.model_copy(update=settings), http, window, NO_POLICY)
        steps = BuiltinInvestigator().investigate(about, Toolbox(TOOLSETS, access, number=number))
        return [step async for step in steps if isinstance(step, Summary)][-1]


async def test_a_certificate_that_is_over_is_found_before_users_tell(tmp_path: Path) -> None:
    pair = made("shop", "localhost", days=-1, since=90)
    async with saying(FINE, server_context(pair, tmp_path)) as expired, saying(FINE) as fine:
        summary = await concluded(
            case("HighErrorRate", service="shop"),
            probes=(f"shop=https://localhost:{expired}/health", f"cart=http://127.0.0.1:{fine}/"),
        )
    assert (summary.causes[0].node, summary.causes[0].kind) == ("shop", "certificate")
    assert "expired on" in summary.text


async def test_a_database_that_refuses_comes_before_a_change_of_somebody_else(tmp_path: Path) -> None:
    log = tmp_path / "deploys.jsonl"
    at = f"{now() - timedelta(minutes=4):%Y-%m-%dT%H:%M:%SZ}"
    log.write_text(json.dumps({"time": at, "service": "search", "kind": "deploy", "version": "9"}))
    summary = await concluded(
        case("HighErrorRate", service="shop"),
        probes=(f"db=tcp://127.0.0.1:{free_port()}",),
        deploy_log=str(log),
    )
    assert (summary.causes[0].node, summary.causes[0].kind) == ("db", "target_down")
    assert "search" in summary.text


async def test_where_everything_answers_and_nothing_was_changed_nothing_is_blamed(tmp_path: Path) -> None:
    log = tmp_path / "deploys.jsonl"
    log.write_text("")
    async with saying(FINE) as fine:
        summary = await concluded(
            case("HighErrorRate", service="shop"),
            probes=(f"shop=http://127.0.0.1:{fine}/",),
            deploy_log=str(log),
        )
    assert summary.causes == ()
