"""The audit trail in our database: append, verify, export. Events are never updated nor deleted."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from nr_models.dossier.journal import GENESIS, Fait, build_event, commit, salt_with_name
from nr_models.tables import Event, Person
from nr_models.values.frozen import canonical
from tasks.store.clock import now
from tasks.trail.verifier import Faille, Heads, find_fault

_COLUMNS = ("chain", "n", "ordre", "prev", "hash")


class Head(NamedTuple):
    """Where a chain stands."""

    n: int
    hash: str


def append(
    session: Session, chain: str, fait: Fait, donnees: Mapping[str, object], *, automatique: bool = False
) -> dict[str, Any]:
    """Append one event to a chain, inside the caller's transaction; returns the event."""
    ends = _find_ends(session)
    last = ends.heads.get(chain) or find_head(session, chain)
    n, prev = (last.n + 1, last.hash) if last else (1, GENESIS)
    ordre = ends.count + 1
    event = build_event(chain, n, prev, now(), fait, automatique, donnees, ordre=ordre)
    session.add(Event(chain=chain, n=n, ordre=ordre, prev=prev, hash=event["hash"], body=canonical(event)))
    session.flush()
    ends.heads[chain], ends.count = Head(n, event["hash"]), ordre
    return event


@dataclass
class _Ends:
    """Where the chains stand in the transaction of a session: nobody else writes before it ends."""

    transaction: object
    count: int
    heads: dict[str, Head] = field(default_factory=dict)


def _find_ends(session: Session) -> _Ends:
    known: _Ends | None = session.info.get(_Ends)
    if known is None or known.transaction is not session.get_transaction():
        count = _count(session)  # which begins a transaction where none had
        known = session.info[_Ends] = _Ends(session.get_transaction(), count)
    return known


def find_head(session: Session, chain: str) -> Head | None:
    """Where a chain stands: number and hash of its last entry; None when it has none."""
    query = select(Event.n, Event.hash).where(Event.chain == chain).order_by(col(Event.n).desc()).limit(1)
    last = session.exec(query).first()
    return Head(*last) if last else None


def _count(session: Session) -> int:
    """How many entries there are; those of the first schema were not numbered together."""
    return session.exec(select(sa.func.max(Event.ordre))).one() or session.exec(select(sa.func.count(Event.id))).one()  # type: ignore[arg-type]


def record_heads(session: Session, programme: str) -> None:
    """Record in the programme's chain where each dossier's chain stands, when one has moved since."""
    found = _heads(session, f"{programme}/%")
    last = session.exec(
        select(Event)
        .where(Event.chain == programme, col(Event.body).contains('"fait":"tetes"'))
        .order_by(col(Event.n).desc())
    ).first()
    if found and (last is None or json.loads(last.body)["donnees"]["tetes"] != found):
        append(session, programme, Fait.TETES, {"tetes": found}, automatique=True)


def _heads(session: Session, pattern: str) -> dict[str, dict[str, object]]:
    latest = (
        select(Event.chain, sa.func.max(Event.n).label("n"))
        .where(col(Event.chain).like(pattern))
        .group_by(Event.chain)
        .subquery()
    )
    rows = session.exec(select(Event).join(latest, (latest.c.chain == Event.chain) & (latest.c.n == Event.n)))
    return {row.chain: {"n": row.n, "hash": row.hash} for row in rows}


def list_heads(session: Session) -> dict[str, dict[str, object]]:
    """Where every chain stands: number of entries and last hash."""
    return dict(sorted(_heads(session, "%").items()))


def list_events(session: Session, chain: str | None = None) -> Iterator[dict[str, Any]]:
    """The events in the order they were recorded, of one chain or of all."""
    query = select(Event.body).order_by(col(Event.id))
    if chain is not None:
        query = query.where(Event.chain == chain)
    return (json.loads(body) for body in session.exec(query))


def verify(session: Session, tetes: Sequence[Heads] = ()) -> Faille | None:
    """The first bad entry of the trail in the database, or None; ``tetes`` are heads kept elsewhere."""
    wrong: list[Faille] = []
    return find_fault(_read_rows(session, wrong), tetes) or next(iter(wrong), None)


def _read_rows(session: Session, wrong: list[Faille]) -> Iterator[dict[str, Any]]:
    """The events one at a time; ``wrong`` gathers the rows whose columns do not say what their content does."""
    columns = (Event.chain, Event.n, Event.ordre, Event.prev, Event.hash, Event.body)
    for *row, body in session.execute(select(*columns).order_by(col(Event.id))):  # type: ignore[call-overload]
        event = _read(body)
        if row != [event.get(key) for key in _COLUMNS]:
            wrong.append(Faille(row[0], row[1], "la ligne ne dit pas la même chose que son contenu"))
        yield event


def _read(body: str) -> dict[str, Any]:
    """An event as its row holds it; what does not read is an event that says nothing."""
    try:
        event = json.loads(body)
    except (RecursionError, ValueError):
        return {}
    return event if isinstance(event, dict) else {}


def find_person(session: Session, mail: str, nom: str) -> Person:
    """The row of a person, made on first need with a salt of its own."""
    person = session.exec(select(Person).where(Person.mail == mail)).first()
    if person is None:
        salt = salt_with_name(secrets.token_hex(16), nom)
        person = Person(mail=mail, nom=nom, salt=salt, commitment=commit(salt, mail))
        session.add(person)
        session.flush()
    return person
