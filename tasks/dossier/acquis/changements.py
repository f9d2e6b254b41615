"""What a version at its gate changes to the one that was decided on last: for who decides, by command, mail or page."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlmodel import col, select

from nr_models.dossier.acquis.ecarts import tell_changes
from nr_models.dossier.acquis.vigueur import Changements
from nr_models.dossier.gates import Ouverture
from nr_models.stages import Stage
from nr_models.tables import Decision, Gate, Round
from tasks.dossier.making import RESULT_FILE
from tasks.dossier.rounds import find_round, list_artefacts
from tasks.programme.lieu import Lieu


def find_changes(lieu: Lieu, stage: Stage) -> Changements | None:
    """What the current result of a stage changes to the version last decided on; None where none was."""
    made, before = find_round(lieu, stage.slug, "resultat"), _find_decided(lieu, stage)
    if made is None or before is None:
        return None
    gate, old, decided_at = before
    lines: tuple[str, ...] = ()
    if old.seal != made.seal:
        lines = tell_changes(stage.slug, json.loads(old.value), json.loads(made.value), lieu.referentiel)
        lines = lines or tuple(_tell_documents(lieu, stage, gate, made))
    issue = Ouverture(gate.issue) if gate.issue else None
    return Changements(
        stage=stage.slug, numero=old.numero, le=decided_at, seal=old.seal, issue=issue, lignes=lines, courante=made.seal
    )


def _find_decided(lieu: Lieu, stage: Stage) -> tuple[Gate, Round, str] | None:
    """The asking that somebody decided on last, its round, and when."""
    query = (
        select(Gate, Round, Decision.decided_at)
        .join(Round, col(Round.id) == Gate.round_id)
        .join(Decision, col(Decision.gate_id) == Gate.id)
        .where(Gate.dossier_id == lieu.dossier.id, Gate.gate == stage.gate, Gate.etat != Ouverture.OUVERTE)
    )
    return lieu.session.exec(query.order_by(col(Decision.id).desc()).limit(1)).first()


def _tell_documents(lieu: Lieu, stage: Stage, gate: Gate, made: Round) -> Iterable[str]:
    """What is to be said where nothing that is compared changed: which documents did."""
    old: dict[str, str] = json.loads(gate.digests)
    now = {item.nom: item.sha256 for item in list_artefacts(lieu.session, made)}
    changed = sorted(nom for nom in old.keys() | now.keys() if old.get(nom) != now.get(nom))
    shown = [nom for nom in changed if nom != RESULT_FILE and not stage.hides(nom)]
    what = ", ".join(shown) or "le détail du résultat"
    yield f"Rien de ce qui se compare ne change ; ce qui diffère : {what}."
