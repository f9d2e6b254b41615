"""A dossier as one of its people sees it: its seven stages, what they may read there, what they may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from nr_models.dossier import recit
from nr_models.dossier.acquis.vigueur import Vigueur
from nr_models.dossier.attendu import Attendu, Suite
from nr_models.dossier.case import Manquant, Reserve
from nr_models.dossier.recit import LigneRecit
from nr_models.dossier.registre import Entree
from nr_models.dossier.workflow import Acte, Etat, entitled
from nr_models.stages import BY_SLUG, STAGES
from nr_models.values.anomalies import list_lines, summarise
from nr_models.values.roles import Role
from tasks.dossier.acquis.vigueur import list_vigueurs
from tasks.dossier.anomalies import list_anomalies
from tasks.dossier.board import load_line
from tasks.dossier.detail import Document, Etape, VerdictRendu, list_etapes, list_history
from tasks.dossier.making import RESULT_FILE
from tasks.dossier.standing import load_standing
from tasks.portee.lecture import Lisant, list_readable, may_read
from tasks.programme.lieu import Lieu
from tasks.trail.paroles import load_known

FAULTS = 50
"""Lines of what was found wrong in a stage; the workbook of the stage holds them all."""


class Constats(NamedTuple):
    """What was found wrong in what a stage was given: in a word, then line by line to who leads the dossier."""

    resume: str
    lignes: tuple[str, ...]


class EtapeVue(NamedTuple):
    """A stage as a person may see it; ``lisible``: they may read what it shows."""

    slug: str
    etat: Etat
    depuis: str
    raison: str
    manquants: tuple[Manquant, ...]
    close: bool
    empreinte: str | None
    documents: tuple[Document, ...]
    verdicts: tuple[VerdictRendu, ...]
    releve: Constats | None
    lisible: bool
    vigueur: Vigueur | None


class FicheDossier(NamedTuple):
    """All that a person may see of a dossier; ``actes`` is empty to who may not read the trail."""

    cle: str
    nom: str
    entree: Entree
    roles: tuple[Role, ...]
    suite: Suite
    attend: Attendu | None
    reserves: tuple[Reserve, ...]
    etapes: tuple[EtapeVue, ...]
    actes: tuple[LigneRecit, ...]
    peut_deleguer: bool


def load_fiche(lieu: Lieu, lecteur: Lisant) -> FicheDossier:
    """A dossier as this person sees it, in the transaction of ``lieu``."""
    line, entree = load_line(lieu), lieu.entree
    person = entree.find(lecteur.mail)
    events = list_history(lieu) if entitled(Acte.LIRE_PISTE, lecteur.roles) else []
    return FicheDossier(
        cle=lieu.cle,
        nom=lieu.dossier.nom,
        entree=entree,
        roles=person.roles if person else (),
        suite=line.tell_next(entree.names),
        attend=line.attend,
        reserves=line.reserves,
        etapes=_list_etapes(lieu, lecteur),
        actes=tuple(recit.tell(events, load_known(lieu.session, events))),
        peut_deleguer=entitled(Acte.DELEGUER, lecteur.roles),
    )


def _list_etapes(lieu: Lieu, lecteur: Lisant) -> tuple[EtapeVue, ...]:
    releves, vigueurs = _list_faults(lieu, lecteur), {item.stage: item for item in list_vigueurs(lieu)}
    found = []
    for item in list_etapes(lieu):
        shown = may_read(BY_SLUG[item.slug], item.etat, lecteur.roles)
        found.append(
            EtapeVue(
                slug=item.slug,
                etat=item.etat,
                depuis=item.depuis,
                raison=item.raison if shown else "",
                manquants=item.manquants if lecteur.leads else (),
                close=item.close,
                empreinte=item.empreinte if shown else None,
                documents=tuple(_list_documents(lieu, item, lecteur)),
                verdicts=item.avis if shown else (),
                releve=releves.get(item.slug) if shown else None,
                lisible=shown,
                vigueur=vigueurs.get(item.slug),
            )
        )
    return tuple(found)


def _list_documents(lieu: Lieu, etape: Etape, lecteur: Lisant) -> Iterator[Document]:
    """What they may read; the result as data is told to those who recompute it, who lead the dossier."""
    found = list_readable(lieu, etape, lecteur)
    return (item for item in found if item.nom != RESULT_FILE or lecteur.leads)


def _list_faults(lieu: Lieu, lecteur: Lisant) -> dict[str, Constats]:
    """What was found wrong, by stage; line by line to who leads the dossier alone."""
    standing, found = load_standing(lieu), {}
    for stage in STAGES:
        if anomalies := list_anomalies(lieu, standing, (stage,)):
            lines = list_lines(anomalies, FAULTS) if lecteur.leads else ()
            found[stage.slug] = Constats(summarise(anomalies), tuple(lines))
    return found
