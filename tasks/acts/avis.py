"""Opinions: what the directions concerned think of what a gate shows, apart from the decision, before it."""

from __future__ import annotations

from sqlmodel import Session, col, select

from nr_models.dossier.journal import Fait
from nr_models.dossier.workflow import Acte, Etat, attempt
from nr_models.stages import BY_GATE
from nr_models.tables import Avis, Gate, Person, find_id
from nr_models.values.frozen import Frozen
from tasks.acts.door import Auteur, Code, Scene, SuiteDonnee, play
from tasks.dossier.gates import find_attente
from tasks.dossier.rounds import find_state
from tasks.store.clock import now
from tasks.store.workspace import Workspace
from tasks.trail.paroles import load_words


class AvisDonne(Frozen):
    """An opinion as who decides reads it; ``texte`` is None once erased."""

    nom: str
    mail: str
    texte: str | None
    le: str


def give_avis(
    workspace: Workspace,
    name: str,
    gate: str,
    *,
    par: Auteur,
    texte: str,
) -> SuiteDonnee:
    """Record an opinion on what an open gate shows; it decides nothing. Raises ``Introuvable``."""
    texte = texte.strip()
    return play(
        workspace,
        name,
        lambda scene: _give(scene, gate, texte),
        par=par,
        content=(Acte.AVISER, gate, texte),
    )


def _give(scene: Scene, gate: str, texte: str) -> SuiteDonnee:
    attente = find_attente(scene, gate)
    if attente is None:
        return SuiteDonnee(
            False, f"La validation « {gate} » n’est pas ouverte : un avis se donne avant la décision.", Code.FERME
        )
    etat = Etat(find_state(scene, BY_GATE[gate].slug).etat)
    facts = {"avis-ecrit"} if texte else set[str]()
    if reasons := attempt(etat, Acte.AVISER, facts, scene.roles).raisons:
        code = Code.INVALIDE if not texte else Code.INTERDIT
        return SuiteDonnee(False, f"Avis non enregistré : {' ; '.join(reasons)}.", code)
    given = list_avis(scene.session, attente.gate)
    if any((item.mail, item.texte) == (scene.personne.mail, texte) for item in given):
        return SuiteDonnee(True, "Cet avis était déjà enregistré ; rien n’a été ajouté.", Code.DEJA)
    said = scene.save_words(texte)
    scene.session.add(
        Avis(gate_id=find_id(attente.gate), person_id=find_id(scene.find_author()), texte=said, given_at=now())
    )
    scene.record(Fait.AVIS, {"gate": gate, "empreinte": attente.gate.seal, "commentaire": said})
    return SuiteDonnee(True, f"Avis enregistré sur {attente.validation.nom} ; les personnes qui décident le liront.")


def list_avis(session: Session, gate: Gate) -> list[AvisDonne]:
    """The opinions given on one asking of a gate, the oldest first."""
    query = select(Avis, Person).where(Avis.gate_id == gate.id, Avis.person_id == Person.id)
    rows = session.exec(query.order_by(col(Avis.id))).all()
    words = load_words(session, (row.texte for row, _ in rows))
    return [
        AvisDonne(nom=person.nom, mail=person.mail, texte=words.get(row.texte), le=row.given_at) for row, person in rows
    ]
