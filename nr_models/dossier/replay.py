"""What the tables must say: the trail of a dossier, replayed, and the first row that says otherwise.

Each transaction that changed rows of a dossier says them in its trail (``Fait.TABLES``): a column in clear, or
as a salted commitment where it may name somebody. Read again from the first, these entries are the tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from nr_models.colonnes import NOMS, Valeur
from nr_models.dossier.gates import Verdict
from nr_models.dossier.journal import GENESIS, Fait
from nr_models.stages import BY_SLUG
from nr_models.values.frozen import canonical, sha256

Ligne = tuple[str, int]
"""A row: its table and its number."""

Dites = Mapping[str, Any]
"""What the trail says, or would say, of the columns of a row."""


class Discordance(NamedTuple):
    """A row that is not what the trail says: the column ("" : the whole row), why, the entry that said it last."""

    table: str
    id: int
    colonne: str
    raison: str
    entree: int = 0

    def __str__(self) -> str:
        """« validation (table gate, ligne 3), colonne etat : … »."""
        column = f", colonne {self.colonne}" if self.colonne else ""
        said = f" (entrée {self.entree} de la piste)" if self.entree else ""
        return f"{NOMS.get(self.table, self.table)} (table {self.table}, ligne {self.id}){column} : {self.raison}{said}"


class Rejeu(NamedTuple):
    """The rows of a dossier as its trail says them, each with the entry that said it last.

    ``sel`` digests the salt of the commitments; "" where nothing was said yet: the base is older.
    """

    sel: str = ""
    lignes: Mapping[Ligne, tuple[int, Dites]] = {}


def say_row(sel: str, table: str, colonnes: Mapping[str, Valeur], valeurs: Mapping[str, Any]) -> dict[str, Any]:
    """What the trail says of a row: the columns that prove something, in clear or as commitments."""
    number = valeurs["id"]
    return {
        name: valeurs[name] if kind is Valeur.CLAIR else _commit(sel, table, number, name, valeurs[name])
        for name, kind in colonnes.items()
        if kind.proves
    }


def _commit(sel: str, table: str, number: int, name: str, value: object) -> str:
    return sha256(canonical([sel, table, number, name, value]).encode())


def build_entry(sel: str, lignes: Mapping[Ligne, Dites | None], *, whole: bool) -> dict[str, Any]:
    """The data of an entry that says rows; None for one that is no more. ``whole``: there are no others."""
    said = {f"{table}:{number}": row for (table, number), row in lignes.items()}
    return {"sel": sha256(sel.encode()), "tout": whole, "lignes": said}


def replay(events: Iterable[Mapping[str, Any]]) -> Rejeu:
    """The rows as the events of a dossier's chain say them, in order."""
    sel, rows = "", dict[Ligne, tuple[int, Dites]]()
    for event in events:
        if event["fait"] != Fait.TABLES:
            continue
        donnees = event["donnees"]
        sel = donnees["sel"]
        if donnees["tout"]:
            rows.clear()
        for key, said in donnees["lignes"].items():
            table, _, number = key.partition(":")
            if said is None:
                rows.pop((table, int(number)), None)
            else:
                rows[table, int(number)] = (event["n"], said)
    return Rejeu(sel, rows)


def compare(rejeu: Rejeu, found: Iterable[tuple[Ligne, Dites]]) -> Discordance | None:
    """The first row that is not as the trail says, or None. Rows of tables that it never says are not given."""
    seen: set[Ligne] = set()
    for (table, number), row in found:
        seen.add((table, number))
        if (table, number) not in rejeu.lignes:
            return Discordance(table, number, "", "la piste ne connaît pas cette ligne")
        entry, said = rejeu.lignes[table, number]
        if fault := next(_differences(said, row), None):
            return Discordance(table, number, *fault, entry)
    for (table, number), (entry, _) in sorted(rejeu.lignes.items()):
        if (table, number) not in seen:
            return Discordance(table, number, "", "la piste tient cette ligne, et la base ne l’a plus", entry)
    return None


