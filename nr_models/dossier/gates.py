"""Gates: who decides, in whose stead, and what several decisions make together.

Rules: method « Case workflow ». Silence never approves; nobody decides alone, at a DG or élu
gate, on what they made: neither by holding several roles, nor through a delegation.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from nr_models.dossier.delegation import Delegation
from nr_models.dossier.registre import Entree
from nr_models.referentiel.circuit import Circuit, Regle, Validation
from nr_models.stages import BY_SLUG
from nr_models.values.frozen import Frozen
from nr_models.values.roles import Role


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


class Demandee(NamedTuple):
    """One asking at a gate: its number, its gate, the seal of what it showed, what its decisions made together."""

    numero: int
    gate: str
    seal: str
    issue: str


class Prise(NamedTuple):
    """One decision, taken back or not: at which asking, what, and the stage that a correction names."""

    demande: int
    verdict: Verdict
    etape: str = ""


def list_approved(demandes: Iterable[Demandee], decisions: Iterable[Prise]) -> dict[str, Demandee]:
    """The asking of each gate whose result is approved wherever it comes back; decisions in their order.

    Method, « Stages that wait for people »: the latest decision approved it, and nothing was refused, taken back or
    sent to correct since; nor was the same thing asked again, as it is where somebody reopened its stage.
    """
    asked = {item.numero: item for item in demandes}
    last = {(item.gate, item.seal): item.numero for item in sorted(asked.values())}
    found: dict[str, Demandee] = {}
    for decision in decisions:
        item = asked[decision.demande]
        found.pop(item.gate, None)
        if item.issue == Ouverture.APPROUVEE and last[item.gate, item.seal] == item.numero:
            found[item.gate] = item
        if decision.verdict is Verdict.CORRIGER and decision.etape:
            found.pop(BY_SLUG[decision.etape].gate or "", None)
    return found


TEMOIN = "temoin"
"""The seat of the witness."""


class Siege(Frozen):
    """One seat of a gate: the role asked for, the role that sits there, its people's addresses, their delegates."""

    role: str
    tenu_par: str
    personnes: tuple[str, ...]
    delegations: tuple[Delegation, ...] = ()
    suppleance: bool = False
    temoin: bool = False

    @property
    def libelle(self) -> str:
        """« élu sponsor (supplée la direction générale) »."""
        name = Role(self.tenu_par).nom
        if self.temoin:
            return f"{name} (témoin)"
        return f"{name} (supplée : {Role(self.role).nom})" if self.suppleance else name

    @property
    def decideurs(self) -> tuple[str, ...]:
        """Everyone who may decide there: those who hold the role, then their delegates."""
        return tuple(dict.fromkeys((*self.personnes, *(item.delegataire for item in self.delegations))))

    def find_delegation(self, mail: str) -> Delegation | None:
        """The delegation by which a person sits there, or None where they hold the role themselves."""
        if mail in self.personnes:
            return None
        return next((item for item in self.delegations if item.delegataire == mail), None)


class DecisionDeSiege(Frozen):
    """A decision taken on a seat, and in whose stead when it is by delegation."""

    siege: str
    personne: str
    verdict: Verdict
    delegant: str = ""


def plan_seats(
    validation: Validation,
    circuit: Circuit,
    entree: Entree,
    delegations: Sequence[Delegation] = (),
    voices: Sequence[DecisionDeSiege] = (),
) -> tuple[Siege, ...]:
    """The seats of a gate in a dossier: empty roles pass to their substitute, a lone maker gets a witness.

    ``delegations`` are those in force now. The witness is asked for from the start where nobody but the maker
    can decide, and as soon as the maker alone has decided all that the rule demands.
    """
    seats = tuple(_seat(role, circuit, entree, delegations) for role in validation.roles)
    lone = _lone(validation, circuit, entree, seats, voices)
    return (*seats, _witness(lone, seats, circuit, entree, delegations)) if lone else seats


def blocked(validation: Validation, seats: Sequence[Siege]) -> str | None:
    """Why a gate can never be passed as things stand, or None."""
    empty = [seat for seat in seats if not seat.decideurs]
    plain = [seat for seat in seats if not seat.temoin]
    held = [seat for seat in plain if seat.decideurs]
    stuck = [seat for seat in empty if seat.temoin or seat.role in validation.requis]
    if not stuck and len(held) >= _needed(validation, plain):
        return None
    names = ", ".join("témoin" if seat.temoin else Role(seat.role).nom for seat in stuck or empty)
    return f"personne ne tient ce rôle et aucun suppléant n’est désigné : {names}"


