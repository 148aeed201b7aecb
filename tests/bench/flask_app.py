"""The yardstick: incident list and detail, session list and login as one would write them in Flask, over our tables.

It checks the same session cookie and answers the same JSON (`rest.py` compares them), and is spared what Aurora does
besides: rate limits, request ids, protective headers, one snapshot for all queries of an answer.

    gunicorn --worker-class gthread --workers 1 --threads 8 flask_app:app        (DATABASE_URL in the environment)
"""

import base64
import hashlib
import os
import secrets
import unicodedata
import uuid
from datetime import UTC, datetime, timedelta

import bcrypt
from flask import Flask, Response, abort, g, jsonify, request
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

COOKIE = "aurora_session"
SESSION = timedelta(days=30)

app = Flask(__name__)
app.json.sort_keys = False
pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=8,
    max_size=8,
    kwargs={"autocommit": True, "row_factory": dict_row, "options": "-c timezone=UTC"},
)


@app.before_request
def know_the_caller() -> None:
    if request.path == "/api/auth/login":
        return
    token = hashlib.sha256(request.cookies.get(COOKIE, "").encode()).digest()
    with pool.connection() as connection:
        g.caller = connection.execute(
            "SELECT u.id, u.organization_id FROM login_sessions s JOIN users u ON u.id = s.user_id"
            " WHERE s.token_hash = %s AND s.expires_at > now()",
            (token,),
        ).fetchone()
    if g.caller is None:
        abort(401)


@app.get("/api/incidents")
def incidents() -> Response:
    organization = g.caller["organization_id"]
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT * FROM incidents WHERE organization_id = %s ORDER BY started_at DESC, id DESC LIMIT 1000",
            (organization,),
        ).fetchall()
        position = where(connection, f"feed:{organization}")
    return jsonify(incidents=[listed(row) for row in rows], nextCursor=None, **position)


@app.get("/api/incidents/<uuid:incident_id>")
def incident(incident_id: uuid.UUID) -> Response:
    mine = (g.caller["organization_id"], incident_id)
    with pool.connection() as connection:

        def rows(query: str) -> list[dict]:
            return connection.execute(query, mine).fetchall()

        found = rows("SELECT * FROM incidents WHERE organization_id = %s AND id = %s")
        if not found:
            abort(404)
        payload = rows(
            "SELECT d.body, a.description FROM incident_alerts a JOIN webhook_deliveries d ON d.id = a.delivery_id"
            " WHERE a.organization_id = %s AND a.incident_id = %s AND a.primary_alert"
        )
        shown = listed(found[0])
        shown["alert"] |= {
            "description": payload[0]["description"] if payload else "",
            "rawPayload": payload[0]["body"] if payload else "",
            "triggeredAt": shown["startedAt"],
        }
        shown["summaryEnded"] = found[0]["summary_ended"]
        shown["approvals"] = []  # nobody proposes anything here
        shown["tokenUsage"] = None  # and no model is asked
        shown["postmortem"] = None  # nor is anything written about it afterwards
        shown["suggestions"] = rows(
            'SELECT id, title, description, type, risk, command, effect, undo, is_action AS "isAction"'
            " FROM suggestions"
            " WHERE organization_id = %s AND incident_id = %s ORDER BY at, id"
        )
        shown["streamingThoughts"] = [
            {
                "id": row["id"],
                "content": row["content"],
                "timestamp": moment(row["at"]),
                "type": row["type"],
                "by": row["by"],
            }
            for row in rows(
                "SELECT id, content, at, type, by FROM thoughts"
                " WHERE organization_id = %s AND incident_id = %s ORDER BY at, id"
            )
        ]
        shown["citations"] = [
            {
                "id": row["id"],
                "key": str(row["number"]),
                "toolName": row["tool"],
                "kind": row["kind"],
                "command": row["command"],
                "output": row["output"],
                "executedAt": moment(row["executed_at"]),
            }
            for row in rows(
                "SELECT id, number, tool, command, output, executed_at, kind FROM citations"
                " WHERE organization_id = %s AND incident_id = %s ORDER BY number"
            )
        ]
        shown["correlatedAlerts"] = [
            {
                "id": row["alert_id"],
                "sourceType": row["source"],
                "alertTitle": row["title"],
                "alertService": row["service"],
                "alertSeverity": row["severity"],
                "status": row["status"],
                "correlationStrategy": row["strategy"],
                "correlationScore": row["score"],
                "correlationDetails": row["reason"],
                "startedAt": moment(row["started_at"]),
                "receivedAt": moment(row["received_at"]),
            }
            for row in rows(
                "SELECT a.*, s.source FROM incident_alerts a JOIN alerts s ON s.id = a.alert_id"
                " WHERE a.organization_id = %s AND a.incident_id = %s AND NOT a.primary_alert"
                " ORDER BY a.received_at, a.alert_id"
            )
        ]
        said = rows(
            "SELECT m.* FROM chat_sessions s JOIN chat_messages m ON m.session_id = s.id"
            " WHERE s.organization_id = %s AND s.incident_id = %s AND s.deleted_at IS NULL ORDER BY m.number"
        )
        shown["chatSessions"] = [
            {
                "id": chat["id"],
                "title": chat["title"],
                "messages": [
                    {
                        "id": one["id"],
                        "sender": one["sender"],
                        "text": one["text"],
                        "timestamp": moment(one["at"]),
                        "status": one["status"],
                        "ended": one["ended"],
                    }
                    for one in said
                    if one["session_id"] == chat["id"]
                ],
                "status": chat["status"],
                "createdAt": moment(chat["created_at"]),
                "updatedAt": moment(chat["updated_at"]),
            }
            for chat in rows(
                "SELECT * FROM chat_sessions"
                " WHERE organization_id = %s AND incident_id = %s AND deleted_at IS NULL ORDER BY created_at"
            )
        ]
        room = f"incident:{incident_id}"
        return jsonify(incident={**shown, "room": room, **where(connection, room)})


