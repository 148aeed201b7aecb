"""Which commands only read: a table of verdicts, and properties that hold for all."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.toolsets.verdicts.table import CHECKS, denied
from aurora_rt.toolsets.verdicts.text import NotACommand, parsed, verdict

COMMON = {
    "kubectl",
    "helm",
    "docker",
    "git",
    "aws",
    "gcloud",
    "az",
    "curl",
    "openssl",
    "redis-cli",
    "ps",
    "journalctl",
}
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
    assert len(every) >= 1000
    assert len({command for command, _ in every}) == len(every)
    assert {parsed(command)[0] for command in allowed()} >= COMMON


@pytest.mark.parametrize("may", [True, False], ids=["may be run", "may not be run"])
def test_the_verdict_on_every_command_of_the_table(may: bool) -> None:
    wrong = [command for command, expected in rows() if expected == may and (verdict(command) is None) != may]
    assert wrong == []


def test_every_refusal_is_a_sentence() -> None:
    reasons = {verdict(command) or "" for command, may in rows() if not may}
    assert all(reason.endswith(".") and len(reason) < 200 for reason in reasons)


def test_a_second_line_is_a_second_command() -> None:
    assert verdict("ls\nrm x") is not None
    assert verdict("ls\rrm x") is not None
    assert verdict("ls -l\n") is None


HARMLESS = {("dmesg", "-delete"), ("date", "-delete"), ("grep", "-exec"), ("aws", "--output=/etc/passwd")}
HARMLESS |= {(cloud, flag) for cloud in ("aws", "gcloud", "az") for flag in ("--kubeconfig=x", "--raw=/x")}
HARMLESS |= {(cloud, "--unheard-of") for cloud in ("aws", "gcloud", "az")}
HARMLESS |= {(cloud, "--output=/etc/passwd") for cloud in ("gcloud", "az")}
"""What is read otherwise: `-exec` is `-e xec`. Clouds have too many flags to know each; those that harm are known."""


@pytest.mark.parametrize(
    "evil", ["-exec", "--output=/etc/passwd", "--kubeconfig=x", "-delete", "--raw=/x", "--unheard-of", "-\0"]
)
def test_a_flag_that_is_not_known_makes_any_command_denied(evil: str) -> None:
    for command in allowed():
        program, *arguments = parsed(command)
        if (program, evil) in HARMLESS or "--" in arguments:
            continue
        assert denied((program, evil, *arguments)) is not None, command
        if not program.endswith("-cli"):  # which sends to the server what follows the command
            assert denied((program, *arguments, evil)) is not None, command


def test_no_flag_is_smuggled_in_as_the_value_of_another() -> None:
    for command in allowed():
        argv = parsed(command)
        for n, word in enumerate(argv[1:], 1):
            if word.startswith("--") and "=" not in word and argv[0] not in ("aws", "gcloud", "az"):
                smuggled = (*argv[: n + 1], "--output=/etc/passwd", *argv[n + 1 :])
                assert denied(smuggled) is not None, smuggled


@given(st.sampled_from(allowed()), st.integers(2, 6))
def test_a_long_flag_cut_short_is_not_known(command: str, kept: int) -> None:
    argv = parsed(command)
    long = [n for n, word in enumerate(argv) if word.startswith("--") and len(word) > kept + 2]
    if argv[0] in ("aws", "gcloud", "az") or "--" in argv or not long:
        return
    known = {
        "--no",
        "--all",
        "--max",
        "--follow",
        "--boot",
        "--list",
        "--short",
        "--color",
        "--date",
        "--since",
    }
    name = argv[long[0]].partition("=")[0]
    if (short := name[: kept + 2]) not in known | {name}:
        assert denied((*argv[: long[0]], short, *argv[long[0] + 1 :])) is not None


@given(
    st.sampled_from(
        ["/etc/shadow", "/proc/self/environ", "/root/.ssh/id_rsa", "/run/secrets/db", "/dev/sda"]
    ),
    st.lists(st.sampled_from(["/", "/.", "/x/..", "//", "/proc/self/root", "/var/log/../.."]), max_size=4),
    st.sampled_from(["cat", "head -n 1", "tail -n 5", "wc -l", "grep x", "grep -e x", "grep -r x", "cat --"]),
)
def test_no_way_of_writing_a_path_shows_a_secret_file(secret: str, before: list[str], command: str) -> None:
    assert denied((*command.split(), "".join(before) + secret)) is not None
    assert denied((*command.split(), "".join(before).lstrip("/") + secret.lstrip("/"))) is not None


@given(st.integers(0, 3), st.sampled_from(["{}", "0x{:x}", "0{:o}"]), st.booleans())
def test_no_way_of_writing_an_address_reaches_the_metadata_of_a_cloud(
    parts: int, form: str, secure: bool
) -> None:
    number = (169 << 24) + (254 << 16) + (169 << 8) + 254
    head = [form.format(number >> (24 - 8 * n) & 255) for n in range(parts)]
    rest = number & ((1 << (32 - 8 * parts)) - 1)
    host = ".".join([*head, form.format(rest)])
    assert denied(("curl", f"http{'s' * secure}://{host}/latest/meta-data/")) is not None
    assert denied(("curl", host)) is not None


DENIED_WITH_VERBS = [
    command
    for command, may in rows()
    if not may and command.startswith(("kubectl ", "docker ", "git ", "helm ", "aws ", "gcloud ", "az "))
]


@given(
    st.sampled_from(DENIED_WITH_VERBS),
    st.sampled_from([("--",), ("--", "--"), ("-n", "x"), ("--namespace=x",)]),
)
def test_nothing_that_is_put_before_a_verb_opens_it(command: str, before: tuple[str, ...]) -> None:
    try:
        program, *arguments = parsed(command)
    except NotACommand:
        return  # denied for what only a shell understands
    assert denied((program, *before, *arguments)) is not None


@given(
    st.sampled_from(allowed()),
    st.sampled_from(["({})", "$({})", "`{}`", "{{ {}; }}", "<({})", "! {}", '"$({})"']),
)
def test_no_command_is_wrapped_into_a_sub_shell(command: str, form: str) -> None:
    assert verdict(form.format(command)) is not None
    assert verdict(f"ls {form.format(command)}") is not None or form.startswith("! ")


@given(st.sampled_from(allowed()), st.sampled_from(["X=1", "PATH=/tmp", "A=$B", "_=x"]))
def test_variables_before_a_command_are_refused(command: str, assignment: str) -> None:
    assert verdict(f"{assignment} {command}") is not None


@given(st.sampled_from(allowed()), METACHARACTERS, PLAIN_WORDS)
def test_whatever_a_shell_would_do_is_refused(command: str, character: str, word: str) -> None:
    assert verdict(f"{command} {character} {word}") is not None
    if character not in "~#":  # which a shell minds only at the start of a word
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
    for other in ("sudo", "env", "xargs", "timeout 5", "nice", "sh -c", "exec", "command", "\\", "! ", "{ "):
        assert verdict(f"{other} {command}") is not None
