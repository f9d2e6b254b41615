"""Where a dossier stands: everything needed to tell its next step, read at once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import defer
from sqlmodel import col, select

from nr_models.dossier.fingerprint import Phase, build_basis
from nr_models.dossier.gates import Ouverture
from nr_models.dossier.workflow import Etat
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.collect import Manquant
from nr_models.stages import Stage
from nr_models.tables import Artefact, Avancement, Closure, Gate, Round
from nr_models.values.frozen import digest
from tasks.dossier.rounds import is_intact
from tasks.office.look import load_look
from tasks.programme.lieu import Lieu
from tasks.returns.returns import describe_returns
from tasks.store.workspace import Workspace


@dataclass(frozen=True)
class Standing:
    """A dossier at one moment; plain values, no session behind it, and no result: ``load_case`` reads those."""

    workspace: Workspace
    key: str
    entree_digest: str
    referentiel: Referentiel
    states: Mapping[str, Avancement]
    rounds: Mapping[tuple[str, str], Round]
    artefacts: Mapping[int, list[Artefact]]
    approved: frozenset[int]
    returns: Mapping[str, list[list[object]]]
    closures: Mapping[str, tuple[Manquant, ...]]

    def etat(self, stage: Stage) -> Etat:
        """The state of a stage."""
        return Etat(self.states[stage.slug].etat)

    def find_round(self, stage: Stage, phase: Phase) -> Round | None:
        """The current round of a stage, or None."""
        return self.rounds.get((stage.slug, phase))

    def is_intact(self, stage: Stage, made: Round) -> bool:
        """True when the files of a round are there, as they were made."""
        return is_intact(self.workspace, self.key, stage, self.artefacts.get(made.id or 0, []))

    def is_approved(self, made: Round) -> bool:
        """True when a gate of that round was passed."""
        return made.id in self.approved

    def basis(self, stage: Stage, phase: Phase) -> str:
        """What the stage would be made from now; its upstream results must exist."""
        sends = phase == "envoi"
        unknown = ("inconnu",) if "diagnostic" in stage.returns else ()
        kinds = stage.prepares if sends else (*stage.returns, *unknown)
        return build_basis(
            stage,
            phase,
            cle=self.key,
            entree=self.entree_digest,
            referentiel=self.referentiel.empreinte,
            look=_look_digest(),
            upstream={slug: self.rounds[slug, "resultat"].value_digest for slug in stage.upstream},
            retours={kind: self.returns.get(kind, []) for kind in kinds},
            absents=() if sends else [item.model_dump(mode="json") for item in self.closures.get(stage.slug, ())],
        )


@cache
def _look_digest() -> str:
    return digest(load_look())


def load_standing(lieu: Lieu) -> Standing:
    """Read where a dossier stands."""
    with lieu.reading() as ici:
        states = ici.session.exec(select(Avancement).where(Avancement.dossier_id == lieu.dossier.id)).all()
        query = select(Round).where(Round.dossier_id == lieu.dossier.id).order_by(col(Round.numero))
        rounds = ici.session.exec(query.options(defer(Round.value))).all()  # type: ignore[arg-type]
        current = {(row.stage, row.phase): row for row in rounds}
        ids = [row.id for row in current.values()]
        artefacts: dict[int, list[Artefact]] = {}
        for item in ici.session.exec(
            select(Artefact).where(col(Artefact.round_id).in_(ids)).order_by(col(Artefact.nom))
        ):
            artefacts.setdefault(item.round_id, []).append(item)
        passed = select(Gate.round_id).where(Gate.dossier_id == lieu.dossier.id, Gate.etat == Ouverture.APPROUVEE)
        closures: dict[str, tuple[Manquant, ...]] = {}
        for closure in ici.session.exec(
            select(Closure).where(Closure.dossier_id == lieu.dossier.id).order_by(col(Closure.id))
        ):
            closures[closure.stage] = tuple(Manquant.model_validate(item) for item in json.loads(closure.manquants))
        return Standing(
            workspace=lieu.workspace,
            key=lieu.cle,
            entree_digest=lieu.dossier.entree_digest,
            referentiel=lieu.referentiel,
            states={row.slug: row for row in states},
            rounds=current,
            artefacts=artefacts,
            approved=frozenset(ici.session.exec(passed)),
            returns=describe_returns(ici),
            closures=closures,
        )
