"""The AWS toolset, against a server on loopback that checks signatures and answers as AWS documents."""

import hmac
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import parse_qs

import httpx
import pytest
from aiohttp import web
from cloud_server import SAID, Cloud, everything, playing
from pydantic import SecretStr

from aurora_rt.clock import now
from aurora_rt.connectors import xml
from aurora_rt.connectors.sigv4 import Signature
from aurora_rt.settings import load
from aurora_rt.toolsets.aws import TOOLSET
from aurora_rt.toolsets.aws.account import Account, account_of
from aurora_rt.toolsets.aws.client import flat
from aurora_rt.toolsets.aws.verdict import denied
from aurora_rt.toolsets.facts.cloud import CloudResources
from aurora_rt.toolsets.facts.logs import LogLines
from aurora_rt.toolsets.facts.metrics import SeriesSet

KEY, SECRET, TOKEN = "AKTESTKEY", "wJalrXUtnFEMI+bPxRfiCY/KEY", "FwoGZXIvYXdzEJr//a+session=="
AT, SETTINGS = now(), load()


def members(*items: str) -> str:
    return "".join(f"<member>{one}</member>" for one in items)


QUERY = {
    "GetMetricData": "<GetMetricDataResponse><GetMetricDataResult><MetricDataResults><member><Id>m</Id>"
    f"<Label>CPUUtilization</Label><Timestamps>{members(f'{AT:%Y-%m-%dT%H:%M:00Z}', f'{AT:%Y-%m-%dT%H:%M:01Z}')}"
    f"</Timestamps><Values>{members('12.5', '99.0')}</Values><StatusCode>Complete</StatusCode></member>"
    "</MetricDataResults></GetMetricDataResult></GetMetricDataResponse>",
    "DescribeAlarms": "<DescribeAlarmsResponse xmlns='http://monitoring.amazonaws.com/doc/2010-08-01/'>"
    "<DescribeAlarmsResult><MetricAlarms><member><AlarmName>cart-5xx</AlarmName><StateValue>ALARM</StateValue>"
    "<StateReason>Threshold Crossed</StateReason><StateUpdatedTimestamp>2026-03-01T10:00:00.120Z"
    "</StateUpdatedTimestamp><MetricName>5xx</MetricName><Dimensions><member><Name>Service</Name>"
    "<Value>cart</Value></member></Dimensions></member></MetricAlarms></DescribeAlarmsResult></DescribeAlarmsResponse>",
    "DescribeInstances": "<DescribeInstancesResponse><requestId>1</requestId><reservationSet><item><instancesSet>"
    "<item><instanceId>i-1</instanceId><instanceState><code>16</code><name>running</name></instanceState>"
    "<instanceType>m5.large</instanceType><tagSet><item><key>Name</key><value>web-1</value></item></tagSet></item>"
    "<item><instanceId>i-2</instanceId><instanceState><name>stopped</name></instanceState><tagSet/></item>"
    "</instancesSet></item></reservationSet></DescribeInstancesResponse>",
    "DescribeInstanceStatus": "<DescribeInstanceStatusResponse><instanceStatusSet><item><instanceId>i-1</instanceId>"
    "<systemStatus><status>impaired</status></systemStatus><instanceStatus><status>ok</status></instanceStatus>"
    "</item></instanceStatusSet></DescribeInstanceStatusResponse>",
    "DescribeDBInstances": "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances><DBInstance>"
    "<DBInstanceIdentifier>orders</DBInstanceIdentifier><DBInstanceStatus>storage-full</DBInstanceStatus>"
    "<DBInstanceClass>db.t3.small</DBInstanceClass><Engine>postgres</Engine><AllocatedStorage>20</AllocatedStorage>"
    "<MultiAZ>false</MultiAZ></DBInstance></DBInstances></DescribeDBInstancesResult></DescribeDBInstancesResponse>",
    "DescribeEvents": "<DescribeEventsResponse><DescribeEventsResult><Events><Event><SourceIdentifier>orders"
    "</SourceIdentifier><Message>Your free storage is 0 MB</Message><Date>2026-03-01T10:00:00Z</Date></Event>"
    "</Events></DescribeEventsResult></DescribeEventsResponse>",
    "DescribeAutoScalingGroups": "<R><DescribeAutoScalingGroupsResult><AutoScalingGroups/>"
    "</DescribeAutoScalingGroupsResult></R>",
}
ARN = "arn:aws:ecs:eu-west-1:1:"
JSON = {
    "ListClusters": {"clusterArns": [f"{ARN}cluster/prod"]},
    "ListServices": {"serviceArns": [f"{ARN}service/prod/cart", f"{ARN}service/prod/web"]},
    "ListTasks": {"taskArns": [f"{ARN}task/prod/1"]},
    "DescribeServices": {
        "services": [
            {
                "serviceName": "cart",
                "desiredCount": 2,
                "runningCount": 0,
                "pendingCount": 2,
                "deployments": [
                    {"status": "PRIMARY", "rolloutState": "IN_PROGRESS", "createdAt": 1772359200.5}
                ],
                "events": [{"createdAt": 1772359200, "message": "(service cart) has started 2 tasks."}],
            },
            {"serviceName": "web", "desiredCount": 3, "runningCount": 3, "pendingCount": 0},
        ]
    },
    "DescribeTasks": {
        "tasks": [
            {
                "group": "service:cart",
                "stoppedReason": "Essential container in task exited",
                "stoppedAt": 1772359300,
                "containers": [
                    {"name": "app", "reason": "OutOfMemoryError: Container killed", "exitCode": 137}
                ],
            }
        ]
    },
    "FilterLogEvents": {
        "events": [
            {"timestamp": AT.timestamp() * 1000 + 1, "message": "ERROR second", "logStreamName": "s"},
            {"timestamp": AT.timestamp() * 1000, "message": "panic: first password=hunter2"},
        ]
    },
    "LookupEvents": {
        "Events": [
            {
                "EventName": "UpdateService",
                "EventTime": AT.timestamp() - 600,
                "EventSource": "ecs.amazonaws.com",
                "Username": "ann",
                "Resources": [
                    {"ResourceType": "AWS::ECS::Service", "ResourceName": f"{ARN}service/prod/cart"}
                ],
            }
        ]
    },
}


