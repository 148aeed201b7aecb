"""Taking a rule's expression apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.investigation.builtin.promql import (
    Condition,
    aggregated,
    bare,
    conditions,
    metric_names,
    number,
    operands,
    tokens,
)

NAMES = ("foo", "up", "sum", "by", "and", "or", "unless", "on", "ignoring", "group_left", "bool", "offset")
SIGNS = ("(", ")", "{", "}", "[5m]", "==", ">", "<", "+", "-", "*", "/", "^", ",", "=~", "@", "#")
LITERALS = ("1", "0.9", "1e6", '"', "'", '"a"', "`")
PIECES = st.sampled_from(NAMES + SIGNS + LITERALS)


@given(st.lists(PIECES, max_size=30).map(" ".join) | st.text(max_size=60))
def test_no_text_whatever_makes_it_fail(text: str) -> None:
    for one in conditions(text):
        operands(one.measure)
        aggregated(one.measure)
        assert one.threshold is None or isinstance(one.threshold, float)
    metric_names(text)
    assert bare(bare(text)) == bare(text)
    assert all(text[token.start :].startswith(token.text) for token in tokens(text))


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("up == 0", [Condition("up", "==", "0")]),
        ("(up{job='a > b'} == 0)", [Condition("up{job='a > b'}", "==", "0")]),
        ("0.9 < cpu:use", [Condition("cpu:use", ">", "0.9")]),
        ("a > 1 and b < -2e6", [Condition("a", ">", "1"), Condition("b", "<", "-2e6")]),
        ("a > 1 unless on(job) maintenance == 1", [Condition("a", ">", "1")]),
        ("a > bool on (x) group_left (y) b", [Condition("a", ">", "b")]),
        ("absent(up{job='x'})", [Condition("absent(up{job='x'})")]),
        ("a offset -5m > 3 # why not", [Condition("a offset -5m", ">", "3 # why not")]),
        ("", []),
    ],
)
def test_an_expression_is_split_into_its_comparisons(expression: str, expected: list[Condition]) -> None:
    assert list(conditions(expression)) == expected


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (
            "sum(rate(e[5m])) by (s) / sum(rate(r[5m])) by (s)",
            ["sum(rate(e[5m])) by (s)", "sum(rate(r[5m])) by (s)"],
        ),
        ("100 * (1 - avg(idle))", ["avg(idle)"]),
        ("-foo", ["-foo"]),
        ("a - b - a", ["a", "b"]),
        ("42", []),
    ],
)
def test_arithmetic_is_split_into_its_operands(measure: str, expected: list[str]) -> None:
    assert list(operands(measure)) == expected


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("max by (instance) (1 - rate(x[1m]))", "1 - rate(x[1m])"),
        ("sum(rate(x[1m])) by (job)", "rate(x[1m])"),
        ("topk(3, a - b)", "a - b"),
        ("sum(a) / sum(b)", ""),
        ("rate(x[1m])", ""),
    ],
)
def test_an_aggregation_gives_what_it_goes_over(measure: str, expected: str) -> None:
    assert aggregated(measure) == expected


def test_the_metrics_of_an_expression_are_known_but_not_its_labels_and_functions() -> None:
    expression = (
        'sum by (pod) (rate(http_errors_total{code="x"}[5m])) / on (pod) {__name__="http_total"} > vector(1)'
    )
    assert metric_names(expression) == {"http_errors_total", "http_total"}


@pytest.mark.parametrize(("text", "expected"), [("(-1e6)", -1e6), ("0.9", 0.9), ("inf", None), ("foo", None)])
def test_a_plain_number_is_told_from_the_rest(text: str, expected: float | None) -> None:
    assert number(text) == expected
