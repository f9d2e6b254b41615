"""What a collectivité returned: each file read once, kept as values; the returns in force.

A file that can no longer be read leaves its earlier reading in force. A later return of the same
person replaces the earlier; two different ones that arrive together are both left aside and said.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from nr_models.dossier.case import Retour
from nr_models.dossier.effacement import is_unnamed
from nr_models.dossier.journal import Fait
from nr_models.dossier.registre import Collectivite, Entree
from nr_models.dossier.retours.envoi import Envoi
from nr_models.dossier.retours.recus import NOTHING, ONE_PER_PERSON, find_in_force, is_source
from nr_models.inventaire.correspondance import Correspondance
from nr_models.inventaire.parc import RetourInventaire, attribute
from nr_models.inventaire.renvoi import choose_in_force
from nr_models.referentiel.referentiel import Referentiel
from nr_models.tables import Dossier, Event, Programme, Reading, Retenu, find_id
from nr_models.values.anomalies import Anomaly
from nr_models.values.changement import list_changes
from nr_models.values.frozen import canonical, digest, sha256
from nr_models.values.roles import Role
from nr_models.values.text import fold
from tasks.office.columns import REPLACES
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import list_dossiers, load_entree
from tasks.returns.comptes import list_counted, list_signatures, list_tardifs
from tasks.returns.folder import Vu, find_file, scan_folder
from tasks.returns.recognise import READER_VERSION, REGISTRY, UNKNOWN, Understood, understand
from tasks.returns.version import list_kept
from tasks.store.files import load_bytes, save_bytes
from tasks.store.outbox import Consigne, enqueue
from tasks.store.workspace import Workspace
from tasks.trail import chain

_ORDERED = ONE_PER_PERSON | {"inventaire"}
CORRESPONDANCE = "correspondance"
_CHANGES_KEPT = 50


class _Fresh(NamedTuple):
    """A file just read: its name, its size and date, its digest, what it says, its copy to correct, what of its name.

    Or something of the folder that is passed over, under its own name, with the anomaly that says so.
    """

    name: str
    seen: tuple[int, int]
    sha256: str
    understood: Understood
    copie: str = ""
    du_nom: tuple[Anomaly, ...] = ()


def read_returns(lieu: Lieu) -> int:
    """Read what is new or changed in a dossier's folder; returns how many files were read."""
    folder = Path(lieu.programme.folder) / lieu.dossier.slug
    if not folder.is_dir():
        return 0  # a drive that is not there is not a withdrawal: what was read stays in force
    with lieu.reading() as ici:
        # these columns alone: the values may weigh megabytes, and nothing may have changed
        columns = select(  # type: ignore[call-overload]
            Reading.path,
            Reading.size,
            Reading.mtime_ns,
            Reading.reader,
            Reading.type,
            Reading.value_digest,
            Reading.sha256,
        )
        rows = ici.session.exec(columns.where(Reading.dossier_id == lieu.dossier.id)).all()
        kept = list_kept(ici)
    known = {path: (size, mtime, reader) for path, size, mtime, reader, *_ in rows}
    settled = {path for path, _, _, _, kind, *_ in rows if kind in kept}
    unnamed = {(digest, size): path for path, size, *_, digest in rows if is_unnamed(path)}
    before = {value for *_, kind, value, _ in rows if kind == CORRESPONDANCE}
    reader = reader_of(lieu.dossier, before)
    referentiel: Referentiel | None = None
    mappings: tuple[Correspondance, ...] = ()
    erased: Set[str] = frozenset()
    fresh: list[_Fresh] = []
    content = scan_folder(folder)
    files = [_unname(item, known.keys(), unnamed) for item in content.files]
    for item in files:
        seen = (item.seen.st_size, item.stamp)
        before_now = known.get(item.nom)
        if before_now == (*seen, reader) or (item.nom in settled and before_now and before_now[:2] == seen):
            continue
        if referentiel is None:
            referentiel, mappings, erased = lieu.referentiel, load_mappings(lieu), _load_erased(lieu)
        understood, stamp = understand(item.path, item.nom, referentiel, mappings), sha256(_head(item.path))
        copie = "" if stamp in erased else _save_copy(lieu.workspace, understood, item.nom)
        fresh.append(_Fresh(item.nom, seen, stamp, understood, copie, item.anomalies))
    passed = [_passed(anomaly) for anomaly in content.anomalies]
    fresh.extend(item for item in passed if known.get(item.name) != (*item.seen, reader))
    present = {item.nom for item in files} | {item.name for item in passed}
    gone = {path for path in known.keys() - present if not is_source(path) and not content.hides(path)}
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


