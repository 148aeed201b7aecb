"""Who a visitor seems to be, from what the wire tells."""

import pytest
from pydantic import SecretStr

from aurora_rt.web.visitor import Visitor, is_loopback, network


def visitor(*headers, peer="127.0.0.1", scheme="http"):
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    return Visitor.of(
        {"type": "http", "headers": raw, "client": (peer, 1) if peer else None, "scheme": scheme}
    )


def test_cookies_are_found_also_when_http2_spreads_them():
    one = visitor(("cookie", "a=1; aurora_session=abc"), ("Cookie", "b=2"))
    assert (one.cookie("aurora_session"), one.cookie("b"), one.cookie("c")) == ("abc", "2", None)


def test_a_header_sent_twice_is_not_the_only_one():
    twice = visitor(("X-User-ID", "a"), ("x-user-id", "b"))
    assert twice.only("x-user-id") is None
    assert twice.header("x-user-id") == "a"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True), ("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False), ("::", False), ("192.168.1.1", False), ("localhost.evil.example", False), ("", False),
    ],
)  # fmt: skip
def test_loopback_is_this_machine_and_nothing_else(host, loopback):
    assert is_loopback(host) is loopback


@pytest.mark.parametrize(
    ("headers", "peer", "local"),
    [
        ([("host", "localhost:5080")], "127.0.0.1", True),
        ([("host", "[::1]:5080")], "::1", True),
        ([("host", "127.0.0.1")], "::ffff:127.0.0.1", True),
        ([("host", "rebound.evil.example:5080")], "127.0.0.1", False),
        ([], "127.0.0.1", False),
        ([("host", "localhost")], "192.168.1.9", False),
        ([("host", "localhost")], "", False),
        ([("host", "localhost"), ("x-forwarded-for", "127.0.0.1")], "127.0.0.1", False),
        ([("host", "localhost"), ("X-Forwarded-Anything", "1")], "127.0.0.1", False),
        ([("host", "localhost"), ("forwarded", "for=127.0.0.1")], "127.0.0.1", False),
        ([("host", "localhost"), ("x-real-ip", "127.0.0.1")], "127.0.0.1", False),
        ([("host", "localhost"), ("via", "1.1 proxy")], "127.0.0.1", False),
        ([("host", "[localhost")], "127.0.0.1", False),
    ],
)
def test_a_local_visitor_is_on_this_machine_names_it_so_and_comes_through_no_proxy(headers, peer, local):
    assert visitor(*headers, peer=peer).local is local


def test_only_a_proxy_that_knows_the_secret_names_the_address(settings):
    chosen = settings.model_copy(update={"internal_secret": SecretStr("s3cret")})
    hops = ("x-forwarded-for", "203.0.113.9, 198.51.100.7")
    assert visitor(hops, peer="10.0.0.1").address(chosen) == "10.0.0.1"
    assert visitor(hops, ("x-internal-secret", "wrong"), peer="10.0.0.1").address(chosen) == "10.0.0.1"
    assert visitor(hops, ("x-internal-secret", "s3cret"), peer="10.0.0.1").address(chosen) == "198.51.100.7"
    assert visitor(("x-internal-secret", "s3cret"), peer="10.0.0.1").address(chosen) == "10.0.0.1"
    assert visitor(hops, ("x-internal-secret", "s3cret"), peer="10.0.0.1").address(settings) == "10.0.0.1"
    empty = settings.model_copy(update={"internal_secret": SecretStr("")})
    assert not visitor(("x-internal-secret", "")).proven_proxy(empty)


def test_an_ipv6_subscriber_is_one_visitor_whatever_address_of_theirs_they_use():
    assert network("2001:db8:1:2::5") == network("2001:db8:1:2:ffff::9") != network("2001:db8:1:3::5")
    assert network("192.0.2.1") == network("::ffff:192.0.2.1") == "192.0.2.1"
    assert network("") == ""
