"""Which commands only read: a table of verdicts, and properties that hold for all."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.toolsets.verdicts.table import CHECKS, denied
from aurora_rt.toolsets.verdicts.text import NotACommand, parsed, verdict

TABLE = Path(__file__).with_name("verdicts.txt")
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=20)
PLAIN_WORDS = st.from_regex(r"[a-z0-9][a-z0-9./:=-]{0,12}", fullmatch=True).filter(
    lambda word: "=" not in word
)
METACHARACTERS = st.sampled_from(list("|&;<>()`$*?~#\\\n"))


def rows() -> Iterator[tuple[str, bool]]:
    for line in TABLE.read_text().splitlines():
        if line.startswith(("+ ", "- ")):
            yield line[2:], line.startswith("+")


def allowed() -> list[str]:
    return [command for command, may in rows() if may]


def test_the_table_is_large_and_names_every_program() -> None:
    every = list(rows())
    assert len(every) >= 200
    assert len({command for command, _ in every}) == len(every)
    known = {command.split()[0] for command in allowed()}
    assert known <= set(CHECKS)


@pytest.mark.parametrize(("command", "may"), list(rows()))
def test_the_verdict_on_a_command(command: str, may: bool) -> None:
    assert (verdict(command) is None) == may, verdict(command)


def test_a_second_line_is_a_second_command() -> None:
    assert verdict("ls\nrm x") is not None
    assert verdict("ls\rrm x") is not None
    assert verdict("ls -l\n") is None


@pytest.mark.parametrize("command", allowed())
@pytest.mark.parametrize(
    "evil", ["-exec", "--output=/etc/passwd", "--kubeconfig=x", "-delete", "--raw=/x", "--unheard-of", "-\0"]
)
def test_a_flag_that_is_not_known_makes_any_command_denied(command: str, evil: str) -> None:
    argv = parsed(command)
    if argv[0] in ("aws", "gcloud", "az") and evil.startswith("--o"):
        return  # clouds have too many flags to know each; `--output` of theirs takes a form
    if argv[0] in ("aws", "gcloud", "az") and evil.startswith("--"):
        return
    assert denied((argv[0], evil, *argv[1:])) is not None
    assert denied((*argv, evil)) is not None


@given(st.sampled_from(allowed()), st.sampled_from(["X=1", "PATH=/tmp", "A=$B", "_=x"]))
def test_variables_before_a_command_are_refused(command: str, assignment: str) -> None:
    assert verdict(f"{assignment} {command}") is not None


@given(st.sampled_from(allowed()), METACHARACTERS, PLAIN_WORDS)
def test_whatever_a_shell_would_do_is_refused(command: str, character: str, word: str) -> None:
    assert verdict(f"{command} {character} {word}") is not None
    assert verdict(f"{command}{character}{word}") is not None


@given(st.lists(PLAIN_WORDS, min_size=1, max_size=8))
def test_quoting_changes_nothing(words: list[str]) -> None:
    assert parsed(shlex.join(words)) == tuple(words)
    assert parsed(" ".join(f"'{word}'" for word in words)) == tuple(words)
    assert parsed("  ".join(f'"{word}"' for word in words)) == tuple(words)
    assert parsed(" ".join(f"{word[:1]}''{word[1:]}" for word in words)) == tuple(words)


@given(st.text(max_size=200))
def test_any_text_gets_a_verdict(text: str) -> None:
    try:
        argv = parsed(text)
    except NotACommand as error:
        refusal: str | None = error.message
    else:
        refusal = denied(argv)
    assert verdict(text) == refusal


@given(st.sampled_from(sorted(CHECKS)), st.lists(WORDS, max_size=8))
def test_no_check_raises(program: str, arguments: Sequence[str]) -> None:
    assert isinstance(denied((program, *arguments)), str | None)


@given(st.sampled_from(allowed()))
def test_a_path_or_another_program_before_a_command_is_refused(command: str) -> None:
    assert verdict(f"/usr/bin/{command}") is not None
    for other in ("sudo", "env", "xargs", "timeout 5", "nice", "sh -c"):
        assert verdict(f"{other} {command}") is not None
