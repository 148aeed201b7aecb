"""AWS accounts against an STS on loopback that checks signatures with botocore, and what toolsets look with."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import pytest
from aiohttp import web
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from connectors.test_accounts import everything
from people import Person
from providers import Provider, playing
from pydantic import SecretStr
from whole import Server, serving

from aurora_rt import serve
from aurora_rt.chat.providers import PREFERRED, SELECTED, chosen, preferred
from aurora_rt.settings import Settings
from aurora_rt.toolsets.registry import discover

pytestmark = pytest.mark.usefixtures("people")

OURS = ("AKIAOPERATOR0000000", "operator-secret-planted-0001")
USER = ("AKIAUSER00000000000", "user-secret-planted-0002-long")
ASSUMED = ("ASIAASSUMED00000000", "assumed-secret-planted-0003")
SESSION = "session-token-planted-0004"
ROLE = "arn:aws:iam::111122223333:role/aurora-rt-read-only"
OPEN = "arn:aws:iam::111122223333:role/open-to-all"


class Sts:
    """What the role's trust policy says, and who may come."""

    def __init__(self) -> None:
        self.external_id = ""
        self.keys = dict([OURS, USER, ASSUMED])
        self.assumed = 0

    async def answer(self, request: web.Request, body: bytes) -> web.Response:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        key = request.headers["Authorization"].partition("Credential=")[2].partition("/")[0]
        if key not in self.keys or not self._signed(request, body, key):
            return self._error(403, "SignatureDoesNotMatch")
        if form["Action"] == "AssumeRole":
            allowed = form["RoleArn"] == OPEN or (
                form["RoleArn"] == ROLE and form.get("ExternalId") == self.external_id
            )
            if key != OURS[0] or not allowed:
                return self._error(403, "AccessDenied")
            self.assumed += 1
            return self._role()
        if form["Action"] == "GetCallerIdentity":
            account = "999988887777" if key == OURS[0] else "111122223333"
            arn = (
                f"arn:aws:iam::{account}:user/x"
                if key != ASSUMED[0]
                else ROLE.replace(":role/", ":assumed-role/")
            )
            return web.Response(
                text="<GetCallerIdentityResponse xmlns='https://sts.amazonaws.com/doc/2011-06-15/'>"
                f"<GetCallerIdentityResult><Arn>{arn}</Arn><UserId>x</UserId><Account>{account}</Account>"
                "</GetCallerIdentityResult></GetCallerIdentityResponse>"
            )
        assert form["Action"] == "DescribeAlarms"
        return web.Response(
            text="<R><DescribeAlarmsResult><MetricAlarms><member><AlarmName>cart-5xx</AlarmName><StateValue>ALARM"
            "</StateValue></member></MetricAlarms></DescribeAlarmsResult></R>"
        )

    def _role(self) -> web.Response:
        ends = datetime.now(UTC) + timedelta(hours=1)
        return web.Response(
            text="<AssumeRoleResponse><AssumeRoleResult><Credentials>"
            f"<AccessKeyId>{ASSUMED[0]}</AccessKeyId><SecretAccessKey>{ASSUMED[1]}</SecretAccessKey>"
            f"<SessionToken>{SESSION}</SessionToken><Expiration>{ends:%Y-%m-%dT%H:%M:%SZ}</Expiration>"
            "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
        )

    def _error(self, status: int, code: str) -> web.Response:
        text = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
        return web.Response(status=status, text=text)

    def _signed(self, request: web.Request, body: bytes, key: str) -> bool:
        """Whether AWS's own library would have signed so."""
        token = SESSION if key == ASSUMED[0] else None
        if request.headers.get("X-Amz-Security-Token") != token:
            return False
        scope = request.headers["Authorization"].partition("Credential=")[2].partition(",")[0].split("/")
        sent = {
            name: text
            for name, text in request.headers.items()
            if name.lower() in ("host", "content-type", "x-amz-date", "x-amz-security-token")
        }
        asked = AWSRequest("POST", str(request.url), data=body, headers=sent)
        asked.context["timestamp"] = request.headers["X-Amz-Date"]
        signer = SigV4Auth(Credentials(key, self.keys[key], token), scope[3], scope[2])
        signature = signer.signature(signer.string_to_sign(asked, signer.canonical_request(asked)), asked)
        return request.headers["Authorization"].endswith(f"Signature={signature}")


@pytest.fixture
async def sts() -> AsyncIterator[tuple[Sts, str]]:
    known = Sts()
    async with playing(Provider({"POST /": known.answer})) as provider:
        yield known, provider.url


@pytest.fixture
def told(settings: Settings, sts: tuple[Sts, str]) -> Settings:
    return settings.model_copy(
        update={
            "secret_key": SecretStr("the operator's key, long"),
            "aws_endpoint": sts[1],
            "aws_access_key_id": OURS[0],
            "aws_secret_access_key": SecretStr(OURS[1]),
            "aws_template_url": "https://templates.s3.amazonaws.com/role.yaml",
        }
    )


