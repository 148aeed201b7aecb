"""What looks like a secret is taken out, and nothing else is."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.redaction import HIDDEN, hidden_words, redacted

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
