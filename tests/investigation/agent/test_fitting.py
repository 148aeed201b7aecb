"""A prompt fits its window, and what matters is still in it."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.investigation.agent.fitting import Part, cut, fitted, tokens

CHANCE = random.Random(3)
WORDS = [a + b for a in ("ca", "li", "po", "tre", "no") for b in ("che", "st", "ol", "e", "de", "th")]
NOISE = "\n".join(
    f"2026-11-25T04:{minute:02}:{second:02}Z INFO {' '.join(CHANCE.sample(WORDS, 4))} in {minute * second} ms"
    for minute in range(30)
    for second in range(3)
)
REPEATED = "\n".join(
    f"2026-11-25T04:{n // 60:02}:{n % 60:02}Z INFO served /home in {n} ms" for n in range(900)
)
LOG = f"{NOISE}\n2026-11-25T04:51:02Z ERROR cart-db:5432 refused the connection of checkout\n{NOISE}\nend of log"


def test_the_line_that_matters_is_kept_of_a_thousand_and_the_rest_is_counted() -> None:
    text = cut(f"{REPEATED}\n{LOG}", 200, "checkout fails: cart-db")
    lines = text.split("\n")
    assert any("cart-db:5432 refused" in line for line in lines)
    assert tokens(text) <= 200
    assert "(and 899 more like it)" in text
    shown = [line.split("  (and ")[0] for line in lines if not line.startswith("…")]
    assert all(line in f"{REPEATED}\n{LOG}".split("\n") for line in shown)


def test_in_the_smallest_window_the_best_lines_of_every_part_survive() -> None:
    parts = [
        Part("rules", "Cite each claim.", pinned=True),
        *(Part(str(n), LOG.replace("cart-db", f"cart-db{n}"), number=n) for n in range(1, 13)),
        Part("document", "# Runbook\n" + NOISE + "\nWhen checkout fails, free slots of the database.", 0.5),
    ]
    kept = fitted(parts, 4096 - 1000, "checkout fails")
    assert [one.key for one in kept] == [one.key for one in parts]
    assert sum(tokens(one.text) for one in kept) <= 4096 - 1000
    assert kept[0] == parts[0]
    for one in kept[1:]:
        assert "checkout" in one.text
        assert "left out" in one.text


def test_what_fits_is_not_touched_and_its_room_goes_to_others() -> None:
    small, big = Part("small", "one line"), Part("big", LOG)
    kept = fitted([small, big], 400, "")
    assert kept[0] is small
    assert 250 < tokens(kept[1].text) <= 400 - tokens("one line")
    assert fitted([small, big], 10**6, "") == [small, big]


def test_a_part_of_which_nothing_fits_says_so() -> None:
    (kept,) = fitted([Part("a", "\n".join("x" * 400 for _ in range(3)))], 30, "")
    assert kept.text == "… 3 lines of this left out as less relevant …"
    assert fitted([Part("a", LOG)], 3, "") == []


@given(
    st.lists(
        st.tuples(st.text(max_size=400) | st.just(LOG[:3000]), st.floats(0, 10), st.booleans()), max_size=6
    ),
    st.integers(0, 600),
    st.text(max_size=40),
)
def test_whatever_is_to_be_shown_fits_and_no_line_is_cut(
    texts: list[tuple[str, float, bool]], budget: int, about: str
) -> None:
    parts = [Part(str(n), text, weight, None, pinned) for n, (text, weight, pinned) in enumerate(texts)]
    pinned = sum(tokens(one.text) for one in parts if one.pinned)
    kept = fitted(parts, budget, about)
    assert sum(tokens(one.text) for one in kept) <= max(budget, pinned)
    whole = {one.key: one for one in parts}
    for one in kept:
        lines = {line.rstrip() for line in whole[one.key].text.split("\n")}
        for line in one.text.split("\n"):
            assert line.rstrip() in lines or "left out" in line or "more like it" in line


def _samples() -> dict[str, str]:
    chance = random.Random(7)
    series = [
        {"metric": {"pod": f"cart-{chance.getrandbits(40):x}"}, "value": chance.random()} for _ in range(60)
    ]
    return {
        "prose": "The database refused connections because all slots were taken. " * 30,
        "log": NOISE,
        "code": Path(__file__).read_text(),
        "json": json.dumps(series),
        "keys": "\n".join(f"{chance.getrandbits(256):064x}" for _ in range(40)),
        "base64": "\n".join(
            "".join(chance.choices("ABCDEFGHabcdefghijkl0123456789+/", k=76)) for _ in range(40)
        ),
        "german": "Die Datenbank verweigerte Verbindungen, weil alle Plätze belegt waren; Überlast. " * 20,
        "russian": "База данных отказала в соединении, потому что все места были заняты. " * 20,
        "chinese": "数据库拒绝连接，因为所有连接都已被占用。" * 20,
        "capitals": "CRITICAL CHECKOUT FAILED WITH TIMEOUT EXCEEDED ON PRIMARY " * 20,
        "punctuation": "==> {{}} [[]] -> || && ;; :: // \\\\ ### --- *** " * 20,
        "symbols": "→ ✓ ⚠ █ ░ │ ─ € ° µ … “ ” ‘ ’ " * 20,
    }


@pytest.fixture(scope="module")
def counted() -> dict[str, tuple[int, int]]:
    """What is estimated, and what the offline tokenizer at hand counts (a small vocabulary: many tokens)."""
    import wordllama
    from tokenizers import Tokenizer

    (file,) = Path(wordllama.__file__).parent.rglob("*tokenizer*.json")
    exact = Tokenizer.from_file(str(file))
    exact.no_truncation()
    exact.no_padding()
    return {name: (tokens(text), len(exact.encode(text).ids)) for name, text in _samples().items()}


def test_the_estimate_is_rather_too_high_than_too_low(counted: dict[str, tuple[int, int]]) -> None:
    for name, (guess, exact) in counted.items():
        assert 0.9 * exact <= guess <= 2.2 * exact, (name, guess, exact)


def test_two_hundred_thousand_lines_are_no_trouble() -> None:
    kept = cut("\n".join(f"{n:x} {n * 7919 % 104729:x} line" for n in range(200_000)), 500, "line 5")
    assert 0 < tokens(kept) <= 500
