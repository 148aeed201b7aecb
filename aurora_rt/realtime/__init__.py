"""Real time: what browsers, bots and dashboards speak with us over Socket.IO.

- `handshake` settles who connects before the connection is accepted.
- `admission` cuts off, within seconds, whose session, token or account has ended.
- `handlers` are the messages from clients, each acknowledged; an error is an acknowledgement with the code that REST
  would give, never a silent drop.
- `rooms` keeps a cursor for each room that somebody here is in. A message on Redis is a hint: what is next after
  the cursor is sent, a gap is read from the log, and every second or so the heads of exactly those rooms are asked
  for, so that an event whose hint was lost arrives all the same. Joining replays what was missed, then enters,
  under the room's lock: no gap, no repeat, in order.
- `fanout` hands one encoded and framed message to all members; what is said in one tick leaves in one write each.
- `outbox` bounds what is on its way to one client: a reader who is too slow first loses pieces of text, then is told
  to resync, then is cut.
- `wire` finds the transport beneath a websocket and makes frames; `engine` is python-socketio and Engine.IO, extended
  to use it, with one loop that pings everybody.
- `presence` tells who is in an incident's room, on all processes together.
- `contract` describes all of it as AsyncAPI 3, made from the models in `schemas`.

On shutdown the sockets are closed, and newcomers sent elsewhere, before the server is told to stop (`drain`).

Where this goes further than its design: messages are gathered for a tick of the event loop instead of for some
milliseconds, so that nothing waits when it is calm and writes get larger when it is not; and what travels through Redis
is the very JSON that clients get, which nobody on the way reads.
"""
