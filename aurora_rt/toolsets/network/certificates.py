"""Reading the certificate that a server shows, whether or not it can be trusted. Pure."""

import ssl
from datetime import datetime
from typing import Final, Literal

from cryptography import x509

from aurora_rt.toolsets.facts.probes import (
    Certificate,
)

Fault = Literal["", "expired", "not_yet_valid", "wrong_name", "self_signed", "untrusted"]

_FAULTS: Final[dict[int, Fault]] = {
    9: "not_yet_valid",
    10: "expired",
    18: "self_signed",
    19: "self_signed",
    62: "wrong_name",
    64: "wrong_name",
}
"""By the codes of OpenSSL's `X509_V_ERR_…`."""


def certificate(der: bytes, refused: ssl.SSLCertVerificationError | None, moment: datetime) -> Certificate:
    """The certificate in `der`, and why it was `refused`. Raises `ValueError` when it is none."""
    parsed = x509.load_der_x509_certificate(der)
    ends, begins = parsed.not_valid_after_utc, parsed.not_valid_before_utc
    return Certificate(
        subject=parsed.subject.rfc4514_string(),
        names=_names(parsed),
        issuer=parsed.issuer.rfc4514_string(),
        not_before=begins,
        not_after=ends,
        days_left=round((ends - moment).total_seconds() / 86400, 2),
        fault=_fault(refused, begins, ends, moment),
        problem=refused.verify_message if refused else "",
    )


def _fault(
    refused: ssl.SSLCertVerificationError | None, begins: datetime, ends: datetime, moment: datetime
) -> Fault:
    """The first thing to mend: a library stops at the first that it comes upon, which may be another."""
    if moment > ends:
        return "expired"
    if moment < begins:
        return "not_yet_valid"
    return _FAULTS.get(refused.verify_code, "untrusted") if refused else ""


def _names(parsed: x509.Certificate) -> tuple[str, ...]:
    try:
        found = parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    hosts = found.get_values_for_type(x509.DNSName)
    return (*hosts, *(str(one) for one in found.get_values_for_type(x509.IPAddress)))
