"""Chat: questions about an incident, or about nothing in particular, answered token by token.

`ask` takes a question in: it is written, said in its room and, unless an earlier question of the session is still
being answered, queued as a job, all in one change. `answer` carries the job out: the investigator's answer streams
as pieces of text, what it is about to look at is told a line each, what it looked at becomes citations of the
incident, and the finished answer is a message whose change also queues the next question that waits. A session
belongs to the user who began it; its room is the incident's, or one of its own.
"""
