"""Series of a cloud as facts and as text. Pure."""

from collections.abc import Sequence
from typing import Final

from aurora_rt.toolsets.facts.metrics import Series, SeriesSet
from aurora_rt.toolsets.prometheus.texts import range_text
from aurora_rt.toolsets.prometheus.times import Grid
from aurora_rt.toolsets.toolset import Seen, Window

SERIES_KEPT: Final = 100


def seen_series(
    command: str, query: str, found: Sequence[Series], grid: Grid, window: Window, *, truncated: bool = False
) -> Seen:
    """What a look at series gives; of too many, the first."""
    kept = tuple(found[:SERIES_KEPT])
    cut = truncated or len(kept) < len(found)
    facts = SeriesSet(query=query, step=grid.step, series=kept, truncated=cut)
    return Seen(command, range_text(facts, grid, window.anchor.timestamp(), len(found), ()), facts)
