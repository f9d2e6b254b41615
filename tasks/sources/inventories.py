"""The inventories in force of a dossier, and what puts one of a source there: by itself, or by somebody's accord."""

from __future__ import annotations

import json
from collections.abc import Set
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from sqlmodel import Session, col, select

from nr_models.dossier.journal import Fait
from nr_models.dossier.registre import Source as Registered
from nr_models.dossier.retours.recus import SOURCE, SOURCE_BESIDE, is_source
from nr_models.dossier.workflow import Acte, entitled
from nr_models.inventaire.parc import RetourInventaire
from nr_models.inventaire.refresh import Difference, EtatCandidat, describe
from nr_models.stages import BY_SLUG
from nr_models.tables import Candidate, Dossier, Outbox, Programme, Reading, Source, find_id
from tasks.acts.door import Auteur, Code, Scene, SuiteDonnee, play
from tasks.programme.columns import REGISTRE
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import cle, list_dossiers
from tasks.programme.reader import read_registre
from tasks.referentiel.load import find_folder, load_referentiel
from tasks.returns.comptes import list_counted, take_in
from tasks.returns.returns import choose_inventories, reader_of
from tasks.sources.adresse import key_of
from tasks.store.clock import now
from tasks.store.outbox import Consigne, enqueue
from tasks.store.workspace import Workspace
from tasks.trail import chain

_RELEVE = "avancer:releve:"


class EnVigueur(NamedTuple):
    """An inventory that counts: the path of its reading, the key of its source (empty for a returned file)."""

    path: str
    cle: str
    retour: RetourInventaire


def list_in_force(lieu: Lieu) -> list[EnVigueur]:
    """The inventories that count now, by path: those of sources replace the returned ones, unless beside them."""
    rows = [row for row in list_counted(lieu) if row.type == "inventaire" and row.value != "null"]
    replaced = any(row.path.startswith(SOURCE) for row in rows)
    rows, _ = choose_inventories(rows)
    keys = {f"{mark}{item.adresse}": item.cle for item in list_sources(lieu) for mark in (SOURCE, SOURCE_BESIDE)}
    return [
        EnVigueur(row.path, keys.get(row.path, ""), RetourInventaire.model_validate_json(row.value))
        for row in rows
        if is_source(row.path) or not replaced
    ]


def list_registered(programme: Programme) -> tuple[Registered, ...] | None:
    """The sources that the registry gives now; None where it cannot be read, which withdraws nothing."""
    path = Path(programme.folder) / REGISTRE
    if not path.is_file():
        return None
    seen = path.stat()
    return _read_registered(path, seen.st_size, seen.st_mtime_ns)


@lru_cache(maxsize=64)
def _read_registered(path: Path, _size: int, _mtime_ns: int) -> tuple[Registered, ...] | None:
    registre = read_registre(path, load_referentiel(find_folder(path.parent))).registre
    return registre.sources if registre else None


def list_sources(lieu: Lieu) -> list[Source]:
    """The sources of a dossier that were visited once, by address."""
    query = select(Source).where(Source.dossier_id == lieu.dossier.id)
    return list(lieu.session.exec(query.order_by(col(Source.adresse), col(Source.cle))))


def list_candidates(lieu: Lieu) -> list[Candidate]:
    """What waits for somebody's accord, or is kept for the yearly follow-up, the oldest first."""
    waiting = (EtatCandidat.CANDIDAT, EtatCandidat.SUIVI)
    query = select(Candidate).where(Candidate.dossier_id == lieu.dossier.id, col(Candidate.etat).in_(waiting))
    return list(lieu.session.exec(query.order_by(col(Candidate.id))))


