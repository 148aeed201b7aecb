"""What organizations trust us with: sealed so that only the right key, for the right row, opens it."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from aurora_rt import embedded
from aurora_rt.connectors import guard
from aurora_rt.connectors.secrets import (
    KEY_BYTES,
    Secrets,
    SecretsLocked,
    SecretsOff,
    bound,
    opened,
    sealed,
)
from aurora_rt.db.pool import Database
from aurora_rt.errors import Invalid

KEY = SecretStr("a key of the operator, long enough")
KEYS = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)


@given(KEYS, st.binary(), st.binary())
@settings(max_examples=50, deadline=None)
def test_what_is_sealed_is_opened_again_and_never_looks_the_same_twice(
    key: bytes, text: bytes, binding: bytes
) -> None:
    first, second = sealed(key, text, binding), sealed(key, text, binding)
    assert opened(key, first, binding) == opened(key, second, binding) == text
    assert first != second
    assert len(text) < 8 or text not in first


@given(KEYS, st.binary(min_size=1), st.binary(), st.data())
@settings(max_examples=50, deadline=None)
def test_whoever_changes_one_bit_opens_nothing(
    key: bytes, text: bytes, binding: bytes, data: st.DataObject
) -> None:
    kept = bytearray(sealed(key, text, binding))
    kept[data.draw(st.integers(0, len(kept) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(SecretsLocked):
        opened(key, bytes(kept), binding)


@given(st.uuids(), st.uuids(), st.text(), st.text(), st.text(), st.text())
@settings(max_examples=20, deadline=None)
def test_no_two_rows_are_bound_alike(
    one: UUID, other: UUID, kind: str, row: str, kind2: str, row2: str
) -> None:
    same = (one, kind, row) == (other, kind2, row2)
    assert (bound(one, kind, row) == bound(other, kind2, row2)) == same


async def organization(database: Database) -> UUID:
    made = uuid4()
    async with database.connection() as connection:
        await connection.execute("INSERT INTO organizations (id, name) VALUES ($1, 'Acme')", made)
    return made


async def test_a_secret_belongs_to_its_organization_kind_and_row(database: Database) -> None:
    secrets = Secrets(KEY)
    acme, umbrella = await organization(database), await organization(database)
    async with database.scope(acme) as scope:
        kept = await secrets.seal(scope, "llm account", "openai", "sk-planted-1")
        again = await Secrets(KEY).open(scope, "llm account", "openai", kept)
        assert again.get_secret_value() == "sk-planted-1"
        for kind, row in (("cloud account", "openai"), ("llm account", "anthropic")):
            with pytest.raises(SecretsLocked):
                await secrets.open(scope, kind, row, kept)
        with pytest.raises(SecretsLocked):
            await secrets.open(scope, "llm account", "openai", b"")
    async with database.scope(umbrella) as scope:
        with pytest.raises(SecretsLocked):  # it has no data key at all
            await secrets.open(scope, "llm account", "openai", kept)
        await secrets.seal(scope, "llm account", "openai", "sk-another")
        with pytest.raises(SecretsLocked):
            await secrets.open(scope, "llm account", "openai", kept)


async def test_a_wrong_or_missing_key_says_so_and_spoils_nothing(database: Database) -> None:
    acme = await organization(database)
    async with database.scope(acme) as scope:
        kept = await Secrets(KEY).seal(scope, "llm account", "openai", "sk-planted-2")
        wrong = Secrets(SecretStr("another key of the operator"))
        with pytest.raises(SecretsLocked, match="AURORA_SECRET_KEY is not the one"):
            await wrong.open(scope, "llm account", "openai", kept)
        with pytest.raises(SecretsLocked):
            await wrong.seal(scope, "llm account", "mistral", "sk-planted-3")
        with pytest.raises(SecretsOff, match="set AURORA_SECRET_KEY"):
            await Secrets(None).seal(scope, "llm account", "openai", "sk-planted-2")
        assert (
            await Secrets(KEY).open(scope, "llm account", "openai", kept)
        ).get_secret_value() == "sk-planted-2"


def test_the_embedded_servers_bring_a_key_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    made = embedded.secret_key(tmp_path)
    assert embedded.secret_key(tmp_path) == made
    assert (tmp_path / embedded.SECRET_KEY_FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "text",
    [
        "http://169.254.169.254/v1",
        "http://metadata.google.internal/",
        "http://[fd00:ec2::254]/v1",
        "http://2852039166/v1",
        "http://169-254-169-254.sslip.io/v1",
        "http://0.0.0.0/v1",
        "ftp://models.example.com",
        "file:///etc/passwd",
        "http://user:password@models.example.com/v1",
        "http://models.example.com/v1?key=1",
        "http://[",
        "models.example.com",
    ],
)
def test_an_address_that_nobody_should_ask_is_refused_as_it_is_written(text: str) -> None:
    with pytest.raises(Invalid):
        guard.base_url(text, private=True)


async def test_private_addresses_are_asked_where_the_settings_say_so() -> None:
    assert guard.base_url(" http://10.0.0.5:8000/v1/ ", private=True) == "http://10.0.0.5:8000/v1"
    with pytest.raises(guard.ForbiddenPlace, match="AURORA_PROBE_PRIVATE"):
        guard.base_url("http://10.0.0.5:8000/v1", private=False)
    assert await guard.addresses("localhost", 80, private=True)
    with pytest.raises(guard.ForbiddenPlace):
        await guard.addresses("localhost", 80, private=False)
