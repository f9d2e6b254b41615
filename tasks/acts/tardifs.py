"""What came after a stage was closed or its gate passed: taken in, which has the stage made again, or left.

Until somebody entitled says which, nothing of it counts: a stray file undoes no validation.
"""

from __future__ import annotations

from nr_models.dossier.journal import Fait
from nr_models.dossier.retours.recus import Tardif
from nr_models.dossier.workflow import Acte, Etat, attempt, find_transition
from nr_models.stages import Stage
from nr_models.values.french import plural
from tasks.acts.door import Auteur, Code, Scene, SuiteDonnee, play
from tasks.dossier.rounds import find_state
from tasks.programme.lieu import find_lieu
from tasks.returns.comptes import find_value, leave, list_tardifs, take_in
from tasks.returns.returns import read_returns
from tasks.store.workspace import Workspace


def take_in_late(workspace: Workspace, name: str, stage: Stage, *, par: Auteur, comment: str) -> SuiteDonnee:
    """Have what came late count: the stage is made again, and validated again where its result changes."""
    return _play(workspace, name, stage, Acte.REPRENDRE, par, comment)


def leave_late(workspace: Workspace, name: str, stage: Stage, *, par: Auteur, comment: str) -> SuiteDonnee:
    """Leave what came late: it counts for nothing, and is not asked about again while it says the same."""
    return _play(workspace, name, stage, Acte.LAISSER, par, comment)


def _play(workspace: Workspace, name: str, stage: Stage, acte: Acte, par: Auteur, comment: str) -> SuiteDonnee:
    comment = comment.strip()
    read_returns(find_lieu(workspace, name))  # what lies in the folder now is what one decides of
    content = (acte, stage.slug, comment)
    return play(workspace, name, lambda scene: _settle(scene, stage, acte, comment), par=par, content=content)


def _settle(scene: Scene, stage: Stage, acte: Acte, comment: str) -> SuiteDonnee:
    late = [item for item in list_tardifs(scene) if item.stage == stage.slug]
    if refusal := _refusal(scene, stage, acte, late, comment):
        return refusal
    seen = {
        "stage": stage.slug,
        "retours": sorted(item.sha256 for item in late),
        "motif": scene.save_words(comment),
    }
    files = plural(len(late), "fichier")
    if acte is Acte.LAISSER:
        leave(scene, stage, [find_value(scene, item) for item in late])
        scene.record(Fait.LAISSE, seen)
        return SuiteDonnee(True, f"{files} de l’étape « {stage.nom} » laissé de côté : rien n’est refait.")
    take_in(scene, stage)
    event = scene.record(Fait.REPRIS, seen)
    scene.resume(f"repris:{event['n']}")
    return SuiteDonnee(
        True,
        f"{files} de l’étape « {stage.nom} » pris en compte ; « nr avancer » la refait, et la soumet à nouveau si son "
        "résultat change.",
    )


def _refusal(scene: Scene, stage: Stage, acte: Acte, late: list[Tardif], comment: str) -> SuiteDonnee | None:
    facts = ({"retour-tardif"} if late else set()) | ({"motif-ecrit"} if comment else set())
    etat = Etat(find_state(scene, stage.slug).etat)
    reasons = attempt(etat, acte, facts, scene.roles).raisons
    if not reasons:
        return None
    row = find_transition(etat, acte)
    code = Code.INTERDIT if row and not set(row.par) & scene.roles else Code.FERME if not late else Code.INVALIDE
    return SuiteDonnee(False, f"Rien n’est changé à l’étape « {stage.nom} » : {' ; '.join(reasons)}.", code)