def signed_right(request: web.Request, body: bytes) -> bool:
    """Check a signature as AWS does, from what came over the wire alone."""
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    told = dict(part.strip().split("=", 1) for part in rest.split(","))
    key, *scope = told["Credential"].split("/")
    names = told["SignedHeaders"].split(";")
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
    parts = [
        request.method,
        request.path,
        request.query_string,
        headers,
        ";".join(names),
        sha256(body).hexdigest(),
    ]
    stamp = request.headers["X-Amz-Date"]
    digest = sha256("\n".join(parts).encode()).hexdigest()
    secret = f"AWS4{SECRET}".encode()
    for part in scope:
        secret = hmac.new(secret, part.encode(), sha256).digest()
    right = hmac.new(secret, f"{scheme}\n{stamp}\n{'/'.join(scope)}\n{digest}".encode(), sha256).hexdigest()
    recent = abs(datetime.strptime(stamp, "%Y%m%dT%H%M%S%z") - now()) < timedelta(minutes=5)
    complete = {"host", "x-amz-date", "x-amz-security-token"} <= set(names)
    return bool(key == KEY and recent and complete and told["Signature"] == right)


async def answer(request: web.Request, body: bytes) -> web.StreamResponse:
    if not signed_right(request, body) or request.headers["X-Amz-Security-Token"] != TOKEN:
        return web.json_response({"__type": "InvalidSignatureException", "message": "wrong"}, status=400)
    target = request.headers.get("X-Amz-Target")
    if target:
        assert request.content_type.startswith("application/x-amz-json-1.")
        return web.json_response(JSON[target.rpartition(".")[2]])
    return web.Response(text=QUERY[parse_qs(body.decode())["Action"][0]], content_type="text/xml")


@pytest.fixture
async def aws() -> AsyncIterator[Cloud]:
    """An AWS."""
    async with playing(Cloud(answer)) as cloud:
        yield cloud


