"""The addresses that nothing of ours ever connects to, however somebody writes them."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.connectors.addresses import NEVER, leads_there, never, parsed
from aurora_rt.toolsets.guard import forbidden

PLACES = st.sampled_from(NEVER).flatmap(
    lambda network: st.integers(0, min(network.num_addresses, 1 << 20) - 1).map(network.__getitem__)
)


def carried(address: IPv4Address) -> list[IPv6Address]:
    """IPv6 addresses that stand for an IPv4 one: mapped, compatible, 6to4, NAT64 by the known and another prefix."""
    number = int(address)
    sixtofour = (0x2002 << 112) + (number << 80) + 1
    teredo = (0x20010000 << 96) + (number ^ 0xFFFFFFFF)
    nat64 = [int(IPv6Address(prefix)) + number for prefix in ("64:ff9b::", "2001:db8:64::")]
    return [IPv6Address(one) for one in ((0xFFFF << 32) + number, number, sixtofour, teredo, *nat64)]


@given(PLACES, st.sampled_from(["{}", "0x{:x}", "0{:o}"]), st.integers(0, 3))
def test_no_notation_of_an_address_leads_where_credentials_are(
    address: IPv4Address | IPv6Address, form: str, parts: int
) -> None:
    written = [str(address)]
    if isinstance(address, IPv4Address):
        rest = int(address) & ((1 << (32 - 8 * parts)) - 1)
        head = [form.format(int(address) >> (24 - 8 * n) & 255) for n in range(parts)]
        dotted = ".".join([*head, form.format(rest)])
        written += [dotted, f"{dotted}.", *map(str, carried(address))]
    written += [f"[{one}]" for one in written if ":" in one]
    for one in written:
        assert leads_there(one), one
        assert "never asked" in (forbidden(one.rstrip("."), private=True) or ""), one


@pytest.mark.parametrize(
    "name", ["metadata", "METADATA.google.internal.", "instance-data", "169.254.1.1.nip.io"]
)
def test_names_that_may_lead_there_are_known(name: str) -> None:
    assert leads_there(name)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "::1", "10.0.0.1", "93.184.216.34", "2606:4700::1111", "shop", "db.internal"]
)
def test_other_places_may_be_connected_to(host: str) -> None:
    address = parsed(host)
    assert not leads_there(host)
    assert address is None or not never(address)
    assert forbidden(host, private=True) is None
