"""Taking out of a text what looks like a secret, before anybody reads or keeps it.

Two kinds: what stands where a secret stands (after `password=`, after `Bearer`, before the `@` of a URL), and what has
a secret's well-known shape. Every pattern is linear in the text, and is only looked for where something that it
cannot do without is there at all; redacting twice gives the same as once.

This stands below everything else, because everything goes through it on its way in: what alert sources send, what
people write, what tools and models say, what is logged. `redacted` is for texts (documents, too), `redacted_json` for
texts that have to stay JSON, `redacted_value` for what JSON was read into, `Stream` for a text that is still being
written.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from pydantic_core import from_json, to_json

HIDDEN: Final = "[redacted]"

_NAME: Final = (
    r"(?:pg|db|my)?pass(?:word|wd|phrase)?|pwd(?!\s?[:=]\s?/)|requirepass|masterauth|secret|token|credentials?"
    r"|(?:api|access|secret|private|account|encryption|signing|master)[_-]?key(?:[_-]base)?|client-key-data"
)
"""What a secret is called. What `PWD` names is a directory, when it is a path."""
_NAME_CUES: Final = (
    *("pass", "pwd", "masterauth", "secret", "token", "credential", "client-key-data"),
    *(
        f"{whose}{between}key"
        for whose in ("api", "access", "private", "account", "encryption", "signing", "master")
        for between in ("", "_", "-")
    ),
)
_START: Final = r"(?:\b|_|-|(?-i:(?<=[a-z])(?=[A-Z])))"
"""Where a name or its last part begins: `token`, `auth_token`, `auth-token`, `authToken`."""
_VALUE: Final = r"""(?:"[^"\n]+"?|'[^'\n]+'?|[^\s"',;&\\]+)"""
"""Up to the closing quote, or to the end of the line where the text was cut before it."""
_NO_VALUE: Final = (
    r"(?:expired|invalid|missing|denied|rejected|revoked|required|unknown|empty|not|no|none|null|nil|true|false)"
    r"""(?:[\s"',;.)]|$)"""
)
"""What is said about secrets: `token: expired`."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of secret."""

    cues: tuple[str, ...]
    """Texts of which every such secret has one around it or in it, in lower case."""
    pattern: re.Pattern[str]
    shown: str = HIDDEN
    """What is put in its place."""
    hint: re.Pattern[str] | None = None
    """What is quicker to look for than the pattern, where no cue tells much."""


def _shape(cues: str, pattern: str, hint: str | None = None) -> Kind:
    """A secret that is known by itself, with cues in a list of words."""
    return Kind(tuple(cues.split()), re.compile(pattern), hint=re.compile(hint) if hint else None)


_AFTER: Final = rf"\1{HIDDEN}"
_PLACES: Final = (
    # key blocks (RFC 7468, RFC 9580)
    Kind(
        ("-----begin ",),
        re.compile(
            r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
            r".*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
            re.DOTALL,
        ),
    ),
    # credentials in a URL: after the user, or a token in the user's place
    Kind(
        ("@",),
        re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@]*:)[^\s/]+(?=@)", re.IGNORECASE),
        _AFTER,
    ),
    Kind(("@",), re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://)[^\s/:@\[]{16,}(?=@)", re.IGNORECASE), _AFTER),
    # Authorization: Bearer …
    Kind(
        ("authorization",),
        re.compile(
            rf"""(\bauthorization\\?["']?\s?[:=]\s?\\?["']?(?:[a-z]{{2,12}}\s+)?+)(?!\[redacted\])(?!{_NO_VALUE})[^\s"',;\\]+""",
            re.IGNORECASE,
        ),
        _AFTER,
    ),
    Kind(
        ("bearer", "basic"),
        # A credential has a digit or padding; the words of a sentence about bearers have not.
        re.compile(r"(\b(?:bearer|basic)\s+)(?=[a-z._~+/-]*[0-9=])[a-z0-9._~+/=-]{8,}", re.IGNORECASE),
        _AFTER,
    ),
    # name=value, name: value, "name": "value", also with quotes that are escaped
    Kind(
        _NAME_CUES,
        re.compile(
            rf"""({_START}(?:{_NAME})(?:\\?["'])?\s?(?:=|:(?=["'\\])|:\s)\s?\\?)"""
            rf"(?!(?:bearer|basic)\s|\[redacted\]|{_NO_VALUE}){_VALUE}",
            re.IGNORECASE,
        ),
        _AFTER,
    ),
    # --name value
    Kind(
        _NAME_CUES,
        re.compile(
            rf"((?:^|\s)--?(?:[a-z0-9]+[_-]){{0,4}}(?:{_NAME})\s+)(?!-|\[redacted\]){_VALUE}", re.IGNORECASE
        ),
        _AFTER,
    ),
    # curl -u name:password, but not docker -u 1000:1000
    Kind(
        ("-u",),
        re.compile(r"((?:^|\s)(?:-u|--user)[ =]?[^\s:@/]+:)(?!\[redacted\]|\d+(?:\s|$))\S+"),
        _AFTER,
    ),
    # programs that take a password by one letter
    Kind(
        ("sshpass", "-cli", "mysql"),
        re.compile(
            r"(\bsshpass +-p ?|\b(?:redis|valkey)-cli(?: +(?!-a )\S++){0,20}? +-a +"
            r"|\bmysql(?:dump|admin)?(?: +(?!-p)\S++){0,20}? +-p)(?!\[redacted\])\S+"
        ),
        _AFTER,
    ),
    # cookies, and the signature that makes a URL or a request valid
    Kind(
        ("cookie:",),
        re.compile(r"(\bcookie:\s?)(?!\[redacted\])[^\s=]+=[^\n\"']*", re.IGNORECASE),
        _AFTER,
    ),
    Kind(
        ("signature=", "sig="),
        re.compile(r"((?:\bsignature|[?&]sig)=)(?!\[redacted\])[^\s&\"',;]+", re.IGNORECASE),
        _AFTER,
    ),
    # addresses that let whoever knows them write to a chat
    Kind(
        ("hooks.slack.com/", "/api/webhooks/"),
        re.compile(
            r"(\bhooks\.slack\.com/(?:services|workflows|triggers)/|\bdiscord(?:app)?\.com/api/webhooks/\d+/)"
            r"(?!\[redacted\])[^\s\"']+"
        ),
        _AFTER,
    ),
)
"""Secrets that are known by where they stand."""

