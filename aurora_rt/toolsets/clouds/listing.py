"""Resources of a cloud as facts and as a table, those that are not well first. Pure."""

from collections.abc import Iterable
from typing import Final

from aurora_rt.clock import rfc3339
from aurora_rt.redaction import redacted
from aurora_rt.toolsets.facts.cloud import CloudResource, CloudResources, Provider
from aurora_rt.toolsets.legible import one_line
from aurora_rt.toolsets.tables import table
from aurora_rt.toolsets.toolset import Seen

KEPT: Final = 400
TEXT_LIMIT: Final = 500
_WELL: Final = {True: "yes", False: "NO", None: "-"}


def seen_resources(
    command: str, provider: Provider, found: Iterable[CloudResource], *, truncated: bool = False
) -> Seen:
    """What a look at resources gives."""
    ordered = sorted(
        found, key=lambda one: (one.healthy is not False, one.healthy is True, one.sort, one.name)
    )
    kept = tuple(_clean(one) for one in ordered[:KEPT])
    facts = CloudResources(provider=provider, resources=kept, truncated=truncated or len(ordered) > len(kept))
    if not kept:
        return Seen(command, "There is none.", facts)
    rows = [
        (
            one.sort,
            one.name,
            _WELL[one.healthy],
            one.state,
            rfc3339(one.changed_at) if one.changed_at else "-",
            one.reason or "-",
        )
        for one in kept
    ]
    text = table(("KIND", "NAME", "WELL", "STATE", "SINCE", "REASON"), rows)
    return Seen(command, text + ("\n… there are more than are shown" if facts.truncated else ""), facts)


def _clean(one: CloudResource) -> CloudResource:
    return one.model_copy(
        update={
            "name": one_line(one.name, TEXT_LIMIT),
            "state": one_line(one.state, TEXT_LIMIT),
            "reason": one_line(redacted(one.reason[: 4 * TEXT_LIMIT]), TEXT_LIMIT),
            "also": tuple(one_line(name, TEXT_LIMIT) for name in one.also[:20] if name),
        }
    )
