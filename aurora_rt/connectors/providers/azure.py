"""Azure, as an application of Microsoft Entra.

https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
"""

from typing import Final

from pydantic import BaseModel
from pydantic import Field as Part

from aurora_rt.connectors.asking import AccountRefused, Wire, bearer
from aurora_rt.connectors.connector import Connector, Field, Found, Given, Lent, Place

LOGIN: Final = "https://login.microsoftonline.com"
MANAGEMENT: Final = "https://management.azure.com"
GUID: Final = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class _Token(BaseModel):
    access_token: str = Part(min_length=1, repr=False)


class _Subscription(BaseModel):
    id: str = Part(alias="subscriptionId")
    name: str = Part("", alias="displayName")
    state: str = "Enabled"


class _Subscriptions(BaseModel):
    value: tuple[_Subscription, ...] = ()


async def _places(given: Given, wire: Wire) -> tuple[Place, ...]:
    """Subscriptions that are in use. https://learn.microsoft.com/rest/api/resources/subscriptions/list"""
    form = {
        "grant_type": "client_credentials",
        "client_id": given["client_id"],
        "client_secret": given["client_secret"],
        "scope": f"{MANAGEMENT}/.default",
    }
    login = (wire.settings.azure_login or LOGIN).rstrip("/")
    try:
        token = await wire.ask(
            f"{login}/{given['tenant_id']}/oauth2/v2.0/token", _Token, method="POST", form=form
        )
    except AccountRefused:
        raise AccountRefused(
            "Azure does not let that application in: the tenant, its id or its secret is wrong, or the secret ended."
        ) from None
    base = (wire.settings.azure_endpoint or MANAGEMENT).rstrip("/")
    query = {"api-version": "2022-12-01"}
    found = await wire.ask(
        f"{base}/subscriptions", _Subscriptions, headers=bearer(token.access_token), query=query
    )
    return tuple(Place(one.id, one.name or one.id) for one in found.value if one.state == "Enabled")


async def _check(given: Given, wire: Wire) -> Found:
    places = await _places(given, wire)
    if not places:
        raise AccountRefused(
            "No enabled subscription was found: the application needs the role Reader on one."
        )
    chosen = next((one for one in places if one.id == given["place"]), places[0])
    facts = {"Subscriptions": str(len(places)), "Application": given["client_id"]}
    title = given["name"] or chosen.title
    return Found(f"{given['tenant_id']}/{given['client_id']}".lower(), title, facts, chosen.id)


async def _lend(given: Given, _: Wire) -> Lent:
    return Lent(
        {
            "azure_tenant_id": given["tenant_id"],
            "azure_client_id": given["client_id"],
            "azure_client_secret": given.secret("client_secret"),
            "azure_subscription_id": given["place"],
        }
    )


CONNECTOR: Final = Connector(
    name="azure",
    title="Azure",
    kind="cloud",
    help="Register an application, give it the role Reader on a subscription, and make a secret for it.",
    url="https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
    fields=(
        Field("tenant_id", "Tenant", pattern=GUID, example="8c1f4a7e-0000-0000-0000-000000000000"),
        Field("client_id", "Application", pattern=GUID, example="8c1f4a7e-0000-0000-0000-000000000000"),
        Field("client_secret", "Secret of the application", secret=True, pattern=r"\S{8,200}"),
        Field("name", "Name", "What you call it.", required=False, pattern=r".{1,80}", example="production"),
    ),
    check=_check,
    places=_places,
    toolsets=("azure",),
    alone=True,
    lend=_lend,
)
