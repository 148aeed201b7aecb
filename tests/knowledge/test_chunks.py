"""Texts are cut into chunks that know their headings, and nothing of a text is lost."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from aurora_rt.knowledge.chunks import LIMIT, cut
from aurora_rt.knowledge.words import terms

WORDS = st.text("abcdeü", min_size=1, max_size=30)
LINES = st.one_of(
    st.lists(WORDS, max_size=60).map(" ".join),
    st.builds(lambda n, w: f"{'#' * n} {w}", st.integers(1, 6), WORDS),
    st.builds(lambda w: f"- {w}", WORDS),
    st.builds(lambda w: f"2.1 {w}", WORDS),
    st.builds(lambda a, b: f"| {a} | {b} |", WORDS, WORDS),
    st.sampled_from(["", "```", "====", "---", "    indented"]),
)


@settings(deadline=None, max_examples=60)
@given(st.lists(LINES, max_size=60).map("\n".join))
def test_nothing_is_lost_and_no_chunk_is_too_long(text: str) -> None:
    chunks = cut(text)
    found = Counter(word for chunk in chunks for word in chunk.text.split())
    assert not Counter(text.split()) - found
    assert all(chunk.text.strip() and len(chunk.text) <= LIMIT for chunk in chunks)


def test_a_chunk_knows_the_headings_that_it_stands_under() -> None:
    body = "Somebody wrote this sentence for a test. " * 10
    chunks = cut(
        f"# Redis\n\n{body}\n\n## Evictions\n\n{body}\n\nAfter\n-----\n\n{body}\n\n# Kafka\n\n{body}"
    )
    assert [one.heading for one in chunks] == ["Redis", "Redis › Evictions", "Redis › After", "Kafka"]


def test_numbered_headings_of_a_plain_text_are_headings_and_items_are_not() -> None:
    body = "Somebody wrote this sentence for a test. " * 10
    chunks = cut(f"1. Overview\n\n{body}\n\n1.1 Symptoms\n\n{body}\n\n1. Do this\n2. Do that\n")
    assert [one.heading for one in chunks] == ["1. Overview", "1. Overview › 1.1 Symptoms"]


def test_a_list_and_code_stay_whole_where_they_fit() -> None:
    code = "```\n" + "\n".join(f"step {n}" for n in range(60)) + "\n```"
    chunks = cut(f"{'Words before it. ' * 70}\n\n{code}")
    assert any(code in one.text for one in chunks)


def test_identifiers_are_terms_by_their_parts_and_as_a_whole() -> None:
    assert terms("kube-dns") == "kubedns kube dns"
    assert terms("ERR_CONN_REFUSED") == terms("errConnRefused") == "errconnrefused err conn refused"
    assert terms("Größe x509 5xx") == "größe x509 5xx"
