"""AWS, asked over its own HTTP APIs with an access key that may only read.

    account     whose credentials, which region, which address: a value that is handed on
    services    which services, how each speaks   client     asking, page by page (signed by `connectors.sigv4`)
    failures    what AWS says when it refuses, as sentences
    shapes      what comes back (`connectors.xml` reads it)
    metrics     CloudWatch: metrics and alarms    logs       CloudWatch Logs, and changes from CloudTrail
    ecs         services and stopped tasks        machines   instances of EC2, databases of RDS
    verdict     which operations only read        reading    the tool that calls any of those

No credentials are looked for anywhere but in the settings, and nothing is asked of an instance's metadata.
"""

from typing import Final

import httpx

from aurora_rt.settings import Settings
from aurora_rt.toolsets.aws import ecs, logs, machines, metrics, reading
from aurora_rt.toolsets.aws.account import account_of, unusable
from aurora_rt.toolsets.aws.client import Aws, request
from aurora_rt.toolsets.aws.shapes import AlarmPage
from aurora_rt.toolsets.logs.reading import read as read_lines
from aurora_rt.toolsets.toolset import Health, Parameters, Tool, ToolFailed, Toolset

TIMEOUT: Final = 18.0
"""An inquiry of the investigator is given 22 s; what a look is cut at is said in a sentence of its own."""


async def _health(settings: Settings, http: httpx.AsyncClient) -> Health:
    try:
        account = account_of(settings)
        wanted = request("cloudwatch", "DescribeAlarms", MaxRecords=1)
        await Aws(account, http, settings.tool_timeout).ask(wanted, AlarmPage)
    except ToolFailed as failed:
        return Health("unhealthy", failed.reason)
    return Health("healthy", f"AWS answers for {account.region}.")


TOOLSET: Final = Toolset(
    name="aws",
    title="AWS",
    description="Metrics, alarms, logs, ECS services, EC2 instances, RDS databases and changes in an AWS account.",
    cost="moderate",
    tools=(
        Tool(
            "metrics",
            "A metric of CloudWatch over the incident's window.",
            metrics.metrics,
            metrics.MetricParameters,
            TIMEOUT,
        ),
        Tool(
            "alarms", "Alarms of CloudWatch that are in the state ALARM.", metrics.alarms, Parameters, TIMEOUT
        ),
        Tool(
            "logs",
            "Lines of a log group within the incident's window: those that match a pattern, or that complain.",
            logs.logs,
            logs.LogParameters,
            TIMEOUT,
            read=read_lines,
        ),
        Tool(
            "ecs",
            "ECS services: tasks that should run and that do, the deployment, why tasks stopped.",
            ecs.ecs,
            ecs.EcsParameters,
            TIMEOUT,
        ),
        Tool("ec2", "EC2 instances and their status checks.", machines.ec2, Parameters, TIMEOUT),
        Tool(
            "rds",
            "RDS databases, and what happened to them within the window.",
            machines.rds,
            Parameters,
            TIMEOUT,
        ),
        Tool(
            "changes",
            "What was changed within the window, and by whom (CloudTrail).",
            logs.changes,
            Parameters,
            TIMEOUT,
        ),
        Tool(
            "read",
            "Any operation of AWS that only reads and hands out neither secrets nor content.",
            reading.read,
            reading.ReadParameters,
            TIMEOUT,
        ),
    ),
    unusable=unusable,
    health=_health,
)
