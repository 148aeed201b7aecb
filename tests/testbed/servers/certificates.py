"""An authority of the shop's own, and two certificates of `payments.internal`: one good, one that is over."""

import asyncio
import shutil
from dataclasses import dataclass
from pathlib import Path

NAME = "payments.internal"
EXTENSIONS = f"subjectAltName=DNS:{NAME},IP:127.0.0.1\nbasicConstraints=CA:FALSE\n"


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files in PEM."""

    ca: Path
    key: Path
    good: Path
    expired: Path


async def made(folder: Path) -> Certificates:
    """Make them in `folder`."""
    folder.mkdir()
    ca, ca_key, key = folder / "ca.pem", folder / "ca.key", folder / "payments.key"
    request, extensions = folder / "payments.csr", folder / "extensions"
    extensions.write_text(EXTENSIONS)
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    long_ago = ("faketime", "-f", "-90d")
    await _run(
        *long_ago, "openssl", "req", "-x509", *curve, "-days", "3650", "-subj", "/CN=Shop CA",
        "-keyout", ca_key, "-out", ca,
    )  # fmt: skip
    await _run("openssl", "req", *curve, "-subj", f"/CN={NAME}", "-keyout", key, "-out", request)
    signing = ("openssl", "x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-extfile", extensions)
    good, expired = folder / "payments.pem", folder / "payments-old.pem"
    await _run(*signing, "-set_serial", "2", "-days", "300", "-out", good)
    await _run(*long_ago, *signing, "-set_serial", "1", "-days", "89", "-out", expired)
    return Certificates(ca, key, good, expired)


async def _run(*command: str | Path) -> None:
    assert shutil.which("openssl"), "install the Debian packages openssl and faketime"
    process = await asyncio.create_subprocess_exec(
        *map(str, command), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE
    )
    _, told = await process.communicate()
    assert process.returncode == 0, told.decode()
