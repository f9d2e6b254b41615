"""Our pages: one table of routes. A page is for who was recognised, unless its line says that it is for anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from flows.engine.guard import Guard
from portal.pages import accueil, decider, deleguer, donnees, dossier, entrer, lien, programme, recu
from portal.pages.murs import HEADERS, Murs
from portal.pages.rendu import Rendu
from portal.pages.visite import Anonyme, Handler, Site, Visite, serve
from tasks.portee.guichet import Guichet
from tasks.portee.portee import Inconnu, Perdu


class Page(NamedTuple):
    """A line of the table: its address, what shows it, what is done when its form is posted; ``ouverte`` to anybody."""

    path: str
    show: Handler | None
    post: Handler | None = None
    ouverte: bool = False


def _style(visite: Visite) -> Response:
    return Response(visite.site.rendu.style(), media_type="text/css")


def _icon(visite: Visite) -> Response:
    return Response(visite.site.rendu.icon(), media_type="image/svg+xml")


def _health(visite: Visite) -> Response:
    visite.site.guichet.check()
    return PlainTextResponse("ok")


PAGES: tuple[Page, ...] = (
    Page("/", accueil.show, ouverte=True),
    Page("/entrer", entrer.show, entrer.ask, ouverte=True),
    Page("/entrer/code", None, entrer.try_code, ouverte=True),
    Page("/entrer/{jeton}", entrer.show_link, entrer.open_link, ouverte=True),
    Page("/sortir", None, entrer.leave, ouverte=True),
    Page("/v/{jeton}", lien.show, lien.open_it, ouverte=True),
    Page("/v/{jeton}/renvoyer", None, lien.send_again, ouverte=True),
    Page("/accessibilite", donnees.show_accessibility, ouverte=True),
    Page("/donnees-personnelles", donnees.show_privacy, ouverte=True),
    Page("/style.css", _style, ouverte=True),
    Page("/icone.svg", _icon, ouverte=True),
    Page("/sante", _health, ouverte=True),
    Page("/moi", donnees.show, donnees.give_own),
    Page("/p/{programme}", programme.show),
    Page("/d/{programme}/{slug}", dossier.show),
    Page("/d/{programme}/{slug}/decider/{gate}", decider.show, decider.decide),
    Page("/d/{programme}/{slug}/aviser/{gate}", None, decider.give_avis),
    Page("/d/{programme}/{slug}/recu/{numero}", recu.show, recu.withdraw),
    Page("/d/{programme}/{slug}/deleguer", deleguer.show, deleguer.delegate),
    Page("/d/{programme}/{slug}/{stage}/{nom}", dossier.give_document),
    Page("/d/{programme}/{slug}/{stage}/en-vigueur/{nom}", dossier.give_in_force),
)
"""Every page there is; the wall of the tests goes through them all."""


def build_app(guichet: Guichet, prefect_url: str | None) -> Starlette:
    """The pages of a workspace; ``prefect_url`` is where Prefect's own pages are, None when they are not."""
    site, public = Site(guichet, Rendu(), prefect_url), guichet.public_url
    app = Starlette(
        routes=list(_list_routes(site)),
        exception_handlers={error: _answer(site) for error in (HTTPException, Inconnu, Perdu, Anonyme, Exception)},
        middleware=[
            Middleware(Guard, public_url=public, headers=HEADERS),
            Middleware(Murs, public_url=public),
        ],
    )
    app.router.redirect_slashes = False
    return app


def _list_routes(site: Site) -> Iterator[Route]:
    for page in PAGES:
        methods = [name for name, there in (("GET", page.show), ("POST", page.post)) if there]
        yield Route(page.path, serve(site, _choose(page)), methods=methods)


def _choose(page: Page) -> Handler:
    """Look or act, as the request asks; where the line opens it to nobody, a stranger is turned away first."""

    def handle(visite: Visite) -> Response:
        if not page.ouverte and visite.reconnu is None:
            raise Anonyme
        handler = page.post if visite.request.method == "POST" else page.show
        assert handler is not None  # the router let this method in
        return handler(visite)

    return handle


class _Refus(NamedTuple):
    """The page of a refusal."""

    status: int
    titre: str
    texte: str


_INTROUVABLE = _Refus(404, "Page introuvable", "Cette page n’existe pas, ou n’est pas à vous.")
_HTTP = {
    400: _Refus(
        400, "Demande incomprise", "Ce que votre navigateur a envoyé ne se lit pas. Revenez à la page d’avant."
    ),
    403: _Refus(403, "Ce n’est pas à vous de le faire", "Vos rôles dans ce dossier ne le permettent pas."),
    404: _INTROUVABLE,
    405: _Refus(405, "Cette page se lit seulement", "Rien ne se fait à cette adresse."),
    413: _Refus(413, "Ce texte est trop long", "Deux mille caractères suffisent ; raccourcissez-le, puis recommencez."),
    429: _Refus(429, "Trop de demandes", "Attendez un quart d’heure, puis recommencez."),
}
_PERDU = _Refus(
    404,
    "Ce document n’est plus sûr",
    "Il a été perdu ou altéré : il n’est pas donné à lire. L’équipe programme le refera.",
)
_ECHEC = _Refus(
    500,
    "Cette page n’a pas pu être préparée",
    "Rien n’est perdu. Réessayez dans un instant ; si cela continue, dites-le à l’équipe programme.",
)
_FINIE = _Refus(
    403,
    "Votre séance est finie",
    "Rien n’a été enregistré. Rouvrez le lien de votre courrier, ou demandez un code pour entrer, puis recommencez.",
)


def _answer(site: Site) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, Anonyme) and request.method in ("GET", "HEAD"):
            return RedirectResponse("/entrer", status_code=303)
        found = _find_refusal(error)
        page = site.rendu.page("message", titre=found.titre, texte=found.texte, vers="/", lien="")
        headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
        return HTMLResponse(page, status_code=found.status, headers={**headers, **HEADERS})

    return answer


def _find_refusal(error: Exception) -> _Refus:
    match error:
        case HTTPException():
            return _HTTP.get(error.status_code, _INTROUVABLE)
        case Inconnu():
            return _INTROUVABLE
        case Perdu():
            return _PERDU
        case Anonyme():
            return _FINIE
        case _:
            return _ECHEC
