"""What a collectivité returned: each file read once, kept as values; the returns in force.

A file that can no longer be read leaves its earlier reading in force. A later return of the same
person replaces the earlier; two different ones that arrive together are both left aside and said.
"""

from __future__ import annotations

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from nr_models.dossier.case import Retour
from nr_models.dossier.changement import list_changes
from nr_models.dossier.envoi import Envoi
from nr_models.dossier.journal import Fait
from nr_models.dossier.registre import Collectivite
from nr_models.inventaire.correspondance import Correspondance
from nr_models.inventaire.parc import RetourInventaire, attribute
from nr_models.referentiel.referentiel import Referentiel
from nr_models.tables import Dossier, Event, Programme, Reading, find_id
from nr_models.values.anomalies import Anomaly
from nr_models.values.frozen import canonical, digest, sha256
from tasks.office.columns import REPLACES
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import list_dossiers, load_entree
from tasks.returns.recognise import READER_VERSION, REGISTRY, UNKNOWN, Understood, understand
from tasks.store.files import load_bytes, save_bytes
from tasks.store.workspace import Workspace
from tasks.trail import chain

_ONE_PER_PERSON = frozenset(
    {"diagnostic", "contexte", "calendrier", "arbitrages", "preselection", "bulletin", "fiches"}
)
CORRESPONDANCE = "correspondance"
_CHANGES_KEPT = 50
_NOTHING = "null"  # the value of a file of which nothing could be understood
_IGNORED = ("~", ".")
_IGNORED_ENDS = (".tmp", "Thumbs.db", "desktop.ini")


class _Fresh(NamedTuple):
    """A file just read: its name, what the disk says of it, its digest, what it says, its copy to correct."""

    name: str
    seen: os.stat_result
    sha256: str
    understood: Understood
    copie: str


def list_files(folder: Path) -> list[Path]:
    """The files of a collectivité's folder, in a fixed order; what software hides or leaves behind is passed over."""
    return [folder / name for name, _ in _scan(folder)]


def _scan(folder: Path, prefix: str = "") -> list[tuple[str, os.stat_result]]:
    """Names below the folder, with « / », and what the disk says of each: one look a file, links left alone."""
    found: list[tuple[str, os.stat_result]] = []
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return found
    for entry in entries:
        if entry.name.startswith(_IGNORED) or entry.is_symlink():
            continue
        if entry.is_dir():
            found.extend(_scan(folder / entry.name, f"{prefix}{entry.name}/"))
        elif entry.is_file() and not entry.name.endswith(_IGNORED_ENDS):
            found.append((f"{prefix}{entry.name}", entry.stat()))
    return sorted(found, key=lambda item: item[0].split("/"))


SOURCE, SOURCE_BESIDE = "source : ", "source en plus : "
"""How the path of a reading begins when a source gave it: in place of the returned inventories, or beside them."""


def is_source(path: str) -> bool:
    """True for a reading that no file of the folder gave."""
    return path.startswith((SOURCE, SOURCE_BESIDE))


def read_returns(lieu: Lieu) -> int:
    """Read what is new or changed in a dossier's folder; returns how many files were read."""
    folder = Path(lieu.programme.folder) / lieu.dossier.slug
    if not folder.is_dir():
        return 0  # a drive that is not there is not a withdrawal: what was read stays in force
    with lieu.reading() as ici:
        # these columns alone: the values may weigh megabytes, and nothing may have changed
        columns = select(  # type: ignore[call-overload]
            Reading.path, Reading.size, Reading.mtime_ns, Reading.reader, Reading.type, Reading.value_digest
        )
        rows = ici.session.exec(columns.where(Reading.dossier_id == lieu.dossier.id)).all()
    known = {path: [size, mtime, reader] for path, size, mtime, reader, *_ in rows}
    before = {value for *_, kind, value in rows if kind == CORRESPONDANCE}
    reader = reader_of(lieu.dossier, before)
    referentiel: Referentiel | None = None
    mappings: tuple[Correspondance, ...] = ()
    fresh: list[_Fresh] = []
    present = set()
    for name, seen in _scan(folder):
        present.add(name)
        if known.get(name) == [seen.st_size, seen.st_mtime_ns, reader]:
            continue
        if referentiel is None:
            referentiel, mappings = lieu.referentiel, load_mappings(lieu)
        path = folder / name
        understood = understand(path, name, referentiel, mappings)
        copie = _save_copy(lieu.workspace, understood, name)
        fresh.append(_Fresh(name, seen, sha256(_head(path)), understood, copie))
    gone = {path for path in known.keys() - present if not is_source(path)}
    if not fresh and not gone:
        return 0
    with lieu.writing() as ici:
        _save(ici, fresh, gone, reader)
        query = select(Reading.value_digest).where(
            Reading.dossier_id == lieu.dossier.id, Reading.type == CORRESPONDANCE
        )
        after = set(ici.session.exec(query))
    # what another tool made may now be read, or no longer
    again = read_returns(lieu) if after != before else 0
    return len(fresh) + again


