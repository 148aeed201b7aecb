"""What looks like a secret is taken out, and nothing else is."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.toolsets.redaction import HIDDEN, redacted

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
    ],
)
def test_a_text_without_a_secret_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


@given(st.text())
def test_hiding_twice_is_hiding_once(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once


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
