"""What an organization's rules let run, of what only reads."""

import time
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aurora_rt.toolsets.commands import CommandDenied, run
from aurora_rt.toolsets.policy import (
    NO_POLICY,
    UNREADABLE,
    Mode,
    PatternInvalid,
    Policy,
    Rule,
    checked,
    glob,
    matches,
)
from aurora_rt.toolsets.verdicts.table import CHECKS, denied

WORD = st.from_regex(r"[a-z0-9./:-]{1,8}", fullmatch=True).filter(lambda word: not word.startswith("-"))
WORDS = st.lists(WORD, min_size=1, max_size=6)
PATTERNS = st.lists(WORD | st.sampled_from(["*", "a*", "*b", "--x=1", "-n"]), min_size=1, max_size=6).map(
    " ".join
)


def rule(mode: Mode, pattern: str, *, priority: int = 100, enabled: bool = True, why: str = "") -> Rule:
    return Rule(uuid4(), mode, checked(pattern), why, priority, enabled)


def policy(*rules: Rule) -> Policy:
    return Policy(rules)


def allows(policy: Policy, command: str) -> bool:
    return policy.decide(command.split()).allowed


@pytest.mark.parametrize(
    ("pattern", "command"),
    [
        ("kubectl get *", "kubectl get pods -A"),
        ("kubectl get *", "kubectl get"),
        ("kubectl get pods", "kubectl get pods"),
        ("kubectl * --namespace=prod", "kubectl get pods --namespace=prod"),
        ("kubectl * --namespace=prod", "kubectl get pods --namespace prod"),
        ("kubectl * --namespace=prod", "kubectl get pods -n prod"),
        ("kubectl * --namespace=prod", "kubectl get pods -nprod"),
        ("kubectl * --namespace=prod", "kubectl get pods -n=prod"),
        ("kubectl * --namespace=prod", "kubectl -n prod get pods"),
        ("kubectl get * -n prod", "kubectl --namespace=prod get pods"),
        ("kubectl get * --namespace=prod-*", "kubectl get pods -n prod-eu"),
        ("* --namespace=prod", "helm list -n prod"),
        ("kubectl get * --all-namespaces", "kubectl get pods -A"),
        ("curl http://10.*", "curl http://10.0.0.1/metrics"),
        ("* http://*.internal/*", "curl http://db.internal/health"),
        ("*", "df -h"),
        ("d* -*", "df -h"),
        ("df * * *", "df"),
        ("journalctl * --unit=*", "journalctl --unit=nginx"),
    ],
)
def test_a_pattern_fits_a_command(pattern: str, command: str) -> None:
    assert matches(checked(pattern), command.split())


@pytest.mark.parametrize(
    ("pattern", "command"),
    [
        ("kubectl get *", "kubectl describe pod x"),
        ("kubectl get", "kubectl get pods"),
        ("kubectl get pods", "kubectl get -A pods"),
        ("kubectl * --namespace=prod", "kubectl get pods --namespace=production"),
        ("kubectl * --namespace=prod", "kubectl get prod"),
        ("kube", "kubectl"),
        ("kubectl", "kube"),
        ("a*b*c", "ac"),
        ("ab*ba", "aba"),
        ("df .", "df x"),
        ("df [a-z]*", "df x"),
        ("df ?", "df x"),
        ("DF", "df"),
        ("grep 'two words' *", "grep two words x"),
    ],
)
def test_a_pattern_does_not_fit_a_command(pattern: str, command: str) -> None:
    assert not matches(checked(pattern), command.split())


def test_quotes_hold_a_word_together() -> None:
    assert matches("grep 'two words' *", ["grep", "two words", "/var/log/syslog"])


def test_without_rules_whatever_only_reads_may_run() -> None:
    assert NO_POLICY.decide(["df", "-h"]).allowed
    assert (
        NO_POLICY.decide(["df", "-h"]).reason == "It only reads, and no rule of the organization denies it."
    )


def test_a_deny_rule_wins_over_every_allow_rule() -> None:
    both = policy(
        rule("allow", "*", priority=0), rule("deny", "curl", priority=999, why="Ask the network team.")
    )
    decision = both.decide(["curl", "http://web/"])
    assert not decision.allowed
    assert decision.rule is both.rules[1]
    assert decision.reason == "The organization's rule “curl” denies it: Ask the network team."
    assert allows(both, "df -h")


def test_what_is_denied_stays_denied_with_more_words() -> None:
    assert not allows(policy(rule("deny", "kubectl describe")), "kubectl describe pod x -n shop")
    assert not allows(policy(rule("deny", "kubectl * -n prod")), "kubectl -n prod get pods -o wide")
    assert not allows(policy(rule("deny", "kubectl * -n prod")), "kubectl get pods --namespace prod -o wide")


def test_with_an_allow_rule_only_what_is_allowed_may_run() -> None:
    only = policy(rule("allow", "kubectl get *"))
    assert allows(only, "kubectl get pods")
    assert not allows(only, "kubectl logs x")
    assert only.decide(["df"]).reason == "It only reads, but no rule of the organization allows it."