def load_mappings(lieu: Lieu) -> tuple[Correspondance, ...]:
    """The mappings in force for files that other tools made, the latest last."""
    query = select(Reading.value).where(Reading.dossier_id == lieu.dossier.id, Reading.type == CORRESPONDANCE)
    with lieu.reading() as ici:
        values = ici.session.exec(
            query.where(Reading.value != _NOTHING).order_by(col(Reading.batch), col(Reading.path))
        ).all()
    return tuple(Correspondance.model_validate_json(value) for value in values)


def list_returns(lieu: Lieu, kinds: Iterable[str], sent: Envoi) -> tuple[tuple[Retour, ...], tuple[Anomaly, ...]]:
    """The returns in force of these types, and what is wrong with whole files; ``sent`` tells what is out of date."""
    wanted = set(kinds)
    if "diagnostic" in wanted:
        wanted.add("inconnu")  # nobody knows which stage they are for: the first one says what is wrong with them
    rows = [row for row in _rows(lieu) if row.type in wanted]
    kept, anomalies = _in_force(rows)
    retours = tuple(_retour(row, sent.find_tour(row.type, row.personne)) for row in kept)
    whole = (*anomalies, *(anomaly for row in rows if row.value == _NOTHING for anomaly in _anomalies(row)))
    return retours, whole


def describe_returns(lieu: Lieu) -> dict[str, list[list[object]]]:
    """What the returns of each type say, as short lists of digests: values and anomalies, never file bytes."""
    wanted = (
        Reading.type,
        Reading.personne,
        Reading.path,
        Reading.value_digest,
        Reading.anomalies,
        Reading.batch,
        Reading.copie,
        Reading.remplace,
    )
    query = select(*wanted).where(Reading.dossier_id == lieu.dossier.id)  # type: ignore[call-overload]
    rows = lieu.session.exec(query.order_by(col(Reading.path))).all()
    count = Counter((kind, personne) for kind, personne, *_ in rows)
    found: dict[str, list[list[object]]] = defaultdict(list)
    for kind, personne, path, value_digest, anomalies, batch, *copies in rows:
        # the order of arrival decides only where the same person returned the same thing twice
        order = batch if kind in _ONE_PER_PERSON and count[kind, personne] > 1 else 0
        found[kind].append([personne, path, value_digest, sha256(anomalies.encode()), order, *copies])
    return found


def reader_of(dossier: Dossier, mappings: Set[str] = frozenset()) -> str:
    """What a file is read with: the reader, the référentiel, the mappings; another one, and it is read again."""
    known = f"-{digest(sorted(mappings))[:12]}" if mappings else ""
    return f"{READER_VERSION}-{dossier.referentiel_digest[:12]}{known}"


def _rows(lieu: Lieu) -> Sequence[Reading]:
    return lieu.session.exec(
        select(Reading).where(Reading.dossier_id == lieu.dossier.id).order_by(col(Reading.path))
    ).all()


def _head(path: Path) -> bytes:
    """The bytes that name a return in the trail: the beginning of a file too large, nothing of one that is locked."""
    try:
        with path.open("rb") as stream:
            return stream.read(16 << 20)
    except OSError:
        return b""


