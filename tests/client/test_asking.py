"""A program that asks: the tokens are the answer, whatever happens while it is written."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import pytest
from authors import Author, reported
from people import PATIENCE, Person
from programs import free_port, life
from wires import wire_to

from aurora_rt.client import Answer, Refused, answer, connect
from aurora_rt.clock import derived_id
from aurora_rt.settings import Settings

pytestmark = pytest.mark.usefixtures("people")


async def tokens_of(answer: Answer) -> list[str]:
    """All tokens, to the end."""
    async with asyncio.timeout(2 * PATIENCE):
        return [token async for token in answer]


async def chat(person: Person, session_id: str) -> list[dict[str, Any]]:
    return (await person.http.get(f"/chat_api/sessions/{session_id}")).json()["messages"]


async def test_the_tokens_are_the_answer_and_the_next_question_goes_on_with_the_chat(
    person: Person, analyzed: dict[str, Any]
) -> None:
    async with connect(person.base_url, token=await person.token()) as aurora:
        first = await aurora.ask("What did you look at?", incident_id=analyzed["id"])
        tokens = await tokens_of(first)
        assert first.message is not None
        assert "".join(tokens) == first.text == first.message["text"] != ""
        assert not first.rewritten
        second = await aurora.ask("What is the cause?", session_id=first.session_id, model="builtin")
        assert second.session_id == first.session_id
        await tokens_of(second)
    session = (await person.http.get(f"/chat_api/sessions/{first.session_id}")).json()
    assert session["ui_state"]["selectedModel"] == "builtin"
    said = await chat(person, first.session_id)
    assert [one["sender"] for one in said] == ["user", "assistant"] * 2
    assert [one["text"] for one in said[1::2]] == [first.text, second.text]
    assert said[0]["id"] == first.message_id


async def test_a_chat_that_belongs_to_no_incident_and_one_answer_that_waits_for_another(
    person: Person, fresh: dict[str, Any]
) -> None:
    async with connect(person.base_url, token=await person.token()) as aurora:
        first = await aurora.ask("How is the host doing right now?")
        second = await aurora.ask("And what about the disks?", session_id=first.session_id)
        answers = await asyncio.gather(tokens_of(second), tokens_of(first))
        assert all(answers)
        said = await chat(person, first.session_id)
    assert ["".join(one) for one in reversed(answers)] == [
        one["text"] for one in said if one["sender"] == "assistant"
    ]


async def test_a_question_outlives_the_server_that_took_it(settings: Settings) -> None:
    port = free_port()
    async with AsyncExitStack() as first_life:
        url = await first_life.enter_async_context(life("web", port, settings))
        person = await Person.registered(url)
        incident = await reported(person)
        async with connect(url, token=await person.token()) as aurora:
            before = await aurora.ask("What is the cause?", incident_id=incident["id"], client_id="once")
            await person.close()
            await first_life.aclose()
            async with asyncio.TaskGroup() as together:
                asking = together.create_task(
                    aurora.ask("What is the cause?", incident_id=incident["id"], client_id="once")
                )
                async with life("up", port, settings):
                    again = await asking
                    assert (again.session_id, again.message_id) == (before.session_id, before.message_id)
                    for one in (before, again):
                        tokens = await tokens_of(one)
                        assert one.message is not None
                        assert "".join(tokens) == one.message["text"] != ""


async def test_a_connection_that_breaks_while_the_answer_is_written_costs_no_token(
    onlooker: Person, incident: dict[str, Any], author: Author
) -> None:
    whole = "It is the 🌍 that turns. " * 20
    async with wire_to(onlooker.base_url) as wire, connect(wire.url, token=await onlooker.token()) as aurora:
        asked = await aurora.ask("What turns?", incident_id=incident["id"])
        answer_id = derived_id(UUID(asked.message_id), "answer")
        draft = author.draft(answer_id, "answer", asked.session_id)
        tokens = []
        for start in range(0, 240, 60):
            draft.write(whole[start : start + 60])
            async with asyncio.timeout(PATIENCE):
                tokens.append(await anext(asked))
            wire.cut()
        await author.answer(answer_id, asked.session_id, whole)
        draft.end()
        tokens += await tokens_of(asked)
    assert "".join(tokens) == whole
    assert asked.message is not None
    assert asked.message["status"] == "complete"
    assert not asked.rewritten


async def test_an_answer_that_was_put_in_other_words_says_so(
    onlooker: Person, incident: dict[str, Any], author: Author
) -> None:
    async with connect(onlooker.base_url, token=await onlooker.token()) as aurora:
        asked = await aurora.ask("What turns?", incident_id=incident["id"])
        answer_id = derived_id(UUID(asked.message_id), "answer")
        draft = author.draft(answer_id, "answer", asked.session_id)
        draft.write("It is the sun")
        async with asyncio.timeout(PATIENCE):
            first = await anext(asked)
        await author.answer(answer_id, asked.session_id, "The earth turns.")
        assert "It is the sun".startswith(first + "".join(await tokens_of(asked)))
        assert asked.rewritten


async def test_what_was_said_before_an_answer_was_called_off_is_kept(
    onlooker: Person, incident: dict[str, Any], author: Author
) -> None:
    async with connect(onlooker.base_url, token=await onlooker.token()) as aurora:
        asked = await aurora.ask("What turns?", incident_id=incident["id"])
        answer_id = derived_id(UUID(asked.message_id), "answer")
        draft = author.draft(answer_id, "answer", asked.session_id)
        draft.write("It is ")
        async with asyncio.timeout(PATIENCE):
            assert await anext(asked) == "It is "
        await asked.cancel()
        await author.answer(answer_id, asked.session_id, "It is ", "cancelled")
        assert await tokens_of(asked) == []
        assert asked.message is not None
        assert asked.message["status"] == "cancelled"
    assert [one["status"] for one in await chat(onlooker, asked.session_id)] == ["cancelled"]


async def test_an_answer_that_was_called_off_before_it_began_ends_without_one(
    onlooker: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer, "SILENCE_SECONDS", 0.2)
    async with connect(onlooker.base_url, token=await onlooker.token()) as aurora:
        asked = await aurora.ask("Is anybody there?")
        await asked.cancel()
        assert await tokens_of(asked) == []
        assert asked.message is None


async def test_a_question_that_is_refused_is_an_error(onlooker: Person, incident: dict[str, Any]) -> None:
    async with connect(onlooker.base_url, token=await onlooker.token("read")) as aurora:
        with pytest.raises(Refused) as refused:
            await aurora.ask("Why?", incident_id=incident["id"])
        assert refused.value.code == "token_scope"
    async with connect(onlooker.base_url, token=await onlooker.token()) as aurora:
        for question, code in (
            ({"text": " "}, "invalid_request"),
            (
                {"text": "Why?", "session_id": "01a20db3-6386-77f3-8ae2-117921640b64"},
                "chat_session_not_found",
            ),
            ({"text": "Why?", "incident_id": "01a20db3-6386-77f3-8ae2-117921640b64"}, "incident_not_found"),
        ):
            with pytest.raises(Refused) as refused:
                await aurora.ask(**question)
            assert refused.value.code == code
