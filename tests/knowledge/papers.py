"""Documents that tests upload: PDFs written by hand, and runbooks."""

from io import BytesIO

RUNBOOK = """# Payments

Who is on call: the payments team.

## Queue is stuck

The consumer of the payments queue has stopped taking messages.

1. Look at the consumer: `kubectl -n payments get pods`.
2. Scale the consumer to two replicas.
3. If the lag does not shrink, restart the broker.

## Card provider is down

Switch payments to the second provider with the flag `provider=backup`.
"""


def pdf(*pages: str) -> bytes:
    """A PDF with these lines of text, a page for each; `""` is a page that only a scanner would make."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, text in enumerate(pages):
        lines = b" ".join(b"(%s) Tj 0 -14 Td" % line.encode("latin-1") for line in text.splitlines())
        drawn = b"BT /F1 12 Tf 72 720 Td %s ET" % lines if text else b"0 0 72 72 re f"
        page = (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + 2 * number} 0 R >>"
        )
        objects += [page.encode(), b"<< /Length %d >> stream\n%s\nendstream" % (len(drawn), drawn)]
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n"
    return body + end % (size, table, size, len(body))


def locked(document: bytes) -> bytes:
    """The same PDF behind a password."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(BytesIO(document)))
    writer.encrypt("secret", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
