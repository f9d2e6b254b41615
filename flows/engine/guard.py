"""Who may be answered by what we serve: our own addresses, and pages that came from them.

A page from elsewhere can have its own name lead to this machine, or call it from a visitor's browser.
The first betrays itself by the Host that the browser sends, the second by the Origin.
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""What keeps a page of elsewhere from framing, embedding or reading an answer."""

_MISDIRECTED = (421, "Cette adresse ne mène pas à ces pages.")
_FOREIGN = (403, "Cette demande vient d’une autre page.")


class Guard:
    """Refuses another Host (421) or a foreign Origin (403), websockets alike; adds headers to every answer.

    Ours are the names of this machine alone, and that of ``public_url``, where a proxy serves us.
    """

    def __init__(self, app: ASGIApp, public_url: str = "", headers: Mapping[str, str] = HEADERS) -> None:
        self.app, self.headers = app, headers
        public = urlsplit(public_url)
        self.public_name = (public.hostname or "").lower()
        self.public_origin = f"{public.scheme}://{public.netloc}".lower()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
        elif refusal := self._check(Headers(scope=scope)):
            await self._refuse(scope, receive, send, *refusal)
        elif scope["type"] == "websocket":
            await self.app(scope, receive, send)
        else:
            await self.app(scope, receive, self._with_headers(send))

    def _check(self, headers: Headers) -> tuple[int, str] | None:
        """The refusal that a request deserves, or None."""
        host, origin = headers.get("host", "").lower(), headers.get("origin")
        if not is_local(name := _name(host)) and name != (self.public_name or None):
            return _MISDIRECTED
        if origin is None or origin.lower() in (f"http://{host}", f"https://{host}", self.public_origin):
            return None
        return _FOREIGN

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, status: int, said: str) -> None:
        if scope["type"] == "websocket":  # closed before it was accepted: the browser is told 403
            await send({"type": "websocket.close", "code": 1008, "reason": said})
            return
        await PlainTextResponse(said, status_code=status, headers=dict(self.headers))(scope, receive, send)

    def _with_headers(self, send: Send) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        return send_with_headers


def is_local(host: str) -> bool:
    """True for a name or an address that leads to this machine alone."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _name(host: str) -> str:
    """The host without its port: « localhost », « 127.0.0.1 », « ::1 »."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]
