"""How much an Ollama takes of what it is sent: less than the model could, and it cuts the rest off without a word."""

import re
from typing import TYPE_CHECKING, Any, Final

import structlog

from aurora_rt.llm.provider import Account
from aurora_rt.llm.providers.ollama import root

if TYPE_CHECKING:
    import httpx2

ITS_DEFAULT: Final = 4096
"""Tokens of context that Ollama gives a model when nobody says otherwise."""
SECONDS: Final = 5.0
_NUM_CTX: Final = re.compile(r"^\s*num_ctx\s+(\d+)\s*$", re.MULTILINE)

log = structlog.get_logger(__name__)


async def window(http: "httpx2.AsyncClient", account: Account, model: str) -> int | None:
    """Tokens that the model takes there; `None` when Ollama does not say.

    What is loaded tells what it was given; else what the model's file sets; else Ollama's default, at most what the
    model can.
    """
    import httpx2

    address = root(account.base_url or "")
    try:
        shown = await http.post(f"{address}/api/show", json={"model": model}, timeout=SECONDS)
        shown.raise_for_status()
        loaded = await http.get(f"{address}/api/ps", timeout=SECONDS)
        running = loaded.json() if loaded.is_success else {}
        return told(shown.json(), running, model)
    except (httpx2.HTTPError, ValueError) as error:
        log.warning("ollama_window_unknown", model=model, error=type(error).__name__)
        return None


def told(shown: Any, running: Any, model: str) -> int | None:
    """The window, from what `/api/show` and `/api/ps` answer. Pure."""
    if not isinstance(shown, dict):
        return None
    facts = shown.get("model_info")
    most = _whole(next((v for k, v in (facts or {}).items() if k.endswith(".context_length")), None))
    given = _loaded(running, model)
    if given is None and (found := _NUM_CTX.search(str(shown.get("parameters") or ""))):
        given = int(found[1])
    if given is None and most is None:
        return None
    return min(given or ITS_DEFAULT, most or given or ITS_DEFAULT)


def _loaded(running: Any, model: str) -> int | None:
    models = running.get("models") if isinstance(running, dict) else None
    names = (model, f"{model}:latest")
    return next((_whole(one.get("context_length")) for one in models or () if one.get("name") in names), None)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None
