"""A case: everything one stage of one dossier may read, as frozen values."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar, cast

from nr_models.dossier.gates import Verdict
from nr_models.dossier.registre import Entree
from nr_models.referentiel.referentiel import Referentiel
from nr_models.stages import BY_GATE
from nr_models.values.anomalies import Anomaly
from nr_models.values.french import french_day
from nr_models.values.frozen import Frozen
from nr_models.values.roles import Role

R = TypeVar("R", bound=Frozen)


class Manquant(Frozen):
    """Something expected that did not come, and from whom.

    ``cellules`` are the places of a return that came and could not be read: they decide nothing, and are asked again.
    """

    quoi: str
    personne: str = ""
    cellules: tuple[str, ...] = ()


class Reste(Frozen):
    """What a person left blank in something that came: the type of return, its author, the names of the blanks."""

    quoi: str
    personne: str
    blancs: tuple[str, ...]


class Dite(NamedTuple):
    """A decision that was not taken back, by its number: where, on which seat, what; and whether it was lifted.

    ``acte`` is what a person said once, on every seat that they then held.
    """

    numero: int
    acte: tuple[int, int]
    gate: str
    siege: str
    verdict: Verdict
    levee: bool


class Reserve(Frozen):
    """A réserve, carried into the roadmap until it is lifted with a reason; ``texte`` is "" once erased.

    ``numero`` is that of the decision that made it, ``role`` who spoke there.
    """

    numero: int
    gate: str
    role: str
    le: str
    texte: str

    @property
    def ligne(self) -> str:
        """Its number, its stage, who spoke there and when, and what was said, on one line."""
        return f"n° {self.numero}, le {french_day(self.le)}, {self.objet}"

    @property
    def objet(self) -> str:
        """The same without its number and its day, which another run would not say."""
        said = self.texte or "ces mots ont été effacés"
        return f"étape « {BY_GATE[self.gate].nom} » ({Role(self.role).nom}) : {said}"


def list_standing(decisions: Iterable[Dite]) -> tuple[int, ...]:
    """The numbers of the réserves that stand, of the decisions of one dossier in their order.

    What a seat decides later of the same gate takes the place of what it said before. What somebody
    said on two seats at once is one réserve, under its first number.
    """
    last = {(item.gate, item.siege): item for item in decisions}
    reserves = sorted(item for item in last.values() if item.verdict is Verdict.RESERVES)
    lifted = {item.acte for item in reserves if item.levee}
    first = {item.acte: item.numero for item in reversed(reserves)}
    return tuple(sorted(numero for acte, numero in first.items() if acte not in lifted))


@dataclass(frozen=True)
class Retour:
    """A returned file as it was understood: its type, its author, the round it answers, its value.

    ``copie`` is a copy to correct, the faulty cells commented; empty when nothing need be corrected.
    """

    fichier: str
    type: str
    personne: str
    tour: int | None
    valeur: Frozen
    anomalies: tuple[Anomaly, ...] = ()
    copie: bytes = field(default=b"", repr=False)

    @property
    def answers_earlier(self) -> bool:
        """True for a return to a round before the one that its author was last sent."""
        return any(item.code == "tour-ancien" for item in self.anomalies)


@dataclass(frozen=True)
class Case:
    """One dossier at one moment.

    ``cle`` is « programme/slug »; ``results`` the results of earlier stages by slug; ``retours`` the
    returns in force, in the order of their authors; ``anomalies`` those of whole files;
    ``reserves`` those that the stage carries.
    """

    cle: str
    entree: Entree
    referentiel: Referentiel
    results: Mapping[str, Frozen] = field(default_factory=dict)
    retours: tuple[Retour, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()
    reserves: tuple[Reserve, ...] = ()

    def result(self, stage: str, kind: type[R]) -> R:
        """The result of an earlier stage, as its type."""
        return cast(R, self.results[stage])

    def returned(self, kind: str) -> tuple[Retour, ...]:
        """The returns of one type."""
        return tuple(item for item in self.retours if item.type == kind)

    def values(self, kind: str, as_type: type[R]) -> tuple[R, ...]:
        """The values of the returns of one type."""
        return tuple(cast(R, item.valeur) for item in self.returned(kind))

    def without(self, kinds: Collection[str]) -> Case:
        """The same case, as if nothing of these types had come."""
        return replace(self, retours=tuple(item for item in self.retours if item.type not in kinds))

    def anomalies_of(self, *kinds: str) -> tuple[Anomaly, ...]:
        """The anomalies of the returns of these types."""
        return tuple(anomaly for item in self.retours if item.type in kinds for anomaly in item.anomalies)

    def list_unread(self, *kinds: str) -> tuple[Manquant, ...]:
        """What of these returns could not be read, and whoever gave it must take up again."""
        return tuple(
            Manquant(quoi=item.type, personne=item.personne, cellules=cells)
            for item in self.retours
            if item.type in kinds and (cells := tuple(map(_tell_unread, filter(_is_unread, item.anomalies))))
        )


def _is_unread(item: Anomaly) -> bool:
    """True when something was asked and could not be read: a cell, or a whole sheet that is gone."""
    return item.asks_to_correct or item.code == "feuille-absente"


def _tell_unread(item: Anomaly) -> str:
    return item.cell or f"feuille « {item.detail} »"


def add_unread(missing: Iterable[Manquant], unread: Iterable[Manquant]) -> tuple[Manquant, ...]:
    """What is missing with what could not be read, each person asked once for each thing."""
    again = tuple(unread)
    asked = {(item.quoi, item.personne) for item in again}
    return (*(item for item in missing if (item.quoi, item.personne) not in asked), *again)


@dataclass(frozen=True)
class File:
    """A file a stage made: its name and its bytes; a support also says its type of return and whom it is for."""

    nom: str
    contenu: bytes = field(repr=False)
    type: str = ""
    pour: str = ""
