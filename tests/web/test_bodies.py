"""A client that sends nonsense is told which nonsense it was."""

import pytest

from aurora_rt.web.bodies import LARGEST_BODY

JSON = {"Content-Type": "application/json"}


async def post(trial, data, headers=JSON):
    response = await trial.app.test_client().post("/tickets", data=data, headers=headers)
    return response.status_code, await response.get_json()


async def test_a_good_body_is_read_and_answered(make_trial):
    sent = '{"title": "Disk füll \\u2603", "tags": ["a"], "newer": {"field": 1}}'.encode()
    status, body = await post(make_trial(), sent)
    assert (status, body) == (201, {"title": "Disk füll ☃", "tags": ["a"]})


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (b"", "The body is empty; send a JSON object."),
        (b"  \n", "The body is empty; send a JSON object."),
        (b"null", "The body must be a JSON object."),
        (b"[]", "The body must be a JSON object."),
        (b'"title"', "The body must be a JSON object."),
        (b"{}", 'The field "title" is missing.'),
        (b'{"title": null}', 'The field "title" is wrong: should be a valid string.'),
        (b'{"title": 5}', 'The field "title" is wrong: should be a valid string.'),
        (b'{"title": "x"}', 'The field "title" is wrong: string should have at least 2 characters.'),
        (b'{"title": "ok", "tags": "a"}', 'The field "tags" is wrong: should be a valid array.'),
        (b'{"title": "ok", "tags": ["a", 2]}', 'The field "tags.1" is wrong: should be a valid string.'),
        (b'{"title": "ok", "weight": NaN}', 'The field "weight" is wrong: should be a finite number.'),
        (b'{"weight": "x"}', 'The field "title" is missing. (1 more.)'),
        (b'{"title": "a\\u0000b"}', "The body holds the character U+0000, which cannot be stored."),
        (b'{"x": [{"\\u0000": 1}]}', "The body holds the character U+0000, which cannot be stored."),
    ],
)  # fmt: skip
async def test_a_wrong_body_is_refused_with_one_sentence(make_trial, sent, sentence):
    status, body = await post(make_trial(), sent)
    assert (status, body) == (400, {"error": sentence, "code": "invalid_request"})


@pytest.mark.parametrize(
    "sent",
    [
        b"{",
        b"title=ok",
        b"\xff\xfe{}",
        b'{"title": "\xc3("}',
        b'{"title": "\\ud800"}',
        b'{"title": "a\x00b"}',
        b'{"title": "\\u0000',
        b"[" * 1900,
    ],
)
async def test_what_is_not_json_is_said_to_be_so(make_trial, sent):
    status, body = await post(make_trial(), sent)
    assert status == 400
    assert body["error"].startswith("The body is not valid JSON: ")


async def test_an_escaped_backslash_before_u0000_is_harmless(make_trial):
    status, body = await post(make_trial(), b'{"title": "C:\\\\u0000"}')
    assert (status, body["title"]) == (201, "C:\\u0000")


async def test_other_media_types_are_refused_and_a_missing_one_is_taken_for_json(make_trial):
    trial = make_trial()
    status, body = await post(trial, b'{"title": "ok"}', {"Content-Type": "text/plain"})
    assert (status, body["code"]) == (415, "unsupported_media_type")
    assert (await post(trial, b'{"title": "ok"}', {}))[0] == 201
    assert (await post(trial, b'{"title": "ok"}', {"Content-Type": "application/vnd.x+json; charset=utf-8"}))[
        0
    ] == 201


async def test_a_body_that_is_too_large_is_refused_announced_or_not(make_trial):
    trial = make_trial()
    status, body = await post(trial, b'{"title": "' + b"x" * 3000 + b'"}')
    assert (status, body["code"]) == (413, "too_large")
    async with trial.app.test_client().request("/raw", method="POST") as stream:
        for _ in range(5):
            await stream.send(b"x" * 30)
        await stream.send_complete()
    response = await stream.as_response()
    assert response.status_code == 413


async def test_a_body_beyond_what_any_route_takes_is_refused_before_it_is_read(make_trial):
    trial = make_trial(webhook_max_bytes=1024)
    status, body = await post(trial, b"x" * (LARGEST_BODY + 1))
    assert (status, body["code"]) == (413, "too_large")
