"""Deliver what the outbox holds for people: by the mail server, else as a file to send by hand."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, select

from nr_models.dossier.effacement import NOWHERE
from nr_models.tables import Outbox
from tasks.mail.letters import LETTERS, write_letter
from tasks.mail.smtp import Refusee, render_message, send, write_message
from tasks.store.clock import now
from tasks.store.failures import failure_log, note_failure
from tasks.store.outbox import Consigne, list_due, settle
from tasks.store.workspace import Workspace


class Tournee(NamedTuple):
    """What a delivery came to: mails sent, files written for who sends by hand, mails put off or refused."""

    envoyes: int = 0
    ecrits: tuple[Path, ...] = ()
    echecs: tuple[str, ...] = ()


def deliver_due(workspace: Workspace, limit: int = 1000) -> Tournee:
    """Deliver the mails that are due, the oldest first. The caller holds the job of the runner."""
    with workspace.reading() as session:
        rows = list_due(session, now(), tuple(LETTERS), limit)
    done = Tournee()
    for row in rows:
        found = _deliver(workspace, row)
        done = Tournee(done.envoyes + found.envoyes, done.ecrits + found.ecrits, done.echecs + found.echecs)
    return done


def _deliver(workspace: Workspace, row: Outbox) -> Tournee:
    """Sent first, noted after: killed in between, it leaves again, under the same Message-ID."""
    settings = workspace.settings
    try:
        with workspace.reading() as session:
            erasures = _count_erasures(session)
            lettre = write_letter(workspace, session, row)
    except Exception as error:  # one that cannot be written holds up none of the others
        note_failure(settings, f"{row.kind} n° {row.id}", error)  # the key may hold an address
        reason = f"« {row.kind} » ne peut pas être écrit ; le détail est dans {failure_log(settings)}"
        return _note(workspace, row, Tournee(echecs=(reason,)), reason, final=False)
    if lettre is None or lettre.mail.endswith(NOWHERE):
        return _note(workspace, row, Tournee())
    try:
        message = render_message(settings, lettre, row.key, row.created_at)
    except Refusee as error:
        return _note(workspace, row, Tournee(echecs=(str(error),)), str(error))
    if not settings.smtp_host:
        path = write_message(settings, message, lettre.programme, row.created_at)
        return _keep(workspace, row, erasures, path)
    try:
        send(settings, message)
    except Refusee as error:  # never lost: who runs the programme finds it, and the reason
        path = write_message(settings, message, lettre.programme, row.created_at)
        return _keep(workspace, row, erasures, path, str(error))
    except OSError as error:  # smtplib's own are among them
        return _note(workspace, row, Tournee(echecs=(_later(error),)), _later(error), final=False)
    return _note(workspace, row, Tournee(envoyes=1))


def _keep(workspace: Workspace, row: Outbox, erasures: int, path: Path, reason: str = "") -> Tournee:
    """A letter written for who sends by hand; written while somebody was erased, it may name them: it goes."""
    with workspace.writing() as session:
        if _count_erasures(session) != erasures:
            path.unlink(missing_ok=True)  # what is still to be said is written again, without them
            return Tournee()
        settle(session, row, now(), reason, final=True)
    return Tournee(ecrits=(path,), echecs=(reason,) if reason else ())


def _count_erasures(session: Session) -> int:
    return session.exec(select(func.count(col(Outbox.id))).where(Outbox.kind == Consigne.EFFACEMENT)).one()


def _note(workspace: Workspace, row: Outbox, done: Tournee, reason: str = "", *, final: bool = True) -> Tournee:
    with workspace.writing() as session:
        settle(session, row, now(), reason, final=final)
    return done


def _later(error: OSError) -> str:
    return f"le serveur de courrier ne répond pas ({type(error).__name__})"
