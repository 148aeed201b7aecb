"""The network as seen from this host: real servers, certificates, name servers and ports on loopback."""

import asyncio
import ipaddress
import json
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from certificates import Pair, made, saying, server_context
from hypothesis import given
from hypothesis import strategies as st
from servers import free_port

from aurora_rt.toolsets.facts.probes import Connectivity, NameLookup, ProbeResult, Probes
from aurora_rt.toolsets.guard import forbidden
from aurora_rt.toolsets.network.connecting import read
from aurora_rt.toolsets.toolbox import Toolbox
from aurora_rt.toolsets.toolset import Observation

Tools = Callable[..., Toolbox]
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(scope="module")
def authority() -> Pair:
    """Who signs certificates in these tests."""
    return made("Test Authority", days=900)


@pytest.fixture
def trusted(authority: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pair:
    """The same, trusted by this process."""
    file = tmp_path / "authority.pem"
    file.write_bytes(authority.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return authority


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes no more connections and does not refuse them either."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        waiting = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            waiting.append(one)
        yield port
        for one in waiting:
            one.close()


@pytest.fixture
def closed_port() -> int:
    """A port where nothing listens."""
    return free_port()


def result(seen: Observation) -> ProbeResult:
    assert seen.error is None
    assert isinstance(seen.facts, ProbeResult)
    return seen.facts


async def test_a_page_is_told_with_its_status_its_size_and_how_long_each_step_took(tools: Tools) -> None:
    async with saying(FINE) as port:
        seen = await tools().look("network.probe", url=f"http://127.0.0.1:{port}/health?deep=1")
    one = result(seen)
    assert (one.outcome, one.status, one.size, one.address) == ("answered", 200, 2, "127.0.0.1")
    assert one.connect_seconds is not None
    assert one.first_byte_seconds is not None
    assert one.certificate is None
    assert "HTTP 200, 2 bytes" in seen.output
    assert seen.command.startswith("curl -sSv")


async def test_a_certificate_that_verifies_is_told_with_the_days_that_are_left(
    tools: Tools, trusted: Pair, tmp_path: Path
) -> None:
    pair = made("shop", "localhost", "shop.example", by=trusted, days=9.5)
    async with saying(FINE, server_context(pair, tmp_path)) as port:
        seen = await tools().look("network.probe", url=f"https://localhost:{port}/")
    one = result(seen).certificate
    assert one is not None
    assert (one.fault, one.subject, one.issuer) == ("", "CN=shop", "CN=Test Authority")
    assert one.names == ("localhost", "shop.example")
    assert 9 < one.days_left < 10
    assert "verifies" in seen.output
    assert result(seen).tls_seconds is not None


@pytest.mark.parametrize(
    ("hosts", "days", "since", "signed", "fault"),
    [
        (("localhost",), -2, 30, True, "expired"),
        (("localhost",), -2, 30, False, "expired"),
        (("localhost",), 30, -2, True, "not_yet_valid"),
        (("other.example", "10.0.0.1"), 30, 1, True, "wrong_name"),
        (("localhost",), 30, 1, False, "self_signed"),
    ],
)
async def test_a_certificate_that_cannot_be_trusted_is_told_all_the_same(
    tools: Tools,
    trusted: Pair,
    tmp_path: Path,
    hosts: tuple[str, ...],
    days: float,
    since: float,
    signed: bool,
    fault: str,
) -> None:
    pair = made("shop", *hosts, by=trusted if signed else None, days=days, since=since)
    async with saying(FINE, server_context(pair, tmp_path)) as port:
        seen = await tools().look("network.probe", url=f"https://localhost:{port}/")
    one = result(seen)
    assert one.status == 200
    assert one.certificate is not None
    assert one.certificate.fault == fault
    assert one.certificate.names == hosts
    assert f"not to be trusted ({fault}" in seen.output


async def test_a_certificate_of_an_unknown_authority_is_not_trusted(
    tools: Tools, authority: Pair, tmp_path: Path
) -> None:
    pair = made("shop", "localhost", by=authority)
    async with saying(FINE, server_context(pair, tmp_path)) as port:
        seen = await tools().look("network.probe", url=f"https://localhost:{port}/")
    certificate = result(seen).certificate
    assert certificate is not None
    assert certificate.fault == "untrusted"


async def test_what_is_no_tls_and_what_is_no_http_are_told_apart(tools: Tools) -> None:
    async with saying(b"SSH-2.0-OpenSSH_9.2\r\n\r\n") as port:
        plain = result(await tools().look("network.probe", url=f"http://127.0.0.1:{port}/"))
    async with saying(b"") as port:
        ended = result(await tools().look("network.probe", url=f"http://127.0.0.1:{port}/"))

    async def gibberish(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(gibberish, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        secured = result(await tools().look("network.probe", url=f"https://127.0.0.1:{port}/"))
    assert (plain.outcome, ended.outcome) == ("nonsense", "nonsense")
    assert secured.outcome in ("tls_failed", "reset")


async def test_a_redirect_is_told_and_not_followed_and_a_huge_page_not_read_to_its_end(tools: Tools) -> None:
    away = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest\r\nContent-Length: 0\r\n\r\n"
    async with saying(away) as port:
        seen = await tools().look("network.probe", url=f"http://127.0.0.1:{port}/")
    assert result(seen).status == 302
    assert "which is not followed" in seen.output
    huge = b"HTTP/1.1 200 OK\r\nContent-Length: 90000000\r\n\r\n" + b" " * 3_000_000
    async with saying(huge) as port:
        one = result(await tools().look("network.probe", url=f"http://127.0.0.1:{port}/"))
    assert 1_000_000 <= one.size < 2_000_000


async def test_ports_that_refuse_and_ports_that_say_nothing_are_told_apart(
    tools: Tools, closed_port: int, silent_port: int
) -> None:
    box = tools(tool_timeout=0.3)
    for tool, asked in (
        ("network.connectivity", lambda port: {"host": "127.0.0.1", "port": port}),
        ("network.probe", lambda port: {"url": f"http://127.0.0.1:{port}/"}),
    ):
        refused = await box.look(tool, **asked(closed_port))
        silent = await box.look(tool, **asked(silent_port))
        assert isinstance(refused.facts, Connectivity | ProbeResult)
        assert isinstance(silent.facts, Connectivity | ProbeResult)
        assert (refused.facts.outcome, silent.facts.outcome) == ("refused", "timeout")
        assert "nothing listens there" in refused.output


async def test_a_server_that_takes_the_connection_and_says_nothing_is_a_time_out(tools: Tools) -> None:
    async with saying(FINE, after=5) as port:
        seen = await tools(tool_timeout=0.2).look("network.probe", url=f"http://127.0.0.1:{port}/")
    assert result(seen).outcome == "timeout"


async def test_an_open_port_is_told_and_elsewhere_cannot_be_tried_from(tools: Tools) -> None:
    async with saying(FINE) as port:
        seen = await tools().look("network.connectivity", host="localhost", port=port)
    assert isinstance(seen.facts, Connectivity)
    assert seen.facts.outcome == "open"
    assert seen.command == f"nc -zv localhost {port}"
    elsewhere = await tools().look("network.connectivity", **{"from": "checkout", "host": "db", "port": 5432})
    assert "can only be tried there" in (elsewhere.error or "")
    assert elsewhere.parameters == {"from": "checkout", "host": "db", "port": 5432}


async def test_without_a_port_only_what_the_settings_name_is_connected_to(tools: Tools) -> None:
    async with saying(FINE) as port:
        box = tools(probes=(f"db=tcp://127.0.0.1:{port}",))
        known = await box.look("network.connectivity", host="db")
        unknown = await box.look("network.connectivity", host="localhost")
    assert isinstance(known.facts, Connectivity)
    assert known.facts.outcome == "open"
    assert "a port is needed" in (unknown.error or "")


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:169.254.169.254]/",
        "http://[fe80::1]/",
        "http://[fd00:ec2::254]/",
        "http://[64:ff9b::a9fe:a9fe]/",
        "http://2852039166/",
        "http://0xa9fea9fe/",
        "https://metadata.google.internal/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
    ],
)
async def test_where_clouds_keep_credentials_is_never_asked(tools: Tools, url: str) -> None:
    seen = await tools(tool_timeout=0.5).look("network.probe", url=url)
    assert seen.facts is None
    assert "never asked" in (seen.error or "") or "no address of one host" in (seen.error or "")


async def test_private_addresses_are_refused_where_the_settings_say_so(tools: Tools) -> None:
    box = tools(probe_private=False)
    for url in ("http://127.0.0.1:9/", "http://localhost:9/", "http://10.1.2.3/", "http://[::1]/"):
        assert "AURORA_PROBE_PRIVATE" in ((await box.look("network.probe", url=url)).error or "")
    assert "AURORA_PROBE_PRIVATE" in (
        (await box.look("network.dns", name="a.example", server="127.0.0.1")).error or ""
    )
    assert forbidden("93.184.216.34", private=False) is None
    assert forbidden("10.0.0.1", private=True) is None


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "file:///etc/passwd", "http://", "tcp://db:5432", "no address"]
)
async def test_what_is_no_address_is_not_looked_at(tools: Tools, url: str) -> None:
    assert "must start with http://" in ((await tools().look("network.probe", url=url)).error or "")


