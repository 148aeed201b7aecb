"""A program of its own that prints the text of a PDF: what a hostile one does happens here, within limits.

    python pdf_text.py FILE MOST_PAGES MOST_CHARACTERS SECONDS MEBIBYTES

It prints the text of each page, a form feed after each, and exits with 0; or with one of the statuses below, each of
which `reading` has a sentence for. It knows nothing of the rest of us, so that it starts quickly.
"""

import logging
import resource
import sys

ENCRYPTED, TOO_MANY_PAGES, TOO_MUCH_TEXT, BROKEN = 3, 4, 5, 6
MEBI = 1024 * 1024


def main(path: str, most_pages: int, most_characters: int) -> int:
    """Print the text of the PDF at `path`; returns the exit status."""
    from pypdf import PdfReader

    logging.disable(logging.CRITICAL)  # what it finds odd about a PDF is of no use to anybody
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            return ENCRYPTED
        if len(reader.pages) > most_pages:
            return TOO_MANY_PAGES
        left = most_characters
        for page in reader.pages:
            text = page.extract_text()
            left -= len(text)
            if left < 0:
                return TOO_MUCH_TEXT
            sys.stdout.buffer.write(text.encode("utf-8", "replace") + b"\f")
    except Exception as error:  # noqa: BLE001 - whatever goes wrong here, the PDF brought it about
        return ENCRYPTED if "crypt" in type(error).__name__.lower() else BROKEN
    return 0


if __name__ == "__main__":
    file, pages, characters, seconds, memory = sys.argv[1], *map(int, sys.argv[2:6])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory * MEBI, memory * MEBI))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.exit(main(file, pages, characters))
