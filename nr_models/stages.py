"""The seven stages, once: flows, portal, command line, documentation and tests read this table."""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from typing import NamedTuple


class Audience(StrEnum):
    """Who may read a document, once its stage lets them read: the narrowest first.

    « personne » is for the one it was made for, and for those who lead the dossier; « meneurs » for these alone, since
    it says who answered or voted what; « decideurs » for who decides as well; « diffusable » for whoever may read.
    """

    PERSONNE = "personne"
    MENEURS = "meneurs"
    DECIDEURS = "decideurs"
    DIFFUSABLE = "diffusable"

    @property
    def is_shown(self) -> bool:
        """True for what is shown to who decides, joined to their mails, and diffused."""
        return self in (Audience.DECIDEURS, Audience.DIFFUSABLE)


_PERSONNE, _MENEURS, _DECIDEURS, _DIFFUSABLE = Audience


class Stage(NamedTuple):
    """One stage of the method.

    ``supports`` are made for people to fill, and the stage then waits for their return;
    ``livrables`` show its result, ``sometimes`` are those made only where there is something to say;
    ``gate`` is the human decision that follows, or None;
    ``upstream`` are the stages whose results it reads, ``returns`` the types of file it takes in, of which
    ``prepares`` also change what is sent, ``reprend`` are written in a new support as they were returned,
    and ``settles`` are still expected once the stage was closed;
    ``audiences`` say who may read each of its files, by the first pattern that fits; one without is read by nobody;
    ``invites``: the référent writes to its people, with a draft for each, once who answers what is settled;
    ``reserves``: it carries those, not lifted, of the gates before it;
    ``rule`` is raised by hand when the same values would give another result or other bytes.
    """

    slug: str
    nom: str
    but: str
    livrables: tuple[str, ...]
    supports: tuple[str, ...] = ()
    gate: str | None = None
    upstream: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    prepares: tuple[str, ...] = ()
    reprend: tuple[str, ...] = ()
    settles: tuple[str, ...] = ()
    rule: int = 1
    sometimes: tuple[str, ...] = ()
    audiences: tuple[tuple[str, Audience], ...] = ()
    invites: bool = False
    reserves: bool = False

    @property
    def numero(self) -> int:
        """1 to 7."""
        return STAGES.index(self) + 1

    @property
    def folder(self) -> str:
        """Name of its folder in the outputs: « 2-score »."""
        return f"{self.numero}-{self.slug}"

    @property
    def waits(self) -> bool:
        """True when people must return something before the stage has a result."""
        return bool(self.supports)

    def find_audience(self, nom: str) -> Audience | None:
        """Who may read a file of the stage; None for one that the table does not know: nobody."""
        return next((audience for pattern, audience in self.audiences if fnmatchcase(nom, pattern)), None)

    def hides(self, nom: str) -> bool:
        """True for a file that is not shown to who decides, and not diffused."""
        audience = self.find_audience(nom)
        return audience is None or not audience.is_shown

    @property
    def under_gate(self) -> tuple[Stage, ...]:
        """What its gate shows: this stage, and those before it that no gate of their own follows."""
        before = STAGES[: self.numero - 1]
        last = max((item.numero for item in before if item.gate), default=0)
        return STAGES[last : self.numero]


