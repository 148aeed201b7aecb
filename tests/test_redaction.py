"""What looks like a secret is taken out, and nothing else is."""

import json
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from secrets_of_all_kinds import SECRETS, leaks

from aurora_rt.redaction import HIDDEN, Stream, hidden_words, redacted, redacted_json

SECRET = "hunter2Xq"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("mysqld --user root --password hunter2Xq -v", "mysqld --user root --password [redacted] -v"),
        ("app --db-password=hunter2Xq --port=80", "app --db-password=[redacted] --port=80"),
        ("valkey-server --requirepass hunter2Xq", "valkey-server --requirepass [redacted]"),
        ("PGPASSWORD=hunter2Xq psql", "PGPASSWORD=[redacted] psql"),
        ("AWS_SECRET_ACCESS_KEY=hunter2Xq/x", "AWS_SECRET_ACCESS_KEY=[redacted]"),
        ("postgres://app:hunter2Xq@db:5432/app", "postgres://app:[redacted]@db:5432/app"),
        ("postgres://app:p@hunter2Xq@db/app", "postgres://app:[redacted]@db/app"),
        ("https://hunter2Xq-0123456789@git.example/x", "https://[redacted]@git.example/x"),
        ("host=db;password=hunter2Xq;port=1", "host=db;password=[redacted];port=1"),
        ("GET /x?api_key=hunter2Xq&page=2", "GET /x?api_key=[redacted]&page=2"),
        ("Authorization: Bearer hunter2Xq", "Authorization: Bearer [redacted]"),
        ("-H 'authorization: Token hunter2Xq'", "-H 'authorization: Token [redacted]'"),
        ("sent bearer hunter2Xq.0", "sent bearer [redacted]"),
        ('{"password": "two words hunter2Xq", "a": 1}', '{"password": [redacted], "a": 1}'),
        ("secret: hunter2Xq", "secret: [redacted]"),
        ("curl -s -u bob:hunter2Xq http://h", "curl -s -u bob:[redacted] http://h"),
        ("key AKIAIOSFODNN7EXAMPLE.", "key [redacted]."),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nhunter2Xq\n-----END RSA PRIVATE KEY-----\nafter",
            "[redacted]\nafter",
        ),
        ("-----BEGIN PRIVATE KEY-----\ncut off: hunter2Xq", "[redacted]"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----\nhunter2Xq\n-----END OPENSSH PRIVATE KEY-----", "[redacted]"),
        (
            "-----BEGIN PGP PRIVATE KEY BLOCK-----\nhunter2Xq\n-----END PGP PRIVATE KEY BLOCK-----\n",
            "[redacted]\n",
        ),
        ("redis://:hunter2Xq@cache:6379/0", "redis://:[redacted]@cache:6379/0"),
        (
            "docker run -e MYSQL_ROOT_PASSWORD=hunter2Xq mysql",
            "docker run -e MYSQL_ROOT_PASSWORD=[redacted] mysql",
        ),
        ("SIGNING_KEY=hunter2Xq", "SIGNING_KEY=[redacted]"),
        ("SECRET_KEY_BASE=hunter2Xq", "SECRET_KEY_BASE=[redacted]"),
        ("X-Api-Key: hunter2Xq", "X-Api-Key: [redacted]"),
        ('{"accessToken":"hunter2Xq"}', '{"accessToken":[redacted]}'),
        ('{\\"clientSecret\\": \\"hunter2Xq\\"}', '{\\"clientSecret\\": \\[redacted]}'),
        ("Endpoint=sb://h/;SharedAccessKey=hunter2Xq=", "Endpoint=sb://h/;SharedAccessKey=[redacted]"),
        ('password="cut off: hunter2Xq', "password=[redacted]"),
        ("Cookie: session=hunter2Xq; theme=dark", "Cookie: [redacted]"),
        ("Set-Cookie: sid=hunter2Xq; Path=/", "Set-Cookie: [redacted]"),
        ("PUT /b?se=2026&sig=hunter2Xq%3D&v=1", "PUT /b?se=2026&sig=[redacted]&v=1"),
        ("X-Amz-Signature=hunter2Xq", "X-Amz-Signature=[redacted]"),
        ("Proxy-Authorization: Basic hunter2Xq==", "Proxy-Authorization: Basic [redacted]"),
        ("sh -c 'mysql -u root -phunter2Xq'", "sh -c 'mysql -u root -p[redacted]"),
        ("sshpass -p hunter2Xq ssh host", "sshpass -p [redacted] ssh host"),
        ("redis-cli -h c -a hunter2Xq ping", "redis-cli -h c -a [redacted] ping"),
        ("ghp_hunter2Xq0123456789012345678901234 x", "[redacted] x"),
        ("glpat-hunter2Xq0123456789012 x", "[redacted] x"),
        ("xoxb-1234567890-hunter2Xq x", "[redacted] x"),
        (
            "https://hooks.slack.com/services/T000/B000/hunter2Xq x",
            "https://hooks.slack.com/services/[redacted] x",
        ),
        ("AIzahunter2Xq01234567890123456789012345 x", "[redacted] x"),
        ("sk-ant-hunter2Xq0123456789012 x", "[redacted] x"),
        ("sk-hunter2Xq0123456789012345678901234 x", "[redacted] x"),
        ("hvs.hunter2Xq0123456789012345 x", "[redacted] x"),
        ("npm_hunter2Xq01234567890123456789 x", "[redacted] x"),
        ("pypi-AgEIcHlwaS5vcmchunter2Xq x", "[redacted] x"),
        ("SG.hunter2Xq0123456789.hunter2Xq01234567890123456789 x", "[redacted] x"),
        ("GET /bot123456789:hunter2Xq-0123456789012345678901/send", "GET /[redacted]/send"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.hunter2Xq01 x", "[redacted] x"),
    ],
)
def test_a_secret_is_hidden_and_its_surroundings_stay(text: str, safe: str) -> None:
    assert redacted(text) == safe
    assert SECRET not in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        'password authentication failed for user "app"',
        "token bucket is full",
        "basic configuration was loaded",
        "the bearer certificates are fine",
        "max_tokens=512 compass=5 bypass: true",
        "docker run -u 1000:1000 image",
        "http://prometheus:9090/api/v1/query?query=up",
        "ssh://git@host/repository",
        "rate(http_requests_total{code=~'5..'}[5m]) > 0.5",
        "2026-03-01 14:00:00 error db: connection to 10.0.0.1:5432 refused",
        "app --token-file=/run/token --password-file /run/secrets/db",
        "tokens=5 token_count=5 total_tokens: 512",
        "rate(vault_token_count_total[5m]) > 0",
        'kube_secret_info{namespace="shop"} 1',
        "histogram_quantile(0.99, sum(rate(password_hash_seconds_bucket[5m])) by (le))",
        "secret: not found",
        'error: secret "db-credentials" not found',
        "token: expired, authorization: denied",
        "password=none",
        "sudo: alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/usr/bin/id",
        "PID  USER  %CPU  COMMAND\n12   root  99.0  /usr/bin/stress --cpu 2",
        "sshd[1]: Failed password for root from 10.0.0.1 port 22 ssh2",
        "kind: Secret\nsecretName: db-credentials",
        "the cookie: it was stale",
        "postgres://app@db/app",
        "https://example.com/a:b@c",
        "mysql --port=3306 -P 3306 -p",
    ],
)
def test_a_text_without_a_secret_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


