"""From a name as people write it to a provider, without asking anybody."""

import pytest
from pydantic import SecretStr

from aurora_rt.llm import measuring
from aurora_rt.llm.errors import ModelAway, ModelUnknown
from aurora_rt.llm.facts import facts
from aurora_rt.llm.names import Accounts, resolve
from aurora_rt.llm.provider import Account
from aurora_rt.llm.providers import discover
from aurora_rt.settings import load

KEY = Account(key=SecretStr("sk-test-key"))
SERVER = Account(base_url="http://127.0.0.1:9/v1")


def found(name: str, *operators: str, own: tuple[str, ...] = ()) -> tuple[str, str]:
    accounts = Accounts(
        own=dict.fromkeys(own, KEY),
        operators={one: SERVER if one in ("compatible", "ollama") else KEY for one in operators},
    )
    where = resolve(name, discover(), accounts)
    return where.provider.name, where.model


def test_a_name_is_asked_at_its_provider_else_at_openrouter() -> None:
    name = "anthropic/claude-3.5-sonnet"
    assert found(name, "anthropic", "openrouter") == ("anthropic", "claude-3.5-sonnet")
    assert found(name, "openrouter") == ("openrouter", name)
    assert found(f"openrouter/{name}", "anthropic", "openrouter") == ("openrouter", name)
    assert found("mistral/mistral-large", "openrouter") == ("openrouter", "mistralai/mistral-large")
    assert found("meta-llama/llama-4:free", "openrouter") == ("openrouter", "meta-llama/llama-4:free")
    assert found("ollama/qwen3:8b", "ollama", "openrouter") == ("ollama", "qwen3:8b")


def test_the_operators_own_server_takes_every_name_as_it_is() -> None:
    assert found("openai/my-model", "compatible", "openai") == ("compatible", "my-model")
    assert found("my-model", "compatible") == ("compatible", "my-model")
    assert found("anthropic/claude-3.5-sonnet", "compatible", "anthropic") == (
        "compatible",
        "anthropic/claude-3.5-sonnet",
    )
    assert found("anthropic/claude-3.5-sonnet", "compatible", own=("anthropic",)) == (
        "anthropic",
        "claude-3.5-sonnet",
    )


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("anthropic/claude-3.5-sonnet", "Set ANTHROPIC_API_KEY"),
        ("bedrock/anthropic.claude-sonnet-4-5", "AWS_REGION"),
        ("ollama/qwen3", "OLLAMA_BASE_URL"),
        ("nobody/knows", "OPENROUTER_API_KEY"),
    ],
)
def test_a_missing_account_is_named(name: str, says: str) -> None:
    with pytest.raises(ModelAway, match=says):
        found(name)


@pytest.mark.parametrize("name", ["", "x" * 300, "a b", "../etc\n", "ünknown/x", "gpt-4o"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ModelUnknown):
        found(name)


def test_a_missing_package_is_named_with_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aurora_rt.llm.provider.find_spec", lambda _: None)
    provider = discover()["mistral"]
    monkeypatch.delitem(provider.__dict__, "installed", raising=False)
    try:
        with pytest.raises(ModelAway, match=r"pip install 'aurora-rt\[mistral\]'"):
            found("mistral/mistral-large", "mistral")
    finally:
        provider.__dict__.pop("installed", None)


def known(name: str, *, measured: int | None = None, **given: object) -> tuple[int, str, int, bool]:
    provider = name.partition("/")[0]
    where = resolve(name, discover(), Accounts({}, {provider: KEY if provider != "ollama" else SERVER}))
    told = facts(where, load(**given), measured)
    return told.window, told.window_from, told.output_limit, told.price is not None


def test_windows_are_known_measured_set_or_careful_and_an_answer_always_has_a_limit() -> None:
    assert known("anthropic/claude-3.5-sonnet") == (200_000, "known", 4096, True)
    assert known("google/gemini-2.5-pro")[:2] == (1_048_576, "known")
    assert known("openai/nobody-knows-it") == (8192, "careful", 1024, False)
    assert known("openai/nobody-knows-it", model_window=32_768) == (32_768, "setting", 4096, False)
    assert known("anthropic/claude-3.5-sonnet", model_window=16_000)[:2] == (16_000, "setting")
    assert known("anthropic/claude-3.5-sonnet", model_window=999_000)[:2] == (200_000, "known")
    assert known("ollama/qwen3", measured=4096) == (4096, "measured", 512, False)
    assert known("ollama/qwen3", measured=2048, model_output_limit=9999)[2] == 1024


def test_an_ollama_takes_what_it_was_given_not_what_the_model_could() -> None:
    shown = {"model_info": {"qwen3.context_length": 40_960}}
    assert measuring.told(shown, {}, "qwen3") == 4096
    assert measuring.told({**shown, "parameters": "stop x\nnum_ctx      16384\n"}, {}, "qwen3") == 16_384
    loaded = {"models": [{"name": "other"}, {"name": "qwen3:latest", "context_length": 32_768}]}
    assert measuring.told(shown, loaded, "qwen3") == 32_768
    assert measuring.told({"model_info": {"x.context_length": 2048}}, {}, "x") == 2048
    for nonsense in ([], None, {}, {"model_info": {"a.context_length": "many"}}):
        assert measuring.told(nonsense, [], "x") is None


def test_every_provider_says_what_it_needs() -> None:
    for provider in discover().values():
        assert provider.needs
        assert provider.extra
        assert provider.example