STAGES: tuple[Stage, ...] = (
    Stage(
        "collect",
        "Collecte",
        "Interroger les personnes et inventorier le parc.",
        supports=(
            "diagnostic.xlsx",
            "trame-*.xlsx",
            "trame-*.docx",
            "introduction.docx",
            "invitation-*.eml",
            "inventaire.xlsx",
            "contexte.xlsx",
            "calendrier.xlsx",
            "calendrier-entretiens.xlsx",
            "calendrier-entretiens.ics",
            "restitution.ics",
            "invitation-restitution.eml",
        ),
        livrables=("anomalies.xlsx", "a-trancher.xlsx"),
        sometimes=("a-corriger-*.xlsx", "inventaire-g4it.csv"),
        returns=("diagnostic", "contexte", "inventaire", "calendrier", "arbitrages", "correspondance"),
        prepares=("calendrier",),
        settles=("arbitrages", "correspondance"),
        invites=True,
        audiences=(
            ("diagnostic.xlsx", _MENEURS),
            ("trame-*", _PERSONNE),
            ("introduction.docx", _DIFFUSABLE),
            ("invitation-restitution.eml", _MENEURS),
            ("invitation-*.eml", _PERSONNE),
            ("inventaire.xlsx", _MENEURS),
            ("contexte.xlsx", _MENEURS),
            ("calendrier.xlsx", _MENEURS),
            ("calendrier-entretiens.*", _MENEURS),
            ("restitution.ics", _DIFFUSABLE),
            ("anomalies.xlsx", _DECIDEURS),
            ("a-trancher.xlsx", _MENEURS),
            ("a-corriger-*.xlsx", _MENEURS),
            ("inventaire-g4it.csv", _DECIDEURS),
            ("resultat.json", _MENEURS),
        ),
        rule=16,
    ),
    Stage(
        "score",
        "Score",
        "Mesurer la maturité sur les sept dimensions.",
        livrables=("score.xlsx",),
        gate="diagnostic",
        upstream=("collect",),
        audiences=(
            ("score.xlsx", _DIFFUSABLE),
            ("resultat.json", _MENEURS),
        ),
        rule=7,
    ),
    Stage(
        "restitute",
        "Restitution",
        "Présenter les conclusions du diagnostic.",
        livrables=("restitution.pptx",),
        gate="restitution",
        upstream=("collect", "score"),
        audiences=(
            ("restitution.pptx", _DIFFUSABLE),
            ("resultat.json", _DIFFUSABLE),
        ),
        rule=4,
    ),
    Stage(
        "preselect",
        "Présélection",
        "Proposer une liste abordable de leviers, avec ses raisons.",
        supports=("preselection.xlsx",),
        livrables=("leviers-preselectionnes.xlsx",),
        gate="preselection",
        upstream=("collect", "score"),
        returns=("preselection",),
        reprend=("preselection",),
        sometimes=("a-corriger-*.xlsx",),
        audiences=(
            ("preselection.xlsx", _MENEURS),
            ("leviers-preselectionnes.xlsx", _DIFFUSABLE),
            ("a-corriger-*.xlsx", _MENEURS),
            ("resultat.json", _DIFFUSABLE),
        ),
        rule=5,
    ),
    Stage(
        "prioritise",
        "Priorisation",
        "Noter valeur et faisabilité, retenir dix à quinze leviers.",
        supports=("bulletin-*.xlsx",),
        livrables=("priorisation.xlsx", "matrice.pptx"),
        gate="selection",
        upstream=("score", "preselect"),
        returns=("bulletin",),
        reprend=("bulletin",),
        sometimes=("a-corriger-*.xlsx",),
        audiences=(
            ("bulletin-*.xlsx", _PERSONNE),
            ("priorisation.xlsx", _DIFFUSABLE),
            ("matrice.pptx", _DIFFUSABLE),
            ("a-corriger-*.xlsx", _MENEURS),
            ("resultat.json", _MENEURS),
        ),
        rule=6,
    ),
    Stage(
        "fiche",
        "Fiches action",
        "Écrire une fiche action par levier retenu.",
        supports=("fiches.xlsx",),
        livrables=("fiches.pptx",),
        gate="fiches",
        upstream=("collect", "preselect", "prioritise"),
        returns=("fiches",),
        reprend=("fiches",),
        sometimes=("a-corriger-*.xlsx",),
        audiences=(
            ("fiches.xlsx", _PERSONNE),
            ("fiches.pptx", _DIFFUSABLE),
            ("a-corriger-*.xlsx", _MENEURS),
            ("resultat.json", _DIFFUSABLE),
        ),
        rule=5,
    ),
    Stage(
        "roadmap",
        "Feuille de route",
        "Assembler planning, budget, charge et gouvernance.",
        livrables=("feuille-de-route.pptx", "feuille-de-route.xlsx"),
        gate="feuille-de-route",
        upstream=("collect", "score", "fiche"),
        reserves=True,
        audiences=(
            ("feuille-de-route.*", _DIFFUSABLE),
            ("resultat.json", _DIFFUSABLE),
        ),
        rule=5,
    ),
)

BY_SLUG: dict[str, Stage] = {stage.slug: stage for stage in STAGES}
BY_GATE: dict[str, Stage] = {stage.gate: stage for stage in STAGES if stage.gate}


def find_returns(kind: str) -> Stage | None:
    """The stage that waits for files of that type, or None."""
    return next((stage for stage in STAGES if kind in stage.returns), None)


RETOURS = {
    "diagnostic": "questionnaire de diagnostic",
    "contexte": "contexte de la collectivité",
    "inventaire": "inventaire du parc",
    "calendrier": "répartition et calendrier des entretiens",
    "arbitrages": "divergences et hypothèses tranchées",
    "correspondance": "correspondance de colonnes",
    "preselection": "classeur de présélection",
    "bulletin": "bulletin de vote",
    "fiches": "classeur des fiches action",
}
"""What people call each type of return."""
