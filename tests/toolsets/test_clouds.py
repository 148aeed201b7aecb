"""What the toolsets of clouds share: secrets stay out of texts and facts, and nothing is left running."""

import asyncio
from datetime import timedelta

import pytest

from aurora_rt.clock import now
from aurora_rt.toolsets.clouds.listing import KEPT, seen_resources
from aurora_rt.toolsets.clouds.secrets import discreet, discreetly
from aurora_rt.toolsets.clouds.together import both, each
from aurora_rt.toolsets.clouds.tokens import Granted, Tokens, key_of
from aurora_rt.toolsets.facts.cloud import CloudResource
from aurora_rt.toolsets.toolset import ToolFailed


def resource(number: int, healthy: bool | None = True, reason: str = "") -> CloudResource:
    return CloudResource(
        sort="vm", name=f"vm-{number}", state="s", healthy=healthy, reason=reason, changed_at=now()
    )


async def test_when_one_question_fails_the_others_are_ended() -> None:
    ended: list[str] = []

    async def long() -> int:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("long")
        return 1

    async def failing() -> int:
        raise ToolFailed("No.")

    with pytest.raises(ToolFailed, match="No"):
        await both(long(), failing())
    with pytest.raises(ToolFailed, match="No"):
        await each([long(), failing(), long()])
    assert ended.count("long") >= 1
    assert len(asyncio.all_tasks()) == 1


async def test_a_token_that_could_not_be_had_is_asked_for_again() -> None:
    tokens, asked = Tokens(), []

    async def refused() -> Granted:
        asked.append("refused")
        raise ToolFailed("Not now.")

    async def granted() -> Granted:
        asked.append("granted")
        return Granted(access_token="t0ken", expires_in=3600)

    key = key_of("a", "b")
    with pytest.raises(ToolFailed):
        await tokens.get(key, refused)
    assert [await tokens.get(key, granted) for _ in range(3)] == ["t0ken"] * 3
    tokens.forget(key)
    assert await tokens.get(key, granted) == "t0ken"
    assert asked == ["refused", "granted", "granted"]
    assert "t0ken" not in repr(Granted(access_token="t0ken"))
    assert key_of("a", "b") != key_of("ab", "")


def test_secrets_are_hidden_in_all_that_is_shown() -> None:
    failed = discreet(
        ToolFailed("it is s3cret", command="get s3cret", output='{"k": "s3cret"}'), ["s3cret", ""]
    )
    assert "s3cret" not in f"{failed.reason} {failed.command} {failed.output}"
    seen = seen_resources("list", "AWS", [resource(1, reason="line\\none s3cret")])
    assert seen.facts is not None
    clean = discreetly(seen, ["s3cret"])
    assert (clean.facts, "s3cret" in clean.output) == (None, False)
    assert discreetly(seen, ["another"]).facts is not None


def test_what_is_not_well_comes_first_and_too_many_are_cut() -> None:
    many = [resource(n) for n in range(KEPT)]
    seen = seen_resources("list", "AWS", [*many, resource(9999, healthy=False), resource(9998, healthy=None)])
    assert seen.facts is not None
    assert [one.name for one in seen.facts.resources[:2]] == ["vm-9999", "vm-9998"]
    assert (len(seen.facts.resources), seen.facts.truncated) == (KEPT, True)
    assert "there are more than are shown" in seen.output
    assert seen.facts.resources[0].changed_at is not None
    assert now() - seen.facts.resources[0].changed_at < timedelta(minutes=1)
