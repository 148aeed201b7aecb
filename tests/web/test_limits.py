"""A caller's calls are counted together wherever they arrive, and Redis being away stops nobody."""

import asyncio
import os
import signal
import time

import pytest
import structlog
from redis.asyncio import Redis
from structlog.testing import capture_logs

from aurora_rt.errors import TooMany
from aurora_rt.web import limits as limits_module
from aurora_rt.web.gcra import Limit
from aurora_rt.web.limited import limit_of
from aurora_rt.web.limits import Limits

FIVE = Limit("five", 5)


async def test_two_processes_on_one_redis_count_together(redis_url, settings):
    async with Redis.from_url(redis_url) as one, Redis.from_url(redis_url) as two:
        first, second = Limits(settings, one), Limits(settings, two)
        verdicts = await asyncio.gather(*(who.take(FIVE, "ann") for who in (first, second) * 5))
    assert sum(verdict.allowed for verdict in verdicts) == 5
    assert {verdict.remaining for verdict in verdicts if verdict.allowed} == {0, 1, 2, 3, 4}


async def test_callers_and_limits_are_counted_apart(redis, settings):
    limits = Limits(settings, redis)
    for _ in range(5):
        await limits.take(FIVE, "ann")
    assert not (await limits.take(FIVE, "ann")).allowed
    assert (await limits.take(FIVE, "bob")).allowed
    assert (await limits.take(Limit("six", 5), "ann")).allowed


async def test_counting_takes_one_round_trip_also_after_redis_forgot_its_scripts(redis, settings):
    limits = Limits(settings, redis)
    await limits.take(FIVE, "ann")
    await redis.script_flush()
    assert (await limits.take(FIVE, "ann")).remaining == 3
    before = (await redis.info("stats"))["total_commands_processed"]
    await limits.take(FIVE, "ann")
    after = (await redis.info("stats"))["total_commands_processed"]
    assert after - before <= 5  # EVALSHA, what it calls, and INFO itself


async def test_with_redis_gone_each_process_counts_for_itself_and_nothing_fails(settings, unused_port):
    async with Redis(port=unused_port) as nobody:
        limits = Limits(settings, nobody)
        with capture_logs() as logs:
            verdicts = [await limits.take(FIVE, "ann") for _ in range(6)]
    assert [verdict.allowed for verdict in verdicts] == [True] * 5 + [False]
    assert [record["event"] for record in logs] == ["rate_limits_counted_alone"]


async def test_without_any_redis_a_process_counts_for_itself(settings):
    limits = Limits(settings, None)
    assert [(await limits.take(FIVE, "ann")).allowed for _ in range(6)] == [True] * 5 + [False]


async def test_a_redis_that_does_not_answer_holds_up_one_call_and_is_used_again_when_it_wakes(
    settings, sleepy_redis, monkeypatch
):
    moment = 1000.0
    monkeypatch.setattr(limits_module, "monotonic", lambda: moment)
    pid, client = sleepy_redis
    limits = Limits(settings, client)
    assert (await limits.take(FIVE, "ann")).remaining == 4
    os.kill(pid, signal.SIGSTOP)
    alone = [await limits.take(FIVE, "ann") for _ in range(3)]
    assert [verdict.remaining for verdict in alone] == [4, 3, 2]
    os.kill(pid, signal.SIGCONT)
    await client.ping()
    assert (await limits.take(FIVE, "ann")).remaining == 1  # still in the pause
    moment += limits_module.PAUSE_SECONDS
    with capture_logs() as logs:
        again = await limits.take(FIVE, "ann")
    assert again.remaining in (2, 3)  # the call that was given up on may still have arrived
    assert [record["event"] for record in logs] == ["rate_limits_counted_together"]


async def test_a_caller_over_the_limit_gets_a_429_that_says_when_to_return(make_trial, redis):
    client = make_trial(redis, rate_limit=3).app.test_client()
    answers = [await client.get("/thing", headers={"X-Name": "ann"}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0"]
    assert {answer.headers["X-RateLimit-Limit"] for answer in answers} == {"3"}
    refused = answers[-1]
    assert 0 <= int(refused.headers["X-RateLimit-Reset"]) - time.time() <= 61
    assert 1 <= int(refused.headers["Retry-After"]) <= 20
    body = await refused.get_json()
    assert body["code"] == "rate_limited"
    assert body["error"].startswith("Too many requests: 3 a minute are allowed. Try again in ")
    assert (await client.get("/thing", headers={"X-Name": "bob"})).status_code == 200


async def test_chat_has_a_limit_of_its_own(make_trial, redis):
    client = make_trial(redis, rate_limit=100, chat_rate_limit=1).app.test_client()
    assert (await client.post("/ask")).headers["X-RateLimit-Limit"] == "1"
    assert (await client.post("/ask")).status_code == 429
    assert (await client.get("/thing")).headers["X-RateLimit-Remaining"] == "99"


async def test_a_webhook_is_counted_by_its_token_and_nobody_is_looked_up(make_trial, redis):
    trial = make_trial(redis, webhook_rate_limit=1)
    client = trial.app.test_client()
    assert (await client.post("/hooks/a", headers={"X-Token": "a"})).status_code == 202
    assert (await client.post("/hooks/a", headers={"X-Token": "a"})).status_code == 429
    assert (await client.post("/hooks/b", headers={"X-Token": "b"})).status_code == 202
    assert trial.asked == []


async def test_unknown_addresses_are_counted_by_peer_without_looking_anybody_up(make_trial, redis):
    trial = make_trial(redis, rate_limit=1)
    client = trial.app.test_client()
    peer = {"client": ("192.0.2.7", 5)}
    assert (await client.get("/nowhere", scope_base=peer)).status_code == 404
    assert (await client.get("/nowhere", scope_base=peer)).status_code == 429
    assert trial.asked == []


async def test_exempt_routes_preflights_and_limits_of_zero_are_not_counted(make_trial, redis):
    trial = make_trial(redis, rate_limit=1)
    client = trial.app.test_client()
    for _ in range(3):
        assert (await client.get("/free")).status_code == 200
        assert (await client.options("/thing")).status_code == 200
    off = make_trial(redis, rate_limit=0).app.test_client()
    for _ in range(3):
        answer = await off.get("/thing")
        assert (answer.status_code, "X-RateLimit-Limit" in answer.headers) == (200, False)
    assert trial.asked == []


async def test_every_routes_limit_can_be_read_from_the_app(make_trial):
    app = make_trial().app
    named = {rule.endpoint: limit_of(app, rule.endpoint).name for rule in app.url_map.iter_rules()}
    assert named["trial.ask"] == "chat"
    assert named["trial.hook"] == "webhook"
    assert named["trial.free"] == "none"
    assert named["trial.thing"] == "default"


async def test_requiring_a_call_raises_when_none_is_left_and_does_nothing_when_turned_off(settings):
    limits = Limits(settings, None)
    one = Limit("one", 1)
    await limits.require(None, "ann")
    await limits.require(one, "ann")
    with pytest.raises(TooMany) as refused:
        await limits.require(one, "ann")
    assert 0 < (refused.value.retry_after or 0) <= 60
    await limits.give_back(one, "ann")
    await limits.require(one, "ann")


@pytest.fixture(autouse=True)
def _plain_logs():
    structlog.reset_defaults()
