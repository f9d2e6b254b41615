"""What « nr servir » serves now: its card in Prefect's home, so that other commands join it."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

from tasks.store.settings import Settings


def find_server(settings: Settings) -> str | None:
    """Address of the API of a server of ours that answers, or None."""
    url = _read_card(settings).get("url")
    return url if url and answers(url) else None


def find_pages(settings: Settings) -> str | None:
    """Address of our own pages, set or served now, without a final slash; None when nobody serves them."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    return _read_card(settings).get("pages") if find_server(settings) else None


def write_card(settings: Settings, url: str, pages: str) -> None:
    """Say where the server and our pages are, to whoever comes."""
    _card(settings).write_text(json.dumps({"url": url, "pages": pages}), encoding="utf-8")


def remove_card(settings: Settings) -> None:
    """Say that nothing is served any more."""
    _card(settings).unlink(missing_ok=True)


def answers(url: str) -> bool:
    """True when a Prefect server answers at that address."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except (OSError, ValueError):  # nobody there, or not an address
        return False


def _card(settings: Settings) -> Path:
    return settings.prefect_home / "serveur.json"


def _read_card(settings: Settings) -> dict[str, str]:
    try:
        card = json.loads(_card(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) else {}
