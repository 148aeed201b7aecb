"""A typed asyncio client of a running server: watch rooms, ask questions, over one connection that mends itself.

    async with aurora_rt.client.connect("http://127.0.0.1:5080", token="aur_…") as aurora:
        async with aurora.join("feed", since=0) as feed:
            async for message in feed:
                match message:
                    case Event(seq=seq, type="incident", data=data):
                        print(seq, data["alert"]["title"], data["auroraStatus"])

        answer = await aurora.ask("What was the cause?", incident_id="…")
        async for token in answer:
            print(token, end="", flush=True)

What it promises, as the browser's client does:

- An iterator yields each event after its position exactly once and in order, whatever is restarted meanwhile. A lost
  connection is opened again, at once and then at growing pauses of up to 2 s, and every room joined again from its
  position (epoch, seq).
- The pieces of one text, joined, are a prefix of it, without repeats; what cannot be continued is left out, and
  the finished text comes as an event. `ask` goes further: its tokens, joined, are the answer.
- Only the first connection can be `Unreachable`. Later ones, and what is asked meanwhile, wait for the server for as
  long as it takes: put `asyncio.timeout` around what must not wait. What the server will not do is a `Refused`.
- A reader who does not read costs a bounded queue for each room: pieces are dropped first, then events, and these are
  asked for again when there is room.
- `Resync` says that events are missing that the server cannot give any more. The iterator has gone on from now (`seq`):
  read the incident over REST; events with a `seq` that is not greater than the incident's are in it already.

`errors` say what goes wrong, `messages` what comes; `link` is one connection, `connection` keeps one up, `room` and
`texts` keep a reader whole, `answer` is a question under way, `aurora` is what callers hold. This package imports
nothing of the server but `clock`, and nothing of the server imports it: callers are `cli` and other people's programs.
"""

from aurora_rt.client.answer import Answer
from aurora_rt.client.aurora import Aurora, connect
from aurora_rt.client.errors import Refused, Unreachable
from aurora_rt.client.messages import Event, Message, Piece, Resync
from aurora_rt.client.room import Room

__all__ = [
    "Answer",
    "Aurora",
    "Event",
    "Message",
    "Piece",
    "Refused",
    "Resync",
    "Room",
    "Unreachable",
    "connect",
]