async def test_credentials_in_an_address_are_not_taken(tools: Tools) -> None:
    seen = await tools().look("network.probe", url="http://ann:hunter2@127.0.0.1:9/")
    assert "user or password" in (seen.error or "")
    assert "hunter2" not in f"{seen.error}{seen.command}{seen.output}"


ZONE = {
    ("orders.internal.", "A"): ("A", "10.1.0.7"),
    ("orders.internal.", "AAAA"): ("AAAA", "fd00::7"),
    ("www.internal.", "CNAME"): ("CNAME", "orders.internal."),
    ("_ldap._tcp.internal.", "SRV"): ("SRV", "0 5 389 ldap.internal."),
    ("internal.", "MX"): ("MX", "10 mail.internal."),
    ("internal.", "NS"): ("NS", "ns.internal."),
}


class NameServer(asyncio.DatagramProtocol):
    """Answers from `ZONE`; some names fail in ways of their own."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        query = dns.message.from_wire(data)
        name, kind = query.question[0].name.to_text(), dns.rdatatype.to_text(query.question[0].rdtype)
        if name.startswith("slow."):
            return
        answer = dns.message.make_response(query)
        failing = {"broken": dns.rcode.SERVFAIL, "secret": dns.rcode.REFUSED, "gone": dns.rcode.NXDOMAIN}
        answer.set_rcode(failing.get(name.split(".")[0], dns.rcode.NOERROR))
        if found := ZONE.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", *found))
        self.transport.sendto(answer.to_wire(), addr)


@asynccontextmanager
async def name_server() -> AsyncIterator[str]:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
        NameServer, local_addr=("127.0.0.1", 0)
    )
    try:
        yield f"127.0.0.1:{transport.get_extra_info('sockname')[1]}"
    finally:
        transport.close()


@pytest.mark.parametrize(
    ("name", "kind", "outcome", "answers"),
    [
        ("orders.internal", "A", "found", ("10.1.0.7",)),
        ("orders.internal", "AAAA", "found", ("fd00::7",)),
        ("www.internal", "CNAME", "found", ("orders.internal.",)),
        ("_ldap._tcp.internal", "SRV", "found", ("0 5 389 ldap.internal.",)),
        ("internal", "MX", "found", ("10 mail.internal.",)),
        ("internal", "NS", "found", ("ns.internal.",)),
        ("orders.internal", "MX", "no_such_record", ()),
        ("gone.internal", "A", "no_such_name", ()),
        ("broken.internal", "A", "server_failure", ()),
        ("secret.internal", "A", "refused", ()),
        ("slow.internal", "A", "timeout", ()),
    ],
)
async def test_a_name_server_is_asked_and_its_ways_to_fail_are_told_apart(
    tools: Tools, name: str, kind: str, outcome: str, answers: tuple[str, ...]
) -> None:
    async with name_server() as server:
        seen = await tools(tool_timeout=0.5).look("network.dns", name=name, type=kind, server=server)
    assert seen.error is None
    assert isinstance(seen.facts, NameLookup)
    assert (seen.facts.outcome, seen.facts.answers) == (outcome, answers)
    assert seen.command == f"dig @{server} {name} {kind}"
    assert name in seen.output


async def test_the_system_is_asked_when_no_server_is_given(tools: Tools) -> None:
    seen = await tools().look("network.dns", name="localhost")
    assert isinstance(seen.facts, NameLookup)
    assert seen.facts.outcome == "found"
    assert {"127.0.0.1", "::1"} & set(seen.facts.answers)
    missing = await tools(tool_timeout=3).look("network.dns", name="no-such-host.invalid")
    assert isinstance(missing.facts, NameLookup)
    assert missing.facts.outcome in ("no_such_name", "server_failure", "timeout")


async def test_all_configured_probes_are_looked_at_side_by_side(
    tools: Tools, trusted: Pair, tmp_path: Path, closed_port: int
) -> None:
    pair = made("shop", "localhost", by=trusted, days=-1, since=9)
    async with saying(FINE) as fine, saying(FINE, server_context(pair, tmp_path)) as expired:
        seen = await tools(
            tool_timeout=2,
            probes=(
                f"shop=http://ann:hunter2@127.0.0.1:{fine}/health?token=correcthorse42",
                f"old=https://localhost:{expired}/",
                f"db=tcp://127.0.0.1:{closed_port}",
                f"cache=tcp://127.0.0.1:{fine}",
                "names=dns://localhost",
                "cloud=http://169.254.169.254/",
            ),
        ).look("probes.check")
    assert isinstance(seen.facts, Probes)
    told = {one.name: one for one in seen.facts.results}
    assert {name: one.outcome for name, one in told.items()} == {
        "shop": "answered",
        "old": "answered",
        "db": "refused",
        "cache": "answered",
        "names": "answered",
    }
    assert told["old"].certificate is not None
    assert told["old"].certificate.fault == "expired"
    assert "cloud: 169.254.169.254 is not connected to" in seen.output
    assert "hunter2" not in seen.output + str(seen.facts)
    assert "correcthorse42" not in seen.output + str(seen.facts)


async def test_probes_that_cannot_be_understood_are_a_sentence(tools: Tools) -> None:
    assert "AURORA_PROBES is not set" in tools().unusable["probes"]
    for text in ("shop", "shop=gopher://x/", "db=tcp://db", "=http://x/"):
        assert "must be a list of name=address" in tools(probes=(text,)).unusable["probes"]


@pytest.mark.parametrize(
    ("output", "outcome"),
    [
        ("Connection to db 5432 port [tcp/postgresql] succeeded!", "open"),
        ("nc: connect to db port 5432 (tcp) failed: Connection refused", "refused"),
        ("nc: connect to db port 5432 (tcp) timed out: Operation now in progress", "timeout"),
        ("curl: (28) Failed to connect to db port 5432 after 5001 ms: Timeout was reached", "timeout"),
        ("curl: (7) Failed to connect to db port 80: Connection refused", "refused"),
        ("curl: (6) Could not resolve host: db", "unresolved"),
        ("curl: (52) Empty reply from server", "reset"),
        ("HTTP/1.1 200 OK", "open"),
        ("HTTP 503 Service Unavailable", "open"),
        ("3 packets transmitted, 0 received, 100% packet loss", "timeout"),
        ("3 packets transmitted, 3 received, 0% packet loss", "open"),
        ("Trying 10.0.0.1...\nConnected to db.\nEscape character is '^]'.", "open"),
        ("Trying 10.0.0.1...\ntelnet: Unable to connect to remote host: No route to host", "no_route"),
        ("dial tcp: lookup db on 10.96.0.10:53: no such host", "unresolved"),
        ("ssh: connect to host db port 22: Network is unreachable", "no_route"),
        ("db (10.0.0.1:5432) open", "open"),
        ("5432/tcp closed postgresql", "refused"),
        ("5432/tcp filtered postgresql", "timeout"),
        ("read: connection reset by peer", "reset"),
        ('{"reachable": true, "latency_ms": 3}', "open"),
        ('{"reachable": false, "error": "connection timed out"}', "timeout"),
        ('{"connected": false}', "refused"),
        ("the port is not open", "refused"),
        ("nothing that tells", "unknown"),
        ("", "unknown"),
    ],
)
def test_recorded_attempts_are_understood_however_they_are_worded(output: str, outcome: str) -> None:
    facts = read(output, {"from": "web", "host": "db", "port": 5432})
    assert facts is not None
    assert (facts.outcome, facts.source, facts.host, facts.port) == (outcome, "web", "db", 5432)


@given(st.text(max_size=200))
def test_any_record_of_an_attempt_can_be_read(output: str) -> None:
    for text in (output, f"[web -> db:5432] {output}", json.dumps({"error": output, "reachable": False})):
        facts = read(text, {"host": "cart"})
        assert facts is not None


@given(st.integers(0, 2**16 - 1), st.integers(0, 2**118 - 1))
def test_no_link_local_address_is_ever_allowed(low: int, rest: int) -> None:
    four = ipaddress.IPv4Address((169 << 24) + (254 << 16) + low)
    six = ipaddress.IPv6Address((0xFE80 << 112) + rest)
    for address in (str(four), str(six), f"{six}%eth0", f"::ffff:{four}", f"64:ff9b::{four}"):
        assert forbidden(address, private=True) is not None
