"""The whole shop, running: services, servers, name server, traffic, in one temporary directory."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from testbed.children import Children, free_port
from testbed.servers import cache, certificates, postgres
from testbed.servers.nameserver import NameServer
from testbed.servers.prometheus import Prometheus

SERVICES = ("gateway", "orders", "catalog", "payments")
CALLS = (
    ("gateway", "orders"),
    ("gateway", "catalog"),
    ("orders", "payments"),
    ("orders", "postgres"),
    ("catalog", "postgres"),
    ("catalog", "redis"),
)
SPOOL_SIZE = "24m"
START_SECONDS = 30


class Shop:
    """What faults act on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.children = Children(folder)
        self.names = NameServer()
        self.prometheus = Prometheus(folder)
        self.ports = {name: free_port() for name in (*SERVICES, "traffic", "exporter")}
        self.tls_port = free_port()
        self.spool = folder / "spool"
        self.mounted = False
        """Whether `spool` is a small file system of its own."""
        self.database_url = ""
        self.cache_url = ""
        self.certificates: certificates.Certificates
        self._processes: dict[str, Process] = {}
        self._http = httpx.AsyncClient(trust_env=False, timeout=10)

    async def open(self) -> None:
        """Start everything; returns once requests are answered."""
        (self.folder / "logs").mkdir()
        (self.folder / "config").mkdir()
        self.spool.mkdir()
        if os.getuid() == 0:
            done = subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={SPOOL_SIZE}", "shop-spool", str(self.spool)],
                check=False,
            )
            self.mounted = done.returncode == 0
        self._note_past_deployments()
        database, self.cache_url, self.certificates, _, node = await asyncio.gather(
            postgres.started(self.children, self.folder),
            cache.started(self.children, self.folder),
            certificates.made(self.folder / "tls"),
            self.names.open(),
            self._node_exporter(),
        )
        self.database_url = database.url
        self._write_configs()
        for name in (*SERVICES, "exporter"):
            await self.start(name)
        await asyncio.gather(*map(self.answers, (*SERVICES, "exporter")))
        scraped = {name: self.ports[name] for name in SERVICES}
        await self.prometheus.start(self.children, scraped, self.ports["exporter"], node)
        await self.start("traffic")

    async def close(self) -> None:
        """End everything."""
        await self.children.end_all()
        self.names.close()
        await self.prometheus.close()
        await self._http.aclose()
        if self.mounted:
            subprocess.run(["umount", "-l", str(self.spool)], check=False)

    async def forget(self) -> None:
        """Let nothing tell any more of what was before: each case has a past of its own."""
        await self.prometheus.forget()
        for file in (self.folder / "logs").glob("*.log"):
            os.truncate(file, 0)
        (self.folder / "deployments.jsonl").unlink()
        self._note_past_deployments()
        await postgres.forget(self.database_url)
        await cache.forget(self.cache_url)

    async def start(self, name: str) -> None:
        """Start a service."""
        self._processes[name] = await self.children.python(
            f"services.{name}", "--config", self._config_file(name)
        )

    async def stop(self, name: str) -> None:
        """Stop a service."""
        await self.children.end(self._processes[name])

    def pid(self, name: str) -> int:
        """The process of a service."""
        return self._processes[name].pid

    async def answers(self, name: str) -> None:
        """Wait until a service answers."""
        async with asyncio.timeout(START_SECONDS):
            while True:
                try:
                    await self._http.get(f"http://127.0.0.1:{self.ports[name]}/health")
                    return
                except httpx.TransportError:
                    assert self._processes[name].returncode is None, f"{name} ended; see {name}.out"
                    await asyncio.sleep(0.05)

    async def control(self, name: str, **faults: object) -> None:
        """Set a service's faults; none: it is well again."""
        answer = await self._http.post(f"http://127.0.0.1:{self.ports[name]}/control", json=faults)
        answer.raise_for_status()

    def change(self, name: str, **values: object) -> None:
        """Write a service's configuration file anew, with other `values`."""
        file = self._config_file(name)
        file.write_text(json.dumps({**json.loads(file.read_text()), **values}))

    async def reload(self, name: str) -> None:
        """Let a service read its configuration file."""
        (await self._http.post(f"http://127.0.0.1:{self.ports[name]}/reload")).raise_for_status()

    def note(
        self,
        service: str,
        kind: str,
        text: str,
        *,
        version: str | None = None,
        before: timedelta = timedelta(),
    ) -> None:
        """Add to the deploy log."""
        at = (datetime.now(UTC) - before).isoformat(timespec="seconds")
        line = {"time": at, "service": service, "kind": kind, "version": version, "by": "ci", "text": text}
        with (self.folder / "deployments.jsonl").open("a") as file:
            file.write(json.dumps({name: value for name, value in line.items() if value is not None}) + "\n")

    def settings(self) -> dict[str, str]:
        """How an investigator reaches all this: environment variables of `aurora-rt`."""
        urls = {name: f"http://127.0.0.1:{self.ports[name]}/health" for name in SERVICES}
        probes = {
            **urls,
            "payments": f"https://127.0.0.1:{self.tls_port}/health",
            "name-server": f"dns://127.0.0.1:{self.names.port}/payments.internal",
        }
        return {
            "PROMETHEUS_URL": self.prometheus.url,
            "AURORA_LOG_FILES": str(self.folder / "logs" / "*.log"),
            "AURORA_DEPLOY_LOG": str(self.folder / "deployments.jsonl"),
            "AURORA_POSTGRESQL": f"postgres={self.database_url}",
            "AURORA_REDIS": f"redis={self.cache_url}",
            "AURORA_PROBES": ",".join(f"{name}={url}" for name, url in probes.items()),
            "AURORA_TOPOLOGY": str(self.folder / "topology.json"),
        }

    def _config_file(self, name: str) -> Path:
        return self.folder / "config" / f"{name}.json"

    def _write_configs(self) -> None:
        """The services' configuration files, and the call graph (JSON is YAML)."""
        at = {name: f"http://127.0.0.1:{port}" for name, port in self.ports.items()}
        own: dict[str, dict[str, Any]] = {
            "gateway": {"upstreams": {name: at[name] for name in ("orders", "catalog")}},
            "orders": {
                "database": self.database_url,
                "pool_size": 8,
                "payments_host": certificates.NAME,
                "payments_port": self.tls_port,
                "payments_timeout": 1.5,
                "dns_port": self.names.port,
                "ca": str(self.certificates.ca),
                "receipts": str(self.spool),
            },
            "catalog": {"database": self.database_url, "pool_size": 5, "cache": self.cache_url},
            "payments": {
                "tls_port": self.tls_port,
                "certificate": str(self.certificates.good),
                "key": str(self.certificates.key),
            },
            "exporter": {"database": self.database_url, "cache": self.cache_url},
            "traffic": {"gateway": at["gateway"]},
        }
        for name, values in own.items():
            log = self.folder / ("logs" if name in SERVICES else "") / f"{name}.log"
            whole = {"port": self.ports[name], "version": "2.4.1", "log": str(log), **values}
            self._config_file(name).write_text(json.dumps(whole))
        (self.folder / "topology.json").write_text(json.dumps({"calls": CALLS}))

    def _note_past_deployments(self) -> None:
        for days, name in enumerate(SERVICES, 2):
            self.note(name, "deploy", "regular release", version="2.4.1", before=timedelta(days=days))

    async def _node_exporter(self) -> int:
        program = shutil.which("prometheus-node-exporter")
        assert program, "install the Debian package prometheus-node-exporter"
        port = free_port()
        wanted = [f"--collector.{name}" for name in ("cpu", "meminfo", "filesystem", "loadavg")]
        await self.children.start(
            program,
            f"--web.listen-address=127.0.0.1:{port}",
            "--collector.disable-defaults",
            *wanted,
            output="node-exporter.out",
        )
        return port


@asynccontextmanager
async def opened() -> AsyncIterator[Shop]:
    """A running shop, which is gone without a trace afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="aurora-testbed-"))
    folder.chmod(0o755)  # PostgreSQL does not run as root, and has to get in
    shop = Shop(folder)
    try:
        await shop.open()
        yield shop
    except AssertionError:
        for file in sorted(folder.glob("*.out")):
            print(f"== {file.name}\n{file.read_text(errors='replace')[-800:]}", file=sys.stderr)
        raise
    finally:
        closing = asyncio.create_task(shop.close())
        while not closing.done():  # whoever asks for the end once more must not leave it half done
            with suppress(asyncio.CancelledError):
                await asyncio.shield(closing)
        shutil.rmtree(folder, ignore_errors=True)
