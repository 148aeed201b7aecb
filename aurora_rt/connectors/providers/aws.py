"""AWS: a role that this server assumes with an external id, or an access key where that cannot be had.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
"""

from typing import Final

from pydantic import SecretStr

from aurora_rt.connectors import aws_role, sts
from aurora_rt.connectors.asking import AccountRefused, ProviderAway, Wire
from aurora_rt.connectors.connector import Connector, Field, Found, Given, Lent, Setup

ROLE: Final = r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]{1,500}"
REGION: Final = "us-east-1"
LENT_SECONDS: Final = sts.SECONDS - 900.0


def _complete(given: Given) -> str:
    keys = (given["access_key_id"], given["secret_access_key"])
    if any(keys) and not all(keys):
        return "An access key has two parts: enter its id and its secret."
    return "" if given["role_arn"] or all(keys) else "AWS needs a role, or an access key."


def _ours(wire: Wire, region: str) -> sts.Keys | None:
    """What this server is to AWS."""
    key, secret, token = (
        wire.settings.aws_access_key_id,
        wire.settings.aws_secret_access_key,
        wire.settings.aws_session_token,
    )
    if key is None or secret is None:
        return None
    return sts.Keys(key, secret.get_secret_value(), region, token.get_secret_value() if token else "")


def _asking_as(given: Given, wire: Wire) -> sts.Keys:
    """Keys to begin with: those that were entered, else our own."""
    region = given["region"] or REGION
    if given["access_key_id"]:
        return sts.Keys(given["access_key_id"], given["secret_access_key"], region)
    ours = _ours(wire, region)
    if ours is None:
        raise AccountRefused(
            "This server is nobody to AWS, so it can assume no role: the operator sets AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY. An access key of the account does without."
        )
    return ours


async def _keys(given: Given, wire: Wire) -> sts.Keys:
    """Keys to look with: those of the role, else those that were entered."""
    keys, role = _asking_as(given, wire), given["role_arn"]
    if not role:
        return keys
    try:
        return await sts.assumed(keys, wire, role, given["external_id"])
    except AccountRefused:
        raise AccountRefused(
            "AWS does not let us assume that role: it is not there, or its trust policy does not name our account "
            "and the external id."
        ) from None


async def _refuse_open_role(given: Given, wire: Wire) -> None:
    """A role that lets us in without the external id lets in whoever makes us ask for it."""
    try:
        await sts.assumed(_asking_as(given, wire), wire, given["role_arn"], "")
    except AccountRefused:
        return
    raise AccountRefused(
        "That role lets us in without the external id, so anybody here could use it: add the condition "
        "sts:ExternalId to its trust policy."
    )


async def _check(given: Given, wire: Wire) -> Found:
    keys = await _keys(given, wire)
    who = await sts.identity(keys, wire)
    role = given["role_arn"]
    if role and who.account != role.split(":")[4]:
        raise ProviderAway("AWS answered for another account than the role is in.")
    if role and not given["access_key_id"]:
        await _refuse_open_role(given, wire)
    title = given["name"] or who.account
    facts = {"Account": who.account, "Looks as": who.arn, "Region": keys.region}
    return Found(f"{who.account}/{keys.region}", title, facts)


async def _lend(given: Given, wire: Wire) -> Lent:
    keys = await _keys(given, wire)
    return Lent(
        {
            "aws_access_key_id": keys.key,
            "aws_secret_access_key": SecretStr(keys.secret),
            "aws_session_token": SecretStr(keys.token) if keys.token else None,
            "aws_region": keys.region,
        },
        LENT_SECONDS if given["role_arn"] else 60.0,
    )


async def _setup(wire: Wire, mark: str) -> Setup:
    ours, account = _ours(wire, wire.settings.aws_region or REGION), ""
    if ours is not None:
        try:
            account = (await sts.identity(ours, wire)).account
        except (AccountRefused, ProviderAway):
            account = ""  # the operator's key is not this person's to mend; the external id helps already
    values = {"External id": mark, **({"AWS account of this server": account} if account else {})}
    region = wire.settings.aws_region or REGION
    link = aws_role.quick_create(wire.settings.aws_template_url or "", region, account, mark)
    return Setup(values, link, aws_role.template(account, mark))


CONNECTOR: Final = Connector(
    name="aws",
    title="AWS",
    kind="cloud",
    help="Make the role with the template, which names this server and the external id, and enter it. Where that "
    "cannot be, an access key of a user who may only read.",
    url="https://console.aws.amazon.com/iam/home#/roles",
    fields=(
        Field(
            "role_arn",
            "Role",
            "The ARN that the template puts out.",
            required=False,
            pattern=ROLE,
            example="arn:aws:iam::111122223333:role/aurora-rt-read-only",
        ),
        Field(
            "region",
            "Region",
            "Looked at with this account; connect it again for another.",
            pattern=r"[a-z]{2}(?:-[a-z]+)+-\d",
            example="eu-west-1",
        ),
        Field("name", "Name", "What you call it.", required=False, pattern=r".{1,80}", example="production"),
        Field(
            "access_key_id",
            "Access key",
            "Only without a role.",
            required=False,
            secret=True,
            pattern=r"[A-Z0-9]{16,128}",
        ),
        Field(
            "secret_access_key",
            "Secret of the access key",
            required=False,
            secret=True,
            pattern=r"\S{16,200}",
        ),
    ),
    complete=_complete,
    mark="external_id",
    check=_check,
    setup=_setup,
    toolsets=("aws",),
    alone=True,
    lend=_lend,
)
