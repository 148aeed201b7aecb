"""Command lines of clouds: known services, and an operation that reads, as a whole word and never a part of one."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from aurora_rt.toolsets.verdicts.options import one_of

_WORD: Final = re.compile(r"[A-Za-z0-9_.:/@%+=,<>\"' ()-]+")
_FLAG: Final = re.compile(r"--(?P<name>[a-z0-9][a-z0-9-]*)(?:=(?P<value>[^\0]*))?")

_AWS_SERVICES: Final = one_of(
    "ec2 ecs eks ecr rds elasticache elb elbv2 autoscaling application-autoscaling cloudwatch logs "
    "cloudtrail cloudformation lambda s3 s3api route53 route53resolver sqs sns dynamodb iam sts acm "
    "secretsmanager kms ssm health events scheduler stepfunctions kinesis firehose cloudfront "
    "apigateway apigatewayv2 wafv2 efs opensearch es kafka mq organizations ce pi xray backup "
    "configservice codepipeline codebuild codedeploy redshift docdb neptune memorydb servicediscovery "
    "resourcegroupstaggingapi support budgets service-quotas synthetics globalaccelerator directconnect"
)
_AWS_READS: Final = re.compile(r"(?:describe|list|get|lookup|head|batch-get|filter|estimate)-[a-z0-9-]+")
_AWS_CLOSED: Final = re.compile(
    r"token|credential|password|login|secret-value|private|access-details|object$|object-torrent|api-keys?$|export$|sdk$"
    r"|get-(?:batch-)?(?:item|records|message|function$|layer|parameter|random|public-key|template-data)|batch-get-item"
    r"|download-url|session|screenshot|launch-template-(?:data|versions)|launch-configurations|authoriz"
)
"""Operations that hand out credentials or what is stored, write a file, or show what machines are started with."""
_AWS_OPERATIONS: Final = {
    "sts": {"get-caller-identity"},
    "secretsmanager": {"list-secrets", "describe-secret"},
    "kms": {"list-keys", "describe-key", "list-aliases"},
    "ssm": {
        "describe-parameters",
        "list-commands",
        "describe-instance-information",
        "describe-instance-patches",
    },
}
"""Services of which only these are open."""
_AWS_FLAGS: Final = one_of(
    "endpoint-url cli-input-json cli-input-yaml profile no-verify-ssl no-sign-request "
    "generate-cli-skeleton debug ca-bundle outfile follow with-decryption include-values cli-binary-format"
)
_AWS_BEFORE: Final = frozenset({"--region", "--output"})

_GCLOUD_READS: Final = one_of("describe list read get-iam-policy get-server-config list-tags get-health")
_GCLOUD_NOUNS: Final = one_of(
    "beta alpha compute instances instance-groups managed unmanaged disks networks subnets "
    "firewall-rules routes routers addresses forwarding-rules backend-services health-checks url-maps "
    "target-pools operations zones regions images snapshots ssl-certificates security-policies vpn-tunnels "
    "container clusters node-pools run services revisions jobs executions domain-mappings sql databases "
    "backups logging logs sinks metrics buckets monitoring dashboards policies snoozes projects "
    "functions pubsub topics subscriptions schemas dns managed-zones record-sets redis app versions "
    "builds triggers artifacts repositories packages docker spanner storage objects"
)
_GCLOUD_FLAGS: Final = one_of(
    "impersonate-service-account access-token-file account configuration flags-file log-http "
    "credential-file-override trace-token"
)

_AZ_READS: Final = one_of(
    "show list list-usage list-ip-addresses list-skus list-sizes list-locations list-definitions"
)
_AZ_NOUNS: Final = one_of(
    "vm vmss aks nodepool monitor metrics activity-log log-analytics workspace alert group network vnet "
    "subnet nsg rule lb public-ip nic application-gateway dns private-dns zone record-set route-table "
    "webapp functionapp appservice plan sql server db elastic-pool postgres mysql flexible-server redis "
    "cosmosdb storage account container disk snapshot image resource acr repository servicebus queue "
    "topic namespace eventhubs eventhub containerapp revision replica deployment operation advisor "
    "recommendation autoscale diagnostic-settings provider"
)
_AZ_FLAGS: Final = one_of("debug show-secrets unmask include-user-data file")


def aws(arguments: Sequence[str]) -> bool:
    """aws: `service operation`, where the operation's first word reads and it hands out no credential or content."""
    arguments = _after_region(arguments)
    words = _leading(arguments)
    if len(words) < 2 or not _harmless(arguments[len(words) :], _AWS_FLAGS):
        return False
    if any("userdata" in one.lower() for one in arguments):
        return False
    service, operation, *more = words
    if (service, operation) in (("s3", "ls"), ("logs", "tail")):
        return len(more) <= 1
    if more or service not in _AWS_SERVICES or service == "s3":
        return False
    if service in _AWS_OPERATIONS:
        return operation in _AWS_OPERATIONS[service]
    return bool(_AWS_READS.fullmatch(operation)) and not _AWS_CLOSED.search(operation)


def gcloud(arguments: Sequence[str]) -> bool:
    """gcloud: groups that are known, and the first other word reads; nothing of secrets and credentials."""
    words = _leading(arguments)
    groups, more = _grouped(words, _GCLOUD_NOUNS)
    if not groups or not more or any(map(_is_closed, arguments)):
        return False
    reads = more[0] in _GCLOUD_READS or (groups == ["storage"] and more[0] == "ls")
    return reads and _harmless(arguments[len(words) :], _GCLOUD_FLAGS)


def az(arguments: Sequence[str]) -> bool:
    """az: groups that are known, and a verb that shows or lists; nothing of keys, secrets and tokens."""
    words = _leading(arguments)
    groups, more = _grouped(words, _AZ_NOUNS)
    if not groups or len(more) != 1 or more[0] not in _AZ_READS or any(map(_is_closed, arguments)):
        return False
    rest = [one for one in arguments[len(words) :] if one not in ("-g", "-n", "-o", "-d")]
    return _harmless(rest, _AZ_FLAGS)


def _after_region(arguments: Sequence[str]) -> Sequence[str]:
    """Without the flags with values that people put before the service."""
    while len(arguments) > 1 and arguments[0] in _AWS_BEFORE and re.fullmatch(r"[a-z0-9-]+", arguments[1]):
        arguments = arguments[2:]
    return arguments


def _leading(arguments: Sequence[str]) -> list[str]:
    """The words before the first flag."""
    words: list[str] = []
    for argument in arguments:
        if argument.startswith("-"):
            break
        words.append(argument)
    return words if all(map(_WORD.fullmatch, words)) else []


def _grouped(words: Sequence[str], nouns: frozenset[str]) -> tuple[list[str], list[str]]:
    """The groups that a command is in, and what follows."""
    count = next((n for n, word in enumerate(words) if word not in nouns), len(words))
    return list(words[:count]), list(words[count:])


def _is_closed(argument: str) -> bool:
    return re.search(r"masterauth|clientkey|password", argument, re.IGNORECASE) is not None


def _harmless(arguments: Sequence[str], closed: Iterable[str]) -> bool:
    """Whether no flag is one of `closed`, or short for one, and no value names a file to be read."""
    for argument in arguments:
        if argument.startswith("-"):
            flag = _FLAG.fullmatch(argument)
            if flag is None or any(one.startswith(flag["name"]) for one in closed):
                return False
        if _names_file(argument):
            return False
    return True


def _names_file(argument: str) -> bool:
    value = argument.partition("=")[2] if argument.startswith("-") else argument
    return re.search(r"fileb?://|^https?://|^@|=@|\0", value, re.IGNORECASE) is not None