def awaited(validation: Validation, seats: Sequence[Siege], voices: Sequence[DecisionDeSiege]) -> tuple[Siege, ...]:
    """The seats that may decide now; with an order, only the next one that somebody holds."""
    if outcome(validation, seats, voices) is not Ouverture.OUVERTE:
        return ()
    taken = {voice.siege for voice in voices}
    free = tuple(seat for seat in seats if seat.role not in taken)
    return tuple(seat for seat in free if seat.decideurs)[:1] if validation.ordre else free


def outcome(validation: Validation, seats: Sequence[Siege], voices: Sequence[DecisionDeSiege]) -> Ouverture:
    """One refusal refuses, one correction sends back; else the rule of the gate, the witness included."""
    verdicts = {voice.verdict for voice in voices}
    if Verdict.REFUSER in verdicts:
        return Ouverture.REFUSEE
    if Verdict.CORRIGER in verdicts:
        return Ouverture.A_CORRIGER
    witnessed = all(_approved(seat, voices) for seat in seats if seat.temoin)
    return Ouverture.APPROUVEE if witnessed and _enough(validation, seats, voices) else Ouverture.OUVERTE


def seats_of(mail: str, free: Sequence[Siege]) -> tuple[Siege, ...]:
    """The free seats that a person may decide on, in their own name or by delegation."""
    return tuple(seat for seat in free if mail in seat.decideurs)


def _approved(seat: Siege, voices: Sequence[DecisionDeSiege]) -> bool:
    return any(voice.siege == seat.role and voice.verdict.approves for voice in voices)


def _enough(validation: Validation, seats: Sequence[Siege], voices: Sequence[DecisionDeSiege]) -> bool:
    """True when the rule is met, but for the witness."""
    plain = [seat for seat in seats if not seat.temoin]
    approved = {seat.role for seat in plain if _approved(seat, voices)}
    return len(approved) >= _needed(validation, plain) and set(validation.requis) <= approved


def _needed(validation: Validation, seats: Sequence[Siege]) -> int:
    return {Regle.UNE: 1, Regle.TOUTES: len(seats), Regle.NOMBRE: validation.n}[validation.regle]


def _lone(
    validation: Validation, circuit: Circuit, entree: Entree, seats: Sequence[Siege], voices: Sequence[DecisionDeSiege]
) -> str | None:
    """The maker who can only decide alone, or who did; None where somebody else takes part, or need not."""
    if not set(validation.roles) & set(circuit.roles_sans_solitaire):
        return None
    makers = {item.mail for item in entree.holders(Role.REFERENT)}
    possible = {_mind(mail, seat, makers) for seat in seats for mail in seat.decideurs}
    decided = {_behind(voice.personne, voice.delegant, makers) for voice in voices if voice.verdict.approves}
    for minds in (possible, decided if _enough(validation, seats, voices) else set()):
        if len(minds) == 1 and minds <= makers:
            return next(iter(minds))
    return None


def _mind(mail: str, seat: Siege, makers: Collection[str]) -> str:
    delegation = seat.find_delegation(mail)
    return _behind(mail, delegation.delegant if delegation else "", makers)


def _behind(mail: str, delegant: str, makers: Collection[str]) -> str:
    """Whose mind a voice is: that of the maker, whether they decide for somebody or somebody decides for them."""
    return delegant if delegant in makers else mail


def _witness(
    lone: str, seats: Sequence[Siege], circuit: Circuit, entree: Entree, delegations: Sequence[Delegation]
) -> Siege:
    """The seat of a second person; if nobody holds the role of witness, another holder of a seat will do."""
    found = [_held(role, entree, delegations, lone) for role in (circuit.temoin, *(seat.tenu_par for seat in seats))]
    chosen = next((seat for seat in found if seat.decideurs), found[0])
    return chosen.model_copy(update={"role": TEMOIN, "temoin": True})


def _seat(role: str, circuit: Circuit, entree: Entree, delegations: Sequence[Delegation]) -> Siege:
    """The seat of a role, passed from substitute to substitute until somebody holds it."""
    holder, seen = role, {role}
    while not entree.holders(holder) and holder in circuit.suppleants and circuit.suppleants[holder] not in seen:
        holder = circuit.suppleants[holder]
        seen.add(holder)
    return _held(holder, entree, delegations, asked=role)


def _held(role: str, entree: Entree, delegations: Sequence[Delegation], but: str = "", asked: str = "") -> Siege:
    """The seat of those who hold a role and of their delegates, one person left out; ``asked`` if it stands in."""
    return Siege(
        role=asked or role,
        tenu_par=role,
        suppleance=bool(asked) and asked != role,
        personnes=tuple(item.mail for item in entree.holders(role) if item.mail != but),
        delegations=tuple(
            item for item in delegations if item.role == role and but not in (item.delegant, item.delegataire)
        ),
    )
