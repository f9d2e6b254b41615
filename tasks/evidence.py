"""The evidence pack: trail, artefacts and the script that checks them, in one zip, same state same bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from sqlmodel import Session, col, select

from nr_models.stages import BY_SLUG
from nr_models.tables import Artefact, Dossier, Parole, Person, Programme, Round
from nr_models.values import canonical
from tasks import trail, verifier
from tasks.outputs import load_bytes
from tasks.workspace import Workspace

_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip's first date: the pack says nothing of when it was made


def render_pack(workspace: Workspace) -> bytes:
    """The pack of everything in the trail. A document the store lost is missing, and the check says so."""
    with workspace.reading() as session:
        events = list(trail.list_events(session))
        files: dict[str, bytes] = {
            "manifest.json": canonical(_manifest(session)).encode() + b"\n",
            "journal.jsonl": "".join(canonical(event) + "\n" for event in events).encode(),
            "verifier.py": Path(verifier.__file__).read_bytes(),
        }
        for event in events:
            if event["fait"] == "artefact":
                digest = event["donnees"]["sha256"]
                content = load_bytes(workspace.settings, digest)
                if content is not None:
                    files[f"artefacts/{digest}"] = content
    return _zip(files)


def _manifest(session: Session) -> dict[str, object]:
    rows = session.exec(
        select(Artefact, Round, Dossier, Programme)
        .join(Round, col(Round.id) == Artefact.round_id)
        .join(Dossier, col(Dossier.id) == Round.dossier_id)
        .join(Programme, col(Programme.id) == Dossier.programme_id)
        .order_by(col(Artefact.id).desc())
    )
    return {
        "format": 1,
        "chaines": trail.list_heads(session),
        "artefacts": {
            artefact.sha256: {
                "nom": f"{programme.slug}/{dossier.slug}/{BY_SLUG[made.stage].folder}/{artefact.nom}",
                "tour": made.numero,
                "octets": artefact.size,
            }
            for artefact, made, dossier, programme in rows
        },
        "valeurs": [*_people(session), *_words(session)],
    }


def _people(session: Session) -> list[dict[str, str]]:
    rows = session.exec(select(Person).order_by(Person.mail))
    return [{"engagement": row.commitment, "sel": row.salt, "valeur": row.mail} for row in rows]


def _words(session: Session) -> list[dict[str, str]]:
    rows = session.exec(select(Parole).order_by(col(Parole.id)))
    return [{"engagement": row.commitment, "sel": row.salt, "valeur": row.texte} for row in rows]


def _zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
