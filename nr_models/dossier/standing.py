"""Where a dossier stands, as plain values: its stages, their rounds, what was returned, what was closed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from nr_models.dossier.case import Manquant
from nr_models.dossier.fingerprint import Phase, build_basis, differ_by_version, find_rule
from nr_models.dossier.registre import Entree
from nr_models.dossier.retours.recus import Arretee
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_GATE, STAGES, Stage

_PHASES: tuple[Phase, ...] = ("envoi", "resultat")
_SENT_BACK = (Etat.A_CORRIGER, Etat.ROUVERT)


class Tour(NamedTuple):
    """The current round of a stage: what it was made from and what it says.

    ``basis`` is what it was made from and ``fingerprint`` its digest, ``seal`` names the result with its files;
    ``artefacts`` are the SHA-256 of its files by name, ``intact`` says that they lie there as they were made,
    ``approved`` that it equals what was approved last.
    """

    id: int
    numero: int
    fingerprint: str
    basis: str
    seal: str
    value_digest: str
    made_at: str
    artefacts: Mapping[str, str]
    intact: bool
    approved: bool


class Situation(NamedTuple):
    """One stage of a dossier.

    ``attente`` names the last look at who owes what (``build_attente``), ``manquants`` what was then
    missing; ``clos`` is what a closing accepted to miss, ``arretee`` why its returns are settled.
    """

    etat: Etat
    depuis: str
    raison: str
    attente: str = ""
    manquants: tuple[Manquant, ...] = ()
    clos: tuple[Manquant, ...] = ()
    arretee: Arretee = Arretee.OUVERTE
    envoi: Tour | None = None
    resultat: Tour | None = None

    def tour(self, phase: Phase) -> Tour | None:
        """The current round of a phase, or None."""
        return self.envoi if phase == "envoi" else self.resultat


class Lue(NamedTuple):
    """The registry as a stage reads it, and its digest."""

    entree: Entree
    digest: str


class Standing(NamedTuple):
    """A dossier at one moment; no session behind it, and no result.

    ``referentiel`` and ``look`` are the digests of what every stage may print; ``vues`` the registry as each reads it,
    by stage and phase, ``seule`` as the others do; ``returns`` describes the returns in force by type, ``reserves``
    are those that stand, by number and gate;
    ``accepte`` is False where the rules of the software changed and nobody let this dossier go on with them,
    ``touche`` True where people changed its registry line or référentiel since.
    """

    cle: str
    seule: Lue
    vues: Mapping[tuple[str, str], Lue]
    referentiel: str
    look: str
    stages: Mapping[str, Situation]
    returns: Mapping[str, list[list[object]]]
    reserves: Sequence[tuple[int, str]] = ()
    accepte: bool = True
    touche: bool = False

    def etat(self, stage: Stage) -> Etat:
        """The state of a stage."""
        return self.stages[stage.slug].etat

    def find_vue(self, stage: Stage, phase: Phase) -> Lue:
        """The registry as a stage reads it, for what it sends or for its result."""
        return self.vues.get((stage.slug, phase), self.seule)

    def find_tour(self, stage: str, phase: Phase) -> Tour | None:
        """The current round of a stage, or None."""
        return self.stages[stage].tour(phase)

    def has_upstream(self, stage: Stage) -> bool:
        """True when every stage that it reads has a result."""
        return all(self.find_tour(slug, "resultat") for slug in stage.upstream)

    def list_carried(self, stage: Stage) -> tuple[int, ...]:
        """The numbers of the réserves that a stage tells: those of the gates before it.

        Once it is validated it tells those that it told: to lift one later asks nobody to approve it again.
        """
        situation = self.stages[stage.slug]
        if not stage.reserves:
            return ()
        if situation.etat is Etat.VALIDE and situation.resultat:
            return tuple(json.loads(situation.resultat.basis).get("reserves", ()))
        return tuple(numero for numero, gate in self.reserves if BY_GATE[gate].numero < stage.numero)

    def basis(self, stage: Stage, phase: Phase) -> str:
        """What the stage would be made from now; its upstream results must exist."""
        sends = phase == "envoi"
        unknown = ("inconnu",) if "diagnostic" in stage.returns else ()
        kinds = stage.prepares if sends else (*stage.returns, *unknown)
        clos = () if sends else self.stages[stage.slug].clos
        made = {slug: self.find_tour(slug, "resultat") for slug in stage.upstream}
        return build_basis(
            stage,
            phase,
            cle=self.cle,
            entree=self.find_vue(stage, phase).digest,
            referentiel=self.referentiel,
            look=self.look,
            upstream={slug: tour.value_digest for slug, tour in made.items() if tour},
            retours={kind: self.returns.get(kind, []) for kind in kinds},
            absents=[item.model_dump(mode="json") for item in clos],
            reserves=None if sends or not stage.reserves else self.list_carried(stage),
            reprise=self._find_reprise(stage) if sends and stage.reprend else "",
        )

    def find_basis(self, stage: Stage, phase: Phase) -> str:
        """What the stage is to be made from: what it was, where only the rules of the software changed since.

        What was validated stays in force until somebody accepts the new rules.
        """
        basis, tour = self.basis(stage, phase), self.find_tour(stage.slug, phase)
        return (
            tour.basis
            if tour and self._is_held(stage) and differ_by_version(tour.basis, basis, touched=self.touche)
            else basis
        )

    def _is_held(self, stage: Stage) -> bool:
        """True for a stage validated, or before one that is, under rules that nobody accepted to change."""
        if self.accepte:
            return False
        return any(item.numero >= stage.numero and self.etat(item) is Etat.VALIDE for item in STAGES if item.gate)

    def list_held(self) -> list[Stage]:
        """The stages that the rules of the software would make again, and that are kept as they were validated."""
        return [
            stage
            for stage in STAGES
            if self._is_held(stage) and self.has_upstream(stage) and any(map(self._differs(stage), _PHASES))
        ]

    def _differs(self, stage: Stage) -> Callable[[Phase], bool]:
        """Tells whether the rules alone would make again what a stage made of a phase."""
        return lambda phase: bool(
            (tour := self.find_tour(stage.slug, phase))
            and differ_by_version(tour.basis, self.basis(stage, phase), touched=self.touche)
        )

    def tell_rule(self, stage: Stage) -> str:
        """« Score (règle 6, puis 7) »; « Score (charte) » where the look alone changed."""
        made = self.find_tour(stage.slug, "resultat")
        before = find_rule(made.basis) if made else stage.rule
        return f"{stage.nom} (règle {before}, puis {stage.rule})" if before != stage.rule else f"{stage.nom} (charte)"

    def find_reprise(self, stage: Stage) -> str:
        """When a stage that stands to be taken up again was sent back; empty where nothing was returned, or sent."""
        situation = self.stages[stage.slug]
        answered = situation.envoi and any(self.returns.get(kind) for kind in stage.reprend)
        return situation.depuis if answered and situation.etat in _SENT_BACK else ""

    def _find_reprise(self, stage: Stage) -> str:
        """The same, and once it was taken up, when the current supports were made for it."""
        sent = self.stages[stage.slug].envoi
        return self.find_reprise(stage) or (json.loads(sent.basis).get("reprise", "") if sent else "")
