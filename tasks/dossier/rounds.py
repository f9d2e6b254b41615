"""Rounds: what a stage made, version after version; the current one is what people see.

Content first (store, then folder), rows after, in one transaction with the events: killed at any
moment, a run finds either the whole round or nothing, and making it again gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence, Set

from sqlmodel import Session, col, select

from nr_models.dossier.case import File, Manquant
from nr_models.dossier.fingerprint import Phase, seal
from nr_models.dossier.journal import Fait
from nr_models.dossier.retours.envoi import Envoi
from nr_models.dossier.retours.recus import Arretee
from nr_models.dossier.workflow import Acte, Etat, attempt
from nr_models.stages import STAGES, Stage
from nr_models.tables import Artefact, Avancement, Gate, Round, find_id
from nr_models.values.frozen import canonical, sha256
from tasks.programme.lieu import Lieu
from tasks.returns.comptes import open_returns
from tasks.store.clock import now
from tasks.store.files import holds, is_shown, load_bytes, remove_files, save_bytes, set_aside, stage_folder, write_file
from tasks.trail import chain


def find_round(lieu: Lieu, stage: str, phase: Phase) -> Round | None:
    """The current round of a stage, or None."""
    query = select(Round).where(Round.dossier_id == lieu.dossier.id, Round.stage == stage, Round.phase == phase)
    return lieu.session.exec(query.order_by(col(Round.numero).desc()).limit(1)).first()


_NO_ENVOI = "null"  # a round of supports made before each bore its own number says nothing of them


def load_envoi(made: Round | None) -> Envoi:
    """What a round of supports sent; nothing where there is none."""
    return Envoi() if made is None or made.value == _NO_ENVOI else Envoi.model_validate_json(made.value)


def list_artefacts(session: Session, made: Round) -> list[Artefact]:
    """The files of a round, by name."""
    return list(session.exec(select(Artefact).where(Artefact.round_id == made.id).order_by(col(Artefact.nom))))


def find_state(lieu: Lieu, stage: str) -> Avancement:
    """The row that says where a stage stands; taken for update where the database knows how."""
    query = (
        select(Avancement).where(Avancement.dossier_id == lieu.dossier.id, Avancement.slug == stage).with_for_update()
    )
    return lieu.session.exec(query).one()


def move(state: Avancement, acte: Acte, facts: set[str], raison: str, roles: Set[str] = frozenset()) -> bool:
    """Move a stage by the table; returns False, and changes nothing, when the table refuses."""
    issue = attempt(Etat(state.etat), acte, facts, roles)
    if issue.etat is None:
        return False
    if state.etat != issue.etat:
        state.etat, state.depuis = issue.etat, now()
    state.raison = raison
    return True


def is_intact(lieu: Lieu, stage: Stage, artefacts: Sequence[Artefact]) -> bool:
    """True when every file of a round is there, as it was made."""
    folder = stage_folder(lieu.workspace.settings, lieu.cle, stage)
    return all(is_shown(folder, item) for item in artefacts)


def restore(lieu: Lieu, stage: Stage, artefacts: Sequence[Artefact]) -> bool:
    """Show a round again from the store, a copy that somebody changed kept beside; False when the store lost one."""
    folder = stage_folder(lieu.workspace.settings, lieu.cle, stage)
    for item in artefacts:
        if is_shown(folder, item):
            continue
        content = load_bytes(lieu.workspace.settings, item.sha256)
        if content is None:
            return False
        set_aside(folder / item.nom)
        write_file(folder, File(item.nom, content))
    return True


def round_seal(stage: Stage, value: object, files: Sequence[File]) -> str:
    """The empreinte of a round that would hold this result and these files."""
    digests = {file.nom: sha256(file.contenu) for file in files}
    return seal(stage.slug, sha256(canonical(value).encode()), digests)


def save_round(
    lieu: Lieu,
    stage: Stage,
    phase: Phase,
    basis: str,
    value: object,
    files: Sequence[File],
) -> Round:
    """Keep what a stage made. Equal to the current round, it only takes its new fingerprint."""
    key, settings = lieu.cle, lieu.workspace.settings
    digests = {file.nom: save_bytes(settings, file.contenu) for file in files}
    folder = stage_folder(settings, key, stage)
    with lieu.reading() as ici:
        before = find_round(ici, stage.slug, phase)
        old = list_artefacts(ici.session, before) if before else []
    for item in old:
        if not is_shown(folder, item) and not holds(folder / item.nom, digests.get(item.nom)):
            set_aside(folder / item.nom)
    shown = {file.nom: write_file(folder, file) for file in files}
    remove_files(folder, {item.nom for item in old} - digests.keys())
    text, stamp = canonical(value), round_seal(stage, value, files)
    with lieu.writing() as ici:
        state = find_state(ici, stage.slug)
        current = find_round(ici, stage.slug, phase)
        if current is None or current.seal != stamp:
            current = _add(ici, stage, phase, current, text, stamp, digests)
            for file in files:
                ici.session.add(
                    Artefact(round_id=find_id(current), nom=file.nom, sha256=digests[file.nom], size=len(file.contenu))
                )
            ici.session.flush()
            if phase == "envoi":
                _ask_again(ici, stage, state, value, current.numero)
            if phase == "resultat":
                _supersede(ici, stage, state, first=current.numero == 1)
        current.fingerprint, current.basis = sha256(basis.encode()), basis
        for item in list_artefacts(ici.session, current):
            item.mtime_ns = shown[item.nom].st_mtime_ns
    return current


_TO_SEE_AGAIN = (Etat.OBSOLETE, Etat.ROUVERT, Etat.A_CORRIGER)


def _ask_again(lieu: Lieu, stage: Stage, state: Avancement, value: object, numero: int) -> None:
    """What a new round of supports asks is asked again: no closing made before holds for it.

    Who joins a dossier after a validation is sent what concerns them, and reopens nothing.
    """
    envoi = value if isinstance(value, Envoi) else Envoi()
    accepted = (Manquant.model_validate(item) for item in json.loads(state.clos))
    kept = tuple(item for item in accepted if envoi.find_own(item.quoi, item.personne) != numero)
    state.clos = canonical(kept)
    asked = numero > 1 and any(item.tour == numero for item in envoi.supports.values())
    if asked and (state.arretee != Arretee.VALIDATION or Etat(state.etat) in _TO_SEE_AGAIN):
        open_returns(lieu, stage)


def _add(
    lieu: Lieu,
    stage: Stage,
    phase: Phase,
    before: Round | None,
    text: str,
    stamp: str,
    digests: Mapping[str, str],
) -> Round:
    made = Round(
        dossier_id=find_id(lieu.dossier),
        stage=stage.slug,
        phase=phase,
        numero=before.numero + 1 if before else 1,
        fingerprint="",
        basis="",
        value=text,
        value_digest=sha256(text.encode()),
        seal=stamp,
        made_at=now(),
    )
    lieu.session.add(made)
    lieu.session.flush()
    place = {"stage": stage.slug, "phase": phase, "tour": made.numero}
    chain.append(
        lieu.session,
        lieu.cle,
        Fait.PRODUIT,
        {**place, "empreinte": stamp, "resultat": made.value_digest},
        automatique=True,
    )
    for order, (_, digest) in enumerate(sorted(digests.items()), start=1):
        chain.append(
            lieu.session, lieu.cle, Fait.ARTEFACT, {**place, "rang": order, "sha256": digest}, automatique=True
        )
    return made


def _supersede(lieu: Lieu, stage: Stage, state: Avancement, *, first: bool) -> None:
    """A new result: its stage is « produit », its open or passed gate and all that follows are to be seen again."""
    facts = {"amont-acquis", "retours-complets", "resultat-change"}
    move(
        state,
        Acte.PRODUIRE,
        facts,
        "Première version." if first else "Le résultat a changé.",
    )
    close_gates(lieu, stage.slug)
    expire_later(lieu, stage)


def expire_later(lieu: Lieu, stage: Stage) -> None:
    """All that rests on a stage that moved is to be seen again; what still waits for returns goes on waiting."""
    for later in STAGES[stage.numero :]:
        expire(lieu, later, stage.slug, f"L’étape « {stage.nom} » a changé.")


def expire(lieu: Lieu, stage: Stage, cause: str, raison: str) -> bool:
    """A stage is to be seen again because of another, or of itself; true when it was not already."""
    moved = move(find_state(lieu, stage.slug), Acte.PERIMER, set(), raison)
    if moved:
        chain.append(lieu.session, lieu.cle, Fait.PERIME, {"stage": stage.slug, "cause": cause}, automatique=True)
    return moved


def close_gates(lieu: Lieu, stage: str) -> None:
    """What was asked or decided on a stage no longer holds; it stays readable."""
    query = (
        select(Gate)
        .join(Round, col(Round.id) == Gate.round_id)
        .where(Gate.dossier_id == lieu.dossier.id, Round.stage == stage, Gate.etat != "obsolete")
    )
    for gate in lieu.session.exec(query).all():
        gate.etat, gate.closed_at = "obsolete", gate.closed_at or now()
        chain.append(
            lieu.session, lieu.cle, Fait.OBSOLETE, {"gate": gate.gate, "empreinte": gate.seal}, automatique=True
        )
