"""A question under way: its answer's tokens as they come, and at the end the message that it became."""

import asyncio
from contextlib import suppress
from typing import Any, Final, Self
from uuid import UUID

from aurora_rt.client.connection import Connection
from aurora_rt.client.errors import Unreachable
from aurora_rt.client.messages import Event, Piece, Resync
from aurora_rt.client.rest import Rest
from aurora_rt.client.room import Room
from aurora_rt.clock import derived_id

SILENCE_SECONDS: Final = 5.0
"""After this long without a word of the answer, the chat is read to see whether there will be one."""


class Answer:
    """The answer to one question; iterate it for its tokens.

    The tokens, joined, are the text of `message`, with one exception: a worker died while it wrote, and the next one
    put it in other words. Then the tokens end where they differ, and `rewritten` is true.
    """

    def __init__(self, connection: Connection, rest: Rest, room: Room, taken: dict[str, Any]) -> None:
        """`taken` is the acknowledgement of the question."""
        self._connection = connection
        self._rest = rest
        self._room = room
        self.session_id: str = taken["session_id"]
        """The chat, for the next question."""
        self.message_id: str = taken["message_id"]
        """The question's id."""
        self.message: dict[str, Any] | None = None
        """The finished answer, once iterating has ended; None when it was called off before it began."""
        self.text = ""
        """The tokens so far, joined."""
        # The server gives an answer an id that can be told from its question's.
        self._id = str(derived_id(UUID(self.message_id), "answer"))
        self._over = False
        self._called_off = False
        self._silent_since = asyncio.get_running_loop().time()

    @property
    def rewritten(self) -> bool:
        """Whether the finished text is not what the tokens say."""
        return self.message is not None and self.message["text"] != self.text

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        while not self._over:
            if token := await self._next():
                self._silent_since = asyncio.get_running_loop().time()
                self.text += token
                return token
        raise StopAsyncIteration

    async def cancel(self) -> None:
        """Call off everything that is being answered in this chat; what was said so far is kept as the answer."""
        await self._connection.call("chat:cancel", {"session_id": self.session_id})

    def close(self) -> None:
        """Stop listening; the answer is written all the same. Done by itself when the tokens have ended."""
        self._over = True
        self._connection.forget(self._room)

    async def _next(self) -> str:
        try:
            async with asyncio.timeout_at(self._silent_since + SILENCE_SECONDS):
                heard = await anext(self._room)
        except TimeoutError:
            return await self._look()
        except StopAsyncIteration:  # somebody has left the room
            self.close()
            return ""
        match heard:
            case Piece(id=self._id, text=text):
                return text
            case Event(type="message", data={"id": self._id} as message):
                return self._finished(message)
            case Resync():
                return await self._look()
        return ""

    async def _look(self) -> str:
        """Read the chat: the answer may be finished, and one that was called off before it began never comes."""
        self._silent_since = asyncio.get_running_loop().time()
        with suppress(Unreachable):
            chat = await self._rest.read(f"/chat_api/sessions/{self.session_id}")
            messages = {message["id"]: message for message in chat["messages"]}
            if self._id in messages:
                return self._finished({**messages[self._id], "session_id": self.session_id})
            if messages.get(self.message_id, {"status": "cancelled"})["status"] == "cancelled":
                if self._called_off:  # whoever was answering it has had the time to say how far it came
                    self.close()
                self._called_off = True
        return ""

    def _finished(self, message: dict[str, Any]) -> str:
        """The end of the text that the tokens have not brought."""
        self.message = message
        self.close()
        text: str = message["text"]
        return text[len(self.text) :] if text.startswith(self.text) else ""
