"""The interview calendar: who meets whom, when, without clash, the load shared among référents.

Lengths are référentiel data (ANCT, step 3.1 and its FAQ). Instants are a day and minutes since
midnight, local time; the time to note is the référent's alone and follows each interview.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from itertools import count

from nr_models.dossier.registre import Entree, Personne
from nr_models.referentiel.parametres import ParametresEntretiens
from nr_models.referentiel.referentiel import Question
from nr_models.values.frozen import Frozen
from nr_models.values.roles import Role

TEAM = "equipe"
"""Key of the interview with the whole IT team; « equipe-1 », « equipe-2 » when it takes several."""

_HOUR = 60  # minutes
_DAY = 24  # hours
_TIME = re.compile(r"(\d{1,2})(?:\s*(?:h|:|heures?)\s*(\d{2})?(?::00)?)?", re.IGNORECASE)


class Journee(Frozen):
    """Open hours of a day, and the référents who are there (empty: all of them)."""

    jour: date
    debut: int
    fin: int
    referents: tuple[str, ...] = ()


class Souhait(Frozen):
    """What the référent wrote of one interview: an hour that is kept as written, and what came of it."""

    cle: str
    jour: date | None = None
    debut: int | None = None
    referent: str = ""
    lancement: bool | None = None
    confirme: bool | None = None
    tenu: bool | None = None

    @property
    def is_written(self) -> bool:
        """True when both the day and the hour are there."""
        return self.jour is not None and self.debut is not None


class Reunion(Frozen):
    """The restitution, fixed from the start: the hour and the place may still be open."""

    jour: date
    debut: int | None = None
    minutes: int
    lieu: str = ""


class RetourCalendrier(Frozen):
    """The calendar workbook as it came back; ``repartition`` gives addresses by question id.

    ``responsables`` gives the address of who returns what nobody else owes, by type of return; ``echeance``
    is the last day to return, where the référent set one.
    """

    repartition: dict[str, tuple[str, ...]] = {}
    responsables: dict[str, str] = {}
    echeance: date | None = None
    journees: tuple[Journee, ...] = ()
    souhaits: tuple[Souhait, ...] = ()
    en_plusieurs: bool = False
    restitution: Reunion | None = None


class EntretienAPlacer(Frozen):
    """An interview to hold: with whom, for how many minutes, and who may lead it."""

    cle: str
    personnes: tuple[str, ...]
    minutes: int
    meneurs: tuple[str, ...]


class Creneau(Frozen):
    """An interview in its place; ``notes`` is when the référent has finished noting."""

    cle: str
    personnes: tuple[str, ...]
    referent: str
    jour: date
    debut: int
    fin: int
    notes: int
    ecrit: bool = False


class Raison(StrEnum):
    """Why an interview has no place."""

    SANS_MENEUR = "sans-meneur"
    CHEVAUCHEMENT = "chevauchement"
    SANS_PLACE = "sans-place"

    @property
    def nom(self) -> str:
        """French sentence, without its full stop."""
        return _RAISONS[self]


_RAISONS = {
    Raison.SANS_MENEUR: "seul référent, la personne remplit elle-même sa trame",
    Raison.CHEVAUCHEMENT: "l’heure écrite tombe sur un autre entretien de la même personne ou du même référent",
    Raison.SANS_PLACE: "il ne reste pas de plage assez longue ; ouvrez une plage, ou un autre jour",
}


class NonPlace(Frozen):
    """An interview that the calendar does not hold, and why."""

    cle: str
    personnes: tuple[str, ...]
    raison: Raison


class CalendrierEntretiens(Frozen):
    """The interviews in the order of the days, and those without a place."""

    creneaux: tuple[Creneau, ...] = ()
    non_places: tuple[NonPlace, ...] = ()

    def find(self, mail: str) -> tuple[Creneau, ...]:
        """The interviews that a person answers."""
        return tuple(item for item in self.creneaux if mail in item.personnes)


class Preparation(Frozen):
    """What the référent prepares: their workbook, the interviews that follow from it, and where they stand."""

    retour: RetourCalendrier = RetourCalendrier()
    demandes: tuple[EntretienAPlacer, ...] = ()
    calendrier: CalendrierEntretiens = CalendrierEntretiens()

    def count_said(self) -> tuple[int, int, int]:
        """How many of the interviews to hold have an hour or were held, how many are confirmed, how many were held."""
        wanted = {item.cle for item in self.demandes}
        said = [item for item in self.retour.souhaits if item.cle in wanted]
        held = {item.cle for item in said if item.tenu}
        placed = {item.cle for item in self.calendrier.creneaux}
        return len(placed | held), sum(item.confirme is True for item in said), len(held)

    def is_met(self, mail: str) -> bool:
        """True when somebody else is there to interview the person."""
        return any(item.meneurs for item in self.demandes if mail in item.personnes)

    def find_said(self, mail: str) -> Souhait | None:
        """What the référent wrote of the first interview of a person, or None."""
        own = {item.cle for item in self.demandes if mail in item.personnes}
        return next((item for item in self.retour.souhaits if item.cle in own), None)


def prepare(
    entree: Entree,
    questions: Mapping[str, Sequence[Question]],
    parametres: ParametresEntretiens,
    retour: RetourCalendrier,
) -> Preparation:
    """The interviews to hold, and their calendar."""
    demandes = list_demandes(entree, questions, parametres, en_plusieurs=retour.en_plusieurs)
    leaders = [item.mail for item in list_leaders(entree)]
    planned = plan_entretiens(demandes, retour, leaders, minutes_notes=parametres.minutes_notes)
    return Preparation(retour=retour, demandes=demandes, calendrier=planned)


def list_demandes(
    entree: Entree,
    questions: Mapping[str, Sequence[Question]],
    parametres: ParametresEntretiens,
    *,
    en_plusieurs: bool = False,
) -> tuple[EntretienAPlacer, ...]:
    """The interviews to hold: one (or several) with the IT team, one with each other person who has questions."""
    asked = [personne for personne in entree.personnes if questions.get(personne.mail)]
    team = [item for item in asked if set(item.profils) & set(parametres.profils_equipe)]
    leaders = [item.mail for item in list_leaders(entree)]
    demandes = list(_team_demandes(team, leaders, parametres, en_plusieurs=en_plusieurs)) if team else []
    others = (_demande(item.mail, [item], parametres.minutes_autres, leaders) for item in asked if item not in team)
    return (*demandes, *others)


def list_leaders(entree: Entree) -> tuple[Personne, ...]:
    """Who leads the interviews: the référents, else the équipe programme."""
    return entree.holders(Role.REFERENT) or entree.holders(Role.EQUIPE_PROGRAMME)


def plan_entretiens(
    demandes: Sequence[EntretienAPlacer],
    retour: RetourCalendrier,
    referents: Sequence[str],
    *,
    minutes_notes: int,
) -> CalendrierEntretiens:
    """Place the interviews: first those whose hour is written, as written, then the longest, to the least loaded.

    Same values, same calendar. An interview already held without an hour needs no place.
    """
    agenda = _Agenda(retour.journees, referents, minutes_notes)
    souhaits = {item.cle: item for item in retour.souhaits}
    written = [(item, said) for item in demandes if (said := souhaits.get(item.cle)) and said.is_written]
    for demande, said in sorted(written, key=lambda pair: (pair[1].jour, pair[1].debut, pair[0].cle)):
        agenda.keep(demande, said)
    fixed = {demande.cle for demande, _ in written}
    held = {item.cle for item in retour.souhaits if item.tenu}
    rest = (item for item in demandes if item.cle not in fixed | held)
    for demande in sorted(rest, key=lambda item: (-item.minutes, item.cle)):
        agenda.add(demande)
    return agenda.close()


def read_heure(text: str) -> int | None:
    """Minutes since midnight: « 9 h 30 », « 9:30 », « 14h », « 9 »; None when it is no hour.

    >>> read_heure("9 h 30")
    570
    """
    match = _TIME.fullmatch(" ".join(text.split()))
    if match is None:
        return None
    hours, minutes = int(match[1]), int(match[2] or 0)
    return hours * _HOUR + minutes if hours < _DAY and minutes < _HOUR else None


def write_heure(minutes: int) -> str:
    """« 9 h 30 », with no-break spaces.

    >>> write_heure(540).replace(chr(160), " ")
    '9 h'
    """
    hours, rest = divmod(minutes, _HOUR)
    return f"{hours} h {rest:02d}" if rest else f"{hours} h"


def _team_demandes(
    team: Sequence[Personne], leaders: Sequence[str], parametres: ParametresEntretiens, *, en_plusieurs: bool
) -> Iterator[EntretienAPlacer]:
    whole, part = parametres.minutes_equipe, parametres.minutes_equipe_fractionnee
    if not en_plusieurs or part >= whole:
        yield _demande(TEAM, team, whole, leaders)
        return
    for number in range(1, -(-whole // part) + 1):
        yield _demande(f"{TEAM}-{number}", team, part, leaders)


def _demande(cle: str, people: Sequence[Personne], minutes: int, leaders: Sequence[str]) -> EntretienAPlacer:
    """Nobody interviews themselves; where every leader is of the team, they lead and only the others are met."""
    mails = [item.mail for item in people]
    able = [mail for mail in leaders if mail not in mails]
    if not able and (others := [mail for mail in mails if mail not in leaders]):
        able, mails = list(leaders), others
    return EntretienAPlacer(cle=cle, personnes=tuple(mails), minutes=minutes, meneurs=tuple(able))


class _Agenda:
    """The calendar being made: who is busy when, and how many minutes each référent carries."""

    def __init__(self, journees: Sequence[Journee], referents: Sequence[str], notes: int) -> None:
        self._journees = sorted(journees, key=lambda item: (item.jour, item.debut, item.fin))
        self._rank = dict(zip(referents, count(), strict=False))
        self._notes = notes
        self._busy: dict[tuple[str, date], list[tuple[int, int]]] = defaultdict(list)
        self._load: dict[str, int] = defaultdict(int)
        self._creneaux: list[Creneau] = []
        self._refused: list[NonPlace] = []

    def keep(self, demande: EntretienAPlacer, said: Souhait) -> None:
        """Place an interview at the hour written, whatever the open hours; refused when somebody is taken."""
        assert said.jour is not None
        assert said.debut is not None
        leaders = (said.referent,) if said.referent else self._by_load(demande)
        for leader in leaders:
            if leader not in demande.personnes and self._is_free(demande, leader, said.jour, said.debut):
                self._place(demande, leader, said.jour, said.debut, ecrit=True)
                return
        self._refuse(demande, Raison.CHEVAUCHEMENT if leaders else Raison.SANS_MENEUR)

    def add(self, demande: EntretienAPlacer) -> None:
        """Place an interview with the least loaded who can, as early as can be."""
        leaders = self._by_load(demande)
        for leader in leaders:
            if found := next(self._starts(demande, leader), None):
                self._place(demande, leader, *found)
                return
        self._refuse(demande, Raison.SANS_PLACE if leaders else Raison.SANS_MENEUR)

    def close(self) -> CalendrierEntretiens:
        """The calendar, in the order of the days."""
        placed = sorted(self._creneaux, key=lambda item: (item.jour, item.debut, item.cle))
        return CalendrierEntretiens(
            creneaux=tuple(placed), non_places=tuple(sorted(self._refused, key=lambda item: item.cle))
        )

    def _by_load(self, demande: EntretienAPlacer) -> list[str]:
        return sorted(demande.meneurs, key=lambda mail: (self._load[mail], self._rank.get(mail, len(self._rank))))

    def _starts(self, demande: EntretienAPlacer, leader: str) -> Iterator[tuple[date, int]]:
        """Where the interview fits: at the opening, or right after something."""
        for day in self._journees:
            if day.referents and leader not in day.referents:
                continue
            ends = {end for mail in (leader, *demande.personnes) for _, end in self._busy[mail, day.jour]}
            for start in sorted({day.debut, *ends}):
                inside = day.debut <= start and start + demande.minutes + self._notes <= day.fin
                if inside and self._is_free(demande, leader, day.jour, start):
                    yield day.jour, start

    def _is_free(self, demande: EntretienAPlacer, leader: str, day: date, start: int) -> bool:
        end = start + demande.minutes
        needs = [(leader, end + self._notes), *((mail, end) for mail in demande.personnes)]
        return all(until <= begun or ended <= start for mail, until in needs for begun, ended in self._busy[mail, day])

    def _place(self, demande: EntretienAPlacer, leader: str, day: date, start: int, *, ecrit: bool = False) -> None:
        end = start + demande.minutes
        self._busy[leader, day].append((start, end + self._notes))
        for mail in demande.personnes:
            self._busy[mail, day].append((start, end))
        self._load[leader] += demande.minutes + self._notes
        self._creneaux.append(
            Creneau(
                cle=demande.cle,
                personnes=demande.personnes,
                referent=leader,
                jour=day,
                debut=start,
                fin=end,
                notes=end + self._notes,
                ecrit=ecrit,
            )
        )

    def _refuse(self, demande: EntretienAPlacer, raison: Raison) -> None:
        self._refused.append(NonPlace(cle=demande.cle, personnes=demande.personnes, raison=raison))
