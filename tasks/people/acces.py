"""Everything our database holds about a person, for them: one JSON document, or a zip with their returns."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from nr_models.dossier.effacement import Masque
from nr_models.dossier.journal import Fait
from nr_models.tables import Decision, Dossier, Gate, Parole, Person, Reading, Retenu
from nr_models.values.frozen import canonical
from tasks.acts.door import Auteur, look_at_registres
from tasks.office.archive import EPOCH
from tasks.people.personnes import Identite, find_identity, leads_everywhere, list_mentions, load_json
from tasks.programme.programmes import Introuvable
from tasks.store.clock import now
from tasks.store.workspace import Workspace
from tasks.trail import chain
from tasks.trail.paroles import find_words

_TOLD = frozenset({"dossier", "reading", "retenu", "parole"})
"""Tables that have a part of their own in the document."""
_READ_ME = (
    "Ce que le logiciel sait de vous : donnees.json. Les fichiers que vous avez rendus : retours/.\n"
    "Les documents produits, montrés à une validation, peuvent aussi vous nommer : ils sont gardés comme preuves.\n"
)


class AccesRefuse(Exception):
    """Why somebody may not have what they ask for; in French."""


def export_person(workspace: Workspace, mail: str, *, par: Auteur, archive: bool) -> bytes:
    """What is held about a person, for them or for the équipe programme; the act enters the trail.

    ``archive``: a zip with their returns, else JSON alone. Raises ``Introuvable`` or ``AccesRefuse``.
    """
    by = par.mail.strip().lower()
    look_at_registres(workspace)
    with workspace.writing() as session:
        identite = find_identity(session, mail)
        if identite is None:
            raise Introuvable(f"« {mail} » n’est connue nulle part : rien n’est gardé à son sujet.")
        if by != identite.mail and not leads_everywhere(identite, by):
            raise AccesRefuse(
                "Seules cette personne et l’équipe programme de ses dossiers peuvent demander cet export."
            )
        document = _tell(session, identite)
        _record(session, identite, by, par.moyen)
        files = dict(_files(session, identite)) if archive else {}
    text = json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True).encode()
    return _zip({"donnees.json": text, "LISEZMOI.txt": _READ_ME.encode(), **files}) if archive else text + b"\n"


def _record(session: Session, identite: Identite, by: str, moyen: str) -> None:
    """The trail says that access was given, to whom and about whom, by commitments."""
    person = chain.find_person(session, identite.mail, identite.nom)
    found = (place.entree.find(by) for place in identite.places)
    nom = next((item.nom for item in found if item), identite.nom)
    who = chain.find_person(session, by, nom)
    for slug in sorted({place.programme.slug for place in identite.places}):
        said = {"personne": person.commitment, "par": who.commitment, "identification": moyen}
        chain.append(session, slug, Fait.ACCEDE, said)


def _tell(session: Session, identite: Identite) -> dict[str, Any]:
    return {
        "le": now(),
        "adresse": identite.mail,
        "nom": identite.nom,
        "dossiers": [
            {"dossier": place.cle, **found.model_dump(mode="json")}
            for place in identite.places
            if (found := place.entree.find(identite.mail))
        ],
        "retours": list(_returns(session, identite)),
        "decisions": list(_decisions(session, identite)),
        "ecrits": _words(session, identite.person),
        "actes": _acts(session, identite.person),
        "mentions": list(_mentions(session, identite)),
    }


def _returns(session: Session, identite: Identite) -> Iterator[dict[str, Any]]:
    for place in identite.places:
        read = select(Reading).where(Reading.dossier_id == place.dossier.id, Reading.personne == identite.mail)
        kept = select(Retenu).where(Retenu.dossier_id == place.dossier.id, Retenu.personne == identite.mail)
        rows: list[Reading | Retenu] = [*session.exec(kept), *session.exec(read)]  # what counted may be there no more
        for _, row in sorted({(row.path, row.sha256): row for row in rows}.items()):
            yield {
                "dossier": place.cle,
                "fichier": row.path,
                "type": row.type,
                "sha256": row.sha256,
                "contenu": json.loads(row.value),
            }


def _decisions(session: Session, identite: Identite) -> Iterator[dict[str, Any]]:
    if identite.person is None:
        return
    names = {place.dossier.id: place.cle for place in identite.places}
    query = select(Decision, Gate).where(Decision.gate_id == Gate.id, Decision.person_id == identite.person.id)
    for row, gate in session.exec(query.order_by(col(Decision.id))):
        yield {
            "dossier": names.get(gate.dossier_id, ""),
            "validation": gate.gate,
            "role": row.role,
            "verdict": row.verdict,
            "commentaire": find_words(session, row.commentaire) or "",
            "identification": row.identification,
            "le": row.decided_at,
        }


def _words(session: Session, person: Person | None) -> list[str]:
    """What they wrote: comments, reasons, and the accounts they spoke from."""
    query = select(Parole.texte).order_by(col(Parole.id))
    return sorted(set(session.exec(query.where(Parole.person_id == person.id)))) if person else []


def _acts(session: Session, person: Person | None) -> list[dict[str, Any]]:
    """The entries of the trail that hold their commitment."""
    if person is None:
        return []
    events = (event for event in chain.list_events(session) if person.commitment in canonical(event["donnees"]))
    return [{"chaine": item["chain"], "entree": item["n"], "le": item["at"], "fait": item["fait"]} for item in events]


def _mentions(session: Session, identite: Identite) -> Iterator[dict[str, Any]]:
    """Where else they are named, and what is said there: no more, since the rest may be about others."""
    masque: Masque = identite.masque("")
    for mention in list_mentions(session, masque):
        for column, text in mention.textes.items() if mention.table.name not in _TOLD else ():
            value = load_json(text)
            for place, said in find_places(masque, text if value is None else value):
                yield {"table": mention.table.name, "ligne": mention.id, "endroit": f"{column}{place}", "dit": said}


def find_places(masque: Masque, value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """The innermost objects and texts that name the person, with where they stand; what lies deeper is left out."""
    if isinstance(value, str):
        if masque.replace(value) != value:
            yield place, value
    elif isinstance(value, dict):
        plain = {key: item for key, item in value.items() if not isinstance(item, (dict, list))}
        if masque.replace(plain) != plain:
            yield place, plain
        for key in value.keys() - plain.keys():
            yield from find_places(masque, value[key], f"{place}.{key}")
    elif isinstance(value, list):
        for rank, item in enumerate(value):
            yield from find_places(masque, item, f"{place}[{rank}]")


def _files(session: Session, identite: Identite) -> Iterator[tuple[str, bytes]]:
    """Their returns, as they lie in the inputs."""
    rows = select(Reading, Dossier).where(Reading.dossier_id == Dossier.id, Reading.personne == identite.mail)
    folders = {place.dossier.id: (Path(place.programme.folder), place.cle) for place in identite.places}
    for row, dossier in session.exec(rows):
        folder, name = folders[dossier.id]
        path = folder / dossier.slug / row.path
        if path.is_file():
            yield f"retours/{name}/{row.path}", path.read_bytes()


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content)
    return buffer.getvalue()
