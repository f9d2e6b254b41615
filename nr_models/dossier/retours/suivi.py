"""Who owes what since when, whom to remind and when: a reminder is one mail a person, never two too close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum

from nr_models.referentiel.parametres import Calendrier, ParametresCollecte
from nr_models.values.frozen import Frozen


class Quoi(StrEnum):
    """What is to be corrected in a return."""

    INCORRECT = "incorrect"
    INCOMPLET = "incomplet"
    OBSOLETE = "obsolete"

    @property
    def nom(self) -> str:
        """French label."""
        return {Quoi.OBSOLETE: "obsolète"}.get(self, self.value)


class Du(Frozen):
    """One return that a person owes, or must correct.

    ``dossier`` is « programme/slug », ``quoi`` the type of return, ``depuis`` the day it was asked,
    ``echeance`` the last day of the stage, None where the calendar does not say; ``blancs`` what was left blank
    in a return that came, which owes nothing else.
    """

    dossier: str
    collectivite: str
    stage: str
    quoi: str
    personne: str
    nom: str
    depuis: date
    echeance: date | None = None
    correction: Quoi | None = None
    commentaire: str = ""
    blancs: tuple[str, ...] = ()

    @property
    def cle(self) -> str:
        """What names it for ever."""
        return ":".join(
            (
                self.dossier,
                self.stage,
                self.quoi,
                self.personne,
                self.correction or ("blancs" if self.blancs else "attendu"),
            )
        )

    def days_late(self, day: date) -> int:
        """Days past the deadline; 0 while there is time."""
        return max((day - self.echeance).days, 0) if self.echeance else 0


class Rappel(Frozen):
    """One mail to one person, over all that they owe in a programme."""

    personne: str
    nom: str
    dus: tuple[Du, ...]


def find_deadline(calendrier: Calendrier, stage: str, depuis: date) -> date | None:
    """The last day to return what a stage sent: its longest length in the calendar after the sending."""
    length = next((item.semaines_max for item in calendrier.durees if stage in item.etapes), None)
    return depuis + timedelta(weeks=length) if length else None


def gather_rappels(dus: Iterable[Du]) -> tuple[Rappel, ...]:
    """One reminder a person over all they owe, by address, whatever the delay: a référent asks for them."""
    owed: dict[str, list[Du]] = defaultdict(list)
    for item in dus:
        owed[item.personne].append(item)
    return tuple(
        Rappel(personne=mail, nom=items[0].nom, dus=tuple(sorted(items, key=lambda item: item.cle)))
        for mail, items in sorted(owed.items())
    )


def plan_rappels(
    dus: Iterable[Du], derniers: Mapping[str, date], jour: date, figures: ParametresCollecte
) -> tuple[Rappel, ...]:
    """Whom to remind that day, by address, each over all they owe.

    A person is left alone until something they owe is old enough, late or to be corrected, and for some
    days after the last reminder (``derniers``, by address), whatever happens.
    """
    between = timedelta(days=figures.jours_entre_relances)
    return tuple(
        rappel
        for rappel in gather_rappels(dus)
        if (rappel.personne not in derniers or derniers[rappel.personne] + between <= jour)
        and any(_is_ripe(item, jour, figures.jours_avant_relance) for item in rappel.dus)
    )


def _is_ripe(item: Du, day: date, wait: int) -> bool:
    return bool(item.correction or item.days_late(day)) or item.depuis + timedelta(days=wait) <= day