@pytest.fixture
async def server(told: Settings) -> AsyncIterator[Server]:
    async with serving(told, worker=False) as running:
        yield running


async def connected(person: Person, status: int = 201, **fields: str) -> dict[str, Any]:
    answer = await person.http.post(
        "/api/connectors/aws/accounts", json={"fields": {"region": "eu-west-1", **fields}}
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_role_is_assumed_with_the_organizations_own_external_id(
    server: Server, told: Settings, sts: tuple[Sts, str], database_url: str, redis_url: str
) -> None:
    known, _ = sts
    ann, eve = await Person.registered(server.base_url), await Person.registered(server.base_url)
    setup = (await ann.http.get("/api/connectors/aws/setup")).json()
    known.external_id = setup["values"]["External id"]
    assert len(known.external_id) == 40
    assert setup["values"]["AWS account of this server"] == "999988887777"
    assert f"param_ExternalId={known.external_id}" in setup["link"]
    assert f'Default: "{known.external_id}"' in setup["template"]
    assert (await eve.http.get("/api/connectors/aws/setup")).json()["values"][
        "External id"
    ] != known.external_id

    made = await connected(ann, role_arn=ROLE)
    assert (made["title"], made["facts"]["Account"]) == ("111122223333", "111122223333")
    refused = await connected(eve, 400, role_arn=ROLE)
    assert "does not let us assume that role" in refused["error"], "another organization's id opens nothing"
    assert "without the external id" in (await connected(ann, 400, role_arn=OPEN))["error"]
    assert "needs a role" in (await connected(ann, 400))["error"]
    assert "two parts" in (await connected(ann, 400, access_key_id=USER[0]))["error"]
    keyed = await connected(
        ann, access_key_id=USER[0], secret_access_key=USER[1], region="us-east-1", name="Legacy"
    )
    assert keyed["title"] == "Legacy"
    wrong = await connected(ann, 400, access_key_id=USER[0], secret_access_key="wrong-secret-planted")
    assert wrong["code"] == "account_refused"

    # What an investigation of the organization looks with.
    async with serve.resources(told) as have:
        bench = serve._bench(have, discover())
        async with have.database.connection() as connection:
            rows = await connection.fetch("SELECT id, organization_id FROM users")
        of: dict[str, UUID] = {row["id"]: row["organization_id"] for row in rows}
        window, before = bench.window_of(None), known.assumed
        tools = await bench.toolbox(of[ann.id], None, window)
        first, second = await tools.look("aws.alarms"), await tools.look("aws_2.alarms")
        assert (first.error, second.error) == (None, None)
        assert ("eu-west-1" in first.command, "us-east-1" in second.command) == (True, True)
        assert any(one.toolset == "AWS (Legacy)" for one in tools.offers)
        again = await bench.toolbox(of[ann.id], None, window)
        assert (await again.look("aws.alarms")).error is None
        assert known.assumed == before + 1, "for an hour the role is assumed once, in memory alone"
        shown = f"{first} {second} {bench!r} {tools.offers}"
        limited = await bench.toolbox(of[ann.id], None, window, providers=("gcp",))
        assert "AWS is not among" in limited.unusable["aws"]
        assert not limited.has("aws_2.alarms")
        theirs = await bench.toolbox(of[eve.id], None, window)
        assert "aws_2" not in theirs.unusable
        assert not theirs.has("aws_2.alarms")

        known.external_id = "rotated by somebody"
        await ann.http.put(
            f"/api/connectors/accounts/{keyed['id']}", json={"fields": {"region": "us-west-2"}}
        )
        have.accounts.lending._kept.clear()
        lost = await bench.toolbox(of[ann.id], None, window)
        assert "does not let us assume that role" in lost.unusable["aws"]
        assert lost.has("aws_2.alarms"), "one that is lost does not take the others along"

    kept = await everything(database_url, redis_url)
    for secret in (USER[1], ASSUMED[1], SESSION, "wrong-secret-planted"):
        assert secret not in kept
        assert secret not in shown
        assert secret not in (await ann.http.get("/api/connectors")).text


def test_a_chat_looks_at_the_providers_that_were_selected_in_it_or_named_with_the_question() -> None:
    assert chosen({}) is None
    assert chosen({SELECTED: [], PREFERRED: ["aws"]}) == ("aws",)
    assert chosen({SELECTED: ["GCP ", 7, "gcp"], PREFERRED: ["aws"]}) == ("gcp",)
    assert chosen({SELECTED: {"gcp": True}}) is None
    assert preferred(None, None) is None
    assert preferred("", "azure") == ("azure",)
    assert preferred("AWS, gcp,,", "azure") == ("aws", "gcp")
