"""Give a role of one's own to somebody else of the dossier, for a time."""

from __future__ import annotations

from datetime import date

from starlette.responses import Response

from nr_models.dossier.delegation import Delegation
from nr_models.values.dates import french_date
from nr_models.values.french import joined
from portal.pages.visite import Visite, new_demande
from tasks.acts.door import Code, SuiteDonnee
from tasks.portee.delegable import Delegable


def show(visite: Visite, refus: SuiteDonnee | None = None) -> Response:
    """The form: which role, to whom, from when to when, by which arrêté."""
    portee = visite.portee
    found = portee.load_delegable(visite.place("programme"), visite.place("slug"))
    return visite.render(
        "deleguer",
        status=refus.code.http if refus else 200,
        moi=portee.nom,
        cas=found,
        dit={name: visite.said(name) for name in ("role", "pour", "du", "au", "arrete")},
        choisies=visite.all_said("validations"),
        refus=refus.message if refus else "",
        demande=new_demande(),
        pied=portee.tell_how(),
    )


def delegate(visite: Visite) -> Response:
    """Record it, or show the form again with why not."""
    portee, key = visite.portee, f"{visite.place('programme')}/{visite.place('slug')}"
    found = portee.load_delegable(visite.place("programme"), visite.place("slug"))
    days = [_read_day(visite.said(name)) for name in ("du", "au")]
    if None in days:
        return show(visite, SuiteDonnee(False, "Donnez les deux dates, premier et dernier jour.", Code.INVALIDE))
    first, last = (day for day in days if day)
    wanted = Delegation(
        id=0,
        role=visite.said("role"),
        delegant=portee.qui.mail,
        delegataire=visite.said("pour"),
        du=first,
        au=last,
        validations=visite.all_said("validations"),
    )
    done = portee.delegate(found.cle, wanted, visite.said("arrete"), visite.said("demande"))
    if not done.accepted:
        return show(visite, done)
    said = _tell(found, wanted)
    return visite.render(
        "message", moi=portee.nom, titre="Délégation enregistrée", texte=said, vers=f"/d/{key}", lien=found.nom
    )


def _tell(found: Delegable, wanted: Delegation) -> str:
    """« Claire Jolivard peut décider à votre place, sur la liste des leviers, du … au … inclus. »."""
    who = next((item.nom for item in found.personnes if item.mail == wanted.delegataire), wanted.delegataire)
    chosen = [item.nom for item in found.validations if item.gate in wanted.validations]
    scope = f" sur {joined(chosen)}" if chosen else ""
    return (
        f"{who} peut décider à votre place{scope}, du {french_date(wanted.du)} au {french_date(wanted.au)} inclus, "
        "et le sait par un courrier. Vous pouvez encore décider vous-même."
    )


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
