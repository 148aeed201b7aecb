"""Services of AWS that are asked, and how each speaks: names, versions and targets from their public API models."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

Protocol = Literal["json", "query", "ec2"]


@dataclass(frozen=True, slots=True)
class Service:
    """How a service is spoken to."""

    name: str
    """As the command line calls it."""
    protocol: Protocol
    version: str
    """Of the API for `query` and `ec2`; of JSON (`1.0`, `1.1`) for `json`."""
    target: str = ""
    """What `X-Amz-Target` begins with, for `json`."""
    host: str = ""
    """What its address begins with and it signs as, where that is not its name."""

    @property
    def prefix(self) -> str:
        """The first part of its public address, and its name in signatures."""
        return self.host or self.name


_ALL: Final = (
    Service("cloudwatch", "query", "2010-08-01", host="monitoring"),
    Service("ec2", "ec2", "2016-11-15"),
    Service("rds", "query", "2014-10-31"),
    Service("autoscaling", "query", "2011-01-01"),
    Service("elbv2", "query", "2015-12-01", host="elasticloadbalancing"),
    Service("elasticache", "query", "2015-02-02"),
    Service("cloudformation", "query", "2010-05-15"),
    Service("sns", "query", "2010-03-31"),
    Service("ecs", "json", "1.1", "AmazonEC2ContainerServiceV20141113"),
    Service("logs", "json", "1.1", "Logs_20140328"),
    Service("cloudtrail", "json", "1.1", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101"),
    Service("sqs", "json", "1.0", "AmazonSQS"),
    Service("dynamodb", "json", "1.0", "DynamoDB_20120810"),
    Service("kinesis", "json", "1.1", "Kinesis_20131202"),
    Service("stepfunctions", "json", "1.0", "AWSStepFunctions", host="states"),
    Service("events", "json", "1.1", "AWSEvents"),
    Service("codepipeline", "json", "1.1", "CodePipeline_20150709"),
    Service("codedeploy", "json", "1.1", "CodeDeploy_20141006"),
    Service("acm", "json", "1.1", "CertificateManager"),
    Service("application-autoscaling", "json", "1.1", "AnyScaleFrontendService"),
    Service("ecr", "json", "1.1", "AmazonEC2ContainerRegistry_V20150921", host="api.ecr"),
)
SERVICES: Final[Mapping[str, Service]] = MappingProxyType({one.name: one for one in _ALL})
"""By the name that the command line uses."""

SIGNING: Final[Mapping[str, str]] = MappingProxyType({"api.ecr": "ecr"})
"""Services that sign with another name than their address begins with."""
