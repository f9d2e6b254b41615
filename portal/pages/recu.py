"""The receipt of a decision, and how it is taken back."""

from __future__ import annotations

from starlette.responses import Response

from portal.pages.visite import Visite, new_demande
from tasks.acts.door import SuiteDonnee
from tasks.portee.portee import Inconnu


def show(visite: Visite, refus: SuiteDonnee | None = None) -> Response:
    """What was decided, on what, when, and where the trail holds it."""
    portee, number = visite.portee, visite.place("numero")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Inconnu
    found = portee.load_receipt(visite.place("programme"), visite.place("slug"), int(number))
    return visite.render(
        "recu",
        status=refus.code.http if refus else 200,
        moi=portee.nom,
        recu=found,
        refus=refus.message if refus else "",
        motif=visite.said("motif"),
        demande=new_demande(),
        pied=portee.tell_how(),
    )


def withdraw(visite: Visite) -> Response:
    """Take back this decision, while its validation is open."""
    portee = visite.portee
    number = visite.place("numero")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Inconnu
    found = portee.load_receipt(visite.place("programme"), visite.place("slug"), int(number))
    done = portee.withdraw(found.cle, found.gate, motif=visite.said("motif"), demande=visite.said("demande"))
    return visite.go(f"/d/{found.cle}/recu/{number}") if done.accepted else show(visite, done)
