"""One secret of each kind, made up here: no text of this repository looks like one."""

from typing import Final

A, D, H = "hunTer2Xq" * 8, "4071865293" * 8, "9f3c0a7be1d2648f" * 5
"""Letters, digits and hexadecimal digits, as long as any secret needs them."""

SECRETS: Final = {
    "aws key": f"AK{'IA'}{'QX7' * 5}Z",
    "aws secret": f"AWS_SECRET_ACCESS_KEY=wJ/{A[:37]}",
    "google key": f"AI{'za'}{A[:35]}",
    "google token": f"ya{'29'}.{A[:40]}",
    "google client": f"GOC{'SPX'}-{A[:28]}",
    "azure client": f"{A[:3]}8{'Q~'}{A[:34]}",
    "azure storage": f"DefaultEndpointsProtocol=https;AccountName=x;AccountKey={A[:44]}==;EndpointSuffix=core",
    "digitalocean": f"dop{'_v1_'}{H[:64]}",
    "github": f"gh{'p_'}{A[:36]}",
    "github fine": f"github{'_pat_'}{A[:60]}",
    "gitlab": f"gl{'pat-'}{A[:20]}",
    "npm": f"np{'m_'}{A[:36]}",
    "pypi": f"py{'pi-'}{A[:60]}",
    "docker hub": f"dckr{'_pat_'}{A[:27]}",
    "slack": f"xo{'xb-'}{D[:12]}-{A[:24]}",
    "slack webhook": f"https://hooks.slack{'.com/services/'}T0/B0/{A[:24]}",
    "discord": f"M{A[:23]}.{A[9:15]}.{A[:38]}",
    "discord webhook": f"https://discord{'.com/api/webhooks/'}{D[:18]}/{A[:60]}",
    "telegram": f"{D[:9]}:{'AA'}{A[:33]}",
    "stripe": f"sk{'_live_'}{A[:24]}",
    "openai": f"sk-{'proj-'}{A[:48]}",
    "anthropic": f"sk-{'ant-'}api03-{A[:60]}",
    "hugging face": f"h{'f_'}{A[:34]}",
    "groq": f"gs{'k_'}{A[:52]}",
    "sendgrid": f"S{'G.'}{A[:22]}.{A[:43]}",
    "twilio": f"S{'K'}{H[:32]}",
    "mailgun": f"ke{'y-'}{H[:32]}",
    "grafana": f"gl{'sa_'}{A[:32]}_{H[:8]}",
    "databricks": f"da{'pi'}{H[:32]}",
    "vault": f"hv{'s.'}{A[:24]}",
    "shopify": f"shp{'at_'}{H[:32]}",
    "web token": f"ey{'JhbGciOi'}J9.eyJzdWIi{A[:12]}.{A[:43]}",
    "private key": f"-----BEGIN RSA PRIVATE {'KEY'}-----\n{A}\n-----END RSA PRIVATE {'KEY'}-----",
    "kubeconfig": f"client-key-data: LS0t{A}==",
    "password in a url": f"postgres://app:{A[:12]}@db:5432/app",
    "basic": f"Authorization: Basic {A[:20]}==",
    "bearer": f"Authorization: Bearer {A[:30]}",
    ".env": f"DB_PASSWORD={A[:14]}",
    "connection string": f"Server=db;User Id=app;Password={A[:14]};",
    "cookie": f"Cookie: session={A[:30]}",
    "signed url": f"https://blob.example/x?se=2026&sig={A[:30]}%3D",
}
"""Kind → a text with such a secret in it. Whatever is secret has one of `MARKS` in it."""
MARKS: Final = ("hunTer2", "Ter2XqhunT", "QX7QX7", "9f3c0a7be1d2648f")
ALL: Final = "\n".join(f"{number}. {text}" for number, text in enumerate(SECRETS.values()))


def leaks(text: str) -> list[str]:
    """The places of a text where something secret stands."""
    found = []
    for mark in MARKS:
        at = text.find(mark)
        if at >= 0:
            found.append(text[max(0, at - 120) : at + 60])
    return found
