"""Questions are answered token by token, once, in turn, and can be called off."""

import asyncio
import uuid

import pytest
from people import Person, eventually, firing, notification


@pytest.fixture
async def incident(person: Person) -> dict:
    """An incident whose analysis is done."""
    await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
    (listed,) = await person.incidents()
    return await person.analyzed(listed["id"])


@pytest.fixture
async def fresh(person: Person) -> dict:
    """An incident that nobody has looked at yet."""
    await person.http.post(await person.webhook(), json=notification(firing(fingerprint="f")))
    (listed,) = await person.incidents()
    return await person.incident(listed["id"])


def answers(watcher) -> list[dict]:
    return [one["data"] for one in watcher.events("message") if one["data"]["sender"] == "assistant"]


async def test_a_question_is_answered_token_by_token_and_the_tokens_are_the_answer(person, incident) -> None:
    watcher = await person.watching(incident["room"])
    answer = await person.http.post(
        f"/api/incidents/{incident['id']}/chat", json={"question": "What did you look at?", "mode": "ask"}
    )
    assert answer.status_code == 202
    asked = answer.json()
    assert asked == {"session_id": asked["session_id"], "status": "processing", "is_new_session": True}
    await watcher.until(answers)
    (said,) = answers(watcher)
    assert said["status"] == "complete"
    tokens = [one for one in watcher.events("token") if one["id"] == said["id"]]
    assert len(tokens) >= 1
    text = ""
    for one in tokens:
        assert one["offset"] == len(text)
        assert one["session_id"] == asked["session_id"]
        text += one["text"]
    assert text == said["text"]
    session = (await person.http.get(f"/chat_api/sessions/{asked['session_id']}")).json()
    assert [one["sender"] for one in session["messages"]] == ["user", "assistant"]
    assert (await person.incident(incident["id"]))["chatSessions"][0]["messages"][1]["text"] == text


async def test_a_second_question_waits_for_the_first_and_both_are_answered_in_order(person, fresh) -> None:
    watcher = await person.watching(fresh["room"])
    first = await watcher.call("chat:send", {"incident_id": fresh["id"], "text": "What is the cause?"})
    assert first["ok"]
    rest = [
        await watcher.call("chat:send", {"session_id": first["session_id"], "text": f"What about {n}?"})
        for n in range(3)
    ]
    assert all(one["ok"] and not one["is_new_session"] for one in rest)
    await watcher.until(lambda one: len(answers(one)) == 4)
    session = (await person.http.get(f"/chat_api/sessions/{first['session_id']}")).json()
    questions = [one["text"] for one in session["messages"] if one["sender"] == "user"]
    assert questions == ["What is the cause?", "What about 0?", "What about 1?", "What about 2?"]
    assert len(session["messages"]) == 8


async def test_sending_the_same_question_again_is_harmless(person, fresh) -> None:
    watcher = await person.watching(fresh["room"])
    question = {"incident_id": fresh["id"], "text": "Why?", "client_id": "c1"}
    first, again = await asyncio.gather(
        watcher.call("chat:send", question), watcher.call("chat:send", question)
    )
    third = await watcher.call("chat:send", question)
    assert first["message_id"] == third["message_id"] == again["message_id"]
    await watcher.until(answers)
    assert len([one for one in watcher.events("message") if one["data"]["sender"] == "user"]) == 1
    assert watcher.events("message")[0]["data"]["client_id"] == "c1"


async def test_what_was_said_before_a_question_was_called_off_is_kept(person, fresh) -> None:
    watcher = await person.watching(fresh["room"])
    asked = await watcher.call(
        "chat:send", {"incident_id": fresh["id"], "text": "Which process uses most memory now?"}
    )
    ack = await watcher.call("chat:cancel", {"session_id": asked["session_id"]})
    assert ack == {"ok": True}
    session = await eventually(
        lambda: _session(person, asked["session_id"]),
        lambda one: one["messages"][0]["status"] in ("cancelled", "complete"),
    )
    assert session["messages"][0]["text"] == "Which process uses most memory now?"
    again = await watcher.call("chat:send", {"session_id": asked["session_id"], "text": "And the cause?"})
    assert again["ok"]
    await watcher.until(lambda one: [m for m in answers(one) if m["status"] == "complete"])


async def _session(person: Person, session_id: str) -> dict:
    return (await person.http.get(f"/chat_api/sessions/{session_id}")).json()


async def test_a_chat_without_an_incident_has_a_room_of_its_own(person) -> None:
    watcher = await person.watching()
    asked = await watcher.call("chat:send", {"text": "How is the host doing right now?"})
    assert asked["is_new_session"]
    ack = await watcher.call("join", {"room": f"chat:{asked['session_id']}", "since": 0})
    assert ack["ok"]
    await watcher.until(answers)
    assert answers(watcher)[0]["text"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_request"),
        ({"question": ""}, "invalid_request"),
        ({"question": "  "}, "invalid_request"),
        ({"question": "x" * 8001}, "invalid_request"),
        ({"question": 7}, "invalid_request"),
        ({"question": "why\u0000"}, "invalid_request"),
        ({"question": "why?", "mode": "root"}, "invalid_request"),
    ],
)
async def test_a_bad_question_is_refused_with_a_sentence(person, fresh, body, code) -> None:
    answer = await person.http.post(f"/api/incidents/{fresh['id']}/chat", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_a_session_of_somebody_else_or_of_another_incident_is_not_found(person, fresh) -> None:
    path = f"/api/incidents/{fresh['id']}/chat"
    for session in (str(uuid.uuid4()), "nonsense"):
        answer = await person.http.post(f"{path}?session_id={session}", json={"question": "why?"})
        assert answer.status_code == (404 if session != "nonsense" else 400)
