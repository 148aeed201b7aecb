"""Which of two severities is worse, whatever words the sources use. Pure."""

from typing import Final

ORDER: Final = ("critical", "page", "error", "high", "warning", "medium", "low", "info", "none")
"""The words that we know, the worst first. One that we don't know comes after all of them."""


def rank(severity: str) -> int:
    """The place of a severity in the order; 0 is the worst."""
    return ORDER.index(severity) if severity in ORDER else len(ORDER)
