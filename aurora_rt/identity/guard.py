"""How often somebody may be wrong about a password, whatever the general rate limits are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aurora_rt.identity.emails import fingerprint
from aurora_rt.web.gcra import Limit
from aurora_rt.web.limits import Limits
from aurora_rt.web.visitor import network

PER_ACCOUNT = Limit("wrong_password_account", 10)
PER_ADDRESS = Limit("wrong_password_address", 60)


@dataclass(slots=True)
class Attempt:
    """One try at a password; `wrong` once that is known."""

    wrong: bool = False


@asynccontextmanager
async def guarded(limits: Limits, email: str, address: str) -> AsyncIterator[Attempt]:
    """Let a password be tried. Raises `TooMany` after 10 wrong a minute for an account, 60 from an address.

    A try is counted before it is made, so that many at once do not slip through, and given back unless it
    turns out to be wrong.
    """
    tries = ((PER_ACCOUNT, fingerprint(email)), (PER_ADDRESS, network(address)))
    for limit, who in tries:
        await limits.require(limit, who)
    attempt = Attempt()
    try:
        yield attempt
    finally:
        if not attempt.wrong:
            for limit, who in tries:
                await limits.give_back(limit, who)
