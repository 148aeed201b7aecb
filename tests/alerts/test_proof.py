"""Signatures as vendors publish them, and what must not pass for one."""

import hmac
from datetime import UTC, datetime, timedelta

import pytest

from aurora_rt.alerts.proof.call import Call, Proof, SignatureExpired, SignatureInvalid, SignatureMissing
from aurora_rt.alerts.proof.schemes import BODY, Hmac, SharedSecret, StandardWebhooks
from aurora_rt.alerts.source import sources

SENT = datetime.fromtimestamp(1614265330, UTC)
STANDARD = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}
"""From the specification, https://github.com/standard-webhooks/standard-webhooks; the first is of another secret."""
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def checked(
    proof: Proof, secret: str, body: bytes, headers: dict[str, str], at: datetime = SENT
) -> str | None:
    return proof.check(Call(headers, body, at), secret)


def test_the_example_of_github_is_believed() -> None:
    """https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries."""
    signature = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    proof, secret = sources()["github"].proof, "It's a Secret to Everybody"
    assert checked(proof, secret, b"Hello, World!", {"x-hub-signature-256": signature})
    for wrong in (signature.removeprefix("sha256="), signature.replace("sha256", "sha1"), "sha256=", "é"):
        with pytest.raises(SignatureInvalid):
            checked(proof, secret, b"Hello, World!", {"x-hub-signature-256": wrong})


@pytest.mark.parametrize("prefix", ["webhook", "svix"])
def test_the_example_of_standard_webhooks_is_believed(prefix: str) -> None:
    headers = {name.replace("webhook", prefix, 1): value for name, value in STANDARD.items()}
    body = b'{"test": 2432232314}'
    assert checked(StandardWebhooks("s"), KEY, body, headers) == STANDARD["webhook-id"]
    for late in (timedelta(minutes=6), timedelta(minutes=-6)):
        with pytest.raises(SignatureExpired):
            checked(StandardWebhooks("s"), KEY, body, headers, SENT + late)
    with pytest.raises(SignatureInvalid):  # what is signed holds the time, too
        checked(StandardWebhooks("s"), KEY, body, headers | {f"{prefix}-timestamp": "1614265331"})
    with pytest.raises(SignatureMissing):
        checked(StandardWebhooks("s"), KEY, body, {f"{prefix}-id": "1"})


def test_while_a_secret_is_changed_either_signature_is_enough() -> None:
    proof = Hmac("X-Sig", "s", prefix="v1=", once=BODY)
    good = "v1=" + hmac.new(b"new", b"body", "sha256").hexdigest()
    assert checked(proof, "new", b"body", {"x-sig": f"v1={'0' * 64}, {good}"})
    with pytest.raises(SignatureInvalid):
        checked(proof, "old", b"body", {"x-sig": f"v1={'0' * 64}, {good}"})


def test_a_shared_secret_is_compared_whole() -> None:
    proof = SharedSecret("X-Gitlab-Token", "s", once="X-Gitlab-Event-UUID")
    assert checked(proof, "abc", b"", {"x-gitlab-token": "abc", "x-gitlab-event-uuid": "7"}) == "7"
    assert checked(proof, "abc", b"", {"x-gitlab-token": "abc"}) is None
    for wrong in ("ab", "abcd", "ABC"):
        with pytest.raises(SignatureInvalid):
            checked(proof, "abc", b"", {"x-gitlab-token": wrong})


def test_who_enters_a_secret_for_signing_is_asked_for_signatures_only() -> None:
    proof, body = sources()["gitlab"].proof, b'{"test": 2432232314}'
    assert checked(proof, KEY, body, STANDARD | {"x-gitlab-token": KEY}) == STANDARD["webhook-id"]
    with pytest.raises(SignatureMissing):
        checked(proof, KEY, body, {"x-gitlab-token": KEY})
    with pytest.raises(SignatureExpired):
        checked(proof, KEY, body, STANDARD, SENT + timedelta(minutes=6))
    plain = KEY.removeprefix("whsec_")
    assert checked(proof, plain, body, STANDARD) == STANDARD["webhook-id"]
    assert checked(proof, plain, body, {"x-gitlab-token": plain, "idempotency-key": "7"}) == "7"
    for wrong in (STANDARD | {"x-gitlab-token": "wrong"}, STANDARD | {"webhook-signature": "v1,AAAA"}):
        with pytest.raises(SignatureInvalid):
            checked(proof, plain, body, wrong)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"TestID=7&Token=5d41402abc4b2a76b9719d911017c592", None),
        (b'{"TestID": 7, "Token": "5d41402abc4b2a76b9719d911017c592"}', None),
        (b"TestID=7&Token=7d793037a0760186574b0282f2f435e7", SignatureInvalid),
        (b"Token=wrong&Token=5d41402abc4b2a76b9719d911017c592", SignatureInvalid),
        (b"TestID=7&Token=", SignatureMissing),
        (b'{"Token": ["5d41402abc4b2a76b9719d911017c592"]}', SignatureMissing),
        (b"&".join([b"a=1"] * 2000), SignatureMissing),
        (b"\xff\x00", SignatureMissing),
        (b"[]", SignatureMissing),
    ],
)
def test_a_token_in_the_body_is_found_in_a_form_and_in_json(
    body: bytes, error: type[Exception] | None
) -> None:
    proof, secret = sources()["statuscake"].proof, "5d41402abc4b2a76b9719d911017c592"
    if error is None:
        checked(proof, secret, body, {})
        return
    with pytest.raises(error):
        checked(proof, secret, body, {})


@pytest.mark.parametrize("moment", ["", "soon", "1614265330.5", "-1614265330", "9" * 30, "٣"])
def test_a_time_that_is_none_proves_nothing(moment: str) -> None:
    signed = hmac.new(b"k", moment.encode() + b":body", "sha256").hexdigest()
    with pytest.raises((SignatureExpired, SignatureMissing)):
        checked(
            sources()["grafana"].proof,
            "k",
            b"body",
            {
                "x-grafana-alerting-signature": signed,
                "x-grafana-alerting-timestamp": moment,
            },
        )
