"""« À faire »: what awaits who reads, overdue first; then what comes next in their dossiers."""

from __future__ import annotations

from starlette.responses import Response

from portal.pages.visite import Visite


def show(visite: Visite) -> Response:
    """The first page of a person; a stranger is led to where one comes in."""
    if visite.reconnu is None:
        return visite.go("/entrer")
    portee = visite.portee
    if portee.is_narrow:
        return visite.render("etroite", moi=portee.nom)
    found = portee.load_accueil()
    return visite.render("accueil", moi=found.nom, accueil=found, pied=portee.tell_how())
