"""The walls of our pages: what every answer carries, which form is heard, how long one may be.

OWASP ASVS 5.0: 3.4 (headers), 3.5.3 (a request of elsewhere), 4.1 (bodies).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.engine import guard

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    **guard.HEADERS,
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""With « no-referrer », a browser would post our own forms with « Origin: null »."""

CORPS_MAX = 64 * 1024
"""Bytes of a form, at most: the longest text of ours is a reason of two thousand characters."""
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Murs:
    """Refuses a form posted from elsewhere (403) and a body too long (413)."""

    def __init__(self, app: ASGIApp, public_url: str = "") -> None:
        self.app = app
        public = urlsplit(public_url)
        self.public_origin = f"{public.scheme}://{public.netloc}".lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] != "http" or scope["method"] in _READS:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._is_ours(headers):
            await _refuse(scope, receive, send, 403, "Cette demande vient d’une autre page.")
        elif _is_long(headers):
            await _refuse(scope, receive, send, 413, "Ce texte est trop long.")
        else:
            await self.app(scope, _capped(receive), send)

    def _is_ours(self, headers: Headers) -> bool:
        """True for a form of our own pages: the browser says so itself, or by the origin it names."""
        site, origin, host = headers.get("sec-fetch-site"), headers.get("origin", "").lower(), headers.get("host", "")
        if site is not None:
            return site == "same-origin"
        return origin in (f"http://{host.lower()}", f"https://{host.lower()}", self.public_origin)


def _is_long(headers: Headers) -> bool:
    said = headers.get("content-length", "0")
    return not said.isdigit() or int(said) > CORPS_MAX


def _capped(receive: Receive) -> Receive:
    """What says nothing of its length is cut where it is too long: the form is then read as if nobody were there."""
    seen = 0

    async def capped() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return message if seen <= CORPS_MAX else {"type": "http.disconnect"}

    return capped


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, said: str) -> None:
    await PlainTextResponse(said, status_code=status, headers=HEADERS)(scope, receive, send)