def put_in_force(
    lieu: Lieu,
    candidate: Candidate,
    adresse: str,
    *,
    siblings: Set[str],
    beside: bool = False,
) -> None:
    """Make a candidate a return like another, in the caller's transaction; the runner hears that one may go on.

    Sources that the registry no longer knows (``siblings`` are those it does) leave their place to it.
    """
    rows = list(lieu.session.exec(select(Reading).where(Reading.dossier_id == lieu.dossier.id)))
    sources = {item.cle: item.adresse for item in list_sources(lieu)}
    known = {sources[key] for key in siblings if key in sources}
    paths = {f"{mark}{adresse}" for mark in (SOURCE, SOURCE_BESIDE)}
    beside = beside or any(row.path == f"{SOURCE_BESIDE}{adresse}" for row in rows)
    for row in rows:
        gone = is_source(row.path) and row.path.removeprefix(SOURCE).removeprefix(SOURCE_BESIDE) not in known
        if row.path in paths or gone:
            lieu.session.delete(row)
    lieu.session.flush()
    lieu.session.add(
        Reading(
            dossier_id=find_id(lieu.dossier),
            path=f"{SOURCE_BESIDE if beside else SOURCE}{adresse}",
            size=len(candidate.value),
            mtime_ns=0,
            sha256=candidate.sha256,
            reader=reader_of(lieu.dossier),
            type="inventaire",
            personne="",
            value=candidate.value,
            value_digest=candidate.value_digest,
            anomalies=candidate.anomalies,
            batch=max((row.batch for row in rows), default=0) + 1,
        )
    )
    query = select(Candidate).where(Candidate.dossier_id == lieu.dossier.id, Candidate.cle == candidate.cle)
    for older in lieu.session.exec(
        query.where(Candidate.etat == EtatCandidat.EN_VIGUEUR, Candidate.id != candidate.id)
    ):
        older.etat, older.value = EtatCandidat.REMPLACE, "null"
    candidate.etat, candidate.decided_at = EtatCandidat.EN_VIGUEUR, now()
    take_in(lieu, BY_SLUG["collect"], is_source)
    donnees = {
        "sha256": candidate.sha256,
        "type": "inventaire",
        "valeur": candidate.value_digest,
        "anomalies": len(json.loads(candidate.anomalies)),
    }
    chain.append(lieu.session, lieu.cle, Fait.RECU, donnees, automatique=candidate.person_id is None)
    enqueue(lieu.session, Consigne.AVANCER, f"{_RELEVE}{candidate.id}", {"dossier": lieu.cle})


def list_unfinished(session: Session, programme: Programme) -> list[str]:
    """The dossiers where an inventory came into force and nobody has yet made again what rests on it."""
    query = select(Outbox.payload).where(col(Outbox.key).startswith(_RELEVE), col(Outbox.done_at).is_(None))
    found = {json.loads(payload)["dossier"] for payload in session.exec(query)}
    return [item.slug for item in list_dossiers(session, programme) if cle(programme, item) in found]


def accept_candidates(workspace: Workspace, name: str, *, par: Auteur, beside: bool) -> SuiteDonnee:
    """Put in force what waits for an accord. Référent or équipe programme; ``beside`` the returned inventories."""
    return play(workspace, name, lambda scene: _accept(scene, beside), par=par, content=(Acte.INSCRIRE, beside))


def _accept(scene: Scene, beside: bool) -> SuiteDonnee:
    if not entitled(Acte.INSCRIRE, scene.roles):
        said = "Seul un référent du dossier ou l’équipe programme peut accepter un inventaire."
        return SuiteDonnee(False, said, Code.INTERDIT)
    waiting = [item for item in list_candidates(scene) if item.etat == EtatCandidat.CANDIDAT]
    if not waiting:
        said = "Aucun inventaire relu à sa source n’attend d’accord dans ce dossier."
        return SuiteDonnee(False, said, Code.FERME)
    sources = {item.cle: item.adresse for item in list_sources(scene)}
    registered = list_registered(scene.programme)
    named = {key_of(item.adresse) for item in registered or () if item.collectivite == scene.dossier.slug}
    siblings = sources.keys() if registered is None else named
    for candidate in waiting:
        candidate.person_id = scene.find_author().id
        adresse = sources[candidate.cle]
        put_in_force(scene, candidate, adresse, siblings=siblings, beside=beside)
        scene.record(Fait.RELEVE, {"source": candidate.cle, "issue": "accepte", "valeur": candidate.value_digest})
    said = " ; ".join(describe(Difference.model_validate_json(item.difference)) for item in waiting)
    return SuiteDonnee(True, f"Inventaire en vigueur ({said}) ; « nr servir », ou « nr avancer », refait le score.")


def find_fed(session: Session, programme: Programme) -> frozenset[int]:
    """The dossiers of a programme where an inventory of a source is in force: one look for all."""
    query = select(Reading.dossier_id).join(Dossier).where(Dossier.programme_id == programme.id)
    ours = col(Reading.path).startswith(SOURCE) | col(Reading.path).startswith(SOURCE_BESIDE)
    return frozenset(session.exec(query.where(ours)))


def withdraw_source(lieu: Lieu) -> None:
    """The registry gives no source any more: back to the inventories people returned, where there are some."""
    rows = list(
        lieu.session.exec(select(Reading).where(Reading.dossier_id == lieu.dossier.id, Reading.type == "inventaire"))
    )
    ours = [row for row in rows if is_source(row.path)]
    if not ours or len(ours) == len(rows):
        return
    for row in ours:
        lieu.session.delete(row)
    chain.append(lieu.session, lieu.cle, Fait.RELEVE, {"issue": "retire"}, automatique=True)
