"""Real time: what browsers, bots and dashboards speak with us over Socket.IO.

- `handshake` settles who connects before the connection is accepted.
- `admission` cuts off, within seconds, whose session, token or account has ended.
- `handlers` are the messages from clients, each acknowledged; an error is an acknowledgement with the code that REST
  would give, never a silent drop.
- `rooms` keeps a cursor for each room that somebody here is in. A message on Redis is a hint: what is next after
  the cursor is sent, a gap is read from the log, and every second or so the heads of exactly those rooms are asked
  for, so that an event whose hint was lost arrives all the same. Joining replays what was missed, then enters,
  under the room's lock: no gap, no repeat, in order.
- `fanout` hands one encoded message to all members, with a bound for each: a reader who is too slow first loses
  pieces of text, then is disconnected, comes back and replays.

On shutdown the sockets are closed before the server is told to stop (`drain`).
"""