def test_a_rule_that_is_not_enabled_does_nothing() -> None:
    off = policy(rule("allow", "kubectl get *", enabled=False), rule("deny", "df", enabled=False))
    assert allows(off, "df -h")
    assert off.fingerprint == ""


def test_the_rule_with_the_lowest_number_is_named_as_the_reason() -> None:
    two = policy(rule("deny", "df *", priority=20), rule("deny", "df", priority=10))
    assert two.decide(["df"]).rule is two.rules[1]


def test_a_policy_that_cannot_be_read_lets_nothing_run() -> None:
    decision = UNREADABLE.decide(["df", "-h"])
    assert not decision.allowed
    assert decision.reason == "The organization's command policy cannot be read, so nothing may be run."


@pytest.mark.parametrize(
    ("argv", "rules", "says"),
    [
        (("rm", "-rf", "/"), policy(rule("allow", "*")), "not on the list"),
        (("kubectl", "delete", "pod", "x"), policy(rule("allow", "kubectl delete *")), "more than read"),
        (("df", "-h"), policy(rule("deny", "df")), "denies it"),
        (("df", "-h"), policy(rule("allow", "kubectl *")), "no rule"),
        (("df", "-h"), UNREADABLE, "cannot be read"),
    ],
)
async def test_no_program_starts_that_the_verdict_or_the_policy_denies(
    argv: tuple[str, ...], rules: Policy, says: str
) -> None:
    with pytest.raises(CommandDenied, match=says):
        await run(argv, policy=rules, timeout=5, output_limit=1000)


async def test_what_the_policy_allows_runs() -> None:
    finished = await run(("df", "-h"), policy=policy(rule("allow", "df *")), timeout=10, output_limit=10_000)
    assert finished.exit_status == 0
    assert "Filesystem" in finished.stdout


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("", "at least one word"),
        ("  ", "at least one word"),
        ("df 'x", "not closed"),
        ("df\nrm", "one line"),
        ("df \x00", "one line"),
        ("x" * 501, "500 characters"),
        ("a " * 31, "30 words"),
    ],
)
def test_a_pattern_that_fits_nothing_is_refused_with_a_sentence(pattern: str, says: str) -> None:
    with pytest.raises(PatternInvalid, match=says):
        checked(pattern)


def test_policies_that_decide_the_same_have_the_same_fingerprint() -> None:
    one, two = rule("deny", "df"), rule("allow", "kubectl *")
    assert (
        policy(one, two).fingerprint
        == policy(replace(two, priority=1), replace(one, description="x")).fingerprint
    )
    assert (
        len({p.fingerprint for p in (policy(one), policy(two), policy(one, two), NO_POLICY, UNREADABLE)}) == 5
    )


@given(WORDS, WORDS)
def test_a_pattern_without_a_star_fits_only_itself(one: list[str], other: list[str]) -> None:
    assert matches(" ".join(one), one)
    assert matches(" ".join(one), other) == (one == other)


@given(PATTERNS, WORDS)
def test_a_deny_pattern_fits_whatever_an_allow_pattern_fits(pattern: str, words: list[str]) -> None:
    if matches(pattern, words):
        assert matches(pattern, words, begins=True)
        assert matches(pattern, [*words, "and", "more"], begins=True)


@given(st.lists(st.tuples(st.sampled_from(["allow", "deny"]), PATTERNS), max_size=5), WORDS, PATTERNS)
def test_a_deny_rule_more_never_lets_more_run(
    rules: list[tuple[Mode, str]], words: list[str], more: str
) -> None:
    before = policy(*(rule(mode, pattern) for mode, pattern in rules))
    after = policy(*before.rules, rule("deny", more))
    assert before.decide(words).allowed or not after.decide(words).allowed


@given(st.sampled_from(sorted(CHECKS)), st.lists(st.text(max_size=10), max_size=5))
def test_no_rule_widens_the_verdict(program: str, arguments: list[str]) -> None:
    # What `run` asks first does not know of any policy.
    argv = [program, *arguments]
    assert (denied(argv) is None) or policy(rule("allow", "*")).decide(argv).allowed


@given(st.text("ab*", max_size=12), st.text("ab", max_size=12))
def test_a_glob_fits_as_the_plain_definition_says(wanted: str, word: str) -> None:
    def fits(wanted: str, word: str) -> bool:
        if not wanted:
            return not word
        if wanted[0] == "*":
            return fits(wanted[1:], word) or (bool(word) and fits(wanted, word[1:]))
        return bool(word) and wanted[0] == word[0] and fits(wanted[1:], word[1:])

    assert glob(wanted, word) == fits(wanted, word)


def test_no_pattern_takes_long() -> None:
    began = time.process_time()
    assert not matches(checked("*a" * 240 + "b"), ["a" * 2000] * 3)
    assert not matches(checked("* a " * 14 + "b"), ["a"] * 200)
    assert time.process_time() - began < 2