def configured(cloud: Cloud, **changes: object) -> dict[str, object]:
    return {
        "aws_access_key_id": KEY,
        "aws_secret_access_key": SecretStr(SECRET),
        "aws_session_token": SecretStr(TOKEN),
        "aws_region": "eu-west-1",
        "aws_endpoint": cloud.url,
        "tool_timeout": 5.0,
    } | changes


async def test_services_that_do_not_run_tell_why_their_tasks_stopped(tools, aws: Cloud) -> None:
    seen = await tools(**configured(aws)).look("aws.ecs")
    assert isinstance(seen.facts, CloudResources), seen.error
    cart, web_ = seen.facts.resources
    assert (cart.name, cart.healthy, cart.also) == ("cart", False, ("prod",))
    assert "OutOfMemoryError: Container killed (exit code 137)" in cart.reason
    assert "0 of 2 running, 2 pending" in seen.output
    assert seen.command == (
        """aws ecs describe-services --region eu-west-1 --cluster prod --services '["cart", "web"]'"""
    )
    assert (web_.name, web_.healthy) == ("web", True)


async def test_instances_and_databases_tell_how_they_are(tools, aws: Cloud) -> None:
    look = tools(**configured(aws)).look
    machines, databases = await look("aws.ec2"), await look("aws.rds")
    assert isinstance(machines.facts, CloudResources), machines.error
    assert [(one.name, one.healthy, one.reason) for one in machines.facts.resources] == [
        ("web-1", False, "system status check failed"),
        ("i-2", None, ""),
    ]
    assert isinstance(databases.facts, CloudResources), databases.error
    (orders,) = databases.facts.resources
    assert (orders.healthy, orders.reason) == (False, "storage-full: Your free storage is 0 MB")
    assert databases.command.startswith("aws rds describe-db-instances --region eu-west-1")


async def test_metrics_alarms_logs_and_changes_are_told(tools, aws: Cloud) -> None:
    look = tools(**configured(aws)).look
    seen = await look(
        "aws.metrics",
        namespace="AWS/RDS",
        metric="CPUUtilization",
        dimensions={"DBInstanceIdentifier": "orders"},
    )
    assert isinstance(seen.facts, SeriesSet), seen.error
    assert [value for _, value in seen.facts.series[0].points] == [12.5, 99.0]
    form = parse_qs(aws.asked[-1][1].decode())
    assert form["MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value"] == ["orders"]
    alarms = await look("aws.alarms")
    assert [(one.name, one.also) for one in alarms.facts.resources] == [("cart-5xx", ("cart", "5xx"))]
    logs = await look("aws.logs", group="/ecs/cart")
    assert isinstance(logs.facts, LogLines), logs.error
    assert [(line.source, line.priority) for line in logs.facts.lines] == [
        ("cart", "critical"),
        ("cart", "error"),
    ]
    assert "hunter2" not in everything(logs)
    changes = await look("aws.changes")
    assert "ecs UpdateService by ann on cart" in changes.output


async def test_anything_that_only_reads_can_be_called_and_nothing_else_is_sent(tools, aws: Cloud) -> None:
    look = tools(**configured(aws)).look
    seen = await look("aws.read", service="autoscaling", operation="DescribeAutoScalingGroups")
    assert seen.error is None
    assert seen.command == "aws autoscaling describe-auto-scaling-groups --region eu-west-1"
    asked = len(aws.asked)
    refused = await look("aws.read", service="ec2", operation="TerminateInstances")
    assert "is not known to only read" in (refused.error or "")
    unknown = await look("aws.read", service="secretsmanager", operation="GetSecretValue")
    assert "is not one of the services" in (unknown.error or "")
    assert len(aws.asked) == asked


