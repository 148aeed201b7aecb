"""What was changed: a real repository, a file, servers that speak as GitHub and GitLab do, and records of any form."""

import asyncio
import json
import os
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from faults import speaking
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from aurora_rt.toolsets.changes.kinds import kind_of
from aurora_rt.toolsets.changes.reading import read
from aurora_rt.toolsets.facts.changes import Change, Changes
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Observation, Window

Tools = Callable[..., Toolbox]
ANCHOR = datetime(2026, 3, 1, 14, 0, tzinfo=UTC)
WINDOW = Window(ANCHOR - timedelta(hours=2), ANCHOR + timedelta(minutes=10), ANCHOR)


def at(minutes: float) -> str:
    return f"{ANCHOR + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def told(seen: Observation) -> list[tuple[str, str, str, str, str]]:
    assert seen.error is None
    assert isinstance(seen.facts, Changes)
    return [(one.service, one.kind, one.version, one.by, one.origin) for one in seen.facts.changes]


async def look(tools: Tools, settings: dict[str, object], **parameters: object) -> Observation:
    return await tools(window=WINDOW, **settings).look("changes.list", **parameters)


@pytest.fixture
def deploy_log(tmp_path: Path) -> Path:
    file = tmp_path / "deploys.jsonl"
    lines = [
        json.dumps({"time": at(-300), "service": "old", "kind": "deploy", "version": "0.9"}),
        json.dumps(
            {"time": at(-4), "service": "checkout", "kind": "deploy", "version": "1.4.2", "by": "ann"}
        ),
        "not a change",
        json.dumps(
            {"time": at(-30), "service": "cart", "kind": "flag", "text": "new-basket on, token=s3cr3tvalue99"}
        ),
        json.dumps({"service": "cart", "kind": "flag"}),
    ]
    file.write_text("\n".join(lines))
    return file


async def test_the_deploy_log_is_told_newest_last_and_its_bad_lines_are_counted(
    tools: Tools, deploy_log: Path
) -> None:
    seen = await look(tools, {"deploy_log": str(deploy_log)})
    assert told(seen) == [
        ("cart", "flag", "", "", "deploy log"),
        ("checkout", "deploy", "1.4.2", "ann", "deploy log"),
    ]
    assert "2 lines of the deploy log could not be read." in seen.output
    assert "s3cr3tvalue99" not in seen.output + str(seen.facts)
    one = await look(tools, {"deploy_log": str(deploy_log)}, service="cart", start=at(-40), end=at(0))
    assert [change[0] for change in told(one)] == ["cart"]


async def test_what_is_told_can_be_read_again(tools: Tools, deploy_log: Path) -> None:
    seen = await look(tools, {"deploy_log": str(deploy_log)})
    assert read(seen.output, {}) == seen.facts


async def test_nothing_within_the_time_is_a_sentence(tools: Tools, deploy_log: Path) -> None:
    seen = await look(tools, {"deploy_log": str(deploy_log)}, start=at(-10), end=at(-9))
    assert told(seen) == []
    assert seen.output.startswith("No change is known within that time.")
    assert read(seen.output, {}).changes == ()


async def test_without_any_origin_changes_cannot_be_used(tools: Tools) -> None:
    assert "AURORA_DEPLOY_LOG" in tools().unusable["changes"]


