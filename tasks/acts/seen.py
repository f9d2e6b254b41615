"""What was shown to who decides, against what is there now: a decision binds exactly what was seen."""

from __future__ import annotations

import json

from sqlmodel import Session, col, select

from nr_models.dossier.fingerprint import explain
from nr_models.stages import BY_GATE
from nr_models.tables import Gate, Round
from nr_models.values.controle import show_code
from nr_models.values.frozen import sha256
from tasks.acts.door import Code, DocumentChange, Scene, SuiteDonnee
from tasks.dossier.rounds import list_artefacts
from tasks.programme.lieu import Lieu
from tasks.store.files import stage_folder


def check_seen(scene: Scene, gate: Gate, vu: str) -> SuiteDonnee | None:
    """The refusal of a decision on something else than what is submitted, saying what changed; None when it holds."""
    if not gate.seal.startswith(vu):
        return _other_round(scene, gate, vu)
    folder = stage_folder(scene.workspace.settings, scene.cle, BY_GATE[gate.gate])
    gaps = []
    for name, shown in sorted(json.loads(gate.digests).items()):
        path = folder / name
        found = sha256(path.read_bytes()) if path.is_file() else ""  # read, whatever its date says
        if found != shown:
            gaps.append(DocumentChange(name, shown, found))
    if not gaps:
        return None
    return SuiteDonnee(
        False,
        "Un document soumis a été modifié ou supprimé depuis qu’il a été produit : "
        f"{' ; '.join(map(_tell, gaps))}. Lancez « nr avancer » pour le remettre, relisez-le, puis décidez.",
        Code.CHANGE,
        tuple(gaps),
    )


def _tell(gap: DocumentChange) -> str:
    now = f"trouvé {show_code(gap.trouve)}" if gap.trouve else "fichier absent"
    return f"{gap.nom} (code de contrôle montré {show_code(gap.vu)}, {now})"


def _other_round(lieu: Lieu, gate: Gate, vu: str) -> SuiteDonnee:
    current = lieu.session.get_one(Round, gate.round_id)
    old = lieu.session.exec(
        select(Round)
        .where(Round.dossier_id == lieu.dossier.id, Round.stage == current.stage, Round.phase == current.phase)
        .where(col(Round.seal).startswith(vu, autoescape=True))
        .order_by(col(Round.numero).desc())
    ).first()
    gaps = _between(lieu.session, old, current) if old else ()
    which = f"version {old.numero}, code de contrôle {show_code(vu)}" if old else f"code de contrôle {show_code(vu)}"
    return SuiteDonnee(
        False,
        f"Ce que vous avez vu ({which}) n’est plus ce qui est soumis (version {current.numero}, "
        f"code de contrôle {show_code(gate.seal)}).{_why(old, current, gaps)} "
        f"Relisez les documents, puis décidez à nouveau.",
        Code.CHANGE,
        gaps,
    )


def _between(session: Session, old: Round, current: Round) -> tuple[DocumentChange, ...]:
    before, after = ({item.nom: item.sha256 for item in list_artefacts(session, made)} for made in (old, current))
    names = sorted(before.keys() | after.keys())
    gaps = (DocumentChange(name, before.get(name, ""), after.get(name, "")) for name in names)
    return tuple(gap for gap in gaps if gap.vu != gap.trouve)


def _why(old: Round | None, current: Round, gaps: tuple[DocumentChange, ...]) -> str:
    """Which documents differ, and what the stage read that changed."""
    if old is None:
        return ""
    causes = ", ".join(explain(json.loads(old.basis), json.loads(current.basis)))
    because = f", parce que ceci a changé : {causes}" if causes else ""
    return f" Ont changé : {', '.join(gap.nom for gap in gaps)}{because}."
