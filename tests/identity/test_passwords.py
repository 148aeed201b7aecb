"""Passwords: what counts, and that checking them holds nobody up."""

import asyncio
import threading

import pytest

from aurora_rt.errors import Unavailable
from aurora_rt.identity import passwords as module
from aurora_rt.identity.passwords import MOST_WAITING, THREADS, PasswordRefused, Passwords, acceptable


async def test_a_password_matches_its_own_hash_and_no_other(passwords):
    stored = await passwords.hashed("correct horse")
    assert stored.startswith("$2b$04$")
    assert stored != await passwords.hashed("correct horse")
    assert await passwords.matches("correct horse", stored)
    assert not await passwords.matches("Correct horse", stored)
    assert not await passwords.matches("correct horse", None)


@pytest.mark.parametrize(("one", "other"), [("x" * 72 + "a", "x" * 72 + "b"), ("good\0one", "good\0two")])
async def test_every_character_of_a_password_counts(passwords, one, other):
    stored = await passwords.hashed(one)
    assert await passwords.matches(one, stored)
    assert not await passwords.matches(other, stored)


async def test_the_same_letters_from_another_keyboard_are_the_same_password(passwords):
    assert await passwords.matches("cafe\u0301 noir", await passwords.hashed("caf\u00e9 noir"))


async def test_nobodys_hash_costs_as_much_as_anybodys(passwords):
    await passwords.matches("anything", None)
    assert passwords._nobodys.startswith("$2b$04$")


def test_a_password_has_a_sensible_length():
    assert acceptable("x" * 8) == "x" * 8
    assert len(acceptable("ü" * 1024)) == 1024
    for refused in ("", "x" * 7, "x" * 1025):
        with pytest.raises(PasswordRefused):
            acceptable(refused)


async def test_a_flood_computes_two_at_a_time_and_is_turned_away_beyond_a_bound(passwords, monkeypatch):
    gate, at_once, most = threading.Event(), 0, 0
    lock = threading.Lock()

    def slow(*_: bytes) -> bool:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        gate.wait(30)
        with lock:
            at_once -= 1
        return True

    monkeypatch.setattr(module.bcrypt, "checkpw", slow)
    async with asyncio.TaskGroup() as flood:
        for _ in range(MOST_WAITING):
            flood.create_task(passwords.matches("x", "$2b$04$"))
        await asyncio.sleep(0)
        with pytest.raises(Unavailable) as refused:
            await passwords.matches("x", "$2b$04$")
        assert refused.value.retry_after == 5
        gate.set()
    assert most == THREADS
    assert await passwords.matches("x", "$2b$04$")


async def test_people_who_gave_up_waiting_leave_room_for_others(monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(module.bcrypt, "checkpw", lambda *_: gate.wait(30))
    passwords = Passwords(4)
    waiting = [asyncio.ensure_future(passwords.matches("x", "$2b$04$")) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    for one in waiting:
        one.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    gate.set()
    assert await passwords.matches("x", "$2b$04$")
    await asyncio.to_thread(passwords.close)