def commit(path: Path, minutes: float, subject: str) -> None:
    when = {"GIT_AUTHOR_DATE": at(minutes), "GIT_COMMITTER_DATE": at(minutes)}
    named = {f"GIT_{who}_{what}": "ann" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    command = ["git", "-C", str(path), "commit", "-q", "--allow-empty", "-m", subject]
    subprocess.run(command, check=True, env={**os.environ, **when, **named})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "shop"
    subprocess.run(["git", "init", "-q", str(path)], check=True)
    for minutes, subject in ((-600, "long ago"), (-20, "Raise the pool\n\nbody"), (-3, "Retry on time-out")):
        commit(path, minutes, subject)
    return path


async def test_commits_of_a_repository_within_the_window_are_changes(tools: Tools, repository: Path) -> None:
    seen = await look(tools, {"git_repositories": (f"checkout={repository}",)})
    assert isinstance(seen.facts, Changes)
    assert [(one.service, one.kind, one.by, one.text) for one in seen.facts.changes] == [
        ("checkout", "commit", "ann", "Raise the pool"),
        ("checkout", "commit", "ann", "Retry on time-out"),
    ]
    named = await look(tools, {"git_repositories": (str(repository),)})
    assert {one[0] for one in told(named)} == {"shop"}


async def test_an_origin_that_fails_does_not_hide_the_others(
    tools: Tools, deploy_log: Path, tmp_path: Path
) -> None:
    broken = {"git_repositories": (str(tmp_path),)}
    seen = await look(tools, {"deploy_log": str(deploy_log), **broken})
    assert len(told(seen)) == 2
    assert f"Could not be asked: git: git in {tmp_path} says: fatal: not a git repository" in seen.output
    alone = await look(tools, {"deploy_log": str(tmp_path / "none"), **broken})
    assert "cannot be read: No such file" in (alone.error or "")
    assert "not a git repository" in (alone.error or "")


COMMITS = [
    {
        "sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
        "html_url": "https://github.example/acme/shop/commit/6dcb09b5",
        "commit": {
            "message": "Use the new pool\n\nLong story",
            "author": {"name": "Ann", "email": "a@acme.example", "date": at(-50)},
            "committer": {"name": "GitHub", "email": "noreply@github.example", "date": at(-40)},
        },
        "author": {"login": "ann"},
        "parents": [],
    }
]
DEPLOYMENTS = [
    {
        "id": 42,
        "sha": "6dcb09b5b57875f334f61aebed695e2e4193db5e",
        "ref": "v1.4.2",
        "task": "deploy",
        "environment": "production",
        "description": None,
        "creator": {"login": "ann", "id": 1},
        "created_at": at(-8),
        "updated_at": at(-5),
        "statuses_url": "https://api.github.example/repos/acme/shop/deployments/42/statuses",
    },
    {
        "id": 41,
        "sha": "aa",
        "ref": "v1.4.1",
        "environment": "production",
        "created_at": at(-900),
        "creator": None,
    },
]
STATUSES = [
    {
        "id": 2,
        "state": "success",
        "description": "Rolled out",
        "created_at": at(-5),
        "log_url": "https://ci.example/2",
    },
    {"id": 1, "state": "in_progress", "description": "", "created_at": at(-7), "log_url": ""},
]
PULLS = [
    {
        "number": 7,
        "title": "Pool",
        "merged_at": at(-41),
        "merge_commit_sha": "6dcb09b5b578",
        "user": {"login": "bob"},
    },
    {"number": 8, "title": "Rejected", "merged_at": None, "merge_commit_sha": None, "user": None},
]
RUNS = {
    "total_count": 1,
    "workflow_runs": [
        {
            "id": 30433642,
            "name": "Build",
            "display_title": "Use the new pool",
            "head_sha": "acb5820ced9479c074f688cc328bf03f341a511d",
            "status": "completed",
            "conclusion": "failure",
            "created_at": at(-35),
            "updated_at": at(-33),
            "actor": {"login": "ann"},
            "html_url": "https://github.example/acme/shop/actions/runs/30433642",
        }
    ],
}
GITHUB = {
    "/repos/acme/shop/commits": COMMITS,
    "/repos/acme/shop/deployments": DEPLOYMENTS,
    "/repos/acme/shop/deployments/42/statuses": STATUSES,
    "/repos/acme/shop/deployments/41/statuses": [],
    "/repos/acme/shop/pulls": PULLS,
    "/repos/acme/shop/actions/runs": RUNS,
}
PROJECT = "/api/v4/projects/acme%2Fshop"
GITLAB = {
    f"{PROJECT}/repository/commits": [
        {
            "id": "ed899a2f4b50b4370feeea94676502b42383c746",
            "short_id": "ed899a2f4b5",
            "title": "Replace sanitize with escape once",
            "author_name": "Example User",
            "committed_date": "2026-03-01T14:50:00.000+01:00",
            "web_url": "https://gitlab.example/acme/shop/-/commit/ed899a2f4b5",
        }
    ],
    f"{PROJECT}/deployments": [
        {
            "id": 41,
            "iid": 1,
            "ref": "main",
            "sha": "99d03678b90d914dbb1b109132516d71a4a03ea8",
            "status": "failed",
            "created_at": at(-9),
            "updated_at": at(-6),
            "user": {"name": "Administrator", "username": "root"},
            "environment": {"id": 9, "name": "production"},
            "deployable": {"id": 657, "status": "failed"},
        }
    ],
    f"{PROJECT}/pipelines": [
        {"id": 47, "status": "failed", "ref": "main", "sha": "a91957a858320c0e17f3a0eca7cfacbff50ea29a",
         "source": "push", "updated_at": at(-7), "web_url": "https://gitlab.example/acme/shop/pipelines/47"}
    ],
}  # fmt: skip


@asynccontextmanager
async def serving(
    answers: dict[str, object], status: int = 200
) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """A server that answers by path. Yields its address and what was asked."""
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        path = request.rel_url.raw_path
        if path not in answers:
            return web.json_response({"message": "Not Found"}, status=404)
        return web.json_response(answers[path], status=status)

    async with speaking(answer) as url:
        yield url, asked


def github(url: str) -> dict[str, object]:
    return {
        "github_url": url,
        "github_repositories": ("checkout=acme/shop",),
        "github_token": SecretStr("ghp_verysecret"),
    }


async def test_github_tells_of_commits_deployments_merges_and_failed_runs(tools: Tools) -> None:
    async with serving(GITHUB) as (url, asked):
        seen = await look(tools, github(url))
    assert told(seen) == [
        ("checkout", "merge", "6dcb09b5b578", "bob", "GitHub"),
        ("checkout", "commit", "6dcb09b5b578", "Ann", "GitHub"),
        ("checkout", "pipeline", "acb5820ced94", "ann", "GitHub"),
        ("checkout", "deploy", "v1.4.2", "ann", "GitHub"),
    ]
    assert isinstance(seen.facts, Changes)
    assert [one.failed for one in seen.facts.changes] == [False, False, True, False]
    assert {request.headers["Authorization"] for request in asked} == {"Bearer ghp_verysecret"}
    assert all(request.method == "GET" for request in asked)
    assert "ghp_" not in seen.output + seen.command + str(seen.facts)
    assert read(seen.output, {}) == seen.facts


async def test_what_github_does_not_let_us_see_does_not_hide_the_rest(tools: Tools) -> None:
    async with serving({"/repos/acme/shop/commits": COMMITS}) as (url, _):
        seen = await look(tools, github(url))
    assert [one[1] for one in told(seen)] == ["commit"]


async def test_gitlab_tells_of_commits_deployments_and_failed_pipelines(tools: Tools) -> None:
    async with serving(GITLAB) as (url, asked):
        seen = await look(
            tools,
            {"gitlab_url": url, "gitlab_projects": ("acme/shop",), "gitlab_token": SecretStr("glpat-secret")},
        )
    assert told(seen) == [
        ("shop", "commit", "ed899a2f4b5", "Example User", "GitLab"),
        ("shop", "pipeline", "a91957a85832", "", "GitLab"),
        ("shop", "deploy", "main", "Administrator", "GitLab"),
    ]
    assert {request.headers["PRIVATE-TOKEN"] for request in asked} == {"glpat-secret"}


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (401, {"message": "Bad credentials"}, "refused (HTTP 401): Bad credentials."),
        (403, {}, "does not let us ask (HTTP 403)"),
        (429, {}, "asked too often"),
        (500, {}, "failed with HTTP 500"),
        (200, {"nonsense": True}, "is not what a GitHub server gives"),
        (302, {}, "which is not followed"),
    ],
)
async def test_a_server_that_does_not_answer_as_it_should_is_a_sentence(
    tools: Tools, status: int, body: object, sentence: str
) -> None:
    answers = dict.fromkeys(GITHUB, body)
    answers["/repos/acme/shop/actions/runs"] = body if status != 200 else {"workflow_runs": 7}
    async with serving(answers, status) as (url, _):
        seen = await look(tools, github(url))
    assert sentence in (seen.error or "")
    assert "ghp_" not in (seen.error or "")


