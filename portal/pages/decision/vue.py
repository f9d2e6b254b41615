"""All that the decision page shows, once the base was read and the act table asked: the template tests no role."""

from __future__ import annotations

from typing import NamedTuple

from portal.pages.decision.forme import Essentiel


class Autre(NamedTuple):
    """Somebody else who decides: each person once, their roles once; ``decision`` is empty until they decide.

    ``decision`` is a past participle (« approuvé »), ``le`` a day (« 12 mai 2026 »).
    """

    nom: str
    roles: str
    decision: str = ""
    le: str = ""


class AvisDonne(NamedTuple):
    """An opinion: of whom, when (« 12 mai 2026 »), in their words."""

    nom: str
    le: str
    texte: str


class DocumentSoumis(NamedTuple):
    """A document to read: its address, what people call it, « PDF », « 180 ko »."""

    href: str
    nom: str
    format: str
    taille: str


class Ecart(NamedTuple):
    """What is not what was read, for a 409: the document, and what happened to it."""

    nom: str
    quoi: str


class EtapeARevoir(NamedTuple):
    """A stage that a correction may send back: the value of the field, and its label."""

    valeur: str
    libelle: str


class Possibilite(NamedTuple):
    """Whether an act may be done now, and why not; without a reason, what may not be done is not spoken of."""

    possible: bool
    refus: str = ""


PAS_ICI = Possibilite(False)
"""An act that the page does not speak of."""


class Peut(NamedTuple):
    """The four acts of the page, as the act table answers them."""

    decider: Possibilite = PAS_ICI
    retirer: Possibilite = PAS_ICI
    aviser: Possibilite = PAS_ICI
    deleguer: Possibilite = PAS_ICI


class MaDecision(NamedTuple):
    """What the reader decided: « approuvé », when, and where its receipt is read."""

    decision: str
    le: str
    recu: str


class Saisi(NamedTuple):
    """What was typed and must not be lost when it is refused."""

    verdict: str = ""
    motif: str = ""
    etape: str = ""
    avis: str = ""


class Vue(NamedTuple):
    """The decision page.

    ``echeance`` and ``depuis`` are sentences; ``roles`` is what the reader decides as (« directrice générale »), None
    where they only read. ``changements``, ``releves``, ``a_reprendre``, ``reserves`` and ``notes`` are lines. ``vu`` is
    the whole seal, ``code`` what people see of it, ``demande`` the id of the request. ``action`` receives ``verdict``,
    ``motif``, ``etape``, ``vu``, ``demande``; ``action_avis`` receives ``texte`` in the place of the first three;
    ``retirer`` and ``deleguer`` are addresses. ``refus`` says why what was sent was not taken, ``ecarts`` what changed
    meanwhile; ``pied`` how the reader was recognised; ``retrait`` until when a decision can be withdrawn.
    """

    essentiel: Essentiel
    collectivite: str
    numero: int
    etape: str
    validation: str
    echeance: str
    depuis: str
    lecteur: str
    roles: str | None
    vu: str
    code: str
    demande: str
    action: str
    peut: Peut
    pied: str
    autres: tuple[Autre, ...] = ()
    avis: tuple[AvisDonne, ...] = ()
    documents: tuple[DocumentSoumis, ...] = ()
    changements: tuple[str, ...] = ()
    releves: tuple[str, ...] = ()
    a_reprendre: tuple[str, ...] = ()
    reserves: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    ma_decision: MaDecision | None = None
    saisi: Saisi = Saisi()
    refus: str = ""
    ecarts: tuple[Ecart, ...] = ()
    etapes: tuple[EtapeARevoir, ...] = ()
    action_avis: str = ""
    retirer: str = ""
    deleguer: str = ""
    en_retard: bool = False
    retrait: str = ""
