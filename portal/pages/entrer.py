"""Come in: ask for a mail, then its link or its six digits; go out."""

from __future__ import annotations

from starlette.responses import Response

from portal.pages.visite import APPAREIL, NAVIGATEUR, Visite
from tasks.portee.reconnaissance import entrer
from tasks.portee.reconnaissance.seances import close_everywhere, close_seance


def show(visite: Visite) -> Response:
    """Where one asks."""
    return visite.render("entrer", etape="adresse", refus="")


def ask(visite: Visite) -> Response:
    """A mail was asked for: the same page, whatever the address."""
    visite.site.guichet.look()
    kept = entrer.ask(visite.site.guichet.workspace, visite.said("mail"), visite.cookie(NAVIGATEUR), visite.machine)
    answer = visite.render("entrer", etape="code", refus="")
    visite.keep_asker(answer, kept)
    return answer


def try_code(visite: Visite) -> Response:
    """Six digits were typed."""
    opened = entrer.come_in_by_code(
        visite.site.guichet.workspace,
        visite.said("code"),
        visite.cookie(NAVIGATEUR),
        visite.cookie(APPAREIL),
        visite.machine,
    )
    if opened is None:
        refus = "Ce code n’ouvre rien : il a pu être mal tapé, avoir plus de quinze minutes, ou avoir déjà servi."
        return visite.render("entrer", status=422, etape="code", refus=refus)
    answer = visite.go("/")
    visite.keep_seance(answer, opened)
    return answer


def show_link(visite: Visite) -> Response:
    """Who a link is for: looking at it spends nothing and gives nothing."""
    found = entrer.find_visitor(visite.site.guichet.workspace, visite.place("jeton"))
    if found is None:
        return visite.render("entrer", status=410, etape="adresse", refus=_USED)
    return visite.render("entrer-lien", visiteur=found)


_USED = "Ce lien n’ouvre plus rien : il sert une fois, pendant quinze minutes. Demandez-en un autre."


def open_link(visite: Visite) -> Response:
    """The person asked to come in by their link."""
    visite.site.guichet.look()
    opened = entrer.come_in_by_link(visite.site.guichet.workspace, visite.place("jeton"), visite.cookie(APPAREIL))
    if opened is None:
        return visite.render("entrer", status=410, etape="adresse", refus=_USED)
    answer = visite.go("/")
    visite.keep_seance(answer, opened)
    return answer


def leave(visite: Visite) -> Response:
    """End the session of this browser, or every one of theirs."""
    if visite.reconnu is not None:
        if visite.said("partout"):
            close_everywhere(visite.site.guichet.workspace, visite.reconnu.qui.mail)
        else:
            close_seance(visite.site.guichet.workspace, visite.reconnu.qui)
    answer = visite.go("/entrer")
    visite.forget(answer)
    return answer
