"""Gates: who decides, in whose stead, and what several decisions make together.

Rules: method « Case workflow ». Silence never approves; nobody decides alone, at a DG or élu
gate, on what they made.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from nr_models.referentiel import Chaine, Validation
from nr_models.registre import Entree
from nr_models.roles import Role
from nr_models.values import Frozen


class Verdict(StrEnum):
    """What a person says at a gate."""

    APPROUVER = "approuver"
    RESERVES = "reserves"
    CORRIGER = "corriger"
    REFUSER = "refuser"

    @property
    def nom(self) -> str:
        """French label, a past participle."""
        return _VERDICTS[self]

    @property
    def approves(self) -> bool:
        """True for the two verdicts that let the dossier go on."""
        return self in (Verdict.APPROUVER, Verdict.RESERVES)

    @property
    def needs_comment(self) -> bool:
        """True for all but a plain approval."""
        return self is not Verdict.APPROUVER


_VERDICTS = {
    Verdict.APPROUVER: "approuvé",
    Verdict.RESERVES: "approuvé avec réserves",
    Verdict.CORRIGER: "à corriger",
    Verdict.REFUSER: "refusé",
}


class Ouverture(StrEnum):
    """What the decisions of a gate make together."""

    OUVERTE = "ouverte"
    APPROUVEE = "approuvee"
    A_CORRIGER = "a-corriger"
    REFUSEE = "refusee"


class Siege(Frozen):
    """One seat of a gate: the role asked for, the role that sits there, and its people's addresses."""

    role: str
    tenu_par: str
    personnes: tuple[str, ...]
    suppleance: bool = False
    temoin: bool = False

    @property
    def libelle(self) -> str:
        """« élu sponsor (supplée la direction générale) »."""
        name = Role(self.tenu_par).nom
        if self.temoin:
            return f"{name} (témoin)"
        return f"{name} (supplée : {Role(self.role).nom})" if self.suppleance else name


class Voix(Frozen):
    """A decision taken on a seat."""

    siege: str
    personne: str
    verdict: Verdict


def plan_seats(validation: Validation, chaine: Chaine, entree: Entree) -> tuple[Siege, ...]:
    """The seats of a gate in a dossier: empty roles pass to their substitute, a lone maker gets a witness."""
    seats = [_seat(role, chaine, entree) for role in validation.roles]
    people = {mail for seat in seats for mail in seat.personnes}
    guarded = any(role in chaine.roles_sans_solitaire for role in validation.roles)
    makers = {item.mail for item in entree.holders(Role.REFERENT)}
    if guarded and len(people) == 1 and people <= makers:
        witnesses = tuple(item.mail for item in entree.holders(chaine.temoin) if item.mail not in people)
        seats.append(Siege(role="temoin", tenu_par=chaine.temoin, personnes=witnesses, temoin=True))
    return tuple(seats)


def blocked(seats: Sequence[Siege]) -> str | None:
    """Why a gate can never be passed as things stand, or None."""
    empty = [seat for seat in seats if not seat.personnes]
    if not empty:
        return None
    names = ", ".join(Role(seat.role).nom if seat.role != "temoin" else "témoin" for seat in empty)
    return f"personne ne tient ce rôle et aucun suppléant n’est désigné : {names}"


def awaited(validation: Validation, seats: Sequence[Siege], voices: Sequence[Voix]) -> tuple[Siege, ...]:
    """The seats that may decide now; with an order, only the next one."""
    if outcome(validation, seats, voices) is not Ouverture.OUVERTE:
        return ()
    taken = {voice.siege for voice in voices}
    free = tuple(seat for seat in seats if seat.role not in taken)
    return free[:1] if validation.ordre else free


def outcome(validation: Validation, seats: Sequence[Siege], voices: Sequence[Voix]) -> Ouverture:
    """One refusal refuses, one correction sends back; else the rule of the gate, the witness included."""
    verdicts = {voice.verdict for voice in voices}
    if Verdict.REFUSER in verdicts:
        return Ouverture.REFUSEE
    if Verdict.CORRIGER in verdicts:
        return Ouverture.A_CORRIGER
    approved = {voice.siege for voice in voices if voice.verdict.approves}
    seated = [seat.role for seat in seats if not seat.temoin]
    needed = {"any": 1, "all": len(seated), "n": validation.n}[validation.regle]
    witnessed = all(seat.role in approved for seat in seats if seat.temoin)
    enough = sum(role in approved for role in seated) >= needed
    return Ouverture.APPROUVEE if enough and witnessed else Ouverture.OUVERTE


def seats_of(mail: str, free: Sequence[Siege]) -> tuple[Siege, ...]:
    """The free seats that a person may decide on."""
    return tuple(seat for seat in free if mail in seat.personnes)


def _seat(role: str, chaine: Chaine, entree: Entree) -> Siege:
    """The seat of a role, passed from substitute to substitute until somebody holds it."""
    holder, seen = role, {role}
    while not entree.holders(holder) and holder in chaine.suppleants and chaine.suppleants[holder] not in seen:
        holder = chaine.suppleants[holder]
        seen.add(holder)
    return Siege(
        role=role,
        tenu_par=holder,
        personnes=tuple(item.mail for item in entree.holders(holder)),
        suppleance=holder != role,
    )
