"""Take back one's own decision while the gate is open: it no longer counts, and stays readable."""

from __future__ import annotations

from sqlmodel import Session, col, select

from nr_models.dossier.journal import Fait
from nr_models.dossier.workflow import VOIX, Acte, Etat, attempt
from nr_models.stages import BY_GATE
from nr_models.tables import Decision, Gate, Person, Retrait, find_id
from tasks.acts.door import Auteur, Code, Scene, SuiteDonnee, play
from tasks.dossier.gates import find_attente
from tasks.dossier.rounds import find_state
from tasks.store.clock import now
from tasks.store.workspace import Workspace


def withdraw(
    workspace: Workspace,
    name: str,
    gate: str,
    *,
    par: Auteur,
    comment: str,
) -> SuiteDonnee:
    """Take back what a person decided at an open gate, with the reason. Raises ``Introuvable``."""
    comment = comment.strip()
    return play(
        workspace,
        name,
        lambda scene: _withdraw(scene, gate, comment),
        par=par,
        content=(Acte.RETIRER, gate, comment),
    )


def _withdraw(scene: Scene, gate: str, comment: str) -> SuiteDonnee:
    attente = find_attente(scene, gate)
    if attente is None:
        return SuiteDonnee(
            False,
            f"La validation « {gate} » n’est pas ouverte : ce qui y est décidé ne se retire plus. "
            "Un référent peut rouvrir l’étape (« nr etape rouvrir »).",
            Code.FERME,
        )
    mine = list_live_decisions(scene.session, attente.gate, scene.personne.mail)
    facts = {"motif-ecrit"} if comment else set()
    roles = scene.roles | ({VOIX} if mine else set())
    etat = Etat(find_state(scene, BY_GATE[gate].slug).etat)
    if reasons := attempt(etat, Acte.RETIRER, facts, roles).raisons:
        code = Code.INVALIDE if mine else Code.INTERDIT
        return SuiteDonnee(False, f"Rien n’est retiré : {' ; '.join(reasons)}.", code)
    said = scene.save_words(comment)
    for row in mine:
        scene.session.add(
            Retrait(
                decision_id=find_id(row), person_id=find_id(scene.find_author()), commentaire=said, withdrawn_at=now()
            )
        )
        donnees = {"gate": gate, "siege": row.siege, "verdict": row.verdict, "motif": said, "empreinte": row.seal}
        scene.record(Fait.RETRAIT, donnees)
    return SuiteDonnee(True, f"Décision retirée : {attente.validation.nom}. Elle ne compte plus, et reste lisible.")


def list_live_decisions(session: Session, gate: Gate, mail: str) -> list[Decision]:
    """What a person decided at a gate and did not take back."""
    query = (
        select(Decision)
        .join(Person, col(Person.id) == Decision.person_id)
        .outerjoin(Retrait, col(Retrait.decision_id) == Decision.id)
        .where(Decision.gate_id == gate.id, Person.mail == mail, col(Retrait.id).is_(None))
    )
    return list(session.exec(query.order_by(col(Decision.id))))