def _unname(item: Vu, known: Set[str], unnamed: dict[tuple[str, int], str]) -> Vu:
    """A file whose name an erasure took out of our base, under the name that it has there: known by its bytes."""
    sizes = {size for _, size in unnamed}
    if item.nom in known or item.seen.st_size not in sizes:
        return item
    nom = unnamed.get((sha256(_head(item.path)), item.seen.st_size))
    return item._replace(nom=nom, brut=nom) if nom else item


def _passed(anomaly: Anomaly) -> _Fresh:
    """What is passed over in a folder, as a file of which nothing could be read."""
    said = digest(anomaly)
    understood = Understood(UNKNOWN, {}, "", None, (anomaly,), 0, 0, 0)
    return _Fresh(anomaly.fichier, (0, int(said[:_STAMP_CHARS], 16)), said, understood)


_STAMP_CHARS = 15  # 60 bits, in place of a date


def load_mappings(lieu: Lieu) -> tuple[Correspondance, ...]:
    """The mappings in force for files that other tools made, the latest last."""
    query = select(Reading.value).where(Reading.dossier_id == lieu.dossier.id, Reading.type == CORRESPONDANCE)
    with lieu.reading() as ici:
        values = ici.session.exec(
            query.where(Reading.value != NOTHING).order_by(col(Reading.batch), col(Reading.path))
        ).all()
    return tuple(Correspondance.model_validate_json(value) for value in values)


def list_returns(lieu: Lieu, kinds: Iterable[str], sent: Envoi) -> tuple[tuple[Retour, ...], tuple[Anomaly, ...]]:
    """The returns in force of these types, and what is wrong with whole files; ``sent`` tells what is out of date."""
    wanted = set(kinds)
    if "diagnostic" in wanted:
        wanted.add("inconnu")  # nobody knows which stage they are for: the first one says what is wrong with them
    rows = [row for row in list_counted(lieu) if row.type in wanted]
    kept, anomalies = find_in_force(rows)
    kept, resent = choose_inventories(kept)
    anomalies = [*anomalies, *resent]
    retours = tuple(_retour(row, sent.find_tour(row.type, row.personne)) for row in kept)
    whole = (*anomalies, *(anomaly for row in rows if row.value == NOTHING for anomaly in _anomalies(row)))
    return retours, whole


def describe_returns(lieu: Lieu) -> dict[str, list[list[object]]]:
    """What the returns of each type say, as short lists of digests: values and anomalies, never file bytes."""
    rows = list_signatures(lieu)
    count = Counter((row.type, row.personne) for row in rows)
    found: dict[str, list[list[object]]] = defaultdict(list)
    for row in rows:
        # the order of arrival decides only where the same person, or nobody, returned the same thing twice
        order = row.batch if row.type in _ORDERED and count[row.type, row.personne] > 1 else 0
        stamp = sha256(row.anomalies.encode())
        found[row.type].append([row.personne, row.path, row.value_digest, stamp, order, row.copie, row.remplace])
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
    for name, (size, mtime_ns), digest_of_file, understood, copie, du_nom in fresh:
        row = rows.get(name) or left.pop(digest_of_file, None)
        if row is not None and row.efface and row.sha256 == digest_of_file:
            row.path, row.reader, row.size, row.mtime_ns = name, reader, size, mtime_ns
            continue  # its author was erased: the same bytes do not bring them back
        if digest_of_file in erased:
            continue  # nor under another name, nor once taken away and put back
        understood = attribute_author(understood, lieu.entree, name)
        values = _values(attribute_shared(lieu.session, lieu.programme, own, understood, name), own.siren, name, du_nom)
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
        row.size, row.mtime_ns = size, mtime_ns
    for name in gone & rows.keys():
        if rows[name].path == name:  # neither there nor under another name
            gone_row = rows[name]
            said = {"sha256": gone_row.sha256, "type": gone_row.type, "valeur": gone_row.value_digest}
            chain.append(lieu.session, key, Fait.RETIRE, said, automatique=True)
            lieu.session.delete(gone_row)
    lieu.session.flush()
    _tell_late(lieu)


def _tell_late(lieu: Lieu) -> None:
    """Tell each référent, once, of what came, changed or went after its stage was settled."""
    late = list_tardifs(lieu)
    if not late:
        return
    stamp = digest([[item.stage, item.path, item.sha256, item.nature] for item in late])
    for person in lieu.entree.holders(Role.REFERENT):
        key = f"{Consigne.APRES_COUP}:{lieu.cle}:{stamp}:{person.mail}"
        enqueue(lieu.session, Consigne.APRES_COUP, key, {"dossier": lieu.dossier.id, "mail": person.mail})


def _load_erased(lieu: Lieu) -> Set[str]:
    with lieu.reading() as ici:
        return _erased(ici.session, ici.programme)


