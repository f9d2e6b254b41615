"""The board of a programme, for its équipe."""

from __future__ import annotations

from starlette.responses import Response

from portal.pages.visite import Visite


def show(visite: Visite) -> Response:
    """Every dossier, stage by stage, and who is awaited."""
    portee = visite.portee
    found = portee.load_board(visite.place("programme"))
    url = visite.site.prefect_url or ""
    technique = url if url.startswith(("http://", "https://")) else ""
    return visite.render("programme", moi=portee.nom, tableau=found, technique=technique, pied=portee.tell_how())
