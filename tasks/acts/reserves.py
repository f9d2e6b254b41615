"""Lift a réserve, with the reason: what somebody asked for was done, or is no longer asked."""

from __future__ import annotations

from sqlmodel import col, select

from nr_models.dossier.journal import Fait
from nr_models.dossier.workflow import Acte, permit
from nr_models.tables import Decision, Gate, Levee, find_id
from tasks.acts.door import Auteur, Code, Scene, SuiteDonnee, play
from tasks.dossier.gates import find_standing
from tasks.store.clock import now
from tasks.store.workspace import Workspace


def lift(workspace: Workspace, name: str, numero: int, *, par: Auteur, comment: str) -> SuiteDonnee:
    """Lift a réserve of a dossier by its number, with the reason. Raises ``Introuvable``."""
    comment = comment.strip()
    return play(
        workspace,
        name,
        lambda scene: _lift(scene, numero, comment),
        par=par,
        content=(Acte.LEVER, numero, comment),
    )


def _lift(scene: Scene, numero: int, comment: str) -> SuiteDonnee:
    dossier = find_id(scene.dossier)
    stands = numero in find_standing(scene.session, [dossier]).get(dossier, ())
    facts = ({"reserve-tenue"} if stands else set()) | ({"motif-ecrit"} if comment else set())
    if reasons := permit(Acte.LEVER, facts, scene.roles):
        code = Code.INVALIDE if permit(Acte.LEVER, {"reserve-tenue", "motif-ecrit"}, scene.roles) == () else None
        return SuiteDonnee(False, f"Réserve non levée : {' ; '.join(reasons)}.", code or Code.INTERDIT)
    said = scene.save_words(comment)
    row, gate = scene.session.exec(
        select(Decision, Gate).join(Gate, col(Gate.id) == Decision.gate_id).where(Decision.id == numero)
    ).one()
    scene.session.add(
        Levee(decision_id=numero, person_id=find_id(scene.find_author()), commentaire=said, lifted_at=now())
    )
    donnees = {"gate": gate.gate, "siege": row.siege, "reserve": numero, "motif": said, "empreinte": row.seal}
    scene.record(Fait.LEVE, donnees)
    scene.resume(f"levee:{numero}")
    return SuiteDonnee(True, f"Réserve n° {numero} levée ; elle reste lisible dans l’histoire du dossier.")
