"""What kind of change a word or a sentence tells of. Pure."""

import re
from typing import Final, get_args

from aurora_rt.toolsets.facts.changes import (
    ChangeKind,
)

_SIGNS: Final[tuple[tuple[ChangeKind, re.Pattern[str]], ...]] = (
    ("rollback", re.compile(r"roll(?:ed|ing)?[ -]?back|\brevert")),
    (
        "flag",
        re.compile(r"\b(?:feature[ _-]?)?(?:flags?|toggles?)\b|\bfeature[ _-]?\w* (?:enabled|disabled)"),
    ),
    (
        "migration",
        re.compile(r"\bmigrat\w+|\bschema (?:change|update)|\b(?:alter|create|drop) (?:table|index)\b"),
    ),
    (
        "scale",
        re.compile(r"\bscal(?:e|ed|ing)\b|\breplicas?\b|\bautoscal\w+|\bresiz\w+"),
    ),
    (
        "config",
        re.compile(
            r"\bconfig\w*|\bsettings?\b|\bsecrets?\b|\benv(?:ironment)? var\w*|\bpolicy\b|\bcertificates?\b|"
            r"\bparameters?\b|\blimits?\b|\brules?\b|\binfra\w*|\bterraform\b"
        ),
    ),
    (
        "deploy",
        re.compile(
            r"\bdeploy\w*|\breleas\w+|\broll(?:ed)?[ -]?out|\bupgrad\w+|\bimage\b|\bship(?:ped)?\b|"
            r"\bversion\b|\bupdated? to v?\d|->\s*v?\d|\bv\d+[.\d]*\b|\bhelm\b|\bargo\w*"
        ),
    ),
    ("merge", re.compile(r"\bmerge[ds]?\b|\bpull request\b")),
    ("commit", re.compile(r"\bcommit\w*|\bpush(?:ed)?\b")),
    ("pipeline", re.compile(r"\bpipeline\b|\bworkflow\b|\bbuild\b|\bjob\b")),
)
_KNOWN: Final[dict[str, ChangeKind]] = {
    **{one: one for one in get_args(ChangeKind)},
    "deployment": "deploy",
    "release": "deploy",
    "rollout": "deploy",
    "image": "deploy",
    "config_change": "config",
    "configuration": "config",
    "configmap": "config",
    "secret": "config",
    "feature_flag": "flag",
    "feature-flag": "flag",
    "schema": "migration",
    "scaling": "scale",
}


def kind_of(word: str, text: str = "") -> ChangeKind:
    """The kind that `word` names, or `text` tells of."""
    named = word.strip().lower()
    if named in _KNOWN:
        return _KNOWN[named]
    return told_by(text) if told_by(named) == "other" else told_by(named)


def told_by(text: str) -> ChangeKind:
    """The kind that a sentence tells of, the most particular first."""
    spoken = text.lower()
    return next((kind for kind, sign in _SIGNS if sign.search(spoken)), "other")
