"""One request: who makes it, what they typed, and the answers that all pages share."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from portal.pages.rendu import Rendu
from tasks.portee.guichet import Guichet
from tasks.portee.portee import Portee
from tasks.portee.reconnaissance.seances import Ouverte

SEANCE, APPAREIL, NAVIGATEUR = "nr", "nr-appareil", "nr-entrer"
"""The cookies: the session, the device, the browser that asked for a code."""
_AN = 365 * 24 * 3600
_QUART = 15 * 60
_CHAMPS_MAX = 60

Formulaire = Mapping[str, tuple[str, ...]]


class Anonyme(Exception):
    """Nobody was recognised, where somebody must be."""


class Site(NamedTuple):
    """What every page is made from."""

    guichet: Guichet
    rendu: Rendu
    prefect_url: str | None


class Visite:
    """One request to our pages."""

    def __init__(self, site: Site, request: Request, form: Formulaire) -> None:
        self.site, self.request, self.form = site, request, form
        self._known: Portee | None = None
        self._looked = False

    @property
    def reconnu(self) -> Portee | None:
        """What the holder of this browser's session may see, or None; the registries are looked at first."""
        if not self._looked:
            self._looked = True
            self._known = self.site.guichet.recognise(self.cookie(SEANCE))
        return self._known

    @property
    def portee(self) -> Portee:
        """What they may see and do. Raises ``Anonyme``."""
        if self.reconnu is None:
            raise Anonyme
        return self.reconnu

    @property
    def machine(self) -> str:
        """The address that asks, as our server or the proxy that it trusts knows it."""
        return self.request.client.host if self.request.client else ""

    @property
    def is_secure(self) -> bool:
        """True where people reach us by https: by the public address, and not by this machine's own."""
        public = urlsplit(self.site.guichet.public_url)
        return public.scheme == "https" and self.request.headers.get("host", "").lower() == public.netloc.lower()

    def place(self, name: str) -> str:
        """A part of the address."""
        return str(self.request.path_params[name])

    def said(self, name: str) -> str:
        """What was typed in a field, "" where there is none."""
        return next(iter(self.form.get(name, ())), "")

    def all_said(self, name: str) -> tuple[str, ...]:
        """What was chosen in a field of several."""
        return tuple(self.form.get(name, ()))

    def cookie(self, name: str) -> str:
        """What this browser keeps under that name."""
        return self.request.cookies.get(self.cookie_name(name), "")

    def cookie_name(self, name: str) -> str:
        """By https, the name that a browser accepts from nobody but this very host."""
        return f"__Host-{name}" if self.is_secure else name

    def render(self, name: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """A page for who asks."""
        narrow = self.reconnu is not None and self.reconnu.is_narrow
        return HTMLResponse(self.site.rendu.page(name, etroite=narrow, **context), status_code=status)

    def go(self, path: str) -> RedirectResponse:
        """See another page, once something was done."""
        return RedirectResponse(path, status_code=303)

    def keep(self, answer: Response, name: str, value: str, max_age: int | None = None) -> None:
        """Have the browser keep a value, which no script reads and no other site sends."""
        answer.set_cookie(
            self.cookie_name(name),
            value,
            max_age=max_age,
            path="/",
            secure=self.is_secure,
            httponly=True,
            samesite="lax",
        )

    def keep_seance(self, answer: Response, opened: Ouverte) -> None:
        """Have the browser keep its session, and what it is known by."""
        self.keep(answer, SEANCE, opened.jeton)
        self.keep(answer, APPAREIL, opened.appareil, _AN)

    def keep_asker(self, answer: Response, value: str) -> None:
        """Have the browser keep that it asked for a code."""
        self.keep(answer, NAVIGATEUR, value, _QUART)

    def forget(self, answer: Response) -> None:
        """Have the browser forget its session."""
        answer.delete_cookie(self.cookie_name(SEANCE), path="/", secure=self.is_secure, httponly=True, samesite="lax")


def new_demande() -> str:
    """A name for what a form will ask: sent twice, it has one effect."""
    return secrets.token_urlsafe(12)


Handler = Callable[[Visite], Response]


def serve(site: Site, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """A handler as Starlette calls it: the form read first, the rest out of the event loop."""

    async def endpoint(request: Request) -> Response:
        form = await _read_form(request) if request.method == "POST" else {}
        return await run_in_threadpool(handler, Visite(site, request, form))

    return endpoint


async def _read_form(request: Request) -> Formulaire:
    try:
        body = await request.body()
        fields = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_CHAMPS_MAX)
    except ClientDisconnect as cut:
        raise HTTPException(413) from cut
    except ValueError as wrong:
        raise HTTPException(400) from wrong
    found: dict[str, tuple[str, ...]] = {}
    for name, value in fields:
        found[name] = (*found.get(name, ()), value.replace("\r\n", "\n").strip())
    return found
