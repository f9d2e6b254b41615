"""Named snapshots of a dossier's score: taken by who leads it, kept as a reference to a round, compared."""

from __future__ import annotations

from typing import NamedTuple

from sqlmodel import col, select

from nr_models.dossier.instantane import Instantane, dated, label
from nr_models.dossier.journal import Fait
from nr_models.dossier.workflow import Acte, entitled
from nr_models.rules import score
from nr_models.rules.instantane import Comparaison, compare
from nr_models.tables import Round, Snapshot, find_id
from nr_models.values.days import paris_day
from tasks.acts.door import Auteur, Code, Scene, SuiteDonnee, play
from tasks.dossier.rounds import find_round, find_state
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import Introuvable
from tasks.store.clock import now
from tasks.store.workspace import Workspace

ACTUEL = "actuel"
"""The score as it is now, beside the named ones."""


class Pris(NamedTuple):
    """A snapshot in force: the name it is kept under, the round of the score it names, when it was taken."""

    nom: str
    tour: int
    empreinte: str
    pris_le: str


def take_snapshot(workspace: Workspace, name: str, moment: Instantane, *, par: Auteur) -> SuiteDonnee:
    """Name the current score of a dossier. Taken again on the same score: nothing more; on another: it replaces."""
    return play(workspace, name, lambda scene: _take(scene, moment), par=par, content=(Acte.NOMMER, moment))


def _take(scene: Scene, moment: Instantane) -> SuiteDonnee:
    instant = now()
    if not entitled(Acte.NOMMER, scene.roles):
        said = "Seul un référent du dossier ou l’équipe programme peut garder un instantané."
        return SuiteDonnee(False, said, Code.INTERDIT)
    made = find_round(scene, "score", "resultat")
    if made is None:
        return SuiteDonnee(
            False, "Le score de ce dossier n’est pas encore calculé : « nr avancer » d’abord.", Code.FERME
        )
    nom = dated(moment, paris_day(instant).year)
    before = next((item for item in list_snapshots(scene) if item.nom == nom), None)
    if before and before.tour == made.numero:
        said = f"L’instantané « {label(nom)} » montrait déjà ce score ; rien n’a été ajouté."
        return SuiteDonnee(True, said, Code.DEJA)
    row = Snapshot(
        dossier_id=find_id(scene.dossier),
        nom=nom,
        round_id=find_id(made),
        person_id=find_id(scene.find_author()),
        taken_at=instant,
    )
    scene.session.add(row)
    scene.record(Fait.INSTANTANE, {"nom": nom, "tour": made.numero, "empreinte": made.seal})
    replaced = f" ; il remplace le tour {before.tour}, qui reste dans la piste d’audit" if before else ""
    state = find_state(scene, "score").etat
    unsure = "" if state == "valide" else " Ce score n’est pas validé aujourd’hui."
    return SuiteDonnee(True, f"Instantané « {label(nom)} » gardé : tour {made.numero} du score{replaced}.{unsure}")


def list_snapshots(lieu: Lieu) -> list[Pris]:
    """The snapshots in force, in the order they were first taken; of a name taken again, the latest."""
    query = (
        select(Snapshot, Round)
        .where(Snapshot.dossier_id == lieu.dossier.id, Round.id == Snapshot.round_id)
        .order_by(col(Snapshot.id))
    )
    return list(
        {
            taken.nom: Pris(taken.nom, made.numero, made.seal, taken.taken_at)
            for taken, made in lieu.session.exec(query)
        }.values()
    )


def load_score(lieu: Lieu, nom: str) -> score.Result:
    """The score of a snapshot, or the current one (« actuel »). Raises ``Introuvable``."""
    if nom == ACTUEL:
        made = find_round(lieu, "score", "resultat")
    else:
        tour = _find(lieu, nom).tour
        query = select(Round).where(
            Round.dossier_id == lieu.dossier.id, Round.stage == "score", Round.phase == "resultat"
        )
        made = lieu.session.exec(query.where(Round.numero == tour)).one()
    if made is None:
        raise Introuvable(f"Le score de {lieu.dossier.slug} n’est pas encore calculé.")
    return score.Result.model_validate_json(made.value)


def compare_snapshots(lieu: Lieu, avant: str, apres: str) -> Comparaison:
    """What changed between two snapshots. Raises ``Introuvable``."""
    return compare(load_score(lieu, avant), load_score(lieu, apres))


def _find(lieu: Lieu, nom: str) -> Pris:
    """A snapshot by its name; « annuel » alone is the latest of the yearly ones."""
    taken = list_snapshots(lieu)
    wanted = [
        item for item in taken if item.nom == nom or (nom == Instantane.ANNUEL and item.nom.startswith(f"{nom}-"))
    ]
    if not wanted:
        known = ", ".join(item.nom for item in taken) or "aucun"
        raise Introuvable(f"L’instantané « {nom} » n’existe pas dans {lieu.dossier.slug} (gardés : {known}).")
    return max(wanted, key=lambda item: item.pris_le)