@pytest.mark.parametrize("tool", ["aws.ecs", "aws.ec2"])
@pytest.mark.parametrize("fault", SAID)
async def test_each_fault_is_one_sentence_without_a_secret(tools, aws: Cloud, fault: str, tool: str) -> None:
    aws.fault = fault
    seen = await tools(**configured(aws, tool_timeout=0.3 if fault == "slow" else 5.0)).look(tool)
    assert SAID[fault] in (seen.error or "")
    assert SECRET not in everything(seen)
    assert TOKEN not in everything(seen)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ('{"__type":"ThrottlingException","message":"Rate exceeded"}', "was asked too often for ecs ListClusters"),
        ('{"__type":"com.x#AccessDeniedException","Message":"User: u is not authorized to perform: ecs:ListClusters'
         ' on resource: *"}', "lacks the permission ecs:ListClusters (AccessDeniedException)."),
        ('{"__type":"ExpiredTokenException","message":"The security token is expired"}', "The AWS session has ended"),
        ('{"__type":"UnrecognizedClientException","message":"The token is invalid"}', "does not know the access key"),
        ('{"__type":"InvalidSignatureException","message":"Signature expired: 1 is now earlier"}', "the clock of"),
        ('{"__type":"ClusterNotFoundException","message":"Cluster not found."}', "refused ecs ListClusters: Cluster"),
    ],
)  # fmt: skip
async def test_what_aws_refuses_says_what_to_do(tools, aws: Cloud, body: str, says: str) -> None:
    aws.refusal = (400, body)
    seen = await tools(**configured(aws)).look("aws.ecs")
    assert says in (seen.error or "")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("RequestLimitExceeded", "was asked too often"),
        ("UnauthorizedOperation", "lacks the permission ec2:DescribeInstance"),
        ("RequestTimeTooSkewed", "the clock of this machine is wrong"),
        ("SignatureDoesNotMatch", "refuses the signature"),
        ("AuthFailure", "does not know the access key"),
    ],
)
async def test_refusals_in_xml_are_understood_too(tools, aws: Cloud, code: str, says: str) -> None:
    aws.refusal = (
        403,
        f"<Response><Errors><Error><Code>{code}</Code><Message>No.</Message></Error></Errors></Response>",
    )
    seen = await tools(**configured(aws)).look("aws.ec2")
    assert says in (seen.error or "")


async def echoing(request: web.Request, body: bytes) -> web.StreamResponse:
    return web.json_response({"events": [{"timestamp": 1, "message": f"it said {SECRET}"}]})


async def test_a_wrong_secret_is_noticed_and_an_echo_of_it_is_hidden(tools, aws: Cloud) -> None:
    wrong = await tools(**configured(aws, aws_secret_access_key=SecretStr("another"))).look("aws.ecs")
    assert "AWS_SECRET_ACCESS_KEY does not belong to the access key" in (wrong.error or "")
    aws.answer = echoing
    echoed = await tools(**configured(aws)).look("aws.logs", group="g")
    assert "[redacted]" in echoed.output
    assert SECRET not in everything(echoed)
    aws.refusal = (500, f"you said {SECRET} and {TOKEN}")
    seen = await tools(**configured(aws)).look("aws.ecs")
    assert "[redacted]" in seen.output
    assert SECRET not in everything(seen)
    assert TOKEN not in everything(seen)


async def test_an_aws_that_is_away_cannot_be_reached(tools, aws: Cloud, http) -> None:
    settings = configured(aws, aws_endpoint="http://127.0.0.1:9")
    seen = await tools(**settings).look("aws.alarms")
    assert "at 127.0.0.1:9 cannot be reached" in (seen.error or "")
    health = await TOOLSET.health(SETTINGS.model_copy(update=settings), http)
    assert (health.status, "cannot be reached" in health.message) == ("unhealthy", True)
    assert (await TOOLSET.health(SETTINGS.model_copy(update=configured(aws)), http)).status == "healthy"


async def test_no_more_pages_are_read_than_a_few(tools, aws: Cloud) -> None:
    async def endless(request: web.Request, body: bytes) -> web.StreamResponse:
        return web.Response(
            text="<R><DescribeAlarmsResult><MetricAlarms/><NextToken>more</NextToken></DescribeAlarmsResult></R>"
        )

    aws.answer = endless
    seen = await tools(**configured(aws)).look("aws.alarms")
    assert (len(aws.asked), seen.facts.truncated) == (4, True)


