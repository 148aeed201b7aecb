"""A language model is scored on the same recorded incidents as the built-in investigator."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner
from scripted_models import Script, call

from aurora_rt.cli import aurora_rt
from aurora_rt.llm.errors import ModelUnknown
from aurora_rt.llm.models import ReadyModel

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    """A suite of one incident, of which nothing was recorded but its alert."""
    labels = {"alertname": "HighLatency", "service": "shop", "severity": "critical"}
    alert = {"status": "firing", "labels": labels, "startsAt": START.isoformat(), "fingerprint": "f00d"}
    told = {
        "id": "slow", "start": START.isoformat(), "truth": {"nodes": ["stock"], "kind": "cpu_saturation"},
        "alert": {"version": "4", "status": "firing", "alerts": [alert]},
    }  # fmt: skip
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "case.json").write_text(json.dumps(told))
    (tmp_path / "suite.json").write_text('{"name": "small"}')
    return tmp_path


def test_a_models_causes_are_what_is_scored(suite: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cause = {"node": "stock", "kind": "cpu_saturation", "confidence": 0.8}
    script = Script([[call("conclude", causes=[cause])], ["**Likely cause:** perhaps the stock."]])

    @asynccontextmanager
    async def alone(settings: object, name: str) -> AsyncIterator[ReadyModel]:
        assert name == "scripted/one"
        yield script.ready

    monkeypatch.setattr(import_module("aurora_rt.cli.evaluate"), "alone", alone)
    arguments = ["eval", "--suite", str(suite), "--investigator", "scripted/one", "--json"]
    result = CliRunner().invoke(aurora_rt, arguments)
    assert result.exit_code == 0, result.output
    case, figures = (json.loads(line) for line in result.stdout.splitlines())
    assert case["ranked"][0] == cause
    assert case["summary"] == "**Likely cause:** perhaps the stock."
    assert figures["totals"]["investigator"] == "scripted/one"


def test_a_name_that_is_no_model_is_told_in_a_sentence(suite: Path) -> None:
    result = CliRunner().invoke(aurora_rt, ["eval", "--suite", str(suite), "--investigator", "nobody"])
    assert isinstance(result.exception, ModelUnknown)
