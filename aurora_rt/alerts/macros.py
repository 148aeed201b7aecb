"""The notification that Nagios made common: its macros, by their names. Icinga and Checkmk speak of the same.

What they mean stands at https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/macrolist.html. Scripts get
them as environment variables with a prefix (`NAGIOS_`, `ICINGA_`, `NOTIFY_`), which may stay. What a notification says
of the alert:

| `NOTIFICATIONTYPE` | becomes |
| --- | --- |
| `PROBLEM`, `FLAPPINGSTART` | firing |
| `ACKNOWLEDGEMENT` | acknowledged |
| `RECOVERY` | resolved |
| `FLAPPINGSTOP`, `FLAPPINGEND`, `FLAPPINGDISABLED` | what the state says: none was told while it was flapping |
| `DOWNTIMEEND`, `DOWNTIMECANCELLED`, `DOWNTIMEREMOVED` | resolved if it is well; else nothing: it is told of again |
| `DOWNTIMESTART`, `CUSTOM` | nothing |
"""

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.source import PayloadNotUnderstood
from aurora_rt.alerts.text import NAME_LIMIT, cut, web_address
from aurora_rt.alerts.webhook_v4 import short
from aurora_rt.alerts.wire import Epoch, Identity, Text, Wire

PREFIXES: Final = ("NAGIOS_", "ICINGA_", "NOTIFY_")
_TYPES: Final[Mapping[str, AlertStatus]] = {
    "PROBLEM": "firing",
    "FLAPPINGSTART": "firing",
    "ACKNOWLEDGEMENT": "acknowledged",
    "RECOVERY": "resolved",
}
_BY_STATE: Final = frozenset({"", "FLAPPINGSTOP", "FLAPPINGEND", "FLAPPINGDISABLED"})
_IF_WELL: Final = frozenset({"DOWNTIMEEND", "DOWNTIMECANCELLED", "DOWNTIMEREMOVED"})
_WELL: Final = frozenset({"OK", "UP"})
_SEVERITIES: Final = {
    "CRITICAL": "critical",
    "CRIT": "critical",
    "DOWN": "critical",
    "UNREACHABLE": "high",
    "WARNING": "warning",
    "WARN": "warning",
    "UNKNOWN": "warning",
    "UNKN": "warning",
}


class Notification(Wire):
    """What is told of a host, or of a service (a check) on it."""

    type: Text = Field("", alias="NOTIFICATIONTYPE")
    host: Annotated[Identity, Field(alias="HOSTNAME", min_length=1)]
    host_alias: Text = Field("", alias="HOSTALIAS")
    address: Text = Field("", alias="HOSTADDRESS")
    host_state: Text = Field("", alias="HOSTSTATE")
    host_output: Text = Field("", alias="HOSTOUTPUT")
    long_host_output: Text = Field("", alias="LONGHOSTOUTPUT")
    host_groups: Text = Field("", alias="HOSTGROUPNAMES")
    host_changed: Epoch = Field(None, alias="LASTHOSTSTATECHANGE")
    host_page: Text = Field("", alias="HOSTACTIONURL")
    host_notes: Text = Field("", alias="HOSTNOTESURL")
    check: Identity = Field("", alias="SERVICEDESC")
    state: Text = Field("", alias="SERVICESTATE")
    output: Text = Field("", alias="SERVICEOUTPUT")
    long_output: Text = Field("", alias="LONGSERVICEOUTPUT")
    groups: Text = Field("", alias="SERVICEGROUPNAMES")
    changed: Epoch = Field(None, alias="LASTSERVICESTATECHANGE")
    page: Text = Field("", alias="SERVICEACTIONURL")
    notes: Text = Field("", alias="SERVICENOTESURL")
    author: Text = Field("", alias="NOTIFICATIONAUTHOR")
    comment: Text = Field("", alias="NOTIFICATIONCOMMENT")
    at: Epoch = Field(None, alias="TIMET")


def named(payload: object) -> Mapping[str, object]:
    """A payload by the macros' own names: without prefix and dollars, in capitals."""
    if not isinstance(payload, Mapping):
        raise PayloadNotUnderstood("payload", "not an object")
    return {_bare(name): value for name, value in payload.items() if isinstance(name, str)}


def alert_of(
    source: str,
    notification: Notification,
    *,
    identity: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    url: str = "",
) -> Alert | None:
    """The alert of a notification; `None` for one that says nothing of how it stands.

    It is known by host and check, and by `identity` where its source tells more.
    """
    told_of, of_host = notification, not notification.check
    state = (told_of.host_state if of_host else told_of.state).strip().upper()
    status = _status(told_of.type.strip().upper(), state)
    if status is None:
        return None
    since = told_of.host_changed if of_host else told_of.changed
    all_labels = {
        "host": told_of.host,
        "check": told_of.check,
        "address": told_of.address,
        **(labels or {}),
    }
    return Alert(
        source=source,
        fingerprint=told.fingerprint({"host": told_of.host, "check": told_of.check, **(identity or {})}),
        title=cut(f"Host {told_of.host}" if of_host else f"{told_of.check} on {told_of.host}", NAME_LIMIT),
        status=status,
        description=cut((told_of.host_output if of_host else told_of.output) or f"Its state is {state}."),
        severity=_SEVERITIES.get(state, "unknown"),
        service=told.service(all_labels),
        environment=told.environment(all_labels),
        labels=short({name: value for name, value in all_labels.items() if value}),
        annotations=short(_annotations(told_of, of_host=of_host)),
        started_at=(since or told_of.at) if status != "resolved" else None,
        ended_at=(since or told_of.at) if status == "resolved" else None,
        changed_at=told_of.at,
        acknowledged_by=cut(told_of.author, NAME_LIMIT) if status == "acknowledged" else "",
        source_url=web_address(url or _page(told_of, of_host=of_host)),
    )


def _bare(name: str) -> str:
    bare = name.strip("$").upper()
    prefix = next((one for one in PREFIXES if bare.startswith(one)), "")
    return bare.removeprefix(prefix)


def _status(kind: str, state: str) -> AlertStatus | None:
    if kind in _TYPES:
        return _TYPES[kind]
    if kind in _IF_WELL:
        return "resolved" if state in _WELL else None
    if kind not in _BY_STATE:
        return None
    if not state:
        raise PayloadNotUnderstood("NOTIFICATIONTYPE", "missing, and so is the state")
    return "resolved" if state in _WELL else "firing"


def _annotations(notification: Notification, *, of_host: bool) -> dict[str, str]:
    told_of = {
        "alias": notification.host_alias if notification.host_alias != notification.host else "",
        "details": _lines(notification.long_host_output if of_host else notification.long_output),
        "host groups": notification.host_groups,
        "service groups": notification.groups,
        "by": notification.author,
        "comment": notification.comment,
        "notification": notification.type,
    }
    return {name: value for name, value in told_of.items() if value}


def _page(notification: Notification, *, of_host: bool) -> str:
    if of_host:
        return notification.host_page or notification.host_notes
    return notification.page or notification.notes or notification.host_page or notification.host_notes


def _lines(text: str) -> str:
    """Long output, in which a line's end stands as a backslash and an n."""
    return text.replace("\\n", "\n").strip()
