"""Searching finds what answers, better by words and meaning together than by either."""

from relevance import HERE, WAYS, Figures, answered, filled, labelled, organization

from aurora_rt.db.pool import Database


async def test_words_and_meaning_together_find_more_of_what_answers_than_either_alone(
    database: Database,
) -> None:
    questions = labelled()
    assert len(questions) >= 90
    assert len({runbook for one in questions for runbook in one.runbooks}) >= 30
    here = await organization(database)
    found = await answered(await filled(database, here), here, questions)
    for held_out in (False, True):
        vectors, words, hybrid = (
            Figures.of([one for one in found[way] if one.labelled.held_out == held_out]) for way in WAYS
        )
        assert hybrid.recall_at_5 > max(vectors.recall_at_5, words.recall_at_5), held_out
        assert hybrid.mrr > max(vectors.mrr, words.mrr), held_out
        assert hybrid.recall_at_5 >= 0.93, held_out
        assert hybrid.mrr >= 0.83, held_out
    shown = [one.shows_section for one in found["hybrid"] if one.shows_section is not None]
    assert sum(shown) >= 0.8 * len(shown), (
        f"the section that answers is shown {sum(shown)} of {len(shown)} times"
    )


def test_every_third_question_is_held_out_and_names_sections_that_are_there() -> None:

    for number, one in enumerate(labelled()):
        texts = [(HERE / "runbooks" / f"{name}.md").read_text() for name in one.runbooks]
        assert not one.heading or f"## {one.heading}\n" in texts[0], one.question
        assert one.held_out == (number % 3 == 2), one.question
