"""Prometheus, which scrapes the shop every second, and its rules: they tell symptoms, never causes."""

import asyncio
import json
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from testbed.children import Children, free_port

RULES: list[dict[str, Any]] = [
    {
        "alert": "GatewayLatencyHigh",
        "expr": "histogram_quantile(0.9, sum by (service, le) "
        '(rate(http_request_duration_seconds_bucket{service="gateway"}[6s]))) > 0.08',
        "for": "2s",
        "labels": {"severity": "critical"},
        "annotations": {"summary": "One in ten requests to the gateway takes longer than 80 ms"},
    },
    {
        "alert": "GatewayErrorsHigh",
        "expr": 'sum by (service) (rate(http_requests_total{service="gateway",code=~"5.."}[6s])) / '
        'sum by (service) (rate(http_requests_total{service="gateway"}[6s])) > 0.1',
        "for": "2s",
        "labels": {"severity": "critical"},
        "annotations": {"summary": "More than a tenth of the requests to the gateway fail"},
    },
    {
        "alert": "ShopMemoryGrowing",
        "expr": 'deriv(sum(process_resident_memory_bytes{job="shop"})[10s:1s]) > 1.5e6',
        "for": "2s",
        "labels": {"severity": "warning"},
        "annotations": {"summary": "The shop's services take more memory by the second"},
    },
    {
        "alert": "ReceiptsNotWritten",
        "expr": 'sum by (service) (queue_length{queue="receipts"}) > 20',
        "for": "2s",
        "labels": {"severity": "warning"},
        "annotations": {"summary": "Receipts wait to be written"},
    },
    {
        "alert": "HostCpuHigh",
        "expr": '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[6s])) > 0.95',
        "for": "8s",
        "labels": {"severity": "warning"},
        "annotations": {"summary": "The processors of {{ $labels.instance }} have been busy for a while"},
    },
    {
        "alert": "GatewayTrafficHigh",
        "expr": 'sum by (service) (rate(http_requests_total{service="gateway"}[6s])) > 34',
        "for": "2s",
        "labels": {"severity": "info"},
        "annotations": {"summary": "The gateway gets more requests than it usually does"},
    },
    {
        "alert": "Watchdog",
        "expr": "vector(1)",
        "labels": {"severity": "none"},
        "annotations": {"summary": "This alert always fires: it shows that alerting works"},
    },
]


class Prometheus:
    """The running server."""

    def __init__(self, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._folder = folder / "prometheus"
        self._http = httpx.AsyncClient(base_url=self.url, trust_env=False, timeout=10)

    async def start(self, children: Children, services: Mapping[str, int], exporter: int, node: int) -> None:
        """Start it; `services` are names and ports."""
        self._folder.mkdir()
        await self.rules(RULES, reload=False)
        shop = [
            {"targets": [f"127.0.0.1:{port}"], "labels": {"service": name}} for name, port in services.items()
        ]
        host = os.uname().nodename
        config = {
            "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(self._folder / "rules.json")],
            "scrape_configs": [
                {"job_name": "shop", "static_configs": shop},
                {
                    "job_name": "servers",
                    "honor_labels": True,
                    "metrics_path": "/servers",
                    "static_configs": [{"targets": [f"127.0.0.1:{exporter}"]}],
                },
                {
                    "job_name": "node",
                    "static_configs": [{"targets": [f"127.0.0.1:{node}"]}],
                    "relabel_configs": [{"target_label": "instance", "replacement": host}],
                },
            ],
        }
        (self._folder / "prometheus.json").write_text(json.dumps(config))  # JSON is YAML
        program = shutil.which("prometheus")
        assert program, "install the Debian package prometheus"
        await children.start(
            program,
            f"--config.file={self._folder / 'prometheus.json'}",
            f"--storage.tsdb.path={self._folder / 'data'}",
            f"--web.listen-address={self.url.removeprefix('http://')}",
            "--web.enable-lifecycle",
            "--web.enable-admin-api",
            output="prometheus.out",
        )
        async with asyncio.timeout(20):
            while not await self._ready():
                await asyncio.sleep(0.1)

    async def rules(self, rules: list[dict[str, Any]], *, reload: bool = True) -> None:
        """Evaluate these rules from now on."""
        text = json.dumps({"groups": [{"name": "shop", "rules": rules}]})
        (self._folder / "rules.json").write_text(text)
        if reload:
            (await self._http.post("/-/reload")).raise_for_status()

    async def forget(self) -> None:
        """Delete all that was measured so far."""
        answer = await self._http.post(
            "/api/v1/admin/tsdb/delete_series",
            params={"match[]": '{__name__=~".+"}', "end": f"{time.time()}"},
        )
        answer.raise_for_status()

    async def firing(self) -> list[dict[str, Any]]:
        """The alerts that fire."""
        answer = await self._http.get("/api/v1/alerts")
        return [one for one in answer.raise_for_status().json()["data"]["alerts"] if one["state"] == "firing"]

    async def value(self, query: str) -> float | None:
        """The value of an expression now; `None` when it has none."""
        answer = await self._http.get("/api/v1/query", params={"query": query})
        found = answer.raise_for_status().json()["data"]["result"]
        return float(found[0]["value"][1]) if found else None

    async def close(self) -> None:
        """Ask no more."""
        await self._http.aclose()

    async def _ready(self) -> bool:
        try:
            return (await self._http.get("/-/ready")).is_success
        except httpx.TransportError:
            return False
