"""What « nr servir » serves now: its card in Prefect's home, so that other commands join it.

The card holds the secret that opens the server; only its owner may read it.
"""

from __future__ import annotations

import base64
import json
import os
import urllib.request
from pathlib import Path
from typing import NamedTuple
from urllib.error import HTTPError

from tasks.store.settings import Settings

_TIMEOUT_S = 2


class Acces(NamedTuple):
    """How a Prefect server is reached: the address of its API, and the « nom:secret » that opens it."""

    url: str
    secret: str = ""


def find_server(settings: Settings) -> Acces | None:
    """A server of ours that answers to its card, or None."""
    card = _read_card(settings)
    acces = Acces(card.get("url", ""), card.get("acces", ""))
    return acces if acces.url and answers(acces) else None


def find_pages(settings: Settings) -> str | None:
    """Address of our own pages, set or served now, without a final slash; None when nobody serves them."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    return _read_card(settings).get("pages") if find_server(settings) else None


def write_card(settings: Settings, acces: Acces, pages: str) -> None:
    """Say where the server and our pages are, to whoever comes with our own rights."""
    path = find_card(settings)
    fresh = path.with_suffix(".nouvelle")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
        json.dump({"url": acces.url, "pages": pages, "acces": acces.secret}, stream)
    fresh.replace(path)


def remove_card(settings: Settings) -> None:
    """Say that nothing is served any more."""
    find_card(settings).unlink(missing_ok=True)


def answers(acces: Acces) -> bool:
    """True when a Prefect server lets us in at that address: ``/health`` would answer to anybody."""
    return ask(acces) == _OK


def ask(acces: Acces) -> int:
    """The status of an authenticated call to the server; 0 where nobody answers."""
    try:
        request = urllib.request.Request(f"{acces.url}/version", headers=_authorization(acces))  # noqa: S310
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - an http address of ours
            return int(answer.status)
    except HTTPError as refused:
        return refused.code
    except (OSError, ValueError):  # nobody there, or not an address
        return 0


_OK = 200


def find_card(settings: Settings) -> Path:
    """Where the card is, while something is served."""
    return settings.prefect_home / "serveur.json"


def _authorization(acces: Acces) -> dict[str, str]:
    """What Prefect's own client would send: our secret, else what its settings say of a server that is set."""
    if secret := acces.secret or os.environ.get("PREFECT_API_AUTH_STRING", ""):
        return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    key = os.environ.get("PREFECT_API_KEY", "")
    return {"Authorization": f"Bearer {key}"} if key else {}


def _read_card(settings: Settings) -> dict[str, str]:
    try:
        card = json.loads(find_card(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) else {}