def _erased(session: Session, programme: Programme) -> Set[str]:
    """The SHA-256 of the returns whose author was erased: the receipts say them."""
    told = col(Event.body).contains(f'"fait":"{Fait.EFFACE}"')
    query = select(Event.body).where(Event.chain == programme.slug, told)
    return {item for body in session.exec(query) for item in json.loads(body)["donnees"].get("retours", ())}


def _changes(row: Reading | None, values: dict[str, Any], others: Iterable[Reading]) -> dict[str, list[str]]:
    """What a return says otherwise than the one that it replaces; nothing when it is the first."""
    kind, personne = values["type"], values["personne"]
    before = row
    if before is None and kind in ONE_PER_PERSON and personne:
        same = (item for item in others if (item.type, item.personne) == (kind, personne))
        before = max(same, key=lambda item: item.batch, default=None)
    if before is None or NOTHING in (before.value, values["value"]) or before.type != kind:
        return {}
    return {"change": list(list_changes(json.loads(before.value), json.loads(values["value"]))[:_CHANGES_KEPT])}


def _save_copy(workspace: Workspace, understood: Understood, name: str) -> str:
    """Keep the copy to correct of a file in the store; empty when nothing in it need be corrected."""
    content = _render_copy(understood, name)
    return save_bytes(workspace.settings, content) if content else ""


def attribute_author(understood: Understood, entree: Entree, name: str) -> Understood:
    """A return signed with a name: that of the one person of the dossier who bears it, else of nobody, and said."""
    said = understood.personne
    if not said or "@" in said:
        return understood
    found = [item.mail for item in entree.personnes if fold(item.nom) == fold(said)]
    mail = found[0] if len(found) == 1 else ""
    told = () if mail else (Anomaly(code="auteur-inconnu", fichier=name, valeur=said),)
    value = understood.valeur
    if value is not None and "personne" in type(value).model_fields:
        value = value.model_copy(update={"personne": mail})
    return understood._replace(personne=mail, valeur=value, anomalies=(*understood.anomalies, *told))


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
    if values["value"] == NOTHING != row.value:
        row.anomalies = values["anomalies"]
        return
    if row.value_digest != values["value_digest"]:
        row.batch = batch
    for field, value in values.items():
        setattr(row, field, value)


def _values(understood: Understood, siren: str, name: str, du_nom: tuple[Anomaly, ...]) -> dict[str, Any]:
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
        "anomalies": canonical((*anomalies, *du_nom)),
    }


def choose_inventories(rows: Sequence[Reading | Retenu]) -> tuple[list[Reading | Retenu], tuple[Anomaly, ...]]:
    """The readings less the inventories that a later one of the same columns replaces, and what is said of them.

    Those of a source are compared with nothing here: what they replace was decided when they came into force.
    """
    signed: dict[str, list[Reading | Retenu]] = defaultdict(list)
    for row in rows:
        if row.type == "inventaire" and not is_source(row.path):
            signed[row.personne].append(row)
    gone: set[str] = set()
    said: list[Anomaly] = []
    for group in signed.values():
        if len(group) > 1:
            values = [RetourInventaire.model_validate_json(row.value) for row in group]
            named = [item.model_copy(update={"fichier": row.path}) for item, row in zip(values, group, strict=True)]
            kept, anomalies = choose_in_force(named, [row.batch for row in group])
            gone |= {row.path for row in group} - {item.fichier for item in kept}
            said.extend(anomalies)
    return [row for row in rows if row.path not in gone], tuple(said)


def load_copies(lieu: Lieu, retours: Iterable[Retour]) -> tuple[Retour, ...]:
    """The returns with their copies to correct; one that the store lost is made again from the file."""
    digests = {row.path: row.copie for row in list_signatures(lieu)}
    folder = Path(lieu.session.get_one(Programme, lieu.dossier.programme_id).folder) / lieu.dossier.slug
    return tuple(
        replace(item, copie=_load_copy(lieu, folder, item.fichier, kept))
        if (kept := digests.get(item.fichier))
        else item
        for item in retours
    )


def _render_copy(understood: Understood, name: str) -> bytes | None:
    from tasks.returns.copies import render_correction

    return render_correction(understood, name)


def _load_copy(lieu: Lieu, folder: Path, name: str, wanted: str) -> bytes:
    kept = load_bytes(lieu.workspace.settings, wanted)
    if kept is None:
        referentiel, mappings = lieu.referentiel, load_mappings(lieu)
        made = _render_copy(understand(find_file(folder, name), name, referentiel, mappings), name)
        return made if made and save_bytes(lieu.workspace.settings, made) == wanted else b""
    return kept


def _retour(row: Reading | Retenu, current: int | None) -> Retour:
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


def _anomalies(row: Reading | Retenu) -> tuple[Anomaly, ...]:
    return tuple(Anomaly.model_validate(item) for item in json.loads(row.anomalies))
