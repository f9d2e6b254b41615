"""What our database holds about a person: where they stand, and every row that names them.

Every table and every text column is looked at, whatever later versions add; the trail excepted, which
only knows commitments.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import AutoString, Session, SQLModel, col, select

from nr_models.dossier.effacement import Masque, build_pseudonym
from nr_models.dossier.registre import Entree
from nr_models.dossier.workflow import Acte, entitled
from nr_models.tables import Dossier, Event, Person, Programme, Reading
from nr_models.values.frozen import canonical
from nr_models.values.noms import Nom
from tasks.programme.programmes import cle, list_programmes, load_entree

_NEVER = frozenset({"event", "person", "alembic_version"})
"""The trail holds no personal value; a person's own row is dealt with by name."""


class DossierConnu(NamedTuple):
    """A dossier where a person is known."""

    programme: Programme
    dossier: Dossier
    entree: Entree

    @property
    def cle(self) -> str:
        """« programme/slug »."""
        return cle(self.programme, self.dossier)


@dataclass(frozen=True)
class Identite:
    """A person as our database knows them; ``homonyme`` when somebody else bears the same name.

    ``autres`` are the names and addresses of everybody else, which nothing may touch.
    """

    mail: str
    nom: str
    person: Person | None
    places: tuple[DossierConnu, ...]
    homonyme: bool
    autres: frozenset[str] = frozenset()

    def masque(self, commitment: str) -> Masque:
        """What replaces them; a name that others bear is not searched for."""
        nom = "" if self.homonyme else self.nom
        return Masque(self.mail, nom, build_pseudonym(commitment), autres=self.autres)


class Mention(NamedTuple):
    """A row that names a person: its table, its number, its columns that do (name and text), its dossier."""

    table: sa.Table
    id: int
    textes: dict[str, str]
    dossier: int | None = None


def find_identity(session: Session, mail: str) -> Identite | None:
    """A person by address, wherever they are known; None when they are known nowhere."""
    mail = mail.strip().lower()
    person = session.exec(select(Person).where(Person.mail == mail)).first()
    everyone = [DossierConnu(programme, dossier, load_entree(dossier)) for programme, dossier in _all(session)]
    returned, acted = _returned(session, mail), _acted(session, person)
    places = tuple(
        place for place in everyone if place.entree.find(mail) or place.dossier.id in returned or place.cle in acted
    )
    if person is None and not places:
        return None
    known = (found.nom for place in places if (found := place.entree.find(mail)))
    nom = person.nom if person else next(known, "")
    others = list_others(session, mail)
    shared = any(Nom(nom).bears(Nom(other)) for other in others)
    return Identite(mail, nom, person, places, shared, others)


def _all(session: Session) -> Iterator[tuple[Programme, Dossier]]:
    for programme in list_programmes(session):
        for dossier in session.exec(select(Dossier).where(Dossier.programme_id == programme.id)):
            yield programme, dossier


def _returned(session: Session, mail: str) -> set[int]:
    """The dossiers where a return is theirs."""
    return set(session.exec(select(Reading.dossier_id).where(Reading.personne == mail)))


def _acted(session: Session, person: Person | None) -> set[str]:
    """The chains that know them: whatever they did, or was done for them, is there under their commitment."""
    if person is None:
        return set()
    known = select(Event.chain).where(col(Event.body).contains(person.commitment))
    return set(session.exec(known.distinct()))


def list_others(session: Session, mail: str) -> frozenset[str]:
    """The names and addresses of everybody else that our database knows."""
    named = (item for _, dossier in _all(session) for item in load_entree(dossier).personnes)
    people = [*named, *session.exec(select(Person))]
    return frozenset(text for item in people if item.mail != mail for text in (item.mail, item.nom) if text)


def leads_everywhere(identite: Identite, mail: str) -> bool:
    """True when that address is of the équipe programme of every dossier where the person is known."""
    found = [place.entree.find(mail) for place in identite.places]
    return bool(found) and all(item is not None and entitled(Acte.EFFACER, item.roles) for item in found)


def list_mentions(session: Session, masque: Masque, dossiers: Sequence[int] = ()) -> Iterator[Mention]:
    """Every row that names the person, and the rows of these dossiers whatever they say; one at a time."""
    for table in SQLModel.metadata.sorted_tables:
        columns = [item for item in table.columns if isinstance(item.type, (sa.String, AutoString))]
        if table.name in _NEVER or not columns or "id" not in table.columns:
            continue
        ids = _list_named(session, table, columns, masque, dossiers)
        for number, dossier in ids:
            row = session.execute(select(*columns).where(table.c.id == number)).one()
            texts = {item.name: text for item, text in zip(columns, row, strict=True) if text}
            yield Mention(table, number, texts, dossier)


def _list_named(
    session: Session, table: sa.Table, columns: Sequence[sa.Column[Any]], masque: Masque, dossiers: Sequence[int]
) -> list[tuple[int, int | None]]:
    """The rows that may name the person, read one after another: a database does not compare as people write."""
    home = table.c.dossier_id if "dossier_id" in table.columns else sa.null()
    rows = session.execute(sa.select(table.c.id, home, *columns).order_by(table.c.id).execution_options(yield_per=100))
    return [
        (number, dossier)
        for number, dossier, *texts in rows
        if dossier in dossiers or any(masque.may_name(text) for text in texts if text)
    ]


def names_person(masque: Masque, text: str) -> bool:
    """True when a text names the person."""
    return replace_text(masque, text) != text


def replace_text(masque: Masque, text: str) -> str:
    """A text without the person; JSON stays canonical JSON, and one that does not name them keeps its bytes."""
    value = load_json(text)
    if value is None:
        return str(masque.replace(text))
    other = masque.replace(value)
    return text if other == value else canonical(other)


def load_json(text: str) -> Any:
    """The object or the list that a text holds as JSON; None for any other text."""
    if not text.startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except ValueError:
        return None