def _differences(said: Dites, row: Dites) -> Iterator[tuple[str, str]]:
    """The columns that differ, and how. A column that is younger than the entry was not said."""
    for name in said.keys() & row.keys():
        if said[name] != row[name]:
            yield name, _tell(said[name], row[name])


def _tell(said: object, found: object) -> str:
    if isinstance(said, str) and isinstance(found, str) and len(said) == len(found) == len(GENESIS):
        return "son contenu n’est pas celui que la piste a scellé"
    return f"la base dit « {_show(found)} », la piste « {_show(said)} »"


def _show(value: object) -> str:
    return "rien" if value in (None, "") else str(value)


def is_approved(events: Iterable[Mapping[str, Any]], gate: str, seal: str) -> bool:
    """True when the trail holds, on exactly that result, decisions that stand, all approve, and are the latest."""
    standing: dict[str, str] = {}
    for event in events:
        fait, donnees = event["fait"], event["donnees"]
        same = donnees.get("empreinte") == seal
        if fait == Fait.DECIDE and _sends_back(donnees, gate):
            standing.clear()
        if donnees.get("gate") != gate:
            continue
        if (fait == Fait.SOUMIS and same) or (fait == Fait.DECIDE and not same):
            standing.clear()  # it was asked again, or something else was decided on since
        elif fait == Fait.DECIDE:
            standing[donnees["siege"]] = donnees["verdict"]
        elif fait == Fait.RETRAIT and same:
            standing.pop(donnees["siege"], None)
    return bool(standing) and all(Verdict(verdict).approves for verdict in standing.values())


def _sends_back(donnees: Mapping[str, Any], gate: str) -> bool:
    """True for a correction, asked at another gate, of the stage that this one follows."""
    named = BY_SLUG.get(donnees.get("etape", ""))
    return donnees["gate"] != gate and named is not None and named.gate == gate


def last_said(events: Iterable[Mapping[str, Any]], ligne: Ligne) -> Dites | None:
    """What the trail said last of one row; None where it never did."""
    found = replay(events).lignes.get(ligne)
    return found[1] if found else None


def list_given(events: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """When the registry gave the roles that it gave and did not take back: by person (commitment) and role."""
    given: dict[tuple[str, str], str] = {}
    for event in events:
        for person, role in event["donnees"]["retires"]:
            given.pop((person, role), None)
        for person, role in event["donnees"]["donnes"]:
            given[person, role] = event["at"]
    return given


def list_unpaired(said: Iterable[tuple[Any, ...]], found: Iterable[tuple[Any, ...]]) -> tuple[list[Any], list[Any]]:
    """What the trail says and the base does not hold, and the contrary; each as often as it is missing."""
    one, other = Counter(said), Counter(found)
    return sorted((one - other).elements(), key=repr), sorted((other - one).elements(), key=repr)


def list_said(events: Iterable[Mapping[str, Any]], fait: Fait, *keys: str) -> list[tuple[Any, ...]]:
    """What the entries of a kind say under these keys, in order."""
    return [tuple(event["donnees"].get(key) for key in keys) for event in events if event["fait"] == fait]


def list_named(events: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, int]]:
    """The commitments of people that events hold, each with the first entry that does: chain and number."""
    found: dict[str, tuple[str, int]] = {}
    for event in events:
        for key in _PEOPLE:
            said = event["donnees"].get(key, ())
            for item in [said] if isinstance(said, str) else said:
                if item:
                    found.setdefault(item, (event["chain"], event["n"]))
    return found


_PEOPLE = ("par", "a", "personne", "destinataires")
"""The keys under which an event holds people."""


def list_words(events: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, str, int]]:
    """The commitments of words that events hold: who wrote them, and the entry."""
    return {
        event["donnees"][key]: (event["donnees"]["par"], event["chain"], event["n"])
        for event in events
        for key in _WORDS
        if event["donnees"].get(key) and event["donnees"].get("par")
    }


_WORDS = ("commentaire", "motif", "compte", "texte")
"""The keys under which an event holds what who acted wrote."""
