"""Google Cloud: by signing in at Google, or with the key of a service account.

https://developers.google.com/identity/protocols/oauth2/web-server
"""

import asyncio
from typing import Final

from pydantic import BaseModel
from pydantic import Field as Part

from aurora_rt.connectors import oauth
from aurora_rt.connectors.asking import AccountRefused, Wire, bearer
from aurora_rt.connectors.connector import Connector, Field, Found, Given, Lent, Place, Setup, SignIn
from aurora_rt.connectors.google_keys import GRANT, KeyUnusable, assertion, service_key
from aurora_rt.errors import Unavailable

CLOUD: Final = "https://www.googleapis.com/auth/cloud-platform"
"""Cloud Run and Cloud SQL know no narrower one; we only read."""
SCOPE: Final = f"openid email {CLOUD}"
PAGES: Final = 5
COME_BACK_TO: Final = "/callback"


class GoogleNotConfigured(Unavailable):
    """The operator has not registered this server with Google."""

    code = "gcp_not_configured"


class _Token(BaseModel):
    access_token: str = Part(min_length=1, repr=False)


class _Who(BaseModel):
    sub: str
    email: str = ""


class _Project(BaseModel):
    project_id: str = Part(alias="projectId")
    name: str = ""


class _Projects(BaseModel):
    projects: tuple[_Project, ...] = ()
    next: str = Part("", alias="nextPageToken")


def _at(wire: Wire, public: str) -> str:
    """An address of Google's, or the one of the settings."""
    return (wire.settings.gcp_endpoint or public).rstrip("/")


def _client(wire: Wire) -> oauth.Client:
    secret = wire.settings.google_client_secret
    return oauth.Client(
        wire.settings.google_client_id or "",
        secret.get_secret_value() if secret else "",
        f"{_at(wire, 'https://accounts.google.com')}/o/oauth2/auth",
        f"{_at(wire, 'https://oauth2.googleapis.com')}/token",
        SCOPE,
    )


def _problem(wire: Wire) -> str:
    if wire.settings.google_client_id and wire.settings.google_client_secret:
        return ""
    return (
        "Nobody can sign in at Google here: the operator sets GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET to those of "
        "an OAuth client. The key of a service account does without."
    )


def _begin(wire: Wire, come_back_to: str, state: str, verifier: str) -> str:
    # Offline, or there is no refresh token; and asked each time, or there is none the second time.
    return _client(wire).begin(
        wire, come_back_to, state, verifier, access_type="offline", prompt="consent select_account"
    )


async def _finish(wire: Wire, come_back_to: str, code: str, verifier: str) -> Given:
    values = await _client(wire).tokens(wire, come_back_to, code, verifier)
    if not values["refresh_token"]:
        raise AccountRefused("Google gave no refresh token, so the account would be lost within the hour.")
    return Given(values)


async def _refresh(given: Given, wire: Wire) -> Given | None:
    if not _signed_in(given) or oauth.lasts(given.values):
        return None
    return Given(await _client(wire).renewed(wire, given.values))


def _signed_in(given: Given) -> bool:
    """Whether it is asked with tokens of a person: a key that was entered comes before."""
    return not given["service_account_json"]


async def _token(given: Given, wire: Wire) -> str:
    if _signed_in(given):
        return given["access_token"]
    key = service_key(given["service_account_json"])
    if key is None:
        raise AccountRefused("That is not the JSON key of a service account.")
    try:
        secret = key.private_key.get_secret_value()
        signed = await asyncio.to_thread(assertion, key.client_email, secret, key.private_key_id, CLOUD)
    except KeyUnusable:
        raise AccountRefused("The private key in that file cannot be used.") from None
    url = f"{_at(wire, 'https://oauth2.googleapis.com')}/token"
    form = {"grant_type": GRANT, "assertion": signed}
    return (await wire.ask(url, _Token, method="POST", form=form)).access_token


