"""What must follow an erasure once it is kept: files, mails, the store, Prefect, the bytes of the base.

Asked for in the transaction itself: killed anywhere, it is done again from there, and is done but once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from email import message_from_bytes
from email.utils import getaddresses
from pathlib import Path
from typing import Any, NamedTuple

from sqlmodel import Session, col, select

from nr_models.dossier.case import File
from nr_models.dossier.effacement import Masque
from nr_models.tables import Outbox
from nr_models.values.frozen import sha256
from tasks.people.anonymisation import rename
from tasks.people.caviardage import redact
from tasks.people.documents import list_held, list_proofs
from tasks.people.personnes import list_others
from tasks.store.clock import now
from tasks.store.failures import failure_log
from tasks.store.files import load_bytes, store_path, write_file
from tasks.store.lock import Occupe, programme_lock, raise_busy
from tasks.store.outbox import Consigne, enqueue, load_payload, settle
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace

Purge = Callable[[Settings, Callable[[bytes], bool]], str]
"""Takes out of another system's files whatever names somebody; what is left of it, in French, or nothing."""

_OURS = frozenset({".verrou"})


class Suites(NamedTuple):
    """What was done after erasures, a French sentence each; what is left to do; how many mails went."""

    faits: tuple[str, ...] = ()
    restes: tuple[str, ...] = ()
    courriers: int = 0


def ask_suites(
    session: Session,
    masque: Masque,
    engagement: str,
    programmes: Sequence[str],
    octets: Mapping[str, str],
    noms: Mapping[str, str],
) -> None:
    """Ask, in the transaction of an erasure, for what must follow it; the rows forget the person once it is done.

    ``octets`` are the documents written again, by SHA-256; ``noms`` the names of files, and what each became.
    """
    who = {"mail": masque.mail, "nom": masque.nom, "pseudonyme": masque.pseudonyme}
    said = {**who, "programmes": list(programmes), "octets": dict(octets), "exact": dict(noms)}
    enqueue(session, Consigne.EFFACEMENT, f"{Consigne.EFFACEMENT}:{engagement}", said)
    enqueue(session, Consigne.COMPACTION, f"{Consigne.COMPACTION}:{engagement}", {})


def find_unfinished(session: Session, mail: str) -> bool:
    """True when a person was erased from the base, and not yet from the rest."""
    return any(load_payload(row).get("mail") == mail for row in _pending(session, Consigne.EFFACEMENT))


def finish(workspace: Workspace, purge: Purge | None = None) -> Suites:
    """Finish the erasures that are not: done again, it does nothing more."""
    with workspace.reading() as session:
        rows = _pending(session, Consigne.EFFACEMENT)
        compact = bool(_pending(session, Consigne.COMPACTION))
    done = Suites()
    for row in rows:
        found = _finish(workspace, load_payload(row), purge)
        done = Suites(done.faits + found.faits, done.restes + found.restes, done.courriers + found.courriers)
        with workspace.writing() as session:
            settle(session, row, now(), " ".join(found.restes))
    if compact and not done.restes:
        _compact(workspace)
    return done


def _compact(workspace: Workspace) -> None:
    workspace.compact()
    with workspace.writing() as session:
        for row in _pending(session, Consigne.COMPACTION):
            settle(session, row, now())


def _pending(session: Session, kind: Consigne) -> list[Outbox]:
    query = select(Outbox).where(Outbox.kind == kind, col(Outbox.done_at).is_(None))
    return list(session.exec(query.order_by(col(Outbox.id))))


def _finish(workspace: Workspace, said: Mapping[str, Any], purge: Purge | None) -> Suites:
    settings = workspace.settings
    with ExitStack() as held:
        try:
            for slug in said["programmes"]:
                held.enter_context(programme_lock(settings, slug, raise_busy))
        except Occupe:
            return Suites(restes=("Effacement : une autre commande tient le programme ; ce sera fait après elle.",))
        with workspace.reading() as session:
            masque = Masque(
                said["mail"], said["nom"], said["pseudonyme"], said["exact"], list_others(session, said["mail"])
            )
            proofs = list_proofs(session)
            lost = said["octets"].keys() - list_held(session)
        letters = 0
        for path in _list_files(settings, said["programmes"]):
            letters += _clean(settings, path, masque, said["octets"], proofs)
        for digest in sorted(lost):
            store_path(settings, digest).unlink(missing_ok=True)
        left = purge(settings, lambda content: _is_named(content, masque)) if purge else ""
    if left:
        return Suites(restes=(left,), courriers=letters)
    return Suites((f"Effacement de {masque.pseudonyme} : fini, fichiers, courriers et base.",), (), letters)


def _list_files(settings: Settings, programmes: Sequence[str]) -> Iterator[Path]:
    """What people see of these programmes, the mails that wait, and the detail of what failed."""
    for slug in programmes:
        yield from sorted(path for path in (settings.outputs / slug).rglob("*") if path.is_file())
    if failure_log(settings).is_file():
        yield failure_log(settings)


def _clean(settings: Settings, path: Path, masque: Masque, octets: Mapping[str, str], proofs: set[str]) -> int:
    """Take the person out of a file; a mail to them goes whole. How many mails went."""
    if path.name in _OURS:
        return 0
    content = path.read_bytes()
    if path.parent.name == ".courrier" and _is_to(content, masque.mail):
        path.unlink()
        return 1
    digest = sha256(content)
    if digest in proofs:
        return 0
    fresh = load_bytes(settings, octets[digest]) if digest in octets else redact(content, masque)
    name = rename(masque, path.name)
    if fresh is not None and (fresh, name) != (content, path.name):
        write_file(path.parent, File(name, fresh))
        if name != path.name:
            path.unlink()
    return 0


def _is_to(content: bytes, mail: str) -> bool:
    said = message_from_bytes(content).get_all("To", [])
    return mail in {address.lower() for _, address in getaddresses(map(str, said))}


def _is_named(content: bytes, masque: Masque) -> bool:
    """True when bytes of any kind hold the address or the name."""
    text = content.decode("utf-8", "ignore")
    return masque.mail in text.lower() or (bool(masque.nom) and masque.nom in text)
