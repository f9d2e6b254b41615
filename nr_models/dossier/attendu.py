"""Where a dossier stands and who is awaited: told once, for the terminal, the pages, the mails and Prefect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_SLUG
from nr_models.values.dates import french_date
from nr_models.values.french import french_day, joined, plural
from nr_models.values.frozen import Frozen
from nr_models.values.roles import Role


class Attendu(Frozen):
    """Who is awaited, for what and since when; ``gate`` is None where returns or a correction are awaited.

    ``etat`` is that of the stage, ``empreinte`` the seal of what it shows, ``echeance`` the last day to decide at a
    gate, ``blocage`` why nobody can be awaited.
    """

    gate: str | None
    stage: str
    etat: Etat
    roles: tuple[str, ...]
    personnes: tuple[str, ...]
    empreinte: str | None
    depuis: str
    echeance: date | None = None
    en_retard: bool = False
    blocage: str | None = None


class Sens(StrEnum):
    """What a dossier waits for, the gravest first."""

    BLOQUE = "bloque"
    REFUSE = "refuse"
    CORRIGER = "corriger"
    VALIDATION = "validation"
    RETOURS = "retours"
    PRET = "pret"
    FINI = "fini"


_COUNTED = {
    Sens.BLOQUE: ("est bloqué", "sont bloqués"),
    Sens.REFUSE: ("est refusé", "sont refusés"),
    Sens.CORRIGER: ("est à corriger", "sont à corriger"),
    Sens.VALIDATION: ("attend une validation", "attendent une validation"),
    Sens.RETOURS: ("attend des retours", "attendent des retours"),
    Sens.PRET: ("est prêt à avancer", "sont prêts à avancer"),
    Sens.FINI: ("est terminé", "sont terminés"),
}
_TOLD = {
    Sens.BLOQUE: "Validation bloquée à l’étape",
    Sens.REFUSE: "Réouverture de l’étape",
    Sens.CORRIGER: "Correction de l’étape",
    Sens.VALIDATION: "Validation de l’étape",
    Sens.RETOURS: "Retours de l’étape",
    Sens.PRET: "Prêt à avancer",
    Sens.FINI: "Feuille de route validée",
}
_STOPPED = {Etat.A_CORRIGER: Sens.CORRIGER, Etat.REFUSE: Sens.REFUSE}


class Suite(NamedTuple):
    """What comes next in a dossier: for what, who is awaited (as the reader is told), in which roles, since when."""

    sens: Sens
    texte: str
    qui: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    depuis: str | None = None
    echeance: date | None = None
    en_retard: bool = False
    blocage: str | None = None

    def write(self) -> str:
        """The sentence, without its full stop.

        « Validation de l’étape « Score » : on attend Ana Brun (référent) depuis le 3 mars 2026, au plus tard le … ».
        """
        if self.depuis is None:
            return self.texte
        since = f"depuis le {french_day(self.depuis)}"
        if self.blocage:
            return f"{self.texte} {since} : {self.blocage}"
        roles = f" ({', '.join(self.roles)})" if self.roles else ""
        who = f"on attend {joined(self.qui)}{roles}" if self.qui else "personne n’est désigné"
        late = " (en retard)" if self.en_retard else ""
        due = f", au plus tard le {french_date(self.echeance)}{late}" if self.echeance else ""
        return f"{self.texte} : {who} {since}{due}"


def find_sens(last: Etat, attendu: Attendu | None) -> Sens:
    """What a dossier waits for; ``last`` is the state of its last stage."""
    if attendu is None:
        return Sens.FINI if last is Etat.VALIDE else Sens.PRET
    if attendu.blocage:
        return Sens.BLOQUE
    return Sens.VALIDATION if attendu.gate else _STOPPED.get(attendu.etat, Sens.RETOURS)


def tell_next(last: Etat, attendu: Attendu | None, name: Callable[[Sequence[str]], Iterable[str]]) -> Suite:
    """What comes next in a dossier; ``name`` says how people are told: addresses, names, or how many they are."""
    sens = find_sens(last, attendu)
    if attendu is None:
        return Suite(sens, _TOLD[sens])
    return Suite(
        sens=sens,
        texte=f"{_TOLD[sens]} « {BY_SLUG[attendu.stage].nom} »",
        qui=tuple(name(attendu.personnes)),
        roles=tuple(Role(role).nom for role in attendu.roles),
        depuis=attendu.depuis,
        echeance=attendu.echeance,
        en_retard=attendu.en_retard,
        blocage=attendu.blocage,
    )


def summarise(found: Sequence[Sens]) -> str:
    """« 3 dossiers : 2 attendent une validation, 1 attend des retours. »."""
    counts = ((found.count(sens), words) for sens, words in _COUNTED.items())
    parts = [f"{count} {words[count > 1]}" for count, words in counts if count]
    return f"{plural(len(found), 'dossier')} : {', '.join(parts)}." if parts else "Aucun dossier."
