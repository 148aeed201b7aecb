"""Blame flows down the call graph to where the trouble begins."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.investigation.builtin.blame import Blamed, Excess, blamed, folded, is_address

SLOW = Excess(2.0, 50.0, 100.0)
FINE = Excess(0.0, 0.0, 100.0)


def test_whoever_only_waits_for_a_slow_database_is_not_blamed() -> None:
    excess = {"gateway": SLOW, "orders": SLOW, "database": SLOW, "mail": FINE}
    calls = [("gateway", "orders"), ("orders", "database"), ("orders", "mail")]
    first = blamed("gateway", excess, calls, additive=True)[0]
    assert (first.node, round(first.share, 2)) == ("database", 1.0)


def test_the_alerting_place_has_the_blame_when_all_that_it_calls_is_as_usual() -> None:
    excess = {"gateway": SLOW, "orders": FINE}
    assert blamed("gateway", excess, [("gateway", "orders")], additive=True)[0] == Blamed("gateway", 1.0)


def test_a_callee_that_is_called_ten_times_counts_ten_times() -> None:
    excess = {
        "page": Excess(1.0, 20.0, 10.0),
        "lookup": Excess(0.1, 20.0, 100.0),
        "print": Excess(0.1, 20.0, 10.0),
    }
    shares = {
        one.node: one.share
        for one in blamed("page", excess, [("page", "lookup"), ("page", "print")], additive=True)
    }
    assert shares["lookup"] == pytest.approx(10 * shares["print"])


def test_places_that_call_each_other_in_a_circle_do_no_harm() -> None:
    excess = {"a": SLOW, "b": SLOW}
    assert (
        sum(one.share for one in blamed("a", excess, [("a", "b"), ("b", "a"), ("a", "a")], additive=True))
        <= 1.0001
    )


def test_a_mere_address_is_blamed_less_than_the_place_behind_it() -> None:
    excess = {"site": SLOW, "search": SLOW, "search.internal.example.com": SLOW}
    calls = [("site", "search.internal.example.com"), ("site", "search")]
    assert blamed("site", excess, calls, additive=True)[0].node == "search"
    assert is_address("10.2.3.4:5432")
    assert not is_address("orders-db")


def test_two_names_of_one_thing_are_one() -> None:
    blames = [Blamed("billing::Function", 0.5), Blamed("billing", 0.4), Blamed("billing-reports", 0.1)]
    ((first, names), (other, none)) = folded(
        blames, [("billing", "billing::Function"), ("x", "billing-reports")]
    )
    assert (first.node, round(first.share, 1), names) == ("billing::Function", 0.9, ("billing",))
    assert (other.node, none) == ("billing-reports", ())


@given(st.integers(2, 30), st.integers(0, 10**6), st.floats(0.01, 1000))
def test_in_any_system_the_one_place_that_got_slower_is_found(size: int, seed: int, extra: float) -> None:
    """Every caller of a slow place is slower by what it waits for; everything else is as usual."""
    rng = random.Random(seed)
    names = [f"place-{n}" for n in range(size)]
    calls = [(names[rng.randrange(n)], names[n]) for n in range(1, size)]
    culprit = rng.choice(names)
    waiting = {culprit}
    for caller, callee in reversed(calls):
        if callee in waiting:
            waiting.add(caller)
    excess = {name: Excess(extra, 40.0, 50.0) if name in waiting else FINE for name in names}
    assert blamed(names[0], excess, calls, additive=True)[0].node == culprit
    assert blamed(names[0], excess, calls, additive=False)[0].node in waiting