def test_what_is_missing_is_said_and_no_secret_shows_in_a_value() -> None:
    none = SETTINGS.model_copy(update={"aws_access_key_id": None})
    assert TOOLSET.unusable(none) == "No AWS account is configured: AWS_ACCESS_KEY_ID is not set."
    settings = SETTINGS.model_copy(update=configured(Cloud(answer, url="nonsense")))
    assert "AURORA_AWS_ENDPOINT must be an address" in (TOOLSET.unusable(settings) or "")
    account = account_of(settings.model_copy(update={"aws_endpoint": None}))
    assert SECRET not in f"{account!r} {settings!r}"
    assert TOKEN not in f"{account!r} {settings!r}"


@pytest.mark.parametrize(
    ("method", "url", "signature"),
    [
        ("GET", "/", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (
            "GET",
            "/?Param2=value2&Param1=value1",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        ("POST", "/", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    ],
)
def test_signatures_are_those_of_the_vectors_that_aws_publishes(
    method: str, url: str, signature: str
) -> None:
    account = Account("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1")
    request = httpx.Request(method, f"https://example.amazonaws.com{url}")
    signing = Signature(account, "service", lambda: datetime(2015, 8, 30, 12, 36, tzinfo=UTC))
    next(signing.auth_flow(request))
    assert request.headers["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders=host;x-amz-date, Signature={signature}"
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain",
        b"<a><b></a>",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        b"<!DOCTYPE a SYSTEM 'http://192.0.2.1/'><a/>",
        "<!DOCTYPE a><a/>".encode("utf-16"),
        b"<a>" * 100 + b"</a>" * 100,
    ],
)
def test_xml_that_is_not_safe_is_not_read(body: bytes) -> None:
    with pytest.raises(xml.NotReadable):
        xml.read(body)


def test_lists_are_written_as_each_protocol_wants_them() -> None:
    asked = {"Filters": [{"Name": "n", "Values": ["a", "b"]}], "DryRun": True}
    assert flat(asked, ec2=True) == {
        "Filter.1.Name": "n", "Filter.1.Value.1": "a", "Filter.1.Value.2": "b", "DryRun": "true",
    }  # fmt: skip
    assert flat({"Names": ["a"]}, ec2=False) == {"Names.member.1": "a"}


READS = """DescribeInstances ListClusters GetMetricStatistics GetMetricData LookupEvents DescribeDBParameters
GetQueueAttributes GetTopicAttributes DescribeTable ListSecrets GetResources BatchGetDeployments GetBucketLocation
DescribeAlarms GetPipelineState DescribeLogGroups GetLifecyclePolicy"""
REFUSED = """GetSecretValue BatchGetSecretValue GetParameter GetParameters GetParametersByPath GetObject GetPasswordData
GetAuthorizationToken AssumeRole AssumeRoleWithSAML GetSessionToken GetFederationToken GetItem BatchGetItem GetRecords
GetConsoleOutput GetLaunchTemplateData GetTemplate DescribeInstanceAttribute DescribeVpnConnections GetActivityTask
DescribeTaskDefinition BatchGetImage GetDownloadUrlForLayer GetJobDetails GetLoginProfile ReceiveMessage Query Scan
StartQuery TerminateInstances DeleteTable PutObject CreateUser Describe Get Getaway ListenToAll Describer get
describe-instances GetCredentialsForIdentity ExportCertificate UpdateService RunInstances RebootInstances
DescribeInstances;DeleteTable Describe_Instances GetKeyPolicy DescribeTasks
ListExports""" + " SelectObjectContent"  # fmt: skip


@pytest.mark.parametrize("operation", READS.split())
def test_operations_that_only_read_may_be_called(operation: str) -> None:
    assert denied(operation) is None


@pytest.mark.parametrize("operation", [*REFUSED.split(), "", "Describe Instances", "DescribeInstances\n"])
def test_operations_that_do_more_or_hand_out_secrets_may_not(operation: str) -> None:
    assert denied(operation) is not None


async def test_what_a_service_asks_for_is_json(tools, aws: Cloud) -> None:
    await tools(**configured(aws)).look("aws.logs", group="g", pattern="boom")
    asked = json.loads(aws.asked[-1][1])
    assert (asked["logGroupName"], asked["filterPattern"]) == ("g", "boom")