async def test_a_server_that_is_away_or_slow_is_a_sentence(tools: Tools) -> None:
    assert "cannot be reached" in ((await look(tools, github("http://127.0.0.1:9"))).error or "")
    over = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        seen = await look(tools, {**github(url), "tool_timeout": 0.2})
        over.set()
    assert "did not answer within 0.2 s" in (seen.error or "")


def one(output: str, service: str = "") -> Change:
    facts = read(output, {"service": service})
    assert len(facts.changes) == 1, facts
    return facts.changes[0]


@pytest.mark.parametrize(
    ("output", "service", "kind", "version", "by"),
    [
        ("2026-03-01T13:56:00Z checkout: deployed version 1.4.2 by ann", "checkout", "deploy", "1.4.2", "ann"),
        ("[2026-03-01 13:56:00] deployed payment-service v2.3.1", "payment-service", "deploy", "v2.3.1", ""),
        ("- 2026-03-01T13:56Z | cart | rolled back to 1.1", "cart", "rollback", "1.1", ""),
        ("2026-03-01T13:56:00Z service=cart kind=flag new-basket enabled by=bob", "cart", "flag", "", "bob"),
        ("2026-03-01T13:56:00Z ConfigMap of orders changed: timeout 5s", "orders", "config", "", ""),
        ("2026-03-01T13:56:00Z ran migration 0042 on orders", "orders", "migration", "", ""),
        ("2026-03-01T13:56:00Z scaled deployment/web from 3 to 1 replicas", "web", "scale", "", ""),
        ('{"timestamp": "2026-03-01T13:56:00Z", "app": "web", "type": "release", "tag": "v3", "author": "eve"}',
         "web", "deploy", "v3", "eve"),
        ('[{"at": 1772373360, "service": "web", "change_type": "config_change", "description": "pool size 5"}]',
         "web", "config", "", ""),
        ('{"changes": [{"time": "2026-03-01T13:56:00+00:00", "service": "web", "description": "Deployed build 7"}]}',
         "web", "deploy", "", ""),
        ("TIME                  SERVICE  KIND    VERSION\n2026-03-01T13:56:00Z  web      deploy  1.2", "web", "deploy",
         "1.2", ""),
        ("| time | service | change |\n|---|---|---|\n| 2026-03-01 13:56 | web | deploy v2 |", "web", "deploy", "", ""),
        ("time,service,kind,by\n2026-03-01T13:56:00Z,web,deploy,ann", "web", "deploy", "", "ann"),
    ],
)  # fmt: skip
def test_recorded_changes_are_understood_however_they_are_written(
    output: str, service: str, kind: str, version: str, by: str
) -> None:
    change = one(output)
    assert change.at is not None
    assert (change.at.hour, change.at.minute) == (13, 56)
    assert (change.service, change.kind, change.by) == (service, kind, by)
    if version:
        assert change.version == version


def test_a_line_that_names_no_service_is_of_the_one_that_was_asked_for() -> None:
    assert one("2026-03-01T13:56:00Z deploy v2", "web").service == "web"
    assert one("2026-03-01T13:56:00Z released web to production", "web").service == "web"


@pytest.mark.parametrize(
    "output", ["", "No changes found.", "No recent deployments", "[]", "{}", "none", "hello world"]
)
def test_an_output_without_changes_has_none(output: str) -> None:
    assert read(output, {}).changes == ()


@given(st.text(max_size=300))
def test_any_output_can_be_read(output: str) -> None:
    read(output, {})
    read(f"2026-03-01T13:56:00Z {output}", {"service": "web"})
    read(json.dumps([{"time": output, "service": output, "kind": output}]), {})


def test_words_name_their_kind() -> None:
    words = {
        "Deployment": "deploy",
        "feature_flag": "flag",
        "hotfix": "other",
        "DEPLOY": "deploy",
        "": "other",
    }
    assert {word: kind_of(word) for word in words} == words
