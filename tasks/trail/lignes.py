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

Changed = dict[int, dict[Ligne, Any]]
"""The rows that changed, by the number of their dossier. Held, or the session forgets them and reads them again."""


class _Commitments(dict[int, str]):
    """The commitments of people by their number, each asked of the base once; "" for who is not there."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def __missing__(self, number: int) -> str:
        query = select(Person.commitment).where(Person.id == number)
        return self.setdefault(number, self._session.exec(query).first() or "")


def watch_rows(session: Session) -> Callable[[], None]:
    """Note the rows that a transaction changes; what it returns says them in the trail of their dossier."""
    changed: Changed = defaultdict(dict)
    owners: dict[Ligne, int] = {}

    def note(at: Session, _context: UOWTransaction) -> None:
        for row in (*at.new, *at.dirty, *at.deleted):
            if type(row) in DITES and (row in at.new or row in at.deleted or _moved(row)):
                changed[_owner(at, owners, row)][str(row.__tablename__), row.id] = row

    sa.event.listen(session, "after_flush", note)

    def say() -> None:
        session.flush()
        for dossier in sorted(changed):
            _say(session, dossier, changed[dossier])

    return say


def list_rows(session: Session, dossier: Dossier) -> Iterator[tuple[Ligne, Dites]]:
    """Every row of a dossier as its trail would say it now, table by table."""
    people = _Commitments(session)
    for name, kind in _KINDS.items():
        for row in session.exec(_query(kind, find_id(dossier))):
            yield (name, row.id), _say_row(people, dossier.sel, row)


def _say(session: Session, number: int, changed: Mapping[Ligne, Any]) -> None:
    found = session.exec(
        select(Programme, Dossier).join(Dossier, col(Dossier.programme_id) == Programme.id).where(Dossier.id == number)
    ).one()
    programme, dossier = found
    whole = not dossier.sel
    if whole:
        dossier.sel = secrets.token_hex(_SALT_BYTES)
        session.flush()
    rows: Mapping[Ligne, Dites | None]
    rows = dict(list_rows(session, dossier)) if whole else _say_changed(session, dossier.sel, changed)
    ordered = dict(sorted(rows.items()))
    key = f"{programme.slug}/{dossier.slug}"
    append(session, key, Fait.TABLES, build_entry(dossier.sel, ordered, whole=whole), automatique=True)


def _say_changed(session: Session, sel: str, changed: Mapping[Ligne, Any]) -> dict[Ligne, Dites | None]:
    """What is to be said of the rows that changed; None of one that is no more."""
    people = _Commitments(session)
    return {key: _say_row(people, sel, row) if row in session else None for key, row in changed.items()}


def _say_row(people: Mapping[int, str], sel: str, row: Any) -> dict[str, Any]:
    columns = DITES[type(row)]
    values = {name: _value(people, name, getattr(row, name)) for name, kind in columns.items() if kind.proves}
    return say_row(sel, str(row.__tablename__), columns, values)


def _value(people: Mapping[int, str], name: str, value: Any) -> object:
    """A person's number means nothing by itself: their commitment is what the trail knows them by."""
    return people[value] if name in PERSONNES and value is not None else value


def _moved(row: Any) -> bool:
    """True when a column that proves something changes; what is only remembered is not said."""
    state = sa.inspect(row)
    return any(state.attrs[name].history.has_changes() for name, kind in DITES[type(row)].items() if kind.proves)


def _owner(session: Session, owners: dict[Ligne, int], row: Any) -> int:
    """The number of the dossier of a row; ``owners`` remembers those of the rows that lead to others."""
    if type(row) not in PARENTS:
        return find_id(row) if isinstance(row, Dossier) else int(row.dossier_id)
    name, parent = PARENTS[type(row)]
    above = (str(parent.__tablename__), getattr(row, name))
    if above not in owners:
        owners[above] = _owner(session, owners, session.get_one(parent, above[1]))
    return owners[above]


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
