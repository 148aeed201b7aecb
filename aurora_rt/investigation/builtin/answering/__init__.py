"""Answering questions without a language model: quoting what the evidence says, or looking once more.

`answer` decides in this order: a question that asks for a look (a query in backticks, or a topic with "now") gets
one; one with a plain intent (the cause, what to do, what was ruled out …) gets the part of the summary that holds
it (`intents`); any other is matched word by word with everything known (`passages`, `lexicon`). A question that
nothing matches is told so. Nothing is made up: an answer is quotations, with their citations.
"""