async def _listed(token: str, wire: Wire) -> tuple[Place, ...]:
    """The projects that may be seen, by name. https://cloud.google.com/resource-manager/reference/rest/v1/projects/list"""
    url = f"{_at(wire, 'https://cloudresourcemanager.googleapis.com')}/v1/projects"
    found: list[_Project] = []
    page = _Projects(nextPageToken="")
    for number in range(PAGES):
        query = {"filter": "lifecycleState:ACTIVE", "pageSize": "200"}
        if number:
            query["pageToken"] = page.next
        page = await wire.ask(url, _Projects, headers=bearer(token), query=query)
        found += page.projects
        if not page.next:
            break
    places = (Place(one.project_id, one.name or one.project_id) for one in found)
    return tuple(sorted(places, key=lambda one: one.title.lower()))


async def _places(given: Given, wire: Wire) -> tuple[Place, ...]:
    return await _projects(given, await _token(given, wire), wire)


async def _projects(given: Given, token: str, wire: Wire) -> tuple[Place, ...]:
    key = service_key(given["service_account_json"])
    own = (Place(key.project_id, key.project_id),) if key and key.project_id else ()
    try:
        found = await _listed(token, wire)
    except AccountRefused:
        if not own:
            raise
        return own  # a service account seldom may list projects
    return found + tuple(one for one in own if one.id not in {other.id for other in found})


async def _check(given: Given, wire: Wire) -> Found:
    token, key = await _token(given, wire), service_key(given["service_account_json"])
    if key is not None:
        who, kind = key.client_email, "service account"
    else:
        url = f"{_at(wire, 'https://openidconnect.googleapis.com')}/v1/userinfo"
        told = await wire.ask(url, _Who, headers=bearer(token))
        who, kind = told.email or told.sub, "signed in"
    places = await _projects(given, token, wire)
    if not places:
        raise AccountRefused(f"{who} may see no Google Cloud project.")
    first = key.project_id if key and key.project_id else places[0].id
    facts = {"Connected by": kind, "Projects": str(len(places))}
    return Found(who, who, facts, given["place"] or first)


async def _lend(given: Given, wire: Wire) -> Lent:
    signed_in = _signed_in(given)
    return Lent(
        {
            "gcp_credentials": None,
            "gcp_key": None if signed_in else given.secret("service_account_json"),
            "gcp_token": given.secret("access_token") if signed_in else None,
            "gcp_project": given["place"],
            "gcp_endpoint": wire.settings.gcp_endpoint,
        }
    )


async def _disconnect(given: Given, wire: Wire) -> None:
    if not _signed_in(given):
        return  # the key is taken back where it was made
    url = f"{_at(wire, 'https://oauth2.googleapis.com')}/revoke"
    try:
        await wire.fetch(url, method="POST", form={"token": given["refresh_token"]})
    except AccountRefused:
        return  # it was given back before


async def _setup(wire: Wire, _: str) -> Setup:
    public = (wire.settings.public_url or "").rstrip("/")
    told = {"Redirect URI of the OAuth client": f"{public}{COME_BACK_TO}"} if public else {}
    return Setup(told, "https://console.cloud.google.com/iam-admin/serviceaccounts")


def _complete(given: Given) -> str:
    if service_key(given["service_account_json"]) is None:
        return "That is not the JSON key of a service account, as Google Cloud hands it out."
    return ""


CONNECTOR: Final = Connector(
    name="gcp",
    title="Google Cloud",
    kind="cloud",
    help="Sign in at Google, or enter the JSON key of a service account with the role Viewer.",
    url="https://console.cloud.google.com/iam-admin/serviceaccounts",
    fields=(
        Field(
            "service_account_json",
            "Key of a service account",
            "The whole JSON file.",
            secret=True,
            lines=True,
        ),
    ),
    own=("access_token", "refresh_token", "expires_at"),
    complete=_complete,
    check=_check,
    refresh=_refresh,
    disconnect=_disconnect,
    places=_places,
    setup=_setup,
    toolsets=("gcp",),
    alone=True,
    lend=_lend,
    sign_in=SignIn(_problem, GoogleNotConfigured, _begin, _finish),
)
