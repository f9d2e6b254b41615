"""Ask a person to take back what they returned: an act, dated and told to them."""

from __future__ import annotations

from nr_models.dossier.journal import Fait
from nr_models.dossier.retours.suivi import Quoi
from nr_models.dossier.workflow import Acte, permit
from nr_models.stages import find_returns
from nr_models.tables import Correction, find_id
from tasks.acts.door import Auteur, Code, Scene, SuiteDonnee, play
from tasks.returns.suivi import NOMS, find_said
from tasks.store.clock import now
from tasks.store.workspace import Workspace
from tasks.trail import chain


def ask_correction(
    workspace: Workspace,
    name: str,
    personne: str,
    *,
    kind: str,
    quoi: Quoi,
    comment: str,
    par: Auteur,
) -> SuiteDonnee:
    """Ask a person to correct what they returned; it stands until a newer return says something else.

    ``kind`` is the type of return, or empty where the person returned only one. Raises ``Introuvable``.
    """
    return play(
        workspace,
        name,
        lambda scene: _ask(scene, personne.strip().lower(), kind, quoi, comment.strip()),
        par=par,
        content=(Acte.FAIRE_CORRIGER, personne, kind, quoi, comment),
    )


def _ask(scene: Scene, personne: str, kind: str, quoi: Quoi, comment: str) -> SuiteDonnee:
    current = find_said(scene, personne)
    known = [item for item in current if item == kind] if kind else list(current)
    facts = ({"retour-connu"} if known else set()) | ({"motif-ecrit"} if comment else set())
    if reasons := permit(Acte.FAIRE_CORRIGER, facts, scene.roles):
        return SuiteDonnee(False, f"Cette demande n’est pas possible : {', '.join(reasons)}.", Code.INTERDIT)
    if len(known) > 1:
        return SuiteDonnee(False, f"Cette personne a rendu plusieurs choses ; dites laquelle : {', '.join(known)}.")
    target = scene.entree.find(personne)
    row = Correction(
        dossier_id=find_id(scene.dossier),
        person_id=find_id(chain.find_person(scene.session, personne, target.nom if target else personne)),
        asked_by=find_id(scene.find_author()),
        type=known[0],
        quoi=quoi,
        commentaire=scene.save_words(comment),
        value_digest=current[known[0]],
        asked_at=now(),
    )
    scene.session.add(row)
    to = chain.find_person(scene.session, personne, "").commitment
    stage = find_returns(known[0])
    donnees = {"stage": stage.slug if stage else "", "type": known[0], "quoi": quoi.value, "a": [to]}
    scene.record(Fait.CORRECTION, {**donnees, "commentaire": row.commentaire})
    return SuiteDonnee(True, f"Demande enregistrée : {NOMS[known[0]]} à reprendre ({quoi.nom}).")
