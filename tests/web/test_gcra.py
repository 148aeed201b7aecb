"""The arithmetic of limits, in Python and in Lua."""

from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.web.counters import OwnCounter, SharedCounter
from aurora_rt.web.gcra import Limit, decide, verdict

NOW = 1_700_000_000_000_000

limits = st.builds(Limit, st.just("trial"), st.integers(1, 100_000), st.integers(1, 3600))


@given(limits.filter(lambda limit: limit.calls <= 2000))
def test_the_whole_limit_can_be_used_at_once_and_not_one_call_more(limit):
    empty_at = 0
    for left in reversed(range(limit.calls)):
        allowed, empty_at = decide(limit, empty_at, NOW)
        assert allowed
        assert verdict(limit, allowed, empty_at, NOW).remaining == left
    allowed, empty_at = decide(limit, empty_at, NOW)
    refused = verdict(limit, allowed, empty_at, NOW)
    assert not allowed
    assert refused.remaining == 0
    assert 0 < refused.retry_after <= limit.seconds


@given(limits, st.lists(st.integers(0, 10_000_000), max_size=50))
def test_who_waits_as_long_as_told_is_let_in(limit, pauses):
    empty_at, now = 0, NOW
    for pause in pauses:
        now += pause
        allowed, empty_at = decide(limit, empty_at, now)
        if not allowed:
            now += round(verdict(limit, allowed, empty_at, now).retry_after * 1_000_000)
            allowed, empty_at = decide(limit, empty_at, now)
            assert allowed


@given(limits, st.integers(0, 10**16), st.integers(0, 10**16))
def test_a_clock_that_was_set_back_locks_nobody_out_for_longer_than_a_window(limit, empty_at, now):
    allowed, after = decide(limit, empty_at, now)
    assert after - now <= limit.window
    assert 0 <= verdict(limit, allowed, after, now).retry_after <= limit.seconds


@given(limits, st.integers(0, 2 * 10**15))
def test_a_call_that_is_given_back_leaves_things_as_they_were(limit, empty_at):
    allowed, taken = decide(limit, empty_at, NOW)
    if allowed:
        assert decide(limit, taken, NOW, -1)[1] == max(empty_at, NOW)


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


def test_a_process_remembers_a_bounded_number_of_callers_and_the_latest_of_them():
    limit = Limit("bounded", 1)
    counter = OwnCounter(callers=3)
    for who in ("a", "b", "c", "a", "d", "e"):
        counter.take(limit, who, 1)
    assert len(counter) == 3
    assert not counter.take(limit, "a", 1).allowed
    assert counter.take(limit, "b", 1).allowed
