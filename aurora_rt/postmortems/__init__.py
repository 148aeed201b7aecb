"""Postmortems: what is written down about an incident when it is over, so that it does not come again.

A draft is made from the record alone (`drafting`, pure): title, impact, time line, cause with its citations, what was
done, what people decided in the chat, suggestions as action items. It says nothing that the record does not hold; what
only people know is left as a question in italics. From then on it is people's text, in Markdown.

Nothing that somebody wrote is lost: each change counts the version up, and whoever changes one says which version they
have read (`writing`). Each change is an event `postmortem` in the incident's room, which tells who wrote which version,
not the text. Callers: the routes.
"""