@app.get("/chat_api/sessions")
def sessions() -> Response:
    with pool.connection() as connection:
        rows = connection.execute(
            "SELECT * FROM chat_sessions WHERE organization_id = %s AND user_id = %s AND deleted_at IS NULL"
            " ORDER BY updated_at DESC, id DESC",
            (g.caller["organization_id"], g.caller["id"]),
        ).fetchall()
    return jsonify(
        sessions=[
            {
                "id": row["id"],
                "title": row["title"],
                "created_at": row["created_at"].isoformat(timespec="microseconds").replace("+00:00", "Z"),
                "updated_at": row["updated_at"].isoformat(timespec="microseconds").replace("+00:00", "Z"),
                "message_count": row["message_count"],
                "status": row["status"],
                "ui_state": row["ui_state"],
                "incident_id": row["incident_id"],
            }
            for row in rows
        ],
        next_cursor=None,
    )


@app.post("/api/auth/login")
def login() -> Response:
    sent = request.get_json()
    with pool.connection() as connection:
        user = connection.execute("SELECT * FROM users WHERE email = %s", (sent["email"],)).fetchone()
    spelled = unicodedata.normalize("NFKC", sent["password"]).encode()
    digest = base64.b64encode(hashlib.sha256(spelled).digest())
    if user is None or not bcrypt.checkpw(digest, user["password_hash"].encode()):
        abort(401)
    token = secrets.token_urlsafe(32)
    with pool.connection() as connection:
        connection.execute(
            "INSERT INTO login_sessions (id, token_hash, user_id, expires_at) VALUES (%s, %s, %s, %s)",
            (
                uuid.uuid4(),
                hashlib.sha256(token.encode()).digest(),
                user["id"],
                datetime.now(UTC) + SESSION,
            ),
        )
    response = jsonify(id=user["id"], email=user["email"], name=user["name"])
    response.set_cookie(COOKIE, token, max_age=int(SESSION.total_seconds()), httponly=True, samesite="Lax")
    return response


def listed(row: dict) -> dict:
    return {
        "id": row["id"],
        "sourceType": row["source"],
        "sourceAlertId": row["source_alert_id"],
        "status": row["status"],
        "severity": row["severity"],
        "alert": {
            "title": row["title"],
            "service": row["service"],
            "source": row["source"],
            "sourceUrl": row["source_url"],
        },
        "auroraStatus": row["aurora_status"],
        "summary": row["summary"],
        "startedAt": moment(row["started_at"]),
        "correlatedAlertCount": row["correlated_alert_count"],
        "affectedServices": row["affected_services"],
        "activeTab": row["active_tab"],
        "environment": row["environment"],
        "createdAt": moment(row["created_at"]),
        "updatedAt": moment(row["updated_at"]),
        "analyzedAt": moment(row["analyzed_at"]),
        "resolvedAt": moment(row["resolved_at"]),
        "mergedInto": row["merged_into"],
        "flapping": row["flapping"],
        "acknowledgedAt": moment(row["acknowledged_at"]),
        "acknowledgedBy": row["acknowledged_by"],
    }


def where(connection: object, room: str) -> dict:
    row = connection.execute(
        "SELECT epoch, coalesce((SELECT seq FROM rooms WHERE room = %s), 0) AS seq FROM database_identity",
        (room,),
    ).fetchone()
    return {"epoch": row["epoch"], "seq": row["seq"]}


def moment(at: datetime | None) -> str | None:
    return at and at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
