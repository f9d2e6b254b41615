"""The evidence pack: trail, decisions, artefacts and the script that checks them, in one zip.

Same state, same bytes. Of a programme or of a dossier, only their chains are in it, and the check says so.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from nr_models.dossier.fingerprint import seal
from nr_models.stages import BY_SLUG
from nr_models.tables import Artefact, Dossier, Parole, Person, Programme, Round
from nr_models.values.frozen import canonical, sha256
from tasks.store.files import load_bytes
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from tasks.trail import chain, verifier
from tasks.trail.heads import list_files
from tasks.trail.journal import build_recit, render_page, render_recit
from tasks.trail.tables import find_gap

FORMAT = 5
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip's first date: the pack says nothing of when it was made
_READ_ME = """\
DOSSIER DE PREUVE

Ce dossier dit qui a décidé quoi, quand, et sur quels documents. Pour le vérifier, il suffit de Python 3.9 ou
plus récent, sans rien installer et sans réseau :

    python -I verifier.py

« INTACT » : rien n’a été modifié, retiré, ajouté ni déplacé. « ROMPU » : la première entrée fautive est nommée.

manifest.json    les décisions en clair, les noms des documents, la dernière entrée de chaque chaîne
                 et le premier écart entre la base et la piste, vide quand la base disait ce que dit la piste
recit.html       qui a décidé quoi, dans quel rôle, quand, sur quels documents ; recit.xlsx : le même en classeur
journal.jsonl    la piste d’audit, une entrée par ligne, chacune liée à la précédente par son SHA-256
artefacts/       les documents, nommés par leur SHA-256
tetes/           les relevés datés des dernières entrées (.json) et leurs jetons d’horodatage (.tsr, RFC 3161) ;
                 d’un seul programme ou dossier, sans les relevés qui en nomment d’autres

Qui aurait refait tout le dossier, manifeste compris, ne se voit qu’en le comparant à un relevé gardé ailleurs :

    python -I verifier.py --tetes RELEVE.json
    python -I verifier.py --tete programme/collectivite:NUMERO:SHA-256    (comme dans un courriel de décision)

