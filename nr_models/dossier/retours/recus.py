"""What was received and counts: one return per person, frozen once its stage was closed or its gate passed.

Rules: method, « Stages that wait for people ». After that, what arrives, changes or leaves the folder is a
candidate: shown, taken in by an act that reopens the stage, or left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

from nr_models.stages import Stage
from nr_models.values.anomalies import Anomaly
from nr_models.values.frozen import sha256

NOTHING = "null"
"""The value of a file of which nothing could be understood."""
_NOTHING_DIGEST = sha256(NOTHING.encode())
UNKNOWN = "inconnu"
"""The type of a file that nobody knows: the first stage says what is wrong with it."""
ONE_PER_PERSON = frozenset({"diagnostic", "contexte", "calendrier", "arbitrages", "preselection", "bulletin", "fiches"})
SOURCE, SOURCE_BESIDE = "source : ", "source en plus : "
"""How the path of a reading begins when a source gave it: in place of the returned inventories, or beside them."""


class Arretee(StrEnum):
    """Why the returns of a stage are settled; « ouverte » while they still count as they come."""

    OUVERTE = ""
    CLOTURE = "cloture"
    VALIDATION = "validation"


class Recu(Protocol):
    """A return as it was understood; rows of the database are."""

    path: str
    type: str
    personne: str
    sha256: str
    value: str
    value_digest: str
    batch: int
    remplace: str


R = TypeVar("R", bound=Recu)


class Nature(StrEnum):
    """What happened in the folder after the returns of a stage were settled."""

    ARRIVE = "arrive"
    CHANGE = "change"
    RETIRE = "retire"

    @property
    def nom(self) -> str:
        """French label."""
        return _NATURES[self]


_NATURES = {Nature.ARRIVE: "arrivé", Nature.CHANGE: "modifié", Nature.RETIRE: "retiré"}


class Tardif(NamedTuple):
    """What the folder says otherwise than what counts: a file, and what happened to it."""

    stage: str
    path: str
    type: str
    personne: str
    sha256: str
    nature: Nature


def is_source(path: str) -> bool:
    """True for a reading that no file of the folder gave."""
    return path.startswith((SOURCE, SOURCE_BESIDE))


def list_settled(stage: Stage, arretee: Arretee) -> tuple[str, ...]:
    """The types of return that no longer count as they come.

    What settles a stage (``settles``) is still expected after its closing, until the gate that follows is decided.
    """
    if arretee is Arretee.OUVERTE:
        return ()
    kinds = (*stage.returns, *((UNKNOWN,) if "diagnostic" in stage.returns else ()))
    return kinds if arretee is Arretee.VALIDATION else tuple(item for item in kinds if item not in stage.settles)


def choose_counted(kept: Sequence[R], received: Sequence[R], held: Collection[str]) -> list[R]:
    """What counts where returns are taken as they come, once they were settled: what somebody must decide of does not.

    ``held`` are the digests of what came meanwhile; ``kept``, what counted then and the folder no longer says, counts
    until its author returns something else.
    """
    fresh = [row for row in received if row.value_digest not in held]
    said = [row for row in fresh if row.value_digest != _NOTHING_DIGEST]
    paths = {row.path for row in said}
    values = {(row.type, row.personne, row.value_digest) for row in said}
    latest: dict[tuple[str, str], int] = {}
    for row in said:
        if row.type in ONE_PER_PERSON and row.personne:
            latest[row.type, row.personne] = max(row.batch, latest.get((row.type, row.personne), 0))
    carried = (
        row
        for row in kept
        if row.path not in paths
        and (row.type, row.personne, row.value_digest) not in values
        and latest.get((row.type, row.personne), 0) <= row.batch
    )
    return [*fresh, *carried]


def list_late(stage: str, counted: Iterable[Recu], received: Iterable[Recu], left: Iterable[str]) -> list[Tardif]:
    """What is in the folder and does not count, or counts and is there no more; not what was already left."""
    known, seen, left = {row.path: row for row in counted}, {}, set(left)
    said = {(row.type, row.personne, row.value_digest) for row in known.values()}
    found = []
    for row in received:
        seen[row.path] = row
        before = known.get(row.path)
        same = (row.type, row.personne, row.value_digest) in said
        if not same and row.value_digest not in left and row.value != NOTHING:
            nature = Nature.CHANGE if before else Nature.ARRIVE
            found.append(Tardif(stage, row.path, row.type, row.personne, row.sha256, nature))
    gone = (row for path, row in known.items() if path not in seen and not is_source(path) and row.value != NOTHING)
    present = {(row.type, row.personne, row.value_digest) for row in seen.values()}
    for row in gone:
        if (row.type, row.personne, row.value_digest) not in present and row.value_digest not in left:
            found.append(Tardif(stage, row.path, row.type, row.personne, row.sha256, Nature.RETIRE))
    return sorted(found, key=lambda item: item.path)


def find_in_force(rows: Sequence[R]) -> tuple[list[R], list[Anomaly]]:
    """One return per type and person, the latest; of two that came together and differ, neither.

    A corrected copy replaces the file that it names; what a source gives replaces the returned inventories.
    """
    groups: dict[tuple[str, str], list[R]] = defaultdict(list)
    kept: list[R] = []
    replaced = {(row.type, row.remplace) for row in rows if row.value != NOTHING and row.remplace != row.path}
    anomalies: list[Anomaly] = []
    source = next((row for row in rows if row.path.startswith(SOURCE)), None)
    for row in rows:
        if row.value == NOTHING or (row.type, row.path) in replaced:
            continue
        if source and row.type == source.type and not is_source(row.path):
            place = source.path.removeprefix(SOURCE)
            anomalies.append(Anomaly(code="inventaire-de-source", fichier=row.path, detail=place))
        elif row.type in ONE_PER_PERSON:
            groups[row.type, row.personne].append(row)
        elif not any((other.type, other.value_digest) == (row.type, row.value_digest) for other in kept):
            kept.append(row)
    for (kind, personne), group in groups.items():
        if kind == "diagnostic" and not personne:
            kept.extend(group)  # nobody signed them: they are different people's until someone says otherwise
            continue
        latest, doubles = _find_latest(group)
        kept.extend(latest)
        anomalies.extend(doubles)
    return sorted(kept, key=lambda row: (row.type, row.personne, row.path)), anomalies


def _find_latest(group: Sequence[R]) -> tuple[list[R], list[Anomaly]]:
    """The latest of what one person returned; two that came together and differ are left aside and said."""
    anomalies: list[Anomaly] = []
    for batch in sorted({row.batch for row in group}, reverse=True):
        together = [row for row in group if row.batch == batch]
        if len({row.value_digest for row in together}) == 1:
            return together[:1], anomalies
        names = ", ".join(row.path for row in together)
        anomalies.append(Anomaly(code="retour-double", fichier=together[0].path, detail=names))
    return [], anomalies
