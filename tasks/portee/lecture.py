"""What a person may read of a dossier: the table says it by stage, state and role; each document, by its audience."""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import NamedTuple

from nr_models.dossier.gates import seats_of
from nr_models.dossier.registre import Personne
from nr_models.dossier.workflow import DIRECTION, MENEURS, SIEGE, VOIX, Acte, Etat, attempt
from nr_models.stages import BY_SLUG, STAGES, Audience, Stage
from nr_models.values.text import slugify
from tasks.dossier.detail import Document, Etape
from tasks.dossier.gates import find_attente
from tasks.dossier.rounds import find_round, load_envoi
from tasks.programme.lieu import Lieu

_READERS = {
    Audience.MENEURS: {*MENEURS},
    Audience.DECIDEURS: {*MENEURS, *DIRECTION, SIEGE, VOIX},
}


class Lisant(NamedTuple):
    """A person as a reader of a dossier: their address, and what they are there, by the registry and by the moment."""

    mail: str
    roles: frozenset[str]

    @property
    def leads(self) -> bool:
        """True for the référent and the équipe programme."""
        return bool(self.roles & {*MENEURS})


def find_reader(lieu: Lieu, personne: Personne) -> Lisant:
    """What a person is in a dossier now, a seat or a voice at an open gate included."""
    held = {role.value for role in personne.roles}
    for stage in STAGES:
        attente = find_attente(lieu, stage.gate) if stage.gate else None
        if attente is None:
            continue
        held |= {SIEGE} if seats_of(personne.mail, attente.libres) else set()
        held |= {VOIX} if any(voice.personne == personne.mail for voice in attente.voix) else set()
    return Lisant(personne.mail, frozenset(held))


def may_read(stage: Stage, etat: Etat, roles: Set[str]) -> bool:
    """True where the table lets one of these roles read the documents of a stage in that state."""
    return not attempt(etat, Acte.LIRE, frozenset(), roles).raisons


def list_readable(lieu: Lieu, etape: Etape, lecteur: Lisant) -> Iterator[Document]:
    """The documents of a stage that a person may read: none is shown because it was not thought of."""
    stage, shown = BY_SLUG[etape.slug], may_read(BY_SLUG[etape.slug], etape.etat, lecteur.roles | _seated(lecteur))
    own = _list_own(lieu, stage, lecteur.mail)
    for item in etape.documents:
        audience = stage.find_audience(item.nom)
        if (item.nom in own and item.phase == "envoi") or (
            audience is not None and shown and is_for(audience, lecteur)
        ):
            yield item


def _seated(lecteur: Lisant) -> frozenset[str]:
    """Who already decided at an open gate goes on reading what they decided on."""
    return frozenset({SIEGE}) if VOIX in lecteur.roles else frozenset()


def is_for(audience: Audience, lecteur: Lisant) -> bool:
    """True where a document of that audience is for this person, once its stage lets them read."""
    if audience is Audience.DIFFUSABLE:
        return True
    readers = _READERS.get(audience, _READERS[Audience.MENEURS])
    return bool(lecteur.roles & readers)


def _list_own(lieu: Lieu, stage: Stage, mail: str) -> frozenset[str]:
    """The supports that were made for this person."""
    made = find_round(lieu, stage.slug, "envoi") if stage.waits else None
    return frozenset(nom for nom, item in load_envoi(made).supports.items() if item.pour and item.pour == slugify(mail))