_SHAPES: Final = (
    # clouds: AWS, Google, Azure, DigitalOcean
    _shape("akia asia", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    _shape("aiza", r"\bAIza[A-Za-z0-9_-]{35}"),
    _shape("ya29. gocspx- 1//0", r"(?:\bya29\.|\bGOCSPX-|\b1//0)[A-Za-z0-9_-]{20,}"),
    _shape("q~", r"\b[A-Za-z0-9_.~-]{3}\dQ~[A-Za-z0-9_.~-]{31,34}"),
    _shape("_v1_", r"\bdo[opr]_v1_[a-f0-9]{64}"),
    # code and packages: GitHub, GitLab, npm, PyPI, Docker, Atlassian, Linear
    _shape("ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", r"\b(?:gh[pousr]_|github_pat_)[A-Za-z0-9_]{30,}"),
    _shape(
        "glpat glptt gldt glrt gloas glsoat glcbt glft glimt glagent",
        r"\bgl(?:pat|ptt|dt|rt|oas|soat|cbt|ft|imt|agent)-[A-Za-z0-9_.-]{20,}",
    ),
    _shape("npm_ pypi- dckr_", r"\b(?:dckr_(?:pat|oat)_|npm_|pypi-)[A-Za-z0-9_-]{20,}"),
    _shape("atatt3 atctt3 lin_api_", r"\b(?:AT[AC]TT3|lin_api_)[A-Za-z0-9_=-]{30,}"),
    # models: OpenAI, Anthropic, OpenRouter, Groq, Hugging Face, Replicate; payment: Stripe
    _shape(
        "k_live k-live k_test k-test sk-ant sk-proj sk-svc sk-admin sk-or k_ant k_proj",
        r"\b[srp]k[-_](?:live|test|ant|proj|svcacct|admin|or)[-_][A-Za-z0-9_-]{16,}",
    ),
    _shape("sk-", r"\bsk-[A-Za-z0-9]{32,}"),
    _shape("gsk_ hf_ r8_ whsec_", r"\b(?:gsk_|hf_|r8_|whsec_)[A-Za-z0-9]{30,}"),
    _shape(
        "shpat_ shpca_ shppa_ shpss_ sq0",
        r"\b(?:shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}|sq0(?:atp|csp)-[A-Za-z0-9_-]{22,})",
    ),
    # talk: Slack, Discord, Telegram, SendGrid, Twilio, Mailgun, Mailchimp
    _shape("xox xapp-", r"\b(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,}"),
    _shape(
        ".",
        r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
        r"\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27}",
    ),
    _shape("bot :aa", r"\bbot\d{6,12}:[A-Za-z0-9_-]{30,}|\b\d{6,12}:AA[A-Za-z0-9_-]{30,}"),
    _shape("sg.", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    _shape("sk", r"\bSK[a-f0-9]{32}\b", "SK[a-f0-9]{32}"),
    _shape("key- -us", r"\bkey-[a-f0-9]{32}\b|\b[a-f0-9]{32}-us\d{1,2}\b"),
    # watching and keeping: Grafana, New Relic, Sentry, Databricks, Vault, PlanetScale, Doppler, age
    _shape("glsa_ glc_ sntry", r"\b(?:glsa_|glc_|sntry[su]_)[A-Za-z0-9_+/=-]{30,}"),
    _shape("nrak- dapi", r"\b(?:NRAK-[A-Z0-9]{27}|dapi[a-f0-9]{32})\b"),
    _shape("hvs. hvb. hvr.", r"\bhv[sbr]\.[A-Za-z0-9_-]{20,}"),
    _shape("pscale_ dp.", r"\b(?:pscale_(?:tkn|pw|oauth)_|dp\.[a-z]{2,4}\.)[A-Za-z0-9_.-]{20,}"),
    _shape("age-secret-key-", r"\bAGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    # JSON Web Tokens, and private keys in base64, as a kubeconfig has them
    _shape("eyj", r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    _shape(
        "ls0tls1crud",
        r"\bLS0tLS1CRUdJTiB(?:SU0EgUFJJVkFURSBL|FQyBQUklWQVRFIEtF|QUklWQVRFIEtF)[A-Za-z0-9+/=]{20,}",
    ),
)
"""Secrets that are known by themselves, by who gives them out."""

_BY_CUES: Final = tuple(
    (cues, tuple(kinds)) for cues, kinds in groupby((*_PLACES, *_SHAPES), lambda one: one.cues)
)
"""All kinds, those that stand together and have the same cues looked for at once."""

_OPTION: Final = re.compile(rf"--?(?:[a-z0-9]+[_-]){{0,4}}(?:{_NAME})", re.IGNORECASE)
_ASSIGNED: Final = re.compile(rf"(-{{0,2}}(?:[a-z0-9]+[_-]){{0,6}}(?:{_NAME})=).+", re.IGNORECASE | re.DOTALL)


def hidden_words(words: Sequence[str]) -> Iterator[str]:
    """The words of a command line, those that are secrets hidden to their end.

    In text nobody can tell where a secret with spaces, commas or quotes in it ends; here it is known.
    """
    for before, word in zip(("", *words), words, strict=False):
        if _OPTION.fullmatch(before) and not word.startswith("-"):
            yield HIDDEN
        else:
            yield _ASSIGNED.sub(rf"\1{HIDDEN}", word) if _ASSIGNED.fullmatch(word) else word


def redacted(text: str) -> str:
    """`text` with `[redacted]` in place of every secret in it."""
    lower = text.lower()
    for cues, kinds in _BY_CUES:
        for cue in cues:
            if cue in lower:
                for kind in kinds:
                    if kind.hint is None or kind.hint.search(text):
                        text = kind.pattern.sub(kind.shown, text)
                break
    return text


_SECRET_NAME: Final = re.compile(rf"(?:.*?{_START})?(?:{_NAME})", re.IGNORECASE | re.DOTALL)
_SAYS_NOTHING: Final = re.compile(rf"{_NO_VALUE}|\s*", re.IGNORECASE)
_ESCAPED: Final = ("\\u00", "\\/")
"""How JSON can write a plain character so that no pattern sees it."""


def is_secret_name(name: str) -> bool:
    """Whether what has this name is a secret: `password`, `db_token`, `clientSecret`."""
    lower = name.lower()
    return any(cue in lower for cue in _NAME_CUES) and _SECRET_NAME.fullmatch(name) is not None


def redacted_value(value: Any, *, named: str = "") -> Any:
    """What JSON was read into, without secrets: in texts, and whole where their name says so."""
    match value:
        case str():
            if named and value and is_secret_name(named) and not _SAYS_NOTHING.fullmatch(value):
                return HIDDEN
            return redacted(value)
        case Mapping():
            return {redacted(str(name)): redacted_value(one, named=str(name)) for name, one in value.items()}
        case list() | tuple():
            return [redacted_value(one, named=named) for one in value]
        case int() | float() if not isinstance(value, bool) and named and is_secret_name(named):
            return HIDDEN
        case _:
            return value


def redacted_json(text: str) -> str:
    """A JSON text without secrets, which stays JSON; one that is none is a text like any other."""
    clean = redacted(text)
    if clean == text and not any(one in text for one in _ESCAPED):
        return text
    try:
        value = from_json(text)
    except ValueError:
        return clean
    shown = redacted_value(value)
    return text if clean == text and shown == value else to_json(shown).decode()


_OVERLAP_LINES: Final = 3
"""Lines that are looked at again when more of a text comes: a secret may stand on the line below its name."""


class Stream:
    """A text without secrets while it is being written, word by word.

    What has been given never changes; so the last word waits until it is finished, and a text in which a secret is
    noticed late, such as a key block, is given no further.
    """

    def __init__(self) -> None:
        self._written = ""
        self._begin = 0
        """Where what is still looked at begins."""
        self._given = ""
        """What was given of it."""

    def add(self, text: str) -> str:
        """What can be given after `text` was added."""
        self._written += text
        end = max(map(self._written.rfind, " \n\t")) + 1
        if end <= self._begin:
            return ""
        clean = redacted(self._written[self._begin : end])
        if not clean.startswith(self._given):
            return ""
        new, self._given = clean[len(self._given) :], clean
        self._move_on(end)
        return new

    def _move_on(self, end: int) -> None:
        at = end
        for _ in range(_OVERLAP_LINES):
            at = self._written.rfind("\n", self._begin, at)
            if at < 0:
                return
        before = self._written[self._begin : at]
        if "-----BEGIN " not in before and self._given.startswith(done := redacted(before)):
            self._begin, self._given = at, self._given[len(done) :]