def _save(
    lieu: Lieu,
    fresh: Sequence[_Fresh],
    gone: Set[str],
    reader: str,
) -> None:
    key = lieu.cle
    rows = {row.path: row for row in _rows(lieu)}
    own = lieu.entree.collectivite
    batch = max((row.batch for row in rows.values()), default=0) + 1
    erased = _erased(lieu.session, lieu.programme)
    left = {rows[name].sha256: rows[name] for name in sorted(gone, reverse=True) if name in rows}
    for name, seen, digest_of_file, understood, copie in fresh:
        row = rows.get(name) or left.pop(digest_of_file, None)
        if row is not None and row.efface and row.sha256 == digest_of_file:
            row.path, row.reader, row.size, row.mtime_ns = name, reader, seen.st_size, seen.st_mtime_ns
            continue  # its author was erased: the same bytes do not bring them back
        if digest_of_file in erased:
            continue  # nor under another name, nor once taken away and put back
        values = _values(attribute_shared(lieu.session, lieu.programme, own, understood, name), own.siren, name)
        changed = _changes(row, values, rows.values())
        if row is None:
            row = Reading(
                dossier_id=find_id(lieu.dossier),
                path=name,
                sha256="",
                batch=batch,
                size=0,
                mtime_ns=0,
                reader="",
                **values,
            )
            lieu.session.add(row)
        else:
            _update(row, values, batch if row.sha256 != digest_of_file else row.batch)
        if row.sha256 != digest_of_file:
            chain.append(
                lieu.session,
                key,
                Fait.RECU,
                {
                    "sha256": digest_of_file,
                    "type": row.type,
                    "valeur": row.value_digest,
                    "anomalies": len(understood.anomalies),
                    **changed,
                },
                automatique=True,
            )
        row.path, row.sha256, row.reader, row.efface = name, digest_of_file, reader, False
        row.copie, row.remplace = copie, understood.marque.get(REPLACES, "")
        row.size, row.mtime_ns = seen.st_size, seen.st_mtime_ns
    for name in gone & rows.keys():
        if rows[name].path == name:  # neither there nor under another name
            gone_row = rows[name]
            said = {"sha256": gone_row.sha256, "type": gone_row.type, "valeur": gone_row.value_digest}
            chain.append(lieu.session, key, Fait.RETIRE, said, automatique=True)
            lieu.session.delete(gone_row)


def _erased(session: Session, programme: Programme) -> Set[str]:
    """The SHA-256 of the returns whose author was erased: the receipts say them."""
    told = col(Event.body).contains(f'"fait":"{Fait.EFFACE}"')
    query = select(Event.body).where(Event.chain == programme.slug, told)
    return {item for body in session.exec(query) for item in json.loads(body)["donnees"].get("retours", ())}


def _changes(row: Reading | None, values: dict[str, Any], others: Iterable[Reading]) -> dict[str, list[str]]:
    """What a return says otherwise than the one that it replaces; nothing when it is the first."""
    kind, personne = values["type"], values["personne"]
    before = row
    if before is None and kind in _ONE_PER_PERSON and personne:
        same = (item for item in others if (item.type, item.personne) == (kind, personne))
        before = max(same, key=lambda item: item.batch, default=None)
    if before is None or _NOTHING in (before.value, values["value"]) or before.type != kind:
        return {}
    return {"change": list(list_changes(json.loads(before.value), json.loads(values["value"]))[:_CHANGES_KEPT])}


def _save_copy(workspace: Workspace, understood: Understood, name: str) -> str:
    """Keep the copy to correct of a file in the store; empty when nothing in it need be corrected."""
    content = _render_copy(understood, name)
    return save_bytes(workspace.settings, content) if content else ""


def attribute_shared(
    session: Session, programme: Programme, own: Collectivite, understood: Understood, name: str
) -> Understood:
    """An inventory whose shared equipment is told from the collectivité's own, as the registry knows them."""
    value = understood.valeur
    if not isinstance(value, RetourInventaire) or not any(line.gestionnaire for line in value.lignes):
        return understood
    others = (load_entree(item).collectivite for item in list_dossiers(session, programme))
    value, unknown = attribute(value, own, others)
    placed = tuple(item.model_copy(update={"fichier": name}) for item in unknown)
    return understood._replace(valeur=value, anomalies=(*understood.anomalies, *placed))


def _update(row: Reading, values: dict[str, Any], batch: int) -> None:
    """What a file says now; when nothing of it can be understood, what it said before stays in force."""
    if values["value"] == _NOTHING != row.value:
        row.anomalies = values["anomalies"]
        return
    if row.value_digest != values["value_digest"]:
        row.batch = batch
    for field, value in values.items():
        setattr(row, field, value)


