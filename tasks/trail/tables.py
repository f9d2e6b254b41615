"""Hold the tables and the store to what the trail says: replayed, compared, the first difference named.

The trail was verified first (``tasks.trail.chain``): here it is believed, and nothing else is.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from nr_models.colonnes import NOMS
from nr_models.dossier.effacement import NOM_EFFACE, build_pseudonym
from nr_models.dossier.gates import Ouverture
from nr_models.dossier.journal import Fait, bears_name, commit
from nr_models.dossier.registre import Entree, list_roles
from nr_models.dossier.replay import (
    Discordance,
    compare,
    is_approved,
    list_named,
    list_said,
    list_unpaired,
    list_words,
    replay,
)
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_GATE, BY_SLUG
from nr_models.tables import (
    Artefact,
    Avancement,
    Decision,
    Dossier,
    Gate,
    Membre,
    Parole,
    Person,
    Programme,
    Reading,
    Retenu,
    Round,
    find_id,
)
from nr_models.values.controle import show_code
from nr_models.values.frozen import sha256
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from tasks.trail.chain import list_events
from tasks.trail.lignes import list_rows
from tasks.trail.verifier import Faille, list_documents, within

Event = Mapping[str, Any]
_SHOWN = 12


class _Place(NamedTuple):
    """A dossier whose rows are looked at: its name, and the events of its chain."""

    cle: str
    dossier: Dossier
    events: Sequence[Event]


def check_tables(workspace: Workspace) -> Faille | None:
    """The first row or document that is not what the trail says, or None."""
    with workspace.reading() as session:
        return find_gap(workspace.settings, session)


def find_gap(settings: Settings, session: Session, perimetre: str = "") -> Faille | None:
    """The same, seen in a session; of a programme or a dossier, what is said of it alone."""
    chains: dict[str, list[Event]] = defaultdict(list)
    for event in list_events(session):
        chains[event["chain"]].append(event)
    return next(_list_faults(settings, session, chains, perimetre), None)


def _list_faults(
    settings: Settings, session: Session, whole: Mapping[str, list[Event]], perimetre: str
) -> Iterator[Faille]:
    yield from _list_orphans(session)
    chains = {name: chain for name, chain in whole.items() if within(name, perimetre)}
    places = [place for place in _list_places(session, whole) if within(place.cle, perimetre)]
    yield from _list_unknown(session, chains, places, perimetre)
    erased = {event["donnees"]["personne"] for event in _flatten(whole) if event["fait"] == Fait.EFFACE}
    yield from _list_people(session, _flatten(chains), erased, alone=bool(perimetre))
    for place in places:
        for find in (_list_rows, _list_deduced, _list_unindexed, _list_unpaired, _list_unproved):
            yield from (Faille(place.cle, 0, said) for said in find(session, place))
    yield from _list_words(session, chains, alone=bool(perimetre))
    yield from _list_lost(settings, session, places, alone=bool(perimetre))


def _flatten(chains: Mapping[str, list[Event]]) -> list[Event]:
    return [event for chain in chains.values() for event in chain]


def _list_orphans(session: Session) -> Iterator[Faille]:
    """Rows that lead to a row that is not there: some tools change a database without minding."""
    for table in SQLModel.metadata.sorted_tables:
        for key in table.foreign_keys:
            target = key.column.table.alias()
            lost = ~sa.exists().where(target.c.id == key.parent)
            query = sa.select(table.c.id).where(key.parent.is_not(None), lost).order_by(table.c.id).limit(1)
            for (number,) in session.connection().execute(query):
                said = f"la ligne de « {NOMS.get(key.column.table.name, key.column.table.name)} » qu’elle nomme manque"
                yield Faille("base", 0, str(Discordance(table.name, number, key.parent.name, said)))


def _list_places(session: Session, chains: Mapping[str, list[Event]]) -> Iterator[_Place]:
    query = select(Programme, Dossier).join(Dossier, col(Dossier.programme_id) == Programme.id)
    for programme, dossier in session.exec(query.order_by(col(Dossier.id))):
        name = f"{programme.slug}/{dossier.slug}"
        yield _Place(name, dossier, chains.get(name, ()))


def _list_unknown(
    session: Session, chains: Mapping[str, list[Event]], places: Sequence[_Place], perimetre: str
) -> Iterator[Faille]:
    """Programmes and dossiers that only the base, or only the trail, knows."""
    for programme in session.exec(select(Programme).order_by(col(Programme.id))):
        if within(programme.slug, perimetre) and programme.slug not in chains:
            said = Discordance("programme", find_id(programme), "slug", f"la piste ne connaît pas « {programme.slug} »")
            yield Faille("base", 0, str(said))
    for place in places:
        if not place.events:
            said = Discordance("dossier", find_id(place.dossier), "slug", f"la piste ne connaît pas « {place.cle} »")
            yield Faille("base", 0, str(said))
    lost = {name for name in chains if "/" in name} - {place.cle for place in places}
    yield from (Faille(name, 0, "la piste tient ce dossier, et la base ne l’a plus") for name in sorted(lost))


def _list_people(session: Session, events: Sequence[Event], erased: set[str], *, alone: bool) -> Iterator[Faille]:
    """People who are not those whom the trail committed to; ``alone``, of those only whom these events name."""
    known = {person.commitment: person for person in session.exec(select(Person).order_by(col(Person.id)))}
    named = list_named(events)
    for person in known.values():
        if (not alone or person.commitment in named) and (fault := _bad_person(person, erased)):
            yield Faille("base", 0, str(Discordance("person", find_id(person), *fault)))
    for commitment, (chain, n) in named.items():
        if commitment not in known:
            said = f"la personne de l’entrée {n} de la piste (engagement {commitment[:_SHOWN]}) n’est plus dans la base"
            yield Faille(chain, 0, f"personne (table person, colonne commitment) : {said}")


def _bad_person(person: Person, erased: set[str]) -> tuple[str, str] | None:
    """The column that is not what the trail committed to, and how; None when all is right."""
    if person.commitment in erased or not person.salt:
        pseudonym = build_pseudonym(person.commitment)
        wanted = {"mail": pseudonym, "nom": NOM_EFFACE, "salt": ""}
        changed = next((name for name, value in wanted.items() if getattr(person, name) != value), None)
        if person.commitment not in erased:
            return "salt", "cette personne paraît effacée, et la piste n’en dit rien"
        return (changed, "cette personne a été effacée, et ne l’est plus ici") if changed else None
    if commit(person.salt, person.mail) != person.commitment:
        return (
            "mail",
            f"« {person.mail} » n’est pas l’adresse que la piste a scellée (adresse, sel ou engagement changé)",
        )
    if not bears_name(person.salt, person.nom):
        return "nom", f"« {person.nom} » n’est pas le nom que la piste a scellé"
    return None


def _list_rows(session: Session, place: _Place) -> Iterator[str]:
    """The rows of a dossier against its trail replayed; nothing where the trail is older than that."""
    rejeu = replay(place.events)
    if not rejeu.sel:
        return
    if sha256(place.dossier.sel.encode()) != rejeu.sel:
        yield str(
            Discordance("dossier", find_id(place.dossier), "sel", "ce n’est pas le sel des lignes que dit la piste")
        )
        return
    if fault := compare(rejeu, list_rows(session, place.dossier)):
        yield str(fault)


def _digest(text: str) -> str:
    return sha256(text.encode())


_DEDUCED: Mapping[Any, Mapping[str, tuple[str, Callable[[str], object]]]] = {
    Dossier: {
        "entree_digest": ("entree", _digest),
        "nom": ("entree", lambda text: json.loads(text)["collectivite"]["nom"]),
    },
    Reading: {"value_digest": ("value", _digest)},
    Retenu: {"value_digest": ("value", _digest)},
    Round: {"value_digest": ("value", _digest), "fingerprint": ("basis", _digest)},
}
"""The columns that follow from another one of the same row, and how; those of a document, from the store."""


def _list_deduced(session: Session, place: _Place) -> Iterator[str]:
    for kind, columns in _DEDUCED.items():
        home = Dossier.id if kind is Dossier else kind.dossier_id
        query = select(kind).where(home == place.dossier.id).order_by(kind.id)
        for row in session.exec(query):
            for name, (source, find) in columns.items():
                wanted, found = find(getattr(row, source)), getattr(row, name)
                if wanted != found:
                    said = (
                        f"la base dit « {str(found)[:_SHOWN]} », sa colonne {source} donne « {str(wanted)[:_SHOWN]} »"
                    )
                    yield str(Discordance(str(kind.__tablename__), row.id, name, said))


def _list_unindexed(session: Session, place: _Place) -> Iterator[str]:
    """Roles that the index of members gives and the registry of the dossier does not, or the contrary."""
    entree = Entree.model_validate_json(place.dossier.entree)
    given = {(mail, str(role)) for mail, role in list_roles(entree)}
    rows = session.exec(select(Membre).where(Membre.dossier_id == place.dossier.id).order_by(col(Membre.id))).all()
    for row in rows:
        if (row.mail, row.role) not in given:
            said = f"le registre de ce dossier ne donne pas le rôle « {row.role} » à « {row.mail} »"
            yield str(Discordance("membre", find_id(row), "role", said))
    if lost := given - {(row.mail, row.role) for row in rows}:
        mail, role = min(lost)
        said = f"le rôle « {role} » que le registre donne à « {mail} » n’y est pas"
        yield str(Discordance("membre", 0, "role", said))


def _list_unpaired(session: Session, place: _Place) -> Iterator[str]:
    """Versions, validations and decisions, each against its own entry: even where rows are not said yet."""
    number = place.dossier.id
    rounds = select(Round.stage, Round.phase, Round.numero, Round.seal).where(Round.dossier_id == number)
    gates = select(Gate.gate, Gate.seal).where(Gate.dossier_id == number)
    decisions = (
        select(  # type: ignore[call-overload]  # five columns
            Gate.gate, Decision.siege, Decision.verdict, Decision.seal, Person.commitment
        )
        .join(Decision, col(Decision.gate_id) == Gate.id)
        .join(Person, col(Person.id) == Decision.person_id)
        .where(Gate.dossier_id == number)
    )
    for kind, fait, keys, query in (
        ("round", Fait.PRODUIT, ("stage", "phase", "tour", "empreinte"), rounds),
        ("gate", Fait.SOUMIS, ("gate", "empreinte"), gates),
        ("decision", Fait.DECIDE, ("gate", "siege", "verdict", "empreinte", "par"), decisions),
    ):
        lost, added = list_unpaired(list_said(place.events, fait, *keys), map(tuple, session.exec(query)))
        for which, said in ((lost, "est dans la piste et n’est plus dans la base"), (added, "n’est pas dans la piste")):
            if which:
                shown = ", ".join(f"{key} {_short(value)}" for key, value in zip(keys, which[0], strict=True))
                yield f"{NOMS[kind]} (table {kind}) : {shown} {said}"


def _short(value: object) -> str:
    return f"« {str(value)[:_SHOWN]} »" if isinstance(value, str) else str(value)


def _list_unproved(session: Session, place: _Place) -> Iterator[str]:
    """Gates that the base says passed, and stages that it says validated, without a decision that approves."""
    gates = select(Gate).where(Gate.dossier_id == place.dossier.id, Gate.etat == Ouverture.APPROUVEE)
    for gate in session.exec(gates.order_by(col(Gate.id))):
        if not is_approved(place.events, gate.gate, gate.seal):
            said = (
                f"« {BY_GATE[gate.gate].nom} » est dite approuvée, et la piste ne tient aucune décision qui l’approuve"
            )
            yield str(Discordance("gate", find_id(gate), "etat", said))
    states = select(Avancement).where(Avancement.dossier_id == place.dossier.id, Avancement.etat == Etat.VALIDE)
    for state in session.exec(states.order_by(col(Avancement.id))):
        stage = BY_SLUG[state.slug]
        if not is_approved(place.events, stage.gate or "", _seal(session, state)):
            said = f"« {stage.nom} » est dite validée, et la piste ne tient aucune décision qui approuve ce résultat"
            yield str(Discordance("stage", find_id(state), "etat", said))


def _seal(session: Session, state: Avancement) -> str:
    """The seal of the current result of a stage; "" without one."""
    query = select(Round.seal).where(
        Round.dossier_id == state.dossier_id, Round.stage == state.slug, Round.phase == "resultat"
    )
    return session.exec(query.order_by(col(Round.numero).desc()).limit(1)).first() or ""


def _list_words(session: Session, chains: Mapping[str, list[Event]], *, alone: bool) -> Iterator[Faille]:
    """Words that are not those that the trail committed to, or of somebody else, or gone without an erasure."""
    events = _flatten(chains)
    said = list_words(events)
    people = dict(session.exec(select(Person.id, Person.commitment)).all())
    kept = set()
    for row in session.exec(select(Parole).order_by(col(Parole.id))):
        kept.add(row.commitment)
        if alone and row.commitment not in said:
            continue
        if commit(row.salt, row.texte) != row.commitment:
            fault = "ces mots ne sont pas ceux que la piste a scellés (texte, sel ou engagement changé)"
            yield Faille("base", 0, str(Discordance("parole", find_id(row), "texte", fault)))
        elif row.commitment in said and people.get(row.person_id) != said[row.commitment][0]:
            fault = f"ces mots ne sont pas de cette personne, selon l’entrée {said[row.commitment][2]} de la piste"
            yield Faille("base", 0, str(Discordance("parole", find_id(row), "person_id", fault)))
    if any(event["fait"] == Fait.EFFACE for event in events):
        return  # words went with somebody; which ones, nobody may say
    since = {
        name: next((item["n"] for item in chain if item["fait"] == Fait.TABLES), 0) for name, chain in chains.items()
    }
    for commitment, (_, chain, n) in said.items():
        if commitment not in kept and 0 < since[chain] < n:
            yield Faille(
                chain, 0, f"parole (table parole) : les mots de l’entrée {n} de la piste ne sont plus dans la base"
            )


def _list_lost(settings: Settings, session: Session, places: Sequence[_Place], *, alone: bool) -> Iterator[Faille]:
    """Bytes of the store that are no longer those that were put there, and those that are lost."""
    sizes: dict[str, int] = {}
    theirs = {digest for place in places for digest in _list_bytes(place)}
    for path in sorted(settings.store.glob("*/[!.]*")):
        if alone and path.name not in theirs:
            continue
        content = path.read_bytes()
        if sha256(content) != path.name:
            yield Faille("magasin", 0, _tell_bytes(session, path))
        sizes[path.name] = len(content)
    for place in places:
        for digest in sorted(_list_bytes(place) - sizes.keys()):
            yield Faille(place.cle, 0, f"le magasin n’a plus les octets de code de contrôle {show_code(digest)}")
    for row in session.exec(select(Artefact).order_by(col(Artefact.id))):
        if row.size != sizes.get(row.sha256, row.size):
            said = f"la base dit {row.size} octets, le magasin en tient {sizes[row.sha256]}"
            yield Faille("base", 0, str(Discordance("artefact", find_id(row), "size", said)))


def _list_bytes(place: _Place) -> set[str]:
    """What the store must hold for a dossier: its documents, and the référentiel that it follows."""
    return {*list_documents(place.events), place.dossier.referentiel_digest}


def _tell_bytes(session: Session, path: Path) -> str:
    """« document score.xlsx de ville, lié par 2 décisions : … »."""
    query = (
        select(Artefact, Round, Dossier)
        .join(Round, col(Round.id) == Artefact.round_id)
        .join(Dossier, col(Dossier.id) == Round.dossier_id)
        .where(Artefact.sha256 == path.name)
    )
    found = session.exec(query.order_by(col(Artefact.id))).first()
    what = "un contenu"
    if found:
        artefact, made, dossier = found
        what = f"document « {artefact.nom} » (étape « {BY_SLUG[made.stage].nom} », {dossier.slug})"
        seals = {item.seal for item in session.exec(select(Round).where(Round.id == artefact.round_id))}
        if session.exec(select(Decision.id).where(col(Decision.seal).in_(seals))).first():
            what = f"{what}, lié par une décision"
    return f"{what} : ses octets, de code de contrôle {show_code(path.name)}, ne sont plus ceux qui y furent mis"
