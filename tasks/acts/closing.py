"""Close a stage that waits for returns, reopen one that was decided, submit again one that needs no correction.

Each is dated, reasoned, recorded; who may is read in the table of ``nr_models.dossier.workflow``.
"""

from __future__ import annotations

import json
from typing import Any

from sqlmodel import Session, col, select

from nr_models.dossier.case import Manquant
from nr_models.dossier.gates import Verdict
from nr_models.dossier.journal import Fait
from nr_models.dossier.retours.recus import Arretee
from nr_models.dossier.workflow import Acte, Etat, attempt, find_transition
from nr_models.stages import Stage
from nr_models.tables import Avancement, Closure, Person, find_id
from nr_models.values.french import plural
from nr_models.values.frozen import Frozen, canonical
from tasks.acts.door import Auteur, Code, Scene, SuiteDonnee, play
from tasks.dossier.making import list_owed, tell_missing
from tasks.dossier.rounds import close_gates, expire_later, find_state, move
from tasks.dossier.standing import load_standing
from tasks.programme.lieu import Lieu, find_lieu
from tasks.returns.comptes import list_tardifs, open_returns, settle_returns
from tasks.returns.returns import read_returns
from tasks.store.clock import now
from tasks.store.workspace import Workspace
from tasks.trail import chain
from tasks.trail.paroles import load_words


def close_stage(
    workspace: Workspace,
    name: str,
    stage: Stage,
    *,
    par: Auteur,
) -> SuiteDonnee:
    """Close a stage that waits for returns; the event says what is missing. Raises ``Introuvable``."""
    lieu = find_lieu(workspace, name)
    read_returns(lieu)  # what lies in the folder now is what counts
    owed = _list_owed(lieu, stage)
    return play(
        workspace,
        name,
        lambda scene: _close(scene, stage, owed),
        par=par,
        content=(Acte.CLORE, stage.slug),
        after=stage,
    )


def _list_owed(lieu: Lieu, stage: Stage) -> str:
    """What a stage misses now, as its row holds it; nothing where it does not wait."""
    standing = load_standing(lieu)
    waits = standing.etat(stage) is Etat.ATTEND_SAISIES
    return canonical(list_owed(lieu, standing, stage) if waits else ())


def _close(scene: Scene, stage: Stage, owed: str) -> SuiteDonnee:
    state = find_state(scene, stage.slug)
    if refusal := _refusal(scene, state, stage, Acte.CLORE, {"retours-attendus"} if stage.waits else set(), "close"):
        return refusal
    if state.arretee == Arretee.CLOTURE and state.clos == owed:
        return SuiteDonnee(True, "La saisie était déjà close ; rien n’a été ajouté.", Code.DEJA)
    state.clos = state.manquants = owed  # looked at now: what was found missing before is only remembered
    state.raison = "Saisie close ; « nr avancer » la prend en compte."
    row = Closure(
        dossier_id=find_id(scene.dossier),
        stage=stage.slug,
        person_id=find_id(scene.find_author()),
        manquants=owed,
        closed_at=now(),
    )
    scene.session.add(row)
    scene.session.flush()
    missing = [Manquant.model_validate(item) for item in json.loads(owed)]
    scene.record(Fait.CLOS, {"stage": stage.slug, "manquants": sorted(item.quoi for item in missing)})
    settle_returns(scene, stage, Arretee.CLOTURE)
    scene.resume(f"cloture:{row.id}")
    said = ", ".join(map(tell_missing, missing)) or "rien"
    return SuiteDonnee(True, f"Saisie close : l’étape « {stage.nom} » avancera sans ce qui manque ({said}).")


def reopen_stage(
    workspace: Workspace,
    name: str,
    stage: Stage,
    *,
    par: Auteur,
    comment: str,
) -> SuiteDonnee:
    """Reopen a stage that was decided, with a reason; it is submitted again by the next run."""
    comment = comment.strip()
    return play(
        workspace,
        name,
        lambda scene: _reopen(scene, stage, comment),
        par=par,
        content=(Acte.ROUVRIR, stage.slug, comment),
    )


