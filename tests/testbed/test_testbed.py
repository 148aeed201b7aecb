"""Two faults that are caused for real, looked into live. All of them by hand: `aurora-rt eval --live tests/testbed`."""

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner
from servers import missing

from aurora_rt.cli import aurora_rt
from testbed.cases import BY_NAME, CASES

HERE = Path(__file__).parent
FOLDER = re.compile(r"aurora-testbed-\w+")
PLAYED = ("postgres-lock", "dns-failure")


def evaluated(*arguments: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(aurora_rt, ["eval", "--json", *arguments])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def beds() -> set[str]:
    """The folders of this test's testbeds of which anything runs, or anything is left."""
    place = tempfile.gettempdir()
    running = {
        found[0]
        for one in psutil.process_iter(["cmdline"])
        for part in one.info["cmdline"] or ()
        if place in part and (found := FOLDER.search(part))
    }
    return running | {file.name for file in Path(place).glob("aurora-testbed-*")}


def test_faults_that_are_caused_for_real_are_found_scored_and_kept(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr(tempfile, "tempdir", None)
    saved = tmp_path / "saved"
    *cases, last = evaluated(
        "--live", str(HERE), "--only", ",".join(PLAYED), "--settle", "0", "--save", str(saved)
    )
    assert [case["id"] for case in cases] == list(PLAYED)
    for case in cases:
        assert case["tool_calls"] > 5
        assert case["summary"]
        # The past that it is compared with is short here, and other tests use the machine meanwhile.
        right = [one for one in case["ranked"][:3] if one["node"] in BY_NAME[case["id"]].nodes]
        assert [one["kind"] for one in right] == [BY_NAME[case["id"]].kind], case["ranked"]
    assert last["totals"]["cases"] == len(PLAYED)
    assert beds() == set()

    # What was recorded can be looked into again, without the shop.
    for name in PLAYED:
        told = json.loads((saved / name / "case.json").read_text())
        assert told["truth"]["kind"] == BY_NAME[name].kind
        assert (saved / name / "metrics.csv").read_text().count("\n") > 3
    *again, _ = evaluated("--suite", str(saved))
    assert sorted(case["id"] for case in again) == sorted(PLAYED)
    assert all(case["tool_calls"] > 5 for case in again)


def test_alerts_tell_symptoms_and_never_the_cause() -> None:
    for case in CASES:
        assert not any(node.lower() in case.alert.lower() for node in case.nodes), case.name
    assert sum(bool(case.kind) for case in CASES) >= 13
    assert sum(not case.kind for case in CASES) >= 4


@pytest.fixture(autouse=True)
def programs() -> None:
    """What the shop stands on must be installed."""
    for program in ("prometheus", "prometheus-node-exporter", "redis-server", "openssl", "faketime"):
        if shutil.which(program) is None:
            missing(f"The testbed starts {program}: install the Debian package of that name.")
