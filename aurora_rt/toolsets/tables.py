"""Aligned text for people, and sizes that they can read."""

from collections.abc import Iterable, Sequence

from aurora_rt.toolsets.legible import legible

UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows under a header, columns aligned; the last column keeps its own width."""
    lines = [list(header), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header) - 1)]
    return "\n".join(
        "  ".join(
            [*(cell.ljust(width) for cell, width in zip(line, widths, strict=False)), line[-1]]
        ).rstrip()
        for line in lines
    )


def size(count: float) -> str:
    """Bytes as `12.5 MiB`."""
    sign, rest, unit = ("-" if count < 0 else ""), abs(count), 0
    while rest >= 1024 and unit < len(UNITS) - 1:
        rest, unit = rest / 1024, unit + 1
    return f"{sign}{rest:.0f} {UNITS[unit]}" if unit == 0 else f"{sign}{rest:.1f} {UNITS[unit]}"


def rate(bytes_per_second: float | None) -> str:
    """Bytes a second as `1.2 MiB/s`; `-` where it could not be seen."""
    return "-" if bytes_per_second is None else f"{size(bytes_per_second)}/s"


def _cell(value: object) -> str:
    """A cell must not break its row."""
    return "�".join(legible(str(value)).splitlines())
