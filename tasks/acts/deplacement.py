"""Move a dossier to another version of the référentiel: say what it changes, then do it, on the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from nr_models.dossier.case import Case, Retour
from nr_models.dossier.journal import Fait
from nr_models.dossier.standing import Standing
from nr_models.dossier.workflow import Acte, Etat, entitled
from nr_models.inventaire.correspondance import Correspondance
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.deplacement import EffetDeplacement, measure_move
from nr_models.stages import STAGES
from nr_models.tables import TOUCHED
from nr_models.values.frozen import Frozen, canonical
from tasks.acts.door import Auteur, Code, Scene, SuiteDonnee, play
from tasks.dossier.making import load_case, load_results
from tasks.dossier.standing import load_standing
from tasks.programme.lieu import Lieu
from tasks.returns.comptes import forget_returns
from tasks.returns.recognise import understand
from tasks.stages.hands import load_hands
from tasks.store.files import save_bytes
from tasks.store.workspace import Workspace

_REBUILT = ("collect", "score", "preselect", "prioritise")


class Previsions(NamedTuple):
    """What a move would change, and the validations already taken that will be asked again."""

    effet: EffetDeplacement
    validations: tuple[str, ...]


def foresee_move(lieu: Lieu, new: Referentiel) -> Previsions:
    """Make the results of a dossier again under the new version, in memory; nothing is written."""
    standing = load_standing(lieu)
    before = load_results(lieu, standing, _REBUILT)
    after: dict[str, Frozen] = {}
    for stage in before:
        after[stage] = load_hands(stage).build(_case_under(lieu, standing, stage, new, after))
    taken = tuple(stage.gate for stage in STAGES if stage.gate and standing.etat(stage) is Etat.VALIDE)
    return Previsions(measure_move(lieu.referentiel, new, before, after), taken)


def move_dossier(workspace: Workspace, name: str, new: Referentiel, *, par: Auteur) -> SuiteDonnee:
    """Have a dossier follow another version from its next run on. Référent or équipe programme."""
    content = (Acte.DEPLACER, new.empreinte)
    return play(workspace, name, lambda scene: _move(scene, new), par=par, content=content)


def _move(scene: Scene, new: Referentiel) -> SuiteDonnee:
    dossier = scene.dossier
    if not entitled(Acte.DEPLACER, scene.roles):
        return SuiteDonnee(
            False,
            "Seul un référent du dossier ou l’équipe programme peut changer la version du référentiel.",
            Code.INTERDIT,
        )
    if dossier.referentiel_digest == new.empreinte:
        said = f"Ce dossier suit déjà la version {new.version}, au mot près ; rien n’a changé."
        return SuiteDonnee(True, said, Code.DEJA)
    save_bytes(scene.workspace.settings, canonical(new).encode())
    scene.record(
        Fait.DEPLACE,
        {
            "avant": {"version": dossier.referentiel, "empreinte": dossier.referentiel_digest},
            "referentiel": {"version": new.version, "empreinte": new.empreinte},
        },
    )
    dossier.referentiel, dossier.referentiel_digest, dossier.version = new.version, new.empreinte, TOUCHED
    for stage in STAGES:
        forget_returns(scene, stage)  # what was returned is read again, under the new version
    return SuiteDonnee(True, f"Le dossier suit la version {new.version} ; « nr avancer » refait ce qui en dépend.")


def _case_under(
    lieu: Lieu,
    standing: Standing,
    stage: str,
    new: Referentiel,
    results: Mapping[str, Frozen],
) -> Case:
    """The case of a stage, its returns understood again under the new version."""
    found = next(item for item in STAGES if item.slug == stage)
    case = load_case(lieu, standing, found)
    folder = Path(lieu.programme.folder) / lieu.dossier.slug
    known = case.values("correspondance", Correspondance)
    retours = tuple(_understood_again(folder, retour, new, known) for retour in case.retours)
    return replace(case, referentiel=new, results=dict(results), retours=retours)


def _understood_again(folder: Path, retour: Retour, new: Referentiel, known: Sequence[Correspondance]) -> Retour:
    """A return under the new version; the value in force where its file is gone or no longer read."""
    understood = understand(folder / retour.fichier, retour.fichier, new, known)
    if understood.type != retour.type or understood.valeur is None:
        return retour
    return replace(retour, valeur=understood.valeur, anomalies=understood.anomalies)
