"""Nagios, Icinga and what descends from them: a notification command that posts the macros with curl.

Neither sends webhooks by itself, so the set-up text brings the command, which
https://assets.nagios.com/downloads/nagioscore/docs/nagioscore/4/en/notifications.html and
https://icinga.com/docs/icinga-2/latest/doc/03-monitoring-basics/#notification-commands describe. A form or JSON with
the macros' names is read alike; `alerts.macros` tells what they mean. The identity is the host with the check.
"""

from typing import Final

from aurora_rt.alerts.macros import Notification, alert_of, named
from aurora_rt.alerts.models import Alert
from aurora_rt.alerts.source import Source
from aurora_rt.alerts.wire import understood

NAME: Final = "nagios"


def parse(payload: object) -> tuple[Alert, ...]:
    """The alert of one notification; none for a downtime that begins, and for what somebody sends by hand."""
    alert = alert_of(NAME, understood(Notification, named(payload)))
    return (alert,) if alert else ()


SETUP: Final = """\
**Icinga 2.** Write these into a file that it reads, such as `/etc/icinga2/conf.d/aurora.conf`, and reload it. A host
group, a service group or a filter of your own may take the place of `assign where true`.

```text
object User "aurora" {
}

object NotificationCommand "aurora-host" {
  command = [ "/usr/bin/curl", "-fsS", "--max-time", "10", "--retry", "3" ]
  arguments = {
    "--url" = "{url}"
    "--data-urlencode" = { value = "$aurora_fields$", repeat_key = true }
  }
  vars.aurora_fields = [
    "NOTIFICATIONTYPE=$notification.type$", "NOTIFICATIONAUTHOR=$notification.author$",
    "NOTIFICATIONCOMMENT=$notification.comment$", "TIMET=$icinga.timet$", "HOSTNAME=$host.name$",
    "HOSTALIAS=$host.display_name$", "HOSTSTATE=$host.state$", "HOSTOUTPUT=$host.output$",
    "LASTHOSTSTATECHANGE=$host.last_state_change$"
  ]
}

object NotificationCommand "aurora-service" {
  import "aurora-host"
  vars.aurora_fields += [
    "SERVICEDESC=$service.name$", "SERVICESTATE=$service.state$", "SERVICEOUTPUT=$service.output$",
    "LASTSERVICESTATECHANGE=$service.last_state_change$"
  ]
}

apply Notification "aurora" to Host {
  command = "aurora-host"
  users = [ "aurora" ]
  assign where true
}

apply Notification "aurora" to Service {
  command = "aurora-service"
  users = [ "aurora" ]
  assign where true
}
```

**Nagios.** Add the two commands, and a contact that uses them, to a file that `nagios.cfg` names; then make the contact
a member of a contact group that your hosts and services notify, and reload Nagios.

```text
define command {
  command_name  aurora-host
  command_line  /usr/bin/curl -fsS --max-time 10 --retry 3 --data-urlencode "NOTIFICATIONTYPE=$NOTIFICATIONTYPE$" \
--data-urlencode "NOTIFICATIONAUTHOR=$NOTIFICATIONAUTHOR$" \
--data-urlencode "NOTIFICATIONCOMMENT=$NOTIFICATIONCOMMENT$" --data-urlencode "TIMET=$TIMET$" \
--data-urlencode "HOSTNAME=$HOSTNAME$" --data-urlencode "HOSTALIAS=$HOSTALIAS$" \
--data-urlencode "HOSTADDRESS=$HOSTADDRESS$" --data-urlencode "HOSTSTATE=$HOSTSTATE$" \
--data-urlencode "HOSTOUTPUT=$HOSTOUTPUT$" --data-urlencode "LASTHOSTSTATECHANGE=$LASTHOSTSTATECHANGE$" '{url}'
}

define command {
  command_name  aurora-service
  command_line  /usr/bin/curl -fsS --max-time 10 --retry 3 --data-urlencode "NOTIFICATIONTYPE=$NOTIFICATIONTYPE$" \
--data-urlencode "NOTIFICATIONAUTHOR=$NOTIFICATIONAUTHOR$" \
--data-urlencode "NOTIFICATIONCOMMENT=$NOTIFICATIONCOMMENT$" --data-urlencode "TIMET=$TIMET$" \
--data-urlencode "HOSTNAME=$HOSTNAME$" --data-urlencode "HOSTALIAS=$HOSTALIAS$" \
--data-urlencode "HOSTADDRESS=$HOSTADDRESS$" --data-urlencode "SERVICEDESC=$SERVICEDESC$" \
--data-urlencode "SERVICESTATE=$SERVICESTATE$" --data-urlencode "SERVICEOUTPUT=$SERVICEOUTPUT$" \
--data-urlencode "LASTSERVICESTATECHANGE=$LASTSERVICESTATECHANGE$" '{url}'
}

define contact {
  contact_name                   aurora
  host_notifications_enabled     1
  service_notifications_enabled  1
  host_notification_period       24x7
  service_notification_period    24x7
  host_notification_options      d,u,r,f,s
  service_notification_options   w,u,c,r,f,s
  host_notification_commands     aurora-host
  service_notification_commands  aurora-service
}
```

`r` is what tells of recoveries, `f` of flapping and `s` of downtimes.
"""

SOURCE: Final = Source(
    name=NAME,
    title="Nagios and Icinga",
    setup=SETUP,
    parse=parse,
    takes=("json", "form"),
    sample={
        "NOTIFICATIONTYPE": "PROBLEM",
        "HOSTNAME": "aurora-test",
        "SERVICEDESC": "Aurora test",
        "SERVICESTATE": "WARNING",
        "SERVICEOUTPUT": "A test alert: notifications from Nagios arrive",
    },
)