def _values(understood: Understood, siren: str, name: str) -> dict[str, Any]:
    anomalies = understood.anomalies
    unusable = understood.anomalies and not understood.acceptees
    value, kind = None if unusable else understood.valeur, understood.type
    other = understood.marque.get("dossier") or siren
    if other != siren:
        value, kind = None, "inconnu"
        anomalies = (Anomaly(code="autre-dossier", fichier=name, detail=other),)
    if kind not in REGISTRY:
        kind, anomalies = UNKNOWN, anomalies or (Anomaly(code="type-inconnu", fichier=name),)
    tour = understood.marque.get("tour", "")
    text = canonical(value)
    return {
        "type": kind,
        "personne": understood.personne.lower(),
        "tour": int(tour) if tour.isdigit() else None,
        "value": text,
        "value_digest": sha256(text.encode()),
        "anomalies": canonical(anomalies),
    }


def _in_force(rows: Sequence[Reading]) -> tuple[list[Reading], list[Anomaly]]:
    """One return per type and person, the latest; of two that came together and differ, neither.

    A corrected copy replaces the file that it names.
    """
    groups: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    kept: list[Reading] = []
    replaced = {(row.type, row.remplace) for row in rows if row.value != _NOTHING and row.remplace != row.path}
    anomalies: list[Anomaly] = []
    source = next((row for row in rows if row.path.startswith(SOURCE)), None)
    for row in rows:
        if row.value == _NOTHING or (row.type, row.path) in replaced:
            continue
        if source and row.type == source.type and not is_source(row.path):
            place = source.path.removeprefix(SOURCE)
            anomalies.append(Anomaly(code="inventaire-de-source", fichier=row.path, detail=place))
            continue
        if row.type in _ONE_PER_PERSON:
            groups[row.type, row.personne].append(row)
        elif not any((other.type, other.value_digest) == (row.type, row.value_digest) for other in kept):
            kept.append(row)
    for (kind, personne), group in groups.items():
        if kind == "diagnostic" and not personne:
            kept.extend(group)  # nobody signed them: they are different people's until someone says otherwise
            continue
        for batch in sorted({row.batch for row in group}, reverse=True):
            together = [row for row in group if row.batch == batch]
            if len({row.value_digest for row in together}) == 1:
                kept.append(together[0])
                break
            names = ", ".join(row.path for row in together)
            anomalies.append(Anomaly(code="retour-double", fichier=together[0].path, detail=names))
    return sorted(kept, key=lambda row: (row.type, row.personne, row.path)), anomalies


def load_copies(lieu: Lieu, retours: Iterable[Retour]) -> tuple[Retour, ...]:
    """The returns with their copies to correct; one that the store lost is made again from the file."""
    digests = dict(
        lieu.session.exec(select(Reading.path, Reading.copie).where(Reading.dossier_id == lieu.dossier.id)).all()
    )
    folder = Path(lieu.session.get_one(Programme, lieu.dossier.programme_id).folder) / lieu.dossier.slug
    return tuple(
        replace(item, copie=_load_copy(lieu, folder / item.fichier, item.fichier, kept))
        if (kept := digests.get(item.fichier))
        else item
        for item in retours
    )


def _render_copy(understood: Understood, name: str) -> bytes | None:
    from tasks.returns.copies import render_correction

    return render_correction(understood, name)


def _load_copy(lieu: Lieu, path: Path, name: str, wanted: str) -> bytes:
    kept = load_bytes(lieu.workspace.settings, wanted)
    if kept is None:
        referentiel, mappings = lieu.referentiel, load_mappings(lieu)
        made = _render_copy(understand(path, name, referentiel, mappings), name)
        return made if made and save_bytes(lieu.workspace.settings, made) == wanted else b""
    return kept


def _retour(row: Reading, current: int | None) -> Retour:
    anomalies = _anomalies(row)
    if row.tour is not None and current is not None and row.tour < current:
        late = Anomaly(code="tour-ancien", fichier=row.path, valeur=str(row.tour), detail=str(current))
        anomalies = (*anomalies, late)
    return Retour(
        fichier=row.path,
        type=row.type,
        personne=row.personne,
        tour=row.tour,
        valeur=REGISTRY[row.type].model_validate_json(row.value),
        anomalies=anomalies,
    )


def _anomalies(row: Reading) -> tuple[Anomaly, ...]:
    return tuple(Anomaly.model_validate(item) for item in json.loads(row.anomalies))