@given(st.text())
def test_hiding_twice_is_hiding_once(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once


@pytest.mark.parametrize(
    ("words", "safe"),
    [
        (["app", "--password", "two words, hunter2Xq; and 'more'"], ["app", "--password", HIDDEN]),
        (["app", "--db-password=a,hunter2Xq"], ["app", f"--db-password={HIDDEN}"]),
        (["env", "DB_PASSWORD=a b\nhunter2Xq", "app"], ["env", f"DB_PASSWORD={HIDDEN}", "app"]),
        (["app", "-token", "--verbose"], ["app", "-token", "--verbose"]),
        (["app", "--token-file", "/run/token", "x y"], ["app", "--token-file", "/run/token", "x y"]),
        (["app", "--secret"], ["app", "--secret"]),
        ([], []),
    ],
)
def test_a_word_of_a_command_line_that_is_a_secret_is_hidden_to_its_end(
    words: list[str], safe: list[str]
) -> None:
    assert list(hidden_words(words)) == safe
    assert redacted(" ".join(safe)) == " ".join(safe)


@given(st.lists(st.text()))
def test_hiding_words_neither_adds_nor_loses_one(words: list[str]) -> None:
    assert len(list(hidden_words(words))) == len(words)


PIECES = st.sampled_from(
    [
        "password=",
        "--token ",
        "secret: ",
        "Authorization: ",
        "Bearer ",
        '"',
        "'",
        "\\",
        " ",
        "\n",
        "curl -u a:",
        HIDDEN,
        "https://",
        "u:p",
        "@",
        "h/",
        "abc123def",
        "-----BEGIN PRIVATE KEY-----",
        "=",
        "&",
        ",",
        "cookie: ",
        "a=",
        "mysql -p",
        "redis-cli -a ",
        "signature=",
        "none",
        "authToken",
        ":",
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_hiding_twice_is_hiding_once_where_secrets_stand_close(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once


@given(
    st.sampled_from(
        ["password={}", "--api-key {}", "postgres://u:{}@h/x", 'token: "{}"', "Authorization: Basic {}"]
    ),
    st.text(string.ascii_letters + string.digits, min_size=12, max_size=40).map(lambda secret: f"{secret}7"),
    st.text(string.ascii_lowercase + " ", max_size=30),
)
def test_no_secret_survives_wherever_it_stands(form: str, secret: str, around: str) -> None:
    assert secret not in redacted(f"{around} {form.format(secret)} {around}")


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_of_every_kind_is_hidden_in_text_in_json_and_in_json_within_json(kind: str) -> None:
    text = f"it said {SECRETS[kind]} at last"
    assert not leaks(redacted(text))
    assert redacted(redacted(text)) == redacted(text)
    for body in (json.dumps({"a": [text]}), json.dumps({"a": json.dumps({"b": text})})):
        shown = redacted_json(body)
        assert not leaks(shown)
        assert json.loads(shown).keys() == {"a"}
        assert redacted_json(shown) == shown


def test_json_that_is_written_in_escapes_hides_nothing() -> None:
    body = json.dumps(
        {"url": "postgres://app:" + "hunTer2Xq" + "@db/x", "clientSecret": 'hunTer2"Xq', "pin": 7}
    )
    escaped = body.replace("/", "\\/").replace("hunT", "\\u0068unT")
    assert json.loads(redacted_json(escaped)) == {
        "url": "postgres://app:[redacted]@db/x",
        "clientSecret": HIDDEN,
        "pin": 7,
    }


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_that_is_written_piece_by_piece_is_never_given_in_part(kind: str) -> None:
    whole = f"First **line**.\nThen it said {SECRETS[kind]} and went on.\nA third line ends"
    for size in (1, 3, 7):
        stream = Stream()
        given = "".join(stream.add(whole[at : at + size]) for at in range(0, len(whole), size))
        assert not leaks(given)
        assert redacted(whole).startswith(given) or kind == "private key"
        assert given.startswith("First **line**.\nThen it said ")


@given(
    st.lists(st.sampled_from(["a ", "key ", "\n", "token: ", "x=1 ", "word", "\n\n", "é ", "password=", "'"]))
)
def test_a_text_without_surprises_is_given_whole_but_for_its_last_word(pieces: list[str]) -> None:
    stream, whole = Stream(), "".join(pieces)
    given = "".join(map(stream.add, pieces))
    assert redacted(whole).startswith(given)


INNOCENT = """
commit 4d1f0c9b7a3e5d2c1b0a9f8e7d6c5b4a39281706 by alice <alice@example.com>
image sha256:9b2c0f3d8e7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c pulled in 1.2s
span 00f067aa0ba902b7 of trace 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
user 6a1f2f60-8a35-4f0e-9a0b-0d6c5d0e7b11 opened incident 0199d4c1-6c1a-7cc2-9d8b-9a1b2c3d4e5f
histogram_quantile(0.99, sum by (le, pod) (rate(http_request_duration_seconds_bucket{job="checkout"}[5m])))
sum(rate(authentication_failures_total{reason="expired"}[5m])) and apiserver_request_total{verb="GET"}
data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
checkout-7d9f8b6c5d-x2x4z CrashLoopBackOff restarts=12 exit=137 node=ip-10-0-3-7.eu-west-1.compute.internal
2026-07-01T10:00:00.123Z ERROR could not connect to postgres://db:5432/app: connection refused (SQLSTATE 08006)
key partition=7 offset=1234567890 lag=42 topic=orders.v1 monkey=banana keyboard: qwerty hockey-key
GET /api/v1/items/1234567890:checkout?page=2&sort=-startedAt 200 12ms "Mozilla/5.0 (X11; Linux x86_64)"
token: expired; the access token is invalid, tokens per second 42, password rejected, no secret found
arn:aws:iam::123456789012:role/deploy etag "33a64df551425fcc55e4d42a148795d9f25f89d4" nginx/1.27.0
Skipping disk-pressure task-runner k8s.gcr.io/pause:3.9 SKU1234567890 risk-based mask_v1_ghost
docker run -u 1000:1000 web; ls -u /tmp; mysql -u root shop; redis-cli -h cache ping
1751364000:aaf00baa 10.0.0.1:8080 [::1]:9090 50% 1e-9 0x7ffee4c0 v1.2.3-rc.1+build.5
"""


@pytest.mark.parametrize("line", INNOCENT.strip().splitlines())
def test_what_only_looks_long_and_random_stays(line: str) -> None:
    assert redacted(line) == line
