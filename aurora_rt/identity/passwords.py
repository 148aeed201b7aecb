"""Passwords: which ones we take, hashing and checking them, off the event loop."""

import asyncio
import base64
import hashlib
import os
import secrets
import sys
import threading
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

from aurora_rt.errors import Invalid, Unavailable

SHORTEST = 8
LONGEST = 1024
THREADS = 2
"""A hash takes a quarter of a second of a core; more at once would starve the event loop."""
NICENESS = 10
"""Of a thread that hashes, to the event loop's 0 (sched(7)): a tenth of the core, when both want all of it."""
MOST_WAITING = 64
RETRY_SECONDS = 5.0

Answer = TypeVar("Answer")


class PasswordRefused(Invalid):
    """The password is not one that we take."""

    code = "password_refused"


class Passwords:
    """Hashes and checks with bcrypt, two at once; when 64 are waiting the next one gets `Unavailable`."""

    def __init__(self, rounds: int) -> None:
        self._rounds = rounds
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="bcrypt", initializer=_step_back)
        self._inside = 0
        self._nobodys = ""

    async def hashed(self, password: str) -> str:
        """The hash of a password, with a new salt."""
        return await self._computed(lambda: _hashed(password, self._rounds))

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the hashed one. Takes as long when there is no hash, and is False then."""
        return await self._computed(lambda: self._matches(password, password_hash))

    def close(self) -> None:
        """Let running computations end and start no other."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _computed(self, work: Callable[[], Answer]) -> Answer:
        if self._inside >= MOST_WAITING:
            raise Unavailable("Too many people are signing in at once.", retry_after=RETRY_SECONDS)
        self._inside += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._inside -= 1

    def _matches(self, password: str, password_hash: str | None) -> bool:
        if password_hash is None:
            bcrypt.checkpw(_digest(password), self._hash_of_nobody().encode())
            return False
        return bcrypt.checkpw(_digest(password), password_hash.encode())

    def _hash_of_nobody(self) -> str:
        if not self._nobodys:
            self._nobodys = _hashed(secrets.token_hex(), self._rounds)
        return self._nobodys


def acceptable(password: str, called: str = "Password") -> str:
    """`password` when it is long enough and not absurdly long. Raises `PasswordRefused`."""
    if len(password) < SHORTEST:
        raise PasswordRefused(f"{called} must be at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise PasswordRefused(f"{called} must be at most {LONGEST} characters.")
    return password


def _step_back() -> None:
    """Let the event loop go first. Linux alone has a niceness for each thread."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def _hashed(password: str, rounds: int) -> str:
    return bcrypt.hashpw(_digest(password), bcrypt.gensalt(rounds)).decode()


def _digest(password: str) -> bytes:
    """What bcrypt gets: 72 bytes are all it reads, and NUL ends it; so all of a password goes in as a digest.

    NFKC makes the same letters typed on different keyboards the same password (NIST SP 800-63B, 3.1.1.2).
    """
    spelled = unicodedata.normalize("NFKC", password)
    return base64.b64encode(hashlib.sha256(spelled.encode()).digest())
