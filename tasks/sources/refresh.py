"""Inventories read again at their source: visited, compared, put in force or kept waiting, all of it recorded.

What a source gives is read in the bounded reader, kept as values, never as bytes. In force, it is a return
like another, so that the walk makes the score again by itself. Killed at any moment, a visit is done again.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from sqlmodel import col, select

from nr_models.dossier.journal import Fait
from nr_models.dossier.registre import Source as Registered
from nr_models.dossier.retours.recus import is_source
from nr_models.dossier.workflow import Etat
from nr_models.inventaire.parc import RetourInventaire
from nr_models.inventaire.refresh import (
    Depassement,
    Difference,
    EtatCandidat,
    compare_inventories,
    content_digest,
    decide_etat,
    describe,
    list_exceeded,
)
from nr_models.tables import Avancement, Candidate, Decision, Gate, Source, find_id
from nr_models.values.anomalies import Anomaly
from nr_models.values.frozen import canonical, sha256
from nr_models.values.roles import Role
from tasks.programme.lieu import Lieu
from tasks.reading.child.bounds import Refus
from tasks.returns.recognise import Understood, understand
from tasks.returns.returns import attribute_shared, load_mappings, reader_of
from tasks.sources.adresse import key_of, read_address, show_address
from tasks.sources.fetch import fetch
from tasks.sources.inventories import EnVigueur, list_in_force, put_in_force
from tasks.store.clock import now
from tasks.store.outbox import Consigne, enqueue
from tasks.trail import chain

PARIS = ZoneInfo("Europe/Paris")
_DIAGNOSTIC = "diagnostic"


class Visite(NamedTuple):
    """What came of a visit: the state of what was given (None: nothing new), what changed, or what went wrong.

    ``depuis`` is when the source last gave an inventory (ISO 8601), empty when it never did.
    """

    dossier: str
    adresse: str
    etat: EtatCandidat | None = None
    difference: Difference | None = None
    depassements: tuple[Depassement, ...] = ()
    anomalie: Anomaly | None = None
    depuis: str = ""


class _Given(NamedTuple):
    """What a source gave, understood."""

    cle: str
    adresse: str
    sha256: str
    seen: str
    retour: RetourInventaire
    anomalies: tuple[Anomaly, ...]
    siblings: frozenset[str]
    """Keys of every source that the registry gives the collectivité."""


def visit(lieu: Lieu, source: Registered, sources: Sequence[Registered]) -> Visite:
    """Visit one source of a dossier; ``sources`` are all of its own. The programme's lock is held by the caller."""
    key, shown, instant = key_of(source.adresse), show_address(source.adresse), now()
    try:
        adresse = read_address(source.adresse, lieu.workspace.settings)
        content = fetch(adresse, source.secret, lieu.workspace.settings)
    except Refus as refus:
        anomaly = Anomaly(code=refus.code, fichier=shown, detail=refus.detail)
        return _failed(lieu, key, shown, anomaly, instant)
    digest = sha256(content)
    seen = sha256(f"{digest}:{reader_of(lieu.dossier)}".encode())
    if _is_known(lieu, key, seen):
        return _note(lieu, key, shown, seen, instant)
    understood = _understand(lieu, content, adresse.chemin, shown)
    value = understood.valeur
    if not isinstance(value, RetourInventaire) or not value.lignes:
        detail = understood.anomalies[0].message.rstrip(".") if understood.anomalies else "aucune ligne"
        anomaly = Anomaly(code="source-sans-inventaire", fichier=shown, detail=detail)
        return _failed(lieu, key, shown, anomaly, instant)
    year = datetime.fromisoformat(instant).astimezone(PARIS).year
    retour = value.model_copy(update={"annee": year, "fichier": shown})
    siblings = frozenset(key_of(item.adresse) for item in sources)
    given = _Given(key, shown, digest, seen, retour, understood.anomalies, siblings)
    return _take(lieu, given, instant)


def is_cron(text: str) -> bool:
    """True for five fields that a clock may follow."""
    try:
        next(CronSim(text, datetime.now(PARIS)))
    except (CronSimError, StopIteration):
        return False
    return True


def is_due(cron: str, tried_at: str, at: datetime) -> bool:
    """True when the clock of Paris met the cron since the last visit; without a cron, or an unreadable one, never."""
    if not cron or not is_cron(cron):
        return False
    if not tried_at:
        return True
    return next(CronSim(cron, datetime.fromisoformat(tried_at).astimezone(PARIS))) <= at


def _understand(lieu: Lieu, content: bytes, path: str, shown: str) -> Understood:
    referentiel = lieu.referentiel
    with tempfile.TemporaryDirectory(prefix="nr-source-") as folder:
        place = Path(folder) / f"inventaire{PurePosixPath(path).suffix[:8]}"
        place.write_bytes(content)
        understood = understand(place, shown, referentiel, load_mappings(lieu))
    with lieu.reading() as ici:
        return attribute_shared(ici.session, lieu.programme, lieu.entree.collectivite, understood, shown)


def _is_known(lieu: Lieu, key: str, seen: str) -> bool:
    """True for the very bytes that the source gave the last time it answered, read as they would be now."""
    with lieu.reading() as ici:
        found = find_source(ici, key)
        return found is not None and found.sha256 == seen and not found.anomalie


def find_source(lieu: Lieu, key: str) -> Source | None:
    """The row of a source, or None when it was never visited."""
    return lieu.session.exec(select(Source).where(Source.dossier_id == lieu.dossier.id, Source.cle == key)).first()


def _visited(lieu: Lieu, key: str, shown: str, instant: str) -> Source:
    row = find_source(lieu, key)
    if row is None:
        row = Source(dossier_id=find_id(lieu.dossier), cle=key, adresse=shown, tried_at=instant)
        lieu.session.add(row)
    row.tried_at = instant
    return row


