"""Google in tests: an OAuth 2.0 server made with Authlib's server side, and the APIs that take its tokens."""

import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import jwt
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

METHODS = ("client_secret_post",)
CLIENT, SECRET = "aurora.apps.example", "GOCSPX-planted-client-secret"
PAGE = """<!doctype html><title>Sign in</title><h1>Aurora RT wants to look into Google Cloud</h1>
<form method="post"><button name="confirm" value="yes">Allow</button>
<button name="confirm" value="no">Deny</button></form>"""


@dataclass
class App:
    """The client that is registered, as Authlib asks for it."""

    redirect_uris: list[str]
    client_id: str = CLIENT

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, uri: str) -> bool:
        return uri in self.redirect_uris

    def check_client_secret(self, secret: str) -> bool:
        return secrets.compare_digest(secret, SECRET)

    def check_endpoint_auth_method(self, method: str, _: str) -> bool:
        return method == "client_secret_post"

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind in ("authorization_code", "refresh_token")


@dataclass
class Code:
    """A code that was given out."""

    code: str
    redirect_uri: str
    scope: str
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass
class Token:
    """A refresh token that was given out."""

    text: str

    def check_client(self, _: App) -> bool:
        return True

    def get_scope(self) -> str:
        return "openid"


@dataclass
class Google:
    """What a test's Google knows and does."""

    url: str = ""
    app: App = field(default_factory=lambda: App([]))
    codes: dict[str, Code] = field(default_factory=dict)
    access: set[str] = field(default_factory=set)
    refresh: set[str] = field(default_factory=set)
    given: list[str] = field(default_factory=list)
    """Every token and code that was given out."""
    revoked: list[str] = field(default_factory=list)
    life: int = 3600
    projects: tuple[str, ...] = ("shop-production", "shop-staging")
    fault: int = 0
    """Status of every answer to a request for tokens."""
    private: Any = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )

    def key(self, project: str = "shop-production") -> str:
        """The JSON key of a service account."""
        pem = self.private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return json.dumps(
            {
                "type": "service_account",
                "project_id": project,
                "private_key_id": "k1",
                "private_key": pem.decode(),
                "client_email": f"viewer@{project}.iam.example",
            }
        )


class _Quiet(WSGIRequestHandler):
    def log_request(self, *_: object) -> None:
        """Addresses hold codes; they are in no log."""


@contextmanager
def google() -> Iterator[Google]:
    """Run one on a free port, in a thread of its own."""
    known = Google()
    server = make_server("127.0.0.1", 0, _made(known), threaded=True, request_handler=_Quiet)
    known.url = f"http://localhost:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _made(known: Google) -> Flask:
    app = Flask(__name__)
    app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
    server = AuthorizationServer(app, query_client=lambda _: known.app, save_token=lambda *_: None)
    _grants(known, server)
    _pages(known, app, server)
    _apis(known, app)
    return app


def _grants(known: Google, server: AuthorizationServer) -> None:
    def new_token(**_: Any) -> dict[str, Any]:
        access, refresh = (f"ya29.{secrets.token_urlsafe(24)}", f"1//{secrets.token_urlsafe(24)}")
        known.access.add(access)
        known.refresh.add(refresh)
        known.given += [access, refresh]
        return {
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": known.life,
            "token_type": "Bearer",
        }

    server.register_token_generator("default", new_token)

    class ByCode(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = METHODS

        def save_authorization_code(self, code: str, asked: Any) -> None:
            told = asked.payload.data
            known.codes[code] = Code(
                code,
                asked.payload.redirect_uri,
                asked.payload.scope,
                told.get("code_challenge"),
                told.get("code_challenge_method"),
            )
            known.given.append(code)

        def query_authorization_code(self, code: str, _: App) -> Code | None:
            return known.codes.get(code)

        def delete_authorization_code(self, code: Code) -> None:
            known.codes.pop(code.code, None)

        def authenticate_user(self, _: Code) -> str:
            return "ann"

    class ByRefresh(grants.RefreshTokenGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = METHODS
        INCLUDE_NEW_REFRESH_TOKEN = True

        def authenticate_refresh_token(self, text: str) -> Token | None:
            return Token(text) if text in known.refresh else None

        def authenticate_user(self, _: Token) -> str:
            return "ann"

        def revoke_old_credential(self, token: Token) -> None:
            known.refresh.discard(token.text)

    server.register_grant(ByCode, [CodeChallenge(required=True)])
    server.register_grant(ByRefresh)


def _pages(known: Google, app: Flask, server: AuthorizationServer) -> None:
    @app.get("/o/oauth2/auth")
    def ask() -> str:
        return PAGE

    @app.post("/o/oauth2/auth")
    def decide() -> Response:
        grant = server.get_consent_grant(end_user="ann")
        return server.create_authorization_response(
            grant=grant, grant_user="ann" if request.form["confirm"] == "yes" else None
        )

    @app.post("/token")
    def token() -> Response:
        if known.fault:
            return Response("oops", known.fault)
        if request.form.get("grant_type", "").endswith("jwt-bearer"):
            return _for_key(known)
        return server.create_token_response()

    @app.post("/revoke")
    def revoke() -> Response:
        known.revoked.append(request.form["token"])
        known.refresh.discard(request.form["token"])
        return jsonify({})


def _apis(known: Google, app: Flask) -> None:
    @app.get("/v1/userinfo")
    def who() -> Response:
        return _let_in(known, {"sub": "1", "email": "ann@example.com"})

    @app.get("/v1/projects")
    def projects() -> Response:
        half = len(known.projects) // 2
        listed = [{"projectId": one, "name": one.title()} for one in known.projects]
        if request.args.get("pageToken"):
            return _let_in(known, {"projects": listed[half:]})
        return _let_in(known, {"projects": listed[:half], "nextPageToken": "more"})

    @app.get("/v1/projects/<project>/instances")
    def databases(project: str) -> Response:
        return _let_in(
            known, {"items": [{"name": f"orders-of-{project}", "state": "RUNNABLE", "settings": {}}]}
        )


def _let_in(known: Google, told: object) -> Response:
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return jsonify(told) if sent in known.access else Response('{"error": {"code": 401}}', 401)


def _for_key(known: Google) -> Response:
    try:
        claims = jwt.decode(
            request.form["assertion"],
            known.private.public_key(),
            algorithms=["RS256"],
            audience="https://oauth2.googleapis.com/token",
        )
    except jwt.PyJWTError:
        return Response('{"error": "invalid_grant"}', 400)
    assert claims["exp"] - time.time() < 3700
    access = f"ya29.{secrets.token_urlsafe(24)}"
    known.access.add(access)
    known.given.append(access)
    return jsonify({"access_token": access, "expires_in": 3600})
