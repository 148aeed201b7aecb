"""The draft of a postmortem: what the record holds, said plainly, and nothing that it does not."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from aurora_rt.incidents.schemas import IncidentDetailed
from aurora_rt.investigation.schemas import AlertSpan, Surroundings
from aurora_rt.postmortems.drafting import drafted

BEGAN = datetime(2026, 3, 1, 23, 50, tzinfo=UTC)
NOTHING = Surroundings(alerts=(), changes=(), services=(), calls=())


def incident(**more: Any) -> IncidentDetailed:
    plain: dict[str, Any] = {
        "id": uuid4(),
        "source_type": "grafana",
        "source_alert_id": "a",
        "status": "investigating",
        "severity": "high",
        "aurora_status": "idle",
        "summary": "",
        "started_at": BEGAN,
        "correlated_alert_count": 0,
        "affected_services": (),
        "active_tab": "thoughts",
        "environment": "",
        "created_at": BEGAN,
        "updated_at": BEGAN,
        "analyzed_at": None,
        "resolved_at": None,
        "alert": {
            "title": "Disk *full*",
            "service": "db",
            "source": "grafana",
            "source_url": "",
            "description": "",
            "raw_payload": "",
            "triggered_at": BEGAN,
        },
        "summary_ended": "complete",
        "suggestions": (),
        "approvals": (),
        "streaming_thoughts": (),
        "citations": (),
        "correlated_alerts": (),
        "chat_sessions": (),
        "token_usage": None,
        "postmortem": None,
        "room": "r",
        "epoch": "e",
        "seq": 0,
    }
    return IncidentDetailed.model_validate(plain | more)


def test_where_the_record_holds_nothing_people_are_asked() -> None:
    text = drafted(incident(), NOTHING, BEGAN)
    assert "- **Over:** not yet" in text
    assert "*The record holds no cause" in text
    assert "*The record holds no action" in text
    assert "## Decisions" not in text


def test_what_sources_and_people_wrote_is_shown_as_it_is() -> None:
    chat = {
        "id": "c",
        "title": "",
        "status": "active",
        "created_at": BEGAN,
        "updated_at": BEGAN,
        "messages": [
            {
                "id": "1",
                "sender": "user",
                "text": "We will [roll](x) back\n# now",
                "timestamp": BEGAN,
                "status": "complete",
                "ended": "complete",
            },
            {
                "id": "2",
                "sender": "user",
                "text": "Why is it full, is it done?",
                "timestamp": BEGAN,
                "status": "complete",
                "ended": "complete",
            },
        ],
    }
    text = drafted(incident(chat_sessions=(chat,)), NOTHING, BEGAN)
    assert text.startswith("# Postmortem: Disk \\*full\\*\n")
    assert "- 23:50:00 We will \\[roll\\]\\(x\\) back \\# now" in text
    assert "is it done" not in text


def test_an_incident_over_midnight_names_the_days_and_its_length() -> None:
    over = BEGAN + timedelta(hours=1, minutes=5)
    alert = AlertSpan(
        id=uuid4(),
        title="Disk",
        service="db",
        severity="high",
        status="resolved",
        primary_alert=True,
        started_at=BEGAN,
        ended_at=over,
    )
    text = drafted(incident(resolved_at=over), NOTHING.model_copy(update={"alerts": (alert,)}), over)
    assert "- **Over:** 2026-03-02 00:55:00, after 1 h 5 min" in text
    assert "- **2026-03-01 23:50:00** The alert “Disk” (db) began" in text
    assert "- One alert, from 2026-03-01 23:50:00 until 2026-03-02 00:55:00" in text


def test_an_approved_action_is_told_with_who_and_what_came_of_it() -> None:
    approval = {
        "id": "a",
        "suggestion_id": "s",
        "status": "approved",
        "by": "u",
        "by_name": "Ana",
        "decided_at": BEGAN,
        "expires_at": BEGAN,
        "command": "kill `7`",
        "runs": True,
        "run": "done",
        "reason": "",
        "exit_status": 3,
        "citation": "9",
    }
    text = drafted(incident(approvals=(approval,)), NOTHING, BEGAN)
    assert "- `kill '7'`, approved by Ana: it ran (exit status 3) [9]" in text
    assert "Ana approved `kill '7'`" in text
