"""Our own pages, to read: programmes, board, dossier, artefacts to download. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import sqlalchemy as sa
from sqlmodel import col, select
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from flows.engine.guard import Guard
from nr_models.tables import Programme
from portal.pages.headers import HEADERS
from portal.pages.pages import Pages
from tasks.dossier.detail import find_document, find_place
from tasks.programme.lieu import Lieu
from tasks.store.files import load_bytes
from tasks.store.workspace import Workspace

_MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}
_UNKNOWN_MEDIA = "application/octet-stream"


def build_app(workspace: Workspace, prefect_url: str | None) -> Starlette:
    """The pages of a workspace; ``prefect_url`` is where Prefect's own pages are, None when they are not."""
    site = Site(workspace, prefect_url)
    app = Starlette(
        routes=[
            Route("/", site.home),
            Route("/p/{programme}", site.programme),
            Route("/d/{programme}/{slug}", site.dossier),
            Route("/d/{programme}/{slug}/{stage}/{nom}", site.document),
            Route("/style.css", site.style),
            Route("/icone.svg", site.icon),
            Route("/sante", site.health),
        ],
        exception_handlers={HTTPException: site.refused, Exception: site.failed},
        middleware=[Middleware(Guard, public_url=workspace.settings.public_url, headers=HEADERS)],
    )
    app.router.redirect_slashes = False
    return app


class Site:
    """The answers, one method a page. Names of the address are compared in the database, never joined to a path."""

    def __init__(self, workspace: Workspace, prefect_url: str | None) -> None:
        self.workspace = workspace
        workspace.engine.connect().close()  # the schema is brought up to date before the first visitor
        self.pages = Pages(workspace, prefect_url)

    def home(self, _request: Request) -> Response:
        """The programmes."""
        with self.workspace.reading() as session:
            return HTMLResponse(self.pages.render_home(session))

    def programme(self, request: Request) -> Response:
        """The board of a programme."""
        with self.workspace.reading() as session:
            query = select(Programme).where(col(Programme.slug) == request.path_params["programme"])
            found = session.exec(query).first()
            if found is None:
                raise HTTPException(404, "Ce programme n’existe pas ou n’est pas encore ouvert.")
            return HTMLResponse(self.pages.render_programme(session, found))

    def dossier(self, request: Request) -> Response:
        """One dossier."""
        with self._place(request) as lieu:
            return HTMLResponse(self.pages.render_dossier(lieu))

    def document(self, request: Request) -> Response:
        """The bytes of an artefact that a stage shows now, as they were made."""
        with self._place(request) as lieu:
            found = find_document(
                lieu,
                request.path_params["stage"],
                request.path_params["nom"],
            )
            slug = lieu.dossier.slug
        if found is None:
            raise HTTPException(404, "Ce document n’existe pas, ou l’étape ne le montre plus.")
        content = load_bytes(self.workspace.settings, found.sha256)
        if content is None:
            raise HTTPException(
                404,
                "Ce document a été perdu ou altéré : il n’est pas donné à lire. "
                "L’équipe programme le refait avec « nr avancer ».",
            )
        media = _MEDIA.get(found.nom.rpartition(".")[2].lower(), _UNKNOWN_MEDIA)
        return Response(content, media_type=media, headers={"Content-Disposition": _attach(f"{slug}-{found.nom}")})

    def style(self, _request: Request) -> Response:
        """The style sheet."""
        return Response(self.pages.render_style(), media_type="text/css")

    def icon(self, _request: Request) -> Response:
        """The icon."""
        return Response(self.pages.render_icon(), media_type="image/svg+xml")

    def health(self, _request: Request) -> Response:
        """« ok » when the database answers."""
        with self.workspace.reading() as session:
            session.connection().execute(sa.text("SELECT 1"))
        return PlainTextResponse("ok")

    def refused(self, _request: Request, error: Exception) -> Response:
        """A page that says what is not there, or cannot be done."""
        assert isinstance(error, HTTPException)
        title, default = _REFUSALS.get(error.status_code, _REFUSALS[404])
        said = error.detail if error.status_code == 404 and error.detail != "Not Found" else default
        page = self.pages.render("message", titre=title, texte=said)
        return HTMLResponse(page, status_code=error.status_code, headers=error.headers)

    def failed(self, _request: Request, _error: Exception) -> Response:
        """A page that says that we failed; the reason goes to the server's log, not to the visitor."""
        page = self.pages.render(
            "message",
            titre="Cette page n’a pas pu être préparée",
            texte="Rien n’est perdu. Réessayez dans un instant ; si cela continue, dites-le à l’équipe programme.",
        )
        return HTMLResponse(page, status_code=500, headers=HEADERS)

    @contextmanager
    def _place(self, request: Request) -> Iterator[Lieu]:
        with self.workspace.reading() as session:
            found = find_place(session, request.path_params["programme"], request.path_params["slug"])
            if found is None:
                raise HTTPException(404, "Ce dossier n’existe pas dans ce programme.")
            yield Lieu(self.workspace, *found, session)


_REFUSALS = {
    404: ("Page introuvable", "Aucune page ne porte cette adresse."),
    405: ("Ces pages se lisent seulement", "Aucune décision ne se prend encore ici."),
}


def _attach(nom: str) -> str:
    """The header that has a file saved under its name; quoted, so that no name can add a header."""
    return f"attachment; filename*=UTF-8''{quote(nom, safe='')}"
