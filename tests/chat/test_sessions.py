"""Chat sessions as the API document describes them."""

import asyncio

import pytest
from people import Person
from whole import Server


async def made(person: Person, **body: object) -> dict:
    answer = await person.http.post("/chat_api/sessions", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_session_is_made_listed_read_changed_and_deleted(onlooker: Person) -> None:
    state = {
        "selectedModel": "anthropic/claude-3.5-sonnet",
        "selectedMode": "agent",
        "selectedProviders": ["gcp"],
    }
    session = await made(onlooker, title="Deploy to GKE", messages=[], ui_state=state)
    assert {"id", "title", "messages", "created_at", "status"} <= set(session)
    assert (session["title"], session["messages"], session["status"]) == ("Deploy to GKE", [], "active")
    (listed,) = (await onlooker.http.get("/chat_api/sessions")).json()["sessions"]
    assert listed["ui_state"] == state
    assert listed["message_count"] == 0
    path = f"/chat_api/sessions/{session['id']}"
    said = [
        {"sender": "user", "text": "Deploy my app", "timestamp": "2024-03-01T10:00:00Z"},
        {"sender": "assistant", "text": "I'll help", "timestamp": "2024-03-01T10:00:05Z"},
    ]
    changed = (await onlooker.http.put(path, json={"messages": said})).json()
    assert changed["title"] == "Deploy to GKE"
    assert changed["ui_state"] == state
    assert [(one["sender"], one["text"], one["timestamp"]) for one in changed["messages"]] == [
        ("user", "Deploy my app", "2024-03-01T10:00:00.000Z"),
        ("assistant", "I'll help", "2024-03-01T10:00:05.000Z"),
    ]
    changed = (await onlooker.http.put(path, json={"title": "Updated Title"})).json()
    assert (changed["title"], len(changed["messages"])) == ("Updated Title", 2)
    assert (await onlooker.http.get("/chat_api/sessions")).json()["sessions"][0]["message_count"] == 2
    assert (await onlooker.http.delete(path)).json() == {"message": "Chat session deleted successfully"}
    for method in ("GET", "PUT", "DELETE"):
        assert (await onlooker.http.request(method, path, json={})).status_code == 404
    assert (await onlooker.http.get("/chat_api/sessions")).json() == {"sessions": [], "next_cursor": None}


async def test_a_session_without_a_title_is_named_after_its_first_question(onlooker: Person) -> None:
    assert (await made(onlooker))["title"] == "New Chat"
    long = "Why does the checkout service answer so slowly since this morning?"
    session = await made(onlooker, messages=[{"sender": "user", "text": long}])
    assert session["title"] == "Why does the checkout service answer so slowly …"


async def test_a_long_conversation_fits_into_a_session(onlooker: Person) -> None:
    messages = [{"sender": "user", "text": "x" * 90_000} for _ in range(30)]
    assert len((await made(onlooker, messages=messages))["messages"]) == 30


async def test_of_two_who_change_the_same_version_one_is_told_to_read_again(onlooker: Person) -> None:
    session = await made(onlooker, title="t")
    path = f"/chat_api/sessions/{session['id']}"
    answers = await asyncio.gather(
        *(
            onlooker.http.put(path, json={"title": title, "updated_at": session["updated_at"]})
            for title in ("one", "two", "three")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert {answer.json().get("code") for answer in answers} == {None, "chat_session_changed"}


async def test_a_version_that_was_read_can_be_named_by_its_etag(onlooker: Person) -> None:
    session = await made(onlooker, title="t")
    path = f"/chat_api/sessions/{session['id']}"
    read = (await onlooker.http.get(path)).headers["ETag"]
    for named, status in ((read, 200), (read, 409), ("*", 200), ('"nonsense"', 409)):
        answer = await onlooker.http.put(path, json={"title": named}, headers={"If-Match": named})
        assert answer.status_code == status, answer.text
    assert (await onlooker.http.get(path)).json()["title"] == "*"


async def test_many_sessions_can_be_read_page_by_page_and_all_at_once_without_asking(
    onlooker: Person,
) -> None:
    ids = [(await made(onlooker, title=f"{n}"))["id"] for n in range(5)]
    everything = (await onlooker.http.get("/chat_api/sessions")).json()
    assert [one["id"] for one in everything["sessions"]] == ids[::-1]
    assert everything["next_cursor"] is None
    seen, query = [], {"limit": "2"}
    while True:
        page = (await onlooker.http.get("/chat_api/sessions", params=query)).json()
        assert len(page["sessions"]) <= 2
        seen += [one["id"] for one in page["sessions"]]
        if page["next_cursor"] is None:
            break
        query = {"limit": "2", "cursor": page["next_cursor"]}
    assert seen == ids[::-1]
    for wrong in ({"limit": "0"}, {"limit": "x"}, {"cursor": "none of yours"}):
        answer = await onlooker.http.get("/chat_api/sessions", params=wrong)
        assert answer.status_code == 400


async def test_sessions_belong_to_their_owner_alone(onlooker: Person, web_server: Server) -> None:
    session = await made(onlooker, title="mine")
    stranger = await Person.registered(web_server.base_url)
    assert (await stranger.http.get("/chat_api/sessions")).json() == {"sessions": [], "next_cursor": None}
    for method in ("GET", "PUT", "DELETE"):
        answer = await stranger.http.request(method, f"/chat_api/sessions/{session['id']}", json={})
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"title": 7},
        {"title": "x" * 201},
        {"title": "nul\u0000"},
        {"messages": "none"},
        {"messages": [{"sender": "bot", "text": "hi"}]},
        {"messages": [{"sender": "user"}]},
        {"messages": [{"sender": "user", "text": "hi", "timestamp": "yesterday"}]},
        {"ui_state": []},
        {"ui_state": {"a": "x" * 20_000}},
        [],
    ],
)
async def test_a_bad_session_is_refused_and_nothing_is_written(onlooker: Person, body: object) -> None:
    answer = await onlooker.http.post("/chat_api/sessions", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request"), answer.text
    assert (await onlooker.http.get("/chat_api/sessions")).json() == {"sessions": [], "next_cursor": None}