De même, prenez verifier.py dans la version publiée du logiciel si vous doutez de celui-ci.
"""


def render_pack(workspace: Workspace, perimetre: str = "") -> bytes:
    """The pack of everything, of a programme (« p ») or of a dossier (« p/slug »).

    A document that the store lost is missing, and the check names it; so it does of the first row of the base that
    is not what the trail says.
    """
    files = {"verifier.py": Path(verifier.__file__).read_bytes(), "LISEZMOI.txt": _READ_ME.encode()}
    for path in (item for item in list_files(workspace.settings) if not _names_others(item, perimetre)):
        both = (item for item in (path, path.with_suffix(".tsr")) if item.is_file())
        files |= {f"tetes/{item.name}": item.read_bytes() for item in both}
    with workspace.reading() as session:
        events = [event for event in chain.list_events(session) if verifier.within(event["chain"], perimetre)]
        recit = build_recit(session, events, perimetre)
        files |= {"recit.html": render_page(recit), "recit.xlsx": render_recit(recit)}
        gap = find_gap(workspace.settings, session, perimetre)
        manifest = {**_manifest(session, perimetre, events, files), "ecart": str(gap or "")}
    for digest in verifier.list_documents(events):
        if (content := load_bytes(workspace.settings, digest)) is not None:
            files[f"artefacts/{digest}"] = content
    files["journal.jsonl"] = "".join(canonical(event) + "\n" for event in events).encode()
    files["manifest.json"] = canonical(manifest).encode() + b"\n"
    return _zip(files)


def list_left_out(settings: Settings, perimetre: str) -> list[Path]:
    """The head files that a pack of this perimeter does not take: they name the chains of others.

    Without these chains they would no longer be what the authority stamped.
    """
    return [path for path in list_files(settings) if _names_others(path, perimetre)]


def _names_others(path: Path, perimetre: str) -> bool:
    if not perimetre:
        return False
    try:
        return not all(verifier.within(chain, perimetre) for chain in verifier.load_heads(path))
    except (OSError, ValueError):
        return True


def holds_script(pack: Path) -> bool:
    """True when the script of a pack is the one of this version: another may say what it likes of the rest."""
    ours, theirs = Path(verifier.__file__).read_bytes(), pack / "verifier.py"
    if pack.is_dir():
        return theirs.is_file() and theirs.read_bytes() == ours
    with zipfile.ZipFile(pack) as archive:
        return theirs.name in archive.namelist() and archive.read(theirs.name) == ours


def _manifest(
    session: Session, perimetre: str, events: Sequence[Mapping[str, Any]], files: Mapping[str, bytes]
) -> dict[str, object]:
    values, names = _values(session, events), _names(session, perimetre)
    known = {item["engagement"]: item["valeur"] for item in values}
    return {
        "format": FORMAT,
        "perimetre": perimetre,
        "chaines": {event["chain"]: {"n": event["n"], "hash": event["hash"]} for event in events},
        "artefacts": {digest: names[digest] for digest in verifier.list_documents(events) if digest in names},
        "decisions": [verifier.read_decision(event, known, FORMAT) for event in events if event["fait"] == "decide"],
        "valeurs": values,
        "tetes": sorted(name for name in files if name.startswith("tetes/") and name.endswith(".json")),
        "fichiers": {name: sha256(content) for name, content in files.items()},
        "tours": _tours(session, events),
    }


def _tours(session: Session, events: Sequence[Mapping[str, Any]]) -> list[dict[str, object]]:
    """The documents of each round submitted, under the names that were sealed; none where an erasure renamed one."""
    rows = session.exec(
        select(  # type: ignore[call-overload]  # seven columns
            Programme.slug, Dossier.slug, Round.stage, Round.numero, Round.seal, Round.value_digest, Artefact
        )
        .join(Dossier, col(Dossier.programme_id) == Programme.id)
        .join(Round, col(Round.dossier_id) == Dossier.id)
        .join(Artefact, col(Artefact.round_id) == Round.id)
        .where(Round.phase == "resultat")
    )
    shown: dict[tuple[str, str, int], dict[str, str]] = {}
    sealed: dict[tuple[str, str, int], tuple[str, str]] = {}
    for programme, dossier, stage, numero, stamp, value, artefact in rows:
        place = (f"{programme}/{dossier}", stage, numero)
        shown.setdefault(place, {})[artefact.nom] = artefact.sha256
        sealed[place] = (stamp, value)
    found = []
    for event in (event for event in events if event["fait"] == "soumis"):
        place = (event["chain"], event["donnees"].get("stage") or "", event["donnees"].get("tour") or 0)
        stamp, value = sealed.get(place, ("", ""))
        documents = shown.get(place, {})
        kept = documents if seal(place[1], value, documents) == stamp else {}
        found.append({"chaine": place[0], "stage": place[1], "tour": place[2], "documents": kept})
    return found


def _names(session: Session, perimetre: str) -> dict[str, dict[str, object]]:
    """What each document was called where it first appeared."""
    rows = session.exec(
        select(Artefact, Round, Dossier, Programme)
        .join(Round, col(Round.id) == Artefact.round_id)
        .join(Dossier, col(Dossier.id) == Round.dossier_id)
        .join(Programme, col(Programme.id) == Dossier.programme_id)
        .order_by(col(Artefact.id).desc())
    )
    return {
        artefact.sha256: {
            "nom": f"{programme.slug}/{dossier.slug}/{BY_SLUG[made.stage].folder}/{artefact.nom}",
            "tour": made.numero,
            "octets": artefact.size,
        }
        for artefact, made, dossier, programme in rows
        if verifier.within(f"{programme.slug}/{dossier.slug}", perimetre)
    }


def _values(session: Session, events: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """The plain values behind the commitments of these events; what was erased has none."""
    said = {text for event in events for item in event["donnees"].values() for text in _texts(item)}
    people = session.exec(select(Person.commitment, Person.salt, Person.mail).where(Person.salt != ""))
    words = session.exec(select(Parole.commitment, Parole.salt, Parole.texte))
    rows = sorted({tuple(row) for row in (*people, *words) if row[0] in said})
    return [{"engagement": commitment, "sel": salt, "valeur": value} for commitment, salt, value in rows]


def _texts(item: object) -> list[str]:
    return [text for text in (item if isinstance(item, list) else [item]) if isinstance(text, str)]


def _zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
