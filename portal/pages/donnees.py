"""What concerns people: what is held about them, accessibility, personal data."""

from __future__ import annotations

from starlette.responses import Response

from portal.pages.dossier import attach
from portal.pages.visite import Visite
from tasks.portee.portee import Inconnu


def show(visite: Visite) -> Response:
    """What one may ask about oneself."""
    portee = visite.portee
    if portee.is_narrow:
        raise Inconnu
    return visite.render("donnees", moi=portee.nom, mail=portee.qui.mail, pied=portee.tell_how())


def give_own(visite: Visite) -> Response:
    """Everything that is held about who asks, as a file; the trail says that it was given."""
    portee = visite.portee
    if portee.is_narrow:
        raise Inconnu
    content = portee.export_own()
    return Response(content, media_type="application/json", headers={"Content-Disposition": attach("mes-donnees.json")})


def show_accessibility(visite: Visite) -> Response:
    """The statement of accessibility."""
    return visite.render("accessibilite", moi="")


def show_privacy(visite: Visite) -> Response:
    """What is kept about people, why, how long, and whom to ask."""
    return visite.render("donnees-personnelles", moi="")