def _note(lieu: Lieu, key: str, shown: str, seen: str, instant: str) -> Visite:
    """It answered, and said the same: what it gave before may still wait for an accord."""
    query = select(Candidate).where(Candidate.dossier_id == lieu.dossier.id, Candidate.cle == key)
    with lieu.writing() as ici:
        row = _visited(ici, key, shown, instant)
        row.answered_at, row.sha256, row.anomalie = instant, seen, ""
        waiting = ici.session.exec(query.where(Candidate.etat == EtatCandidat.CANDIDAT)).first()
    if waiting is None:
        return Visite(lieu.dossier.slug, shown, depuis=instant)
    difference = Difference.model_validate_json(waiting.difference)
    return Visite(lieu.dossier.slug, shown, EtatCandidat.CANDIDAT, difference, depuis=instant)


def _failed(lieu: Lieu, key: str, shown: str, anomaly: Anomaly, instant: str) -> Visite:
    """It gave nothing: the inventory in force stays, the trail hears of it the first time."""
    with lieu.writing() as ici:
        row = _visited(ici, key, shown, instant)
        before = json.loads(row.anomalie)["code"] if row.anomalie else ""
        row.anomalie = canonical(anomaly)
        if before != anomaly.code:
            donnees = {"source": key, "issue": "echec", "code": anomaly.code}
            chain.append(ici.session, lieu.cle, Fait.RELEVE, donnees, automatique=True)
        since = row.answered_at
    return Visite(lieu.dossier.slug, shown, anomalie=anomaly, depuis=since)


def _take(lieu: Lieu, given: _Given, instant: str) -> Visite:
    """Compare what was given with what is in force, and decide what becomes of it."""
    referentiel = lieu.referentiel
    with lieu.reading() as ici:
        readings = list_in_force(ici)
        over, decided = _is_over(ici), _is_decided(ici)
    own = next((item for item in readings if item.cle == given.cle), None)
    if own and content_digest(own.retour) == content_digest(given.retour):
        with lieu.writing() as ici:
            _forget(ici, given.cle)
        return _note(lieu, given.cle, given.adresse, given.seen, instant)
    first = own is None and bool(readings)
    replaced = [item for item in readings if _gives_way(item, given, first=first)]
    after = [*(item.retour for item in readings if item not in replaced), given.retour]
    year = given.retour.annee or 0
    difference = compare_inventories([item.retour for item in readings], after, referentiel, year)
    exceeded = list_exceeded(difference, referentiel.parametres.inventaire)
    etat = decide_etat(difference, exceeds=bool(exceeded), closed=over, decided=decided, replaces=first)
    with lieu.writing() as ici:
        row = _visited(ici, given.cle, given.adresse, instant)
        row.answered_at, row.sha256, row.anomalie = instant, given.seen, ""
        candidate = _keep(ici, given, etat, difference, instant)
        if etat is EtatCandidat.EN_VIGUEUR:
            put_in_force(ici, candidate, given.adresse, siblings=given.siblings)
        if etat is not EtatCandidat.SUIVI:
            for place, person in enumerate(lieu.entree.holders(Role.REFERENT)):
                asked = {"candidate": candidate.id, "mail": person.mail}
                enqueue(ici.session, Consigne.RELEVE, f"releve:{candidate.id}:{place}", asked)
        donnees = {
            "source": given.cle,
            "issue": etat.value,
            "valeur": candidate.value_digest,
            "ecart": describe(difference),
        }
        chain.append(ici.session, lieu.cle, Fait.RELEVE, donnees, automatique=True)
    return Visite(lieu.dossier.slug, given.adresse, etat, difference, exceeded, depuis=instant)


def _gives_way(item: EnVigueur, given: _Given, *, first: bool) -> bool:
    """True for what it was before, a source that the registry no longer knows, and returned files the first time."""
    if is_source(item.path):
        return item.cle == given.cle or item.cle not in given.siblings
    return first


def _is_over(lieu: Lieu) -> bool:
    """True once the feuille de route is validated: what comes then is for the yearly follow-up."""
    query = select(Avancement.etat).where(Avancement.dossier_id == lieu.dossier.id, Avancement.slug == "roadmap")
    return lieu.session.exec(query).one() == Etat.VALIDE


def _is_decided(lieu: Lieu) -> bool:
    """True once somebody decided at the gate of the diagnostic, whatever the verdict."""
    query = select(Decision.id).join(Gate, col(Decision.gate_id) == col(Gate.id))
    here = query.where(Gate.dossier_id == lieu.dossier.id, Gate.gate == _DIAGNOSTIC)
    return lieu.session.exec(here).first() is not None


def _keep(lieu: Lieu, given: _Given, etat: EtatCandidat, difference: Difference, instant: str) -> Candidate:
    _forget(lieu, given.cle)
    value = canonical(given.retour)
    row = Candidate(
        dossier_id=find_id(lieu.dossier),
        cle=given.cle,
        etat=etat,
        value=value,
        value_digest=sha256(value.encode()),
        anomalies=canonical(given.anomalies),
        difference=canonical(difference),
        sha256=given.sha256,
        fetched_at=instant,
    )
    lieu.session.add(row)
    lieu.session.flush()
    return row


def _forget(lieu: Lieu, key: str) -> None:
    """What a source gave before, and that nobody accepted, gives way; only the latest keeps its lines."""
    waiting = (EtatCandidat.CANDIDAT, EtatCandidat.SUIVI)
    query = select(Candidate).where(Candidate.dossier_id == lieu.dossier.id, Candidate.cle == key)
    for row in lieu.session.exec(query.where(col(Candidate.etat).in_(waiting))):
        row.etat, row.value = EtatCandidat.REMPLACE, "null"
