"""Keeping credentials out of what is shown, whatever a server sends back."""

from collections.abc import Iterable
from typing import Final

from aurora_rt.toolsets.toolset import Seen, ToolFailed

HIDDEN: Final = "[redacted]"
LEAST: Final = 4
"""Characters from which on a text is taken for a secret: hiding shorter ones would hide words."""


def hidden(text: str, secrets: Iterable[str]) -> str:
    """`text` without the secrets, as they are and as JSON writes them."""
    for secret in secrets:
        if len(secret) >= LEAST:
            text = text.replace(secret, HIDDEN).replace(secret.replace("\n", "\\n"), HIDDEN)
    return text


def discreet(failed: ToolFailed, secrets: Iterable[str], reason: str = "") -> ToolFailed:
    """The failure with nothing secret in it; `reason` in place of its own, if given."""
    known = tuple(secrets)
    return ToolFailed(
        hidden(reason or failed.reason, known),
        command=hidden(failed.command, known),
        output=hidden(failed.output, known),
    )


def discreetly(seen: Seen, secrets: Iterable[str]) -> Seen:
    """What was seen, with nothing secret in its texts; facts that hold something secret are left out."""
    known = tuple(secrets)
    told = seen.facts.model_dump_json() if seen.facts else ""
    facts = seen.facts if hidden(told, known) == told else None
    return Seen(hidden(seen.command, known), hidden(seen.output, known), facts)
