"""Real Prometheus, Alertmanager and node exporter (Debian's programs) for tests, each on a free port."""

import asyncio
import json
import os
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import httpx
import pytest

START_SECONDS = 30
END_SECONDS = 10
POLL_SECONDS = 0.05


def target(base_url: str) -> str:
    """`host:port` of a base URL, as Prometheus names what it scrapes."""
    return urlsplit(base_url).netloc


@asynccontextmanager
async def prometheus_server(
    directory: Path,
    *,
    scrape: Mapping[str, list[str]],
    rules: str | None = None,
    alertmanager: str | None = None,
    interval: str = "1s",
    port: int | None = None,
) -> AsyncIterator[str]:
    """Prometheus that scrapes `scrape` (job → `host:port`s) and itself under the job `prometheus`.

    `rules` is the text of a rule file, `alertmanager` the base URL of an Alertmanager; without a `port` it takes a
    free one. Yields the base URL.
    """
    program = installed("prometheus", "prometheus")
    directory.mkdir(parents=True, exist_ok=True)
    address = f"127.0.0.1:{port or free_port()}"
    jobs = {"prometheus": [address], **scrape}
    config = {
        "global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": interval},
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": targets}]} for job, targets in jobs.items()
        ],
    }
    if rules is not None:
        (directory / "rules.yml").write_text(rules)
        config["rule_files"] = [str(directory / "rules.yml")]
    if alertmanager is not None:
        config["alerting"] = {"alertmanagers": [{"static_configs": [{"targets": [target(alertmanager)]}]}]}
    (directory / "prometheus.yml").write_text(json.dumps(config))  # JSON is YAML
    arguments = (
        f"--config.file={directory / 'prometheus.yml'}",
        f"--storage.tsdb.path={directory / 'tsdb'}",
        f"--web.listen-address={address}",
    )
    async with _running(program, arguments, directory / "prometheus.log", f"http://{address}/-/ready"):
        yield f"http://{address}"


@asynccontextmanager
async def alertmanager_server(
    directory: Path,
    *,
    webhook_url: str,
    group_wait: str = "0s",
    group_interval: str = "1s",
    repeat_interval: str = "1h",
) -> AsyncIterator[str]:
    """Alertmanager that tells `webhook_url` what fires and what is resolved. Yields the base URL."""
    program = installed("prometheus-alertmanager", "prometheus-alertmanager", "alertmanager")
    directory.mkdir(parents=True, exist_ok=True)
    address = f"127.0.0.1:{free_port()}"
    config = {
        "route": {
            "receiver": "webhook",
            "group_by": ["alertname"],
            "group_wait": group_wait,
            "group_interval": group_interval,
            "repeat_interval": repeat_interval,
        },
        "receivers": [
            {"name": "webhook", "webhook_configs": [{"url": webhook_url, "send_resolved": True}]},
        ],
    }
    (directory / "alertmanager.yml").write_text(json.dumps(config))
    arguments = (
        f"--config.file={directory / 'alertmanager.yml'}",
        f"--storage.path={directory / 'alertmanager'}",
        f"--web.listen-address={address}",
        "--cluster.listen-address=",
    )
    async with _running(program, arguments, directory / "alertmanager.log", f"http://{address}/-/ready"):
        yield f"http://{address}"


@asynccontextmanager
async def node_exporter(directory: Path) -> AsyncIterator[str]:
    """The node exporter of this host. Yields the base URL."""
    program = installed("prometheus-node-exporter", "prometheus-node-exporter", "node_exporter")
    directory.mkdir(parents=True, exist_ok=True)
    address = f"127.0.0.1:{free_port()}"
    arguments = (f"--web.listen-address={address}",)
    async with _running(program, arguments, directory / "node-exporter.log", f"http://{address}/"):
        yield f"http://{address}"


async def until(base_url: str, query: str) -> None:
    """Wait until the Prometheus at `base_url` answers `query` with at least one series."""
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(START_SECONDS):
        while True:
            answer = await http.get(f"{base_url}/api/v1/query", params={"query": query})
            if answer.raise_for_status().json()["data"]["result"]:
                return
            await asyncio.sleep(POLL_SECONDS)


@asynccontextmanager
async def _running(program: str, arguments: Sequence[str], log: Path, ready_url: str) -> AsyncIterator[None]:
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=log.parent,
        )
    try:
        await _ready(process, ready_url, log)
        yield
    finally:
        await ended(process)


async def _ready(process: asyncio.subprocess.Process, url: str, log: Path) -> None:
    async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(START_SECONDS):
        while process.returncode is None:
            try:
                if (await http.get(url)).is_success:
                    return
            except httpx.TransportError:
                pass  # it does not listen yet
            await asyncio.sleep(POLL_SECONDS)
    raise AssertionError(f"It ended before it was ready:\n{log.read_text(errors='replace')[-2000:]}")


async def ended(process: asyncio.subprocess.Process) -> None:
    """End a program, and wait until it has."""
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(END_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def installed(package: str, *names: str) -> str:
    """The path of the first of these programs that is there; `package` is what Debian calls it."""
    for name in names:
        if found := shutil.which(name):
            return found
    return missing(f"This test starts {names[0]}: install the Debian package `{package}`.")


def missing(reason: str) -> NoReturn:
    """Skip on a developer's machine; fail in CI, where a missing program would hide what is not tested."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