def _reopen(scene: Scene, stage: Stage, comment: str) -> SuiteDonnee:
    state, facts = find_state(scene, stage.slug), {"motif-ecrit"} if comment else set[str]()
    if refusal := _refusal(scene, state, stage, Acte.ROUVRIR, facts, "rouverte"):
        return refusal
    move(state, Acte.ROUVRIR, facts, f"Rouverte : {comment}", scene.roles)
    open_returns(scene, stage)
    close_gates(scene, stage.slug)
    expire_later(scene, stage)
    event = scene.record(Fait.ROUVERT, {"stage": stage.slug, "motif": scene.save_words(comment)})
    scene.resume(f"rouvert:{event['n']}")
    said = f"L’étape « {stage.nom} » est rouverte ; « nr avancer » la soumettra à nouveau."
    if late := [item for item in list_tardifs(scene) if item.stage == stage.slug]:
        said += (
            f" Venu, changé ou parti après coup, et sans effet tant que personne n’en décide : "
            f"{plural(len(late), 'fichier')} (« nr retours lister »)."
        )
    return SuiteDonnee(True, said)


def resubmit_stage(
    workspace: Workspace,
    name: str,
    stage: Stage,
    *,
    par: Auteur,
    comment: str,
) -> SuiteDonnee:
    """Have a stage to correct submitted again as it is, saying why nothing changes; who decides reads it."""
    comment = comment.strip()
    return play(
        workspace,
        name,
        lambda scene: _resubmit(scene, stage, comment),
        par=par,
        content=(Acte.RESOUMETTRE, stage.slug, comment),
        after=stage,
    )


def _resubmit(scene: Scene, stage: Stage, comment: str) -> SuiteDonnee:
    state, facts = find_state(scene, stage.slug), {"motif-ecrit"} if comment else set[str]()
    if refusal := _refusal(scene, state, stage, Acte.RESOUMETTRE, facts, "soumise à nouveau"):
        return refusal
    move(state, Acte.RESOUMETTRE, facts, f"Soumise à nouveau sans changement : {comment}", scene.roles)
    event = scene.record(Fait.RESOUMIS, {"stage": stage.slug, "motif": scene.save_words(comment)})
    scene.resume(f"resoumis:{event['n']}")
    return SuiteDonnee(
        True,
        f"L’étape « {stage.nom} » sera soumise à nouveau telle quelle, avec votre explication, par « nr avancer ».",
    )


def _refusal(
    scene: Scene, state: Avancement, stage: Stage, acte: Acte, facts: set[str], participe: str
) -> SuiteDonnee | None:
    """Why the table refuses an act to this person now, or None."""
    etat = Etat(state.etat)
    reasons = attempt(etat, acte, facts, scene.roles).raisons
    if not reasons:
        return None
    row = find_transition(etat, acte)
    forbidden = row is not None and not set(row.par) & scene.roles
    code = Code.FERME if row is None else Code.INTERDIT if forbidden else Code.INVALIDE
    return SuiteDonnee(False, f"L’étape « {stage.nom} » ne peut pas être {participe} : {' ; '.join(reasons)}.", code)


class Explication(Frozen):
    """Why a stage that was to be corrected was submitted again as it is; ``texte`` is None once erased."""

    nom: str
    stage: str
    texte: str | None
    le: str


def list_explanations(session: Session, key: str, gate: str) -> list[Explication]:
    """What was submitted again without change in a dossier since the last correction asked at a gate."""
    since: list[dict[str, Any]] = []
    for event in chain.list_events(session, key):
        said = event["donnees"]
        if event["fait"] == Fait.DECIDE and (said["gate"], said["verdict"]) == (gate, Verdict.CORRIGER):
            since = []
        elif event["fait"] == Fait.RESOUMIS:
            since.append(event)
    words = load_words(session, (event["donnees"]["motif"] for event in since))
    people = select(Person).where(col(Person.commitment).in_({event["donnees"]["par"] for event in since}))
    names = {row.commitment: row.nom for row in session.exec(people)}
    return [
        Explication(
            nom=names.get(event["donnees"]["par"], ""),
            stage=event["donnees"]["stage"],
            texte=words.get(event["donnees"]["motif"]),
            le=event["at"],
        )
        for event in since
    ]
