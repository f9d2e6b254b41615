"""The link of one validation: whom it is for and about what; only what its page posts opens it."""

from __future__ import annotations

from starlette.responses import Response

from portal.pages.visite import APPAREIL, Visite
from tasks.portee.portee import Inconnu
from tasks.portee.reconnaissance.lien import ask_again, come_in_by_gate, look_at_link


def show(visite: Visite) -> Response:
    """Name the person and the validation; nothing is spent."""
    visite.site.guichet.look()
    found = look_at_link(visite.site.guichet.workspace, visite.place("jeton"))
    if found is None:
        raise Inconnu
    return visite.render("lien", lien=found, jeton=visite.place("jeton"), envoye=False)


def open_it(visite: Visite) -> Response:
    """Open a session of half an hour, for this validation alone."""
    visite.site.guichet.look()
    opened = come_in_by_gate(visite.site.guichet.workspace, visite.place("jeton"), visite.cookie(APPAREIL))
    if opened is None:
        return show(visite)
    seance, seen = opened
    answer = visite.go(f"/d/{seen.cle}/decider/{seen.gate}")
    visite.keep_seance(answer, seance)
    return answer


def send_again(visite: Visite) -> Response:
    """Send a fresh link to the address that this one was written to, which nobody is told."""
    ask_again(visite.site.guichet.workspace, visite.place("jeton"))
    found = look_at_link(visite.site.guichet.workspace, visite.place("jeton"))
    if found is None:
        raise Inconnu
    return visite.render("lien", lien=found, jeton=visite.place("jeton"), envoye=True)
