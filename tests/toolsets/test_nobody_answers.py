"""Every tool, while nothing listens where the settings say: what cannot be seen is said in a sentence."""

import asyncio
import itertools
import json
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lines_out import lines_out
from programs import free_port
from pydantic import SecretStr, ValidationError

from aurora_rt.settings import load
from aurora_rt.toolsets.checkup import PATIENCE_SECONDS, Checkup
from aurora_rt.toolsets.registry import discover
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Parameters

SETTINGS = load()
LOCAL = {"host", "sockets", "systemd", "commands", "knowledge", "network"}
"""They look at this machine, or at what a call names, and see something even now."""
TOLD = {"probes", "postgresql", "mysql", "redis"}
"""That nobody answers is what they see: it is told in the output and the facts, too."""
SENTENCE = re.compile(r"[.!?)]$")
UNSPEAKABLE = (
    "failed unexpectedly",
    "did not answer within",
    "Traceback",
    "object at 0x",
    "None",
    "Errno",
    "Connect call",
    "attempts failed",
    "?.",
)


@pytest.fixture
def closed() -> str:
    """A port of this machine where nothing listens."""
    return free_port()


@pytest.fixture
def silent() -> Iterator[str]:
    """A port of this machine where connections are taken, and nothing is ever said."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(100)
        yield str(listening.getsockname()[1])


@pytest.fixture
def away(tmp_path: Path, closed: str) -> dict[str, Any]:
    """Settings with which every toolset is usable, by name; whatever they name refuses connections."""
    return naming(tmp_path, closed)


def naming(folder: Path, port: str) -> dict[str, Any]:
    url = f"http://127.0.0.1:{port}"
    cluster = {"clusters": [{"name": "c", "cluster": {"server": url}}], "current-context": "c"}
    context = {
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        "users": [{"name": "u"}],
    }
    folder.mkdir(exist_ok=True)
    (folder / "config").write_text(json.dumps(cluster | context))
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = {
        "type": "service_account",
        "project_id": "shop",
        "client_email": "a@shop",
        "private_key": private.decode(),
    }
    (folder / "key.json").write_text(json.dumps(key))
    addresses = (
        "prometheus_url", "loki_url", "elasticsearch_url", "jaeger_url", "tempo_url", "alertmanager_url",
        "aws_endpoint", "gcp_endpoint", "azure_endpoint", "azure_login", "github_url", "gitlab_url",
    )  # fmt: skip
    return dict.fromkeys(addresses, url) | {
        "tool_timeout": 5.0,
        "log_files": (str(folder / "*.log"),),
        "topology": folder / "topology.yaml",
        "watched_postgresql": (SecretStr(f"postgresql://a:b@127.0.0.1:{port}/shop"),),
        "watched_mysql": (SecretStr(f"mysql://a:b@127.0.0.1:{port}/"),),
        "watched_redis": (SecretStr(f"redis://127.0.0.1:{port}/0"),),
        "kubeconfig": str(folder / "config"),
        "aws_access_key_id": "AKIDEXAMPLE",
        "aws_secret_access_key": SecretStr("wJalrXUtnFEMI"),
        "aws_region": "eu-west-1",
        "gcp_credentials": str(folder / "key.json"),
        "azure_tenant_id": "t",
        "azure_client_id": "c",
        "azure_client_secret": SecretStr("s3cr3t-value"),
        "azure_subscription_id": "s",
        "docker_host": f"tcp://127.0.0.1:{port}",
        "probes": (f"shop={url}/", f"db=tcp://127.0.0.1:{port}"),
        "deploy_log": str(folder / "deploys.jsonl"),
        "git_repositories": (f"shop={folder / 'nowhere'}",),
        "github_repositories": ("shop/cart",),
        "gitlab_projects": ("shop/cart",),
    }


def given(parameters: type[Parameters], closed: str) -> dict[str, Any]:
    """The least that a tool takes, by its schema."""
    url = f"http://127.0.0.1:{closed}/"
    usual = {
        "url": [url],
        "name": ["localhost"],
        "command": [f"curl {url}"],
        "service": ["ec2"],
        "operation": ["DescribeInstances"],
    }
    others = ["up", "a", "/subscriptions/s/providers/p"]
    required = parameters.model_json_schema().get("required", [])
    choices = [usual.get(name, others) for name in required]
    for chosen in itertools.product(*choices):
        call = dict(zip(required, chosen, strict=True))
        try:
            parameters.model_validate(call)
        except ValidationError:
            continue
        return call
    raise AssertionError(f"nothing that {parameters.__name__} takes is known here")


async def test_every_tool_says_in_a_sentence_that_nobody_answers(
    tools: Callable[..., Toolbox], away: dict[str, Any], closed: str
) -> None:
    box = tools(**away)
    calls = {
        f"{toolset.name}.{tool.name}": given(tool.parameters, closed)
        for toolset in discover().values()
        if toolset.name not in box.unusable
        for tool in toolset.tools
    }
    assert set(box.unusable) <= {"sockets", "systemd", "kubernetes"}  # what needs programs that are not here
    with lines_out() as out:
        every = await asyncio.gather(*(box.look(name, **call) for name, call in calls.items()))
    assert [one for one in out if not one.startswith("subprocess.Popen")] == []
    for seen in every:
        about = seen.tool.partition(".")[0]
        told = f"{seen.tool}: {seen.error or seen.output}"
        assert seen.error is not None or about in LOCAL | TOLD, told
        assert seen.command, told
        if seen.error is not None or about in TOLD:
            text = (seen.error or seen.output).strip()
            assert SENTENCE.search(text), told
            assert not any(word in text for word in UNSPEAKABLE), told
            assert "s3cr3t" not in text
            assert "wJalr" not in text
        if about not in LOCAL:
            assert seen.facts is None or about in TOLD, told


async def test_every_toolset_is_told_to_be_unwell_while_nobody_answers(
    away: dict[str, Any], http: httpx.AsyncClient
) -> None:
    settings = SETTINGS.model_copy(update=away)
    checkup = Checkup(settings, http, discover())
    await checkup.look()
    for one in checkup.report():
        assert SENTENCE.search(one.message), (one.toolset.name, one.message)
        assert not any(word in one.message for word in UNSPEAKABLE), (one.toolset.name, one.message)
        if one.toolset.name not in LOCAL | {"probes", "changes"}:
            assert one.status == "unhealthy" or one.toolset.unusable(settings), one


async def test_no_look_at_how_toolsets_are_hangs_where_nothing_is_said(
    tmp_path: Path, closed: str, silent: str, http: httpx.AsyncClient
) -> None:
    await asyncio.to_thread(naming, tmp_path, closed)  # kubectl has its own patience, longer than a test's
    quiet = await asyncio.to_thread(naming, tmp_path / "quiet", silent)
    quick = {"kubeconfig": str(tmp_path / "config"), "tool_timeout": 0.3, "prometheus_timeout": 0.3}
    settings = SETTINGS.model_copy(update=quiet | quick)
    asked = {name: one for name, one in discover().items() if one.unusable(settings) is None}
    async with asyncio.timeout(PATIENCE_SECONDS):
        told = await asyncio.gather(*(one.health(settings, http) for one in asked.values()))
    for name, health in zip(asked, told, strict=True):
        assert SENTENCE.search(health.message), (name, health.message)
        if name not in LOCAL | {"probes", "changes", "kubernetes", "topology"}:
            assert "did not answer within 0.3 s" in health.message, (name, health.message)
