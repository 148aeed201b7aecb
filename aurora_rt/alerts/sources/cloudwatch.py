"""Amazon CloudWatch: alarms through an SNS topic, whose messages Amazon signs.

What an alarm sends is told at
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html and what SNS puts around it at
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html. The identity is the alarm's ARN; `OK`
is the recovery, and `INSUFFICIENT_DATA` tells neither that trouble is there nor that it is over.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from pydantic import Field
from pydantic_core import from_json

from aurora_rt.alerts import labels as told
from aurora_rt.alerts.models import Alert, AlertStatus
from aurora_rt.alerts.proof.sns import Sns, amazons
from aurora_rt.alerts.source import Confirm, PayloadNotUnderstood, Source
from aurora_rt.alerts.text import NAME_LIMIT, cut, storable
from aurora_rt.alerts.webhook_v4 import short
from aurora_rt.alerts.wire import Identity, Moment, Several, Text, Wire, understood

NAME: Final = "cloudwatch"

_STATUS: Final[dict[str, AlertStatus]] = {"": "firing", "ALARM": "firing", "OK": "resolved"}
_CRITICAL: Final = ("critical", "p1", "sev1", "sev-1")


class Dimension(Wire):
    """What a metric is of."""

    name: Text = ""
    value: Text = ""


class Trigger(Wire):
    """What an alarm looks at."""

    metric: Text = Field("", alias="MetricName")
    namespace: Text = Field("", alias="Namespace")
    dimensions: Several[Dimension] = Field([], alias="Dimensions")


class Alarm(Wire):
    """The message of an alarm that changed its state."""

    name: Text = Field(alias="AlarmName", min_length=1)
    arn: Identity = Field("", alias="AlarmArn")
    description: Text = Field("", alias="AlarmDescription")
    account: Text = Field("", alias="AWSAccountId")
    region: Text = Field("", alias="Region")
    state: Text = Field("", alias="NewStateValue")
    reason: Text = Field("", alias="NewStateReason")
    changed_at: Moment = Field(None, alias="StateChangeTime")
    trigger: Trigger = Field(Trigger(), alias="Trigger")


class Message(Wire):
    """What SNS posts: `Message` is the alarm's JSON, as text."""

    type: Text = Field("Notification", alias="Type")
    topic: Text = Field("", alias="TopicArn")
    message: object = Field("", alias="Message")


def parse(payload: object) -> tuple[Alert, ...]:
    """The alarm; none while it has too little to tell, and for messages about the subscription."""
    message = understood(Message, payload)
    if message.type != "Notification":
        return ()
    alarm = understood(Alarm, _inner(message.message))
    if alarm.state == "INSUFFICIENT_DATA":
        return ()
    status = _STATUS.get(alarm.state)
    if status is None:
        raise PayloadNotUnderstood("NewStateValue", "not 'ALARM', 'OK' or 'INSUFFICIENT_DATA'")
    labels = _labels(alarm, message.topic)
    return (
        Alert(
            source=NAME,
            fingerprint=alarm.arn
            or told.fingerprint(
                {"account": alarm.account, "region": labels.get("region", ""), "alarm": alarm.name}
            ),
            title=cut(alarm.name, NAME_LIMIT),
            status=status,
            description=cut(alarm.description or alarm.reason),
            severity="critical" if any(word in alarm.name.lower() for word in _CRITICAL) else "high",
            service=_service(alarm),
            labels=short(labels),
            annotations=short({"reason": alarm.reason} if alarm.reason else {}),
            started_at=alarm.changed_at if status == "firing" else None,
            ended_at=alarm.changed_at if status == "resolved" else None,
            source_url=_console(alarm),
        ),
    )


def handshake(payload: object) -> Confirm | None:
    """The address at Amazon that confirms a new subscription."""
    if not isinstance(payload, Mapping) or payload.get("Type") != "SubscriptionConfirmation":
        return None
    address = payload.get("SubscribeURL")
    if not isinstance(address, str) or not amazons(address):
        raise PayloadNotUnderstood("SubscribeURL", "not an address of Amazon SNS")
    return Confirm(address)


def _inner(message: object) -> object:
    if not isinstance(message, str):
        return message
    try:
        return from_json(storable(message))
    except ValueError:
        raise PayloadNotUnderstood("Message", "not the JSON of a CloudWatch alarm") from None


def _labels(alarm: Alarm, topic: str) -> dict[str, str]:
    labels = {one.name: one.value for one in alarm.trigger.dimensions if one.name and one.value}
    labels |= {
        "metric": alarm.trigger.metric,
        "namespace": alarm.trigger.namespace,
        "account": alarm.account,
        "region": _region(alarm) or alarm.region,
        "topic": topic,
    }
    return {name: value for name, value in labels.items() if value}


def _service(alarm: Alarm) -> str:
    """What the alarm is of: its first dimension's value, else the namespace."""
    values = [one.value for one in alarm.trigger.dimensions if one.value]
    return cut(values[0] if values else alarm.trigger.namespace, NAME_LIMIT)


def _region(alarm: Alarm) -> str:
    """`eu-west-1` of `arn:aws:cloudwatch:eu-west-1:…`; the field `Region` has the name for people."""
    parts = alarm.arn.split(":")
    return parts[3] if len(parts) > 6 else ""


def _console(alarm: Alarm) -> str:
    region = _region(alarm)
    if not region.replace("-", "").isalnum() or not region.isascii():
        return ""
    place = f"https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}"
    return f"{place}#alarmsV2:alarm/{quote(alarm.name[:NAME_LIMIT], safe='')}"


SETUP: Final = """\
1. In the console of Amazon SNS, open the topic that your alarms notify (or make a *Standard* one) and choose
   **Create subscription**: protocol **HTTPS**, raw message delivery **off**, and this endpoint:

   ```text
   {url}
   ```
2. The subscription confirms itself within seconds: we ask Amazon's own host, and nobody else's.
3. Let each alarm notify the topic **In alarm** and **OK**, so that its recovery arrives too.

Amazon signs every message, and each is checked with Amazon's certificate. Enter the topic's ARN as the webhook's
secret, and messages of any other topic are refused. With Terraform:

```hcl
resource "aws_sns_topic_subscription" "aurora" {
  topic_arn              = aws_sns_topic.alarms.arn
  protocol               = "https"
  endpoint               = "{url}"
  endpoint_auto_confirms = true
}
```
"""

SOURCE: Final = Source(
    name=NAME,
    title="Amazon CloudWatch",
    setup=SETUP,
    parse=parse,
    proof=Sns(),
    handshake=handshake,
    sample={
        "Type": "Notification",
        "TopicArn": "arn:aws:sns:eu-west-1:000000000000:alarms",
        "Message": '{"AlarmName": "Aurora test alert", "AlarmDescription": "A test alert: alarms arrive", '
        '"AlarmArn": "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:Aurora test alert", '
        '"NewStateValue": "ALARM", "Trigger": {"MetricName": "Test", "Namespace": "aurora-test"}}',
    },
)
