"""The rows of a dossier, said in its trail by each transaction that changes them.

What is said under a salt can no longer be guessed once the salt is gone: an erasure takes another, and the rows
are all said again. A base older than this says its rows at its first transaction.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Session, SQLModel, col, select

from nr_models.colonnes import DITES, PARENTS, PERSONNES
from nr_models.dossier.journal import Fait
from nr_models.dossier.replay import Dites, Ligne, build_entry, say_row
from nr_models.tables import Dossier, Person, Programme, find_id
from tasks.trail.chain import append

_SALT_BYTES = 16
_KINDS = {str(kind.__tablename__): kind for kind in DITES}

Changed = dict[int, set[Ligne]]
"""The rows that changed, by the number of their dossier."""


def watch_rows(session: Session) -> Callable[[], None]:
    """Note the rows that a transaction changes; what it returns says them in the trail of their dossier."""
    changed: Changed = defaultdict(set)

    def note(at: Session, _context: UOWTransaction) -> None:
        for row in (*at.new, *at.dirty, *at.deleted):
            if type(row) in DITES and (row in at.new or row in at.deleted or _moved(row)):
                changed[_owner(at, row)].add((str(row.__tablename__), row.id))

    sa.event.listen(session, "after_flush", note)

    def say() -> None:
        session.flush()
        for dossier in sorted(changed):
            _say(session, dossier, changed[dossier])

    return say


def list_rows(session: Session, dossier: Dossier) -> Iterator[tuple[Ligne, Dites]]:
    """Every row of a dossier as its trail would say it now, table by table."""
    for name, kind in _KINDS.items():
        for row in session.exec(_query(kind, find_id(dossier))):
            yield (name, row.id), _say_row(session, dossier.sel, row)


def _say(session: Session, number: int, changed: set[Ligne]) -> None:
    found = session.exec(
        select(Programme, Dossier).join(Dossier, col(Dossier.programme_id) == Programme.id).where(Dossier.id == number)
    ).one()
    programme, dossier = found
    whole = not dossier.sel
    if whole:
        dossier.sel = secrets.token_hex(_SALT_BYTES)
        session.flush()
    rows: Mapping[Ligne, Dites | None]
    rows = dict(list_rows(session, dossier)) if whole else {key: _find(session, dossier.sel, key) for key in changed}
    ordered = dict(sorted(rows.items()))
    key = f"{programme.slug}/{dossier.slug}"
    append(session, key, Fait.TABLES, build_entry(dossier.sel, ordered, whole=whole), automatique=True)


def _find(session: Session, sel: str, ligne: Ligne) -> Dites | None:
    """What is to be said of one row; None once it is no more."""
    row = session.get(_KINDS[ligne[0]], ligne[1])
    return _say_row(session, sel, row) if row is not None else None


def _say_row(session: Session, sel: str, row: Any) -> dict[str, Any]:
    columns = DITES[type(row)]
    values = {name: _value(session, name, getattr(row, name)) for name, kind in columns.items() if kind.proves}
    return say_row(sel, str(row.__tablename__), columns, values)


def _value(session: Session, name: str, value: object) -> object:
    """A person's number means nothing by itself: their commitment is what the trail knows them by."""
    if name not in PERSONNES or value is None:
        return value
    person = session.get(Person, value)
    return person.commitment if person else ""


def _moved(row: Any) -> bool:
    """True when a column that proves something changes; what is only remembered is not said."""
    state = sa.inspect(row)
    return any(state.attrs[name].history.has_changes() for name, kind in DITES[type(row)].items() if kind.proves)


def _owner(session: Session, row: Any) -> int:
    """The number of the dossier of a row."""
    while type(row) in PARENTS:
        name, parent = PARENTS[type(row)]
        row = session.get_one(parent, getattr(row, name))
    return find_id(row) if isinstance(row, Dossier) else int(row.dossier_id)


def _query(kind: type[SQLModel], dossier: int) -> Any:
    """The rows of a table that belong to a dossier, in order."""
    query: Any = select(kind)
    at = kind
    while at in PARENTS:
        name, parent = PARENTS[at]
        query = query.join(parent, parent.id == getattr(at, name))  # type: ignore[attr-defined]
        at = parent
    home = Dossier.id if at is Dossier else at.dossier_id  # type: ignore[attr-defined]
    return query.where(home == dossier).order_by(kind.id)  # type: ignore[attr-defined]
