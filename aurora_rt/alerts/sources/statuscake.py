"""StatusCake: the webhook of a contact group
(https://www.statuscake.com/kb/knowledge-base/how-to-use-the-web-hook-url/), which posts a form.

The identity is the test's id, or the address that is tested where none is sent. Its `Token` is the MD5 of the account's
user name and API key, one after the other: who enters it as the webhook's secret has it checked.
"""

from typing import Final

from pydantic import Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.proof.schemes import TokenInBody
from aurora_rt.alerts.source import PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import NAMELESS, short
from aurora_rt.alerts.wire import MAX_LABELS, Identity, Text, Wire, understood

NAME: Final = "statuscake"

_STATUS: Final[dict[str, AlertStatus]] = {"down": "firing", "up": "resolved"}


class Outcome(Wire):
    """What a test found when its state changed."""

    test: Identity = Field("", alias="TestID")
    url: Identity = Field("", alias="URL")
    name: Text = Field("", alias="Name")
    status: Text = Field("", alias="Status")
    code: Text = Field("", alias="StatusCode")
    ip: Text = Field("", alias="IP")
    tags: Text = Field("", alias="Tags")
    every: Text = Field("", alias="Checkrate")


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of the test."""
    outcome = understood(Outcome, payload)
    status = _STATUS.get(outcome.status.strip().lower())
    if status is None:
        raise PayloadNotUnderstood("Status", "not 'Up' or 'Down'")
    if not outcome.test and not outcome.url:
        raise PayloadNotUnderstood("TestID", "missing")
    labels = _labels(outcome)
    notes = {
        "url": web_address(outcome.url),
        "status code": outcome.code,
        "checked every": f"{outcome.every} s" if outcome.every else "",
    }
    found = f" ({outcome.code})" if outcome.code not in ("", "0") else ""
    return (
        Alert(
            source=NAME,
            fingerprint=outcome.test or told.fingerprint({"url": outcome.url}),
            title=cut(outcome.name or outcome.url or NAMELESS, NAME_LIMIT),
            status=status,
            description=cut(f"{outcome.name or outcome.url} is {outcome.status.strip().lower()}{found}."),
            severity=told.priority(labels.get("severity", "")) or "critical",
            service=told.service(labels) or cut(outcome.name, NAME_LIMIT),
            environment=told.environment(labels),
            labels=short(labels),
            annotations=short({name: text for name, text in notes.items() if text}),
        ),
    )


def _labels(outcome: Outcome) -> dict[str, str]:
    told_of = {"host": told.host(outcome.url) if web_address(outcome.url) else "", "ip": outcome.ip}
    tags = outcome.tags.split(",", MAX_LABELS)[:MAX_LABELS]
    return told.tagged(tags) | {name: value for name, value in told_of.items() if value}


SETUP: Final = """\
1. In StatusCake, open **Alerting → Contact Groups**, and edit the group that your tests alert, or make one.
2. Enter this URL as the *Webhook URL*, with the method **POST**, and save:

   ```text
   {url}
   ```
3. Make sure that each test that is to open incidents alerts this contact group.

StatusCake tells of both directions, down and up. Tags such as `service:shop` and `env:production` are used where a test
has them. With every alert it sends a token: the MD5 of your user name and an API key, one after the other. Enter it as
the webhook's secret, and calls without it are refused: `printf %s 'UserNameApiKey' | md5sum`.
"""

SOURCE: Final = Source(
    name=NAME,
    title="StatusCake",
    setup=SETUP,
    parse=parse,
    proof=TokenInBody(
        "Token", "The MD5 of user name and API key, one after the other: what StatusCake sends as Token"
    ),
    takes=("json", "form"),
    sample={
        "TestID": "1",
        "Name": "A test alert of StatusCake",
        "URL": "https://test.example.com/",
        "Status": "Down",
        "StatusCode": "503",
        "Tags": "service:aurora-test,severity:warning",
    },
)
