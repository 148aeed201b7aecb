"""The heart: every change is told to everybody who watches, exactly once and in order.

- `envelope` says what an event is. Its kinds are declared by the packages that say them (`<package>/schemas.py`);
  a new kind never edits the heart.
- `change` is a transaction that speaks. `change.say(room, event)` only remembers; leaving
  `async with changes.open(organization)` writes all that was said in one statement just before the commit, rooms
  in sorted order, and only after the commit tells the bus. Collecting first is what makes deadlocks impossible
  (the rooms' counter rows are taken in one order, and held for one statement instead of the whole transaction).
- `log` numbers the events of each room 1, 2, 3 … without gaps, even when a transaction rolls back, and reads them
  again from any position. A position is (epoch, seq).
- `bus` carries events and pieces of text through Redis, and `ear` hears them. What it carries is a hint: a message
  may be lost with no harm to events, because every reader has a cursor and asks the log. It never makes a writer wait:
  the queue in front of Redis is bounded, and when it is full the oldest hints are dropped. A message travels as the
  JSON that clients get, behind its number, so that whoever passes it on neither reads nor encodes it.

Callers: everybody above. Knows nothing of incidents, sockets or HTTP.
"""
