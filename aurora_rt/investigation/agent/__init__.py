"""The investigator that thinks with a language model: rules first, then a model that goes on from what they found.

    investigator   the face: `AgentInvestigator`     voice        what is said, while work goes on
    investigating  an incident, to its summary       answering    a question, to its answer
    conversation   one step after the other          asking       models in order, across cuts and outages
    turn           one step with pydantic-ai         offered      tools as pydantic-ai calls them
    history        what was said, kept               progress     how far it is, told from that alone
    briefing       what a model is told first        window       … and all of it, cut to the model's window
    catalogue      which tools it is told of         limits       how long and how far
    conclusion     causes and suggestions            proposing    actions for somebody to approve
    ground         what may be cited                 falling_back when no model can finish
    stitching, pen texts that go on after a cut      prompts/     what models are told
    claims, figures, planted, quoting, fitting       guards over what goes in and what comes out

One investigation: the built-in investigator looks first, and its findings, with the looks they rest on, are the first
that the model is told. The model thinks aloud and calls tools; then it calls `conclude` with causes and suggestions,
which are checked against the evidence; then it writes the summary as plain text, which so can stream word by word,
as parameters of a tool could not. Every text is held against the looks it cites before it is final.

Promises: nothing is asked twice and no tool runs twice, whoever dies (each answer and each set of results is kept
before the next step, and everything else follows from them); what broke off is gone on with, and no word of it said
again; the analysis always ends, and says why where it is not whole; when no model is left, the analysis by rules is
given and says that it is that. What comes from outside reaches a model quoted, without secrets and cut to its window.

Only `investigator` is imported from outside, when the first model is needed: it brings pydantic-ai.
"""
