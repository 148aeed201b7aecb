"""The arithmetic of limits, in this process and in Redis."""

import asyncio

import pytest

from aurora_rt.web.counters import OwnCounter, SharedCounter
from aurora_rt.web.gcra import Limit


@pytest.mark.parametrize("calls", [1, 7, 100, 2000])
async def test_the_whole_limit_can_be_used_at_once_and_not_one_call_more(calls):
    limit, counter = Limit("trial", calls, 3600), OwnCounter()
    for left in reversed(range(calls)):
        verdict = counter.take(limit, "ann", 1)
        assert verdict.allowed
        assert verdict.remaining in (left, min(left + 1, calls - 1))  # one may drain meanwhile
    refused = counter.take(limit, "ann", 1)
    assert not refused.allowed
    assert refused.remaining == 0
    assert 0 < refused.retry_after <= limit.seconds


@pytest.mark.parametrize("counting", ["process", "redis"])
async def test_who_waits_as_long_as_told_is_let_in(redis, counting):
    limit = Limit("wait", 50, 2)
    own, shared = OwnCounter(), SharedCounter(redis)

    async def take():
        return own.take(limit, "ann", 1) if counting == "process" else await shared.take(limit, "ann", 1)

    while (verdict := await take()).allowed:
        pass
    await asyncio.sleep(verdict.retry_after + 0.01)
    assert (await take()).allowed


async def test_a_call_that_is_given_back_can_be_made_again_and_no_more_than_that():
    limit, counter = Limit("back", 2, 3600), OwnCounter()
    counter.take(limit, "ann", -1)
    assert [counter.take(limit, "ann", 1).allowed for _ in range(3)] == [True, True, False]
    counter.take(limit, "ann", -1)
    assert [counter.take(limit, "ann", 1).allowed for _ in range(2)] == [True, False]


async def test_redis_and_the_process_decide_alike(redis):
    limit = Limit("alike", 7)
    shared, own = SharedCounter(redis), OwnCounter()
    for cost in (1, 1, 1, -1, 1, 1, 1, 1, 1, 1, 1, -1, 1):
        here, there = own.take(limit, "ann", cost), await shared.take(limit, "ann", cost)
        assert (here.allowed, here.remaining) == (there.allowed, there.remaining)
        assert abs(here.resets_at - there.resets_at) < 5


async def test_redis_forgets_somebody_who_is_quiet(redis):
    limit = Limit("quiet", 100)
    await SharedCounter(redis).take(limit, "ann", 1)
    assert 0 < await redis.pttl("aurora:limit:quiet:ann") <= 600


async def test_a_process_remembers_a_bounded_number_of_callers_and_the_latest_of_them():
    limit = Limit("bounded", 1)
    counter = OwnCounter(callers=3)
    for who in ("a", "b", "c", "a", "d", "e"):
        counter.take(limit, who, 1)
    assert len(counter) == 3
    assert not counter.take(limit, "a", 1).allowed
    assert counter.take(limit, "b", 1).allowed
