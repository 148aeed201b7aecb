"""Checkmk: a notification script that posts its environment, the variables `NOTIFY_…`, as JSON.

The interface of such scripts is told at https://docs.checkmk.com/latest/en/notifications.html#scripts; the variables
are Nagios' macros (`alerts.macros`) with a few of Checkmk's own. The identity is the host with the service, of a site.
An event of the Event Console is known by its own id.
"""

from collections.abc import Mapping
from typing import Final

from pydantic import Field

from aurora_rt.alerts.macros import Notification, alert_of, named
from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.source import Source
from aurora_rt.alerts.wire import MAX_LABELS, Epoch, Identity, Text, Wire, WireLabels, understood

NAME: Final = "checkmk"

_LABELS: Final = ("HOSTLABEL_", "SERVICELABEL_")


class Context(Wire):
    """What Checkmk tells beside the macros."""

    what: Text = Field("", alias="WHAT")
    site: Identity = Field("", alias="OMD_SITE")
    event: Identity = Field("", alias="EC_ID")
    at: Epoch = Field(None, alias="MICROTIME")


class Labelled(Wire):
    """The labels of a host and its service."""

    labels: WireLabels


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of one notification; none for a downtime that begins, a comment, or an alert handler."""
    told_of = named(payload)
    notification, context = understood(Notification, told_of), understood(Context, told_of)
    of_host = context.what.upper() == "HOST"  # the service's variables may be there, and mean nothing
    changed = {"at": context.at or notification.at, "check": "" if of_host else notification.check}
    identity = {"site": context.site, "event": context.event}
    alert = alert_of(
        NAME,
        notification.model_copy(update=changed),
        identity={name: value for name, value in identity.items() if value},
        labels={**_labels(told_of), "site": context.site},
    )
    return (alert,) if alert else ()


def _labels(told_of: Mapping[str, object]) -> dict[str, str]:
    """The labels that Checkmk gives to hosts and services; `cmk/os_family` loses its prefix."""
    found = {
        name.removeprefix(prefix).removeprefix("CMK/").lower(): value
        for prefix in _LABELS
        for name, value in told_of.items()
        if name.startswith(prefix) and isinstance(value, str)
    }
    return understood(Labelled, {"labels": dict(list(found.items())[:MAX_LABELS])}).labels


SETUP: Final = """\
1. On the Checkmk server, as the site's user, write this to `~/local/share/check_mk/notifications/aurora`; the second
   line is its name in the list of methods:

   ```python
   #!/usr/bin/env python3
   # Aurora RT
   import json, os, urllib.request

   told = {name: value for name, value in os.environ.items() if name.startswith("NOTIFY_")}
   request = urllib.request.Request(
       "{url}", json.dumps(told).encode(), {"Content-Type": "application/json"}
   )
   urllib.request.urlopen(request, timeout=10)
   ```
2. Make it executable: `chmod +x ~/local/share/check_mk/notifications/aurora`.
3. In Checkmk, open **Setup → Events → Notifications → Add rule**, and choose **Aurora RT** as the notification method,
   for all events that matter; *OK* and *UP* are among them, so that recoveries come too.

An error of the script is shown in the list of failed notifications, and Checkmk's commercial editions try again.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Checkmk",
    setup=SETUP,
    parse=parse,
    takes=("json", "form"),
    sample={
        "NOTIFY_WHAT": "SERVICE",
        "NOTIFY_NOTIFICATIONTYPE": "PROBLEM",
        "NOTIFY_OMD_SITE": "test",
        "NOTIFY_HOSTNAME": "aurora-test",
        "NOTIFY_SERVICEDESC": "Aurora test",
        "NOTIFY_SERVICESTATE": "WARNING",
        "NOTIFY_SERVICEOUTPUT": "A test alert: notifications from Checkmk arrive",
    },
)
