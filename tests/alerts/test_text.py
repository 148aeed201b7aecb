"""Text and URLs from outside."""

import pytest

from aurora_rt.alerts.text import URL_LIMIT, cut, expression_in, storable, web_address


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("a\0b", "ab"), ("grüß\0e", "grüße"), ("\ud800x", "\ufffdx"), ("x\udc00", "x\ufffd"), ("😀", "😀")],
)
def test_what_cannot_be_stored_is_taken_out_of_a_text(sent: str, kept: str) -> None:
    assert storable(sent) == kept


def test_a_cut_text_shows_that_it_is_cut() -> None:
    assert cut("abcdef", 4) == "abc…"
    assert cut("abcd", 4) == "abcd"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://[x", "http://", "x", ""],
)
def test_only_web_addresses_become_links(address: str) -> None:
    assert web_address(address) == ""


def test_a_relative_address_is_joined_with_where_it_came_from() -> None:
    assert (
        web_address("?orgId=1", "https://grafana.example.com/sub")
        == "https://grafana.example.com/sub/?orgId=1"
    )
    assert web_address("javascript:alert(1)", "https://grafana.example.com/") == ""
    assert web_address("", "https://grafana.example.com/") == ""


def test_an_address_that_is_too_long_is_dropped() -> None:
    assert web_address("http://a.example/" + "x" * URL_LIMIT) == ""


def test_the_rules_expression_is_read_from_the_address() -> None:
    assert expression_in("/graph?g0.expr=up%7Bjob%3D%22a%22%7D+%3D%3D+0&g0.tab=1") == 'up{job="a"} == 0'
    assert expression_in("http://p/graph?g0.expr=%00") is None
    assert expression_in("http://p/graph") is None
    assert expression_in("http://[") is None
