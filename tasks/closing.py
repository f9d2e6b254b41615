"""Close a stage that waits for returns, reopen one that was decided: dated, reasoned, recorded."""

from __future__ import annotations

import json

from sqlmodel import Session, col, select

from nr_models.journal import Fait
from nr_models.registre import Personne
from nr_models.roles import Role
from nr_models.stages import Stage as StageDef
from nr_models.tables import Closure, Dossier, Stage
from nr_models.workflow import Acte, Etat, attempt
from tasks import trail
from tasks.acts import Identification, Reponse
from tasks.clock import now
from tasks.paroles import save_words
from tasks.programmes import cle, find_dossier, load_entree
from tasks.rounds import close_gates, expire_later, find_state, move
from tasks.workspace import Workspace


def close_stage(
    workspace: Workspace, name: str, stage: StageDef, *, mail: str, identification: Identification
) -> Reponse:
    """Close a stage that waits for returns; the event says what is missing. Référent or équipe programme."""
    mail = mail.strip().lower()
    with workspace.writing() as session:
        programme, dossier = find_dossier(session, name)
        person = load_entree(dossier).find(mail)
        if person is None or not _leads(person):
            return Reponse(False, "Seul un référent du dossier ou l’équipe programme peut clore une saisie.")
        state = find_state(session, dossier, stage.slug)
        missing = state.manquants
        if _is_closed(session, dossier, state):
            return Reponse(True, "La saisie était déjà close ; rien n’a été ajouté.")
        if not move(
            state, Acte.CLORE, {"retours-attendus", "role-tenu"}, "Saisie close ; « nr run » la prend en compte."
        ):
            return Reponse(
                False, f"L’étape « {stage.nom} » n’attend pas de retour : elle est « {Etat(state.etat).nom} »."
            )
        known = trail.find_person(session, mail, person.nom)
        session.add(
            Closure(
                dossier_id=dossier.id or 0,
                stage=stage.slug,
                person_id=known.id or 0,
                manquants=missing,
                closed_at=now(),
            )
        )
        counts = [item["quoi"] for item in json.loads(missing)]
        trail.append(
            session,
            cle(programme, dossier),
            Fait.CLOS,
            {
                "stage": stage.slug,
                "par": known.commitment,
                "manquants": sorted(counts),
                "identification": identification.moyen,
            },
        )
        return Reponse(
            True, f"Saisie close : l’étape « {stage.nom} » avancera sans ce qui manque ({', '.join(counts) or 'rien'})."
        )


def _is_closed(session: Session, dossier: Dossier, state: Stage) -> bool:
    query = select(Closure.manquants).where(Closure.dossier_id == dossier.id, Closure.stage == state.slug)
    last = session.exec(query.order_by(col(Closure.id).desc())).first()
    return state.etat == Etat.ATTEND_SAISIES and last == state.manquants


def reopen_stage(
    workspace: Workspace, name: str, stage: StageDef, *, mail: str, comment: str, identification: Identification
) -> Reponse:
    """Reopen a stage that was decided, with a reason; it is submitted again by the next run."""
    mail, comment = mail.strip().lower(), comment.strip()
    with workspace.writing() as session:
        programme, dossier = find_dossier(session, name)
        person = load_entree(dossier).find(mail)
        facts = {"motif-ecrit"} if comment else set()
        if _leads(person):
            facts.add("role-tenu")
        state = find_state(session, dossier, stage.slug)
        if reasons := attempt(Etat(state.etat), Acte.ROUVRIR, facts).raisons:
            return Reponse(False, f"L’étape « {stage.nom} » ne peut pas être rouverte : {', '.join(reasons)}.")
        assert person is not None  # « role-tenu » holds
        move(state, Acte.ROUVRIR, facts, f"Rouverte : {comment}")
        close_gates(session, cle(programme, dossier), dossier, stage.slug)
        expire_later(session, dossier, stage)
        known = trail.find_person(session, mail, person.nom)
        trail.append(
            session,
            cle(programme, dossier),
            Fait.ROUVERT,
            {
                "stage": stage.slug,
                "par": known.commitment,
                "motif": save_words(session, known, comment),
                "identification": identification.moyen,
            },
        )
        return Reponse(True, f"L’étape « {stage.nom} » est rouverte ; « nr run » la soumettra à nouveau.")


def _leads(personne: Personne | None) -> bool:
    return personne is not None and (personne.has(Role.REFERENT) or personne.has(Role.EQUIPE_PROGRAMME))
