"""A dossier, as one of its people sees it; and the documents that they may read."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from portal.pages.visite import Visite
from tasks.portee.portee import DocumentDonne

_MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}
_UNKNOWN_MEDIA = "application/octet-stream"


def show(visite: Visite) -> Response:
    """Seven stages as a line, the current one open, past ones folded to a sentence."""
    portee = visite.portee
    if portee.is_narrow:
        return visite.render("etroite", status=403, moi=portee.nom)
    found = portee.load_dossier(visite.place("programme"), visite.place("slug"))
    return visite.render("dossier", moi=portee.nom, fiche=found, mail=portee.qui.mail, pied=portee.tell_how())


def give_document(visite: Visite) -> Response:
    """The bytes of a document, as they were made."""
    return _give(visite.portee.load_document(*map(visite.place, _DOCUMENT)))


def give_in_force(visite: Visite) -> Response:
    """The bytes of a document of what was approved last, while another version is prepared."""
    return _give(visite.portee.load_in_force(*map(visite.place, _DOCUMENT)))


_DOCUMENT = ("programme", "slug", "stage", "nom")


def _give(found: DocumentDonne) -> Response:
    media = _MEDIA.get(found.nom.rpartition(".")[2].lower(), _UNKNOWN_MEDIA)
    return Response(found.octets, media_type=media, headers={"Content-Disposition": attach(found.nom)})


def attach(nom: str) -> str:
    """The header that has a file saved under its name; quoted, so that no name can add a header."""
    return f"attachment; filename*=UTF-8''{quote(nom, safe='')}"
