"""Laws of the settings: each is described, in the README, and a misspelt one is an error."""

from pathlib import Path

import pytest

from aurora_rt.errors import Misconfigured
from aurora_rt.settings import Settings, load, variables

README = Path(__file__).parents[2] / "README.md"


def test_every_setting_stands_in_the_readme_with_its_meaning() -> None:
    text = README.read_text()
    for name, meaning in variables().items():
        assert f"| `{name}` | {meaning} |" in text, name


def test_every_setting_has_an_upper_case_name_and_a_description() -> None:
    for field in Settings.model_fields.values():
        assert str(field.alias).isupper()
        assert field.description


def test_a_misspelt_setting_is_an_error_that_names_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AURORA_PROT", "80")
    with pytest.raises(Misconfigured, match="AURORA_PORT"):
        load()


def test_a_bad_value_is_an_error_that_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AURORA_PORT", "eighty")
    with pytest.raises(Misconfigured, match="AURORA_PORT"):
        load()
