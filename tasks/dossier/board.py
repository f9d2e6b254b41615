"""The board: every dossier of a programme, stage by stage, and who is awaited since when."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlmodel import Session, col

from nr_models.dossier.acquis.vigueur import EnVigueur
from nr_models.dossier.attendu import Attendu, Sens, Suite, find_sens, tell_next
from nr_models.dossier.case import Reserve
from nr_models.dossier.delegation import Delegation, in_force
from nr_models.dossier.gates import DecisionDeSiege, Ouverture, awaited, blocked, plan_seats
from nr_models.dossier.relance import find_echeance, is_past
from nr_models.dossier.workflow import Etat, passed
from nr_models.referentiel.circuit import Circuit
from nr_models.stages import STAGES
from nr_models.tables import Avancement, Dossier, Gate, Programme, Round, find_id
from nr_models.values.days import paris_day
from nr_models.values.roles import Role
from tasks.dossier.acquis.approuvees import list_in_force
from tasks.dossier.gates import find_standing, load_reserves, load_voices
from tasks.dossier.pouvoirs import load_delegations
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import Introuvable, load_entree, load_kept_referentiel
from tasks.store.clock import now
from tasks.store.workspace import Workspace


class Cellule(NamedTuple):
    """Where a stage of a dossier stands; ``empreinte`` is the seal of what it shows."""

    slug: str
    etat: Etat
    depuis: str
    empreinte: str | None


class LigneTableau(NamedTuple):
    """One dossier of the board; ``reserves`` are those that nobody lifted yet.

    ``en_vigueur`` is what was approved last of each stage, which it may show no longer.
    """

    slug: str
    nom: str
    stages: tuple[Cellule, ...]
    attend: Attendu | None
    reserves: tuple[Reserve, ...] = ()
    en_vigueur: Mapping[str, EnVigueur] = {}

    @property
    def sens(self) -> Sens:
        """What the dossier waits for."""
        return find_sens(self.stages[-1].etat, self.attend)

    def tell_next(self, name: Callable[[Sequence[str]], Iterable[str]]) -> Suite:
        """What comes next in the dossier, its people as ``name`` says them."""
        return tell_next(self.stages[-1].etat, self.attend, name)


class Tableau(NamedTuple):
    """The board of a programme."""

    programme: str
    dossiers: tuple[LigneTableau, ...]


def load_board(workspace: Workspace, session: Session, programme: Programme) -> Tableau:
    """Read the board, a few queries for the whole programme."""
    dossiers = _dossiers(session, programme)
    asked = sa.select(col(Dossier.id)).where(col(Dossier.programme_id) == programme.id)
    return Tableau(programme=programme.slug, dossiers=_lines(workspace, session, dossiers, asked))


def load_line(lieu: Lieu) -> LigneTableau:
    """Read the line of one dossier."""
    return _lines(lieu.workspace, lieu.session, [lieu.dossier], [find_id(lieu.dossier)])[0]


def _dossiers(session: Session, programme: Programme) -> Sequence[Dossier]:
    """Rows that read as dossiers: a wave has thousands, and the objects cost several times as much."""
    query = sa.select(Dossier.__table__).where(col(Dossier.programme_id) == programme.id)  # type: ignore[attr-defined]
    return cast("Sequence[Dossier]", session.connection().execute(query.order_by(col(Dossier.slug))).all())


_Asked = Sequence[int] | sa.Select[Any]
"""The dossiers asked for: their numbers, or the query that finds them (a wave has more than SQL takes one by one)."""

_ETATS = {etat.value: etat for etat in Etat}


class _Demande(NamedTuple):
    """The row of an open gate."""

    id: int
    gate: str
    seal: str
    opened_at: str


def _lines(
    workspace: Workspace, session: Session, dossiers: Sequence[Dossier], asked: _Asked
) -> tuple[LigneTableau, ...]:
    stages, missing = _stages(session, asked), _missing(session, asked)
    gates, closures = _gates(session, asked), _closures(session, asked)
    opened = sa.select(col(Gate.id)).where(col(Gate.dossier_id).in_(asked), col(Gate.etat) == Ouverture.OUVERTE)
    voices, delegations = load_voices(session, opened), load_delegations(session, asked)
    standing, moment = find_standing(session, asked), now()
    reserves = {item.numero: item for item in load_reserves(session, chain.from_iterable(standing.values()))}
    places = (
        _Place(workspace, item, stages[key], missing[key], gates[key], voices, delegations[key], closures[key], moment)
        for item in dossiers
        for key in (find_id(item),)
    )
    approved = list_in_force(session, asked)
    return tuple(
        _line(place)._replace(
            reserves=tuple(reserves[number] for number in standing.get(find_id(place.dossier), ())),
            en_vigueur=approved.get(find_id(place.dossier), {}),
        )
        for place in places
    )


def _seals(session: Session, asked: _Asked) -> dict[tuple[int, str], str]:
    """The seal of the last result of each stage of each dossier."""
    query = sa.select(Round.dossier_id, Round.stage, Round.seal).where(  # type: ignore[call-overload]
        col(Round.dossier_id).in_(asked), col(Round.phase) == "resultat"
    )
    rows = session.connection().execute(query.order_by(col(Round.numero))).all()
    return {(dossier_id, stage): seal for dossier_id, stage, seal in rows}


def _stages(session: Session, asked: _Asked) -> dict[int, dict[str, Cellule]]:
    """Where each stage of each dossier stands: plain rows, for a wave has tens of thousands of them."""
    seals, found = _seals(session, asked), defaultdict[int, dict[str, Cellule]](dict)
    query = sa.select(Avancement.dossier_id, Avancement.slug, Avancement.etat, Avancement.depuis)  # type: ignore[call-overload]
    rows = session.connection().execute(query.where(col(Avancement.dossier_id).in_(asked))).all()
    for dossier_id, slug, etat, depuis in rows:
        found[dossier_id][slug] = Cellule(slug, _ETATS[etat], depuis, seals.get((dossier_id, slug)))
    return found


def _missing(session: Session, asked: _Asked) -> dict[int, dict[str, str]]:
    """What each stage that lacks something lacks, as JSON."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    query = sa.select(Avancement.dossier_id, Avancement.slug, Avancement.manquants).where(  # type: ignore[call-overload]
        col(Avancement.dossier_id).in_(asked), col(Avancement.manquants) != "[]"
    )
    for dossier_id, slug, manquants in session.connection().execute(query):
        found[dossier_id][slug] = manquants
    return found


def _gates(session: Session, asked: _Asked) -> dict[int, dict[str, _Demande]]:
    found: dict[int, dict[str, _Demande]] = defaultdict(dict)
    query = sa.select(Gate.dossier_id, Gate.id, Gate.gate, Gate.seal, Gate.opened_at).where(  # type: ignore[call-overload]
        col(Gate.dossier_id).in_(asked), col(Gate.etat) == Ouverture.OUVERTE
    )
    for dossier_id, *rest in session.connection().execute(query):
        gate = _Demande(*rest)
        found[dossier_id][gate.gate] = gate
    return found


def _closures(session: Session, asked: _Asked) -> dict[int, dict[str, str]]:
    """What was accepted as missing when a stage was last closed, and was not asked again since, as JSON."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    query = sa.select(Avancement.dossier_id, Avancement.slug, Avancement.clos).where(  # type: ignore[call-overload]
        col(Avancement.dossier_id).in_(asked), col(Avancement.clos) != "[]"
    )
    for dossier_id, slug, clos in session.connection().execute(query):
        found[dossier_id][slug] = clos
    return found


class _Place(NamedTuple):
    """A dossier at a moment: its stages, what they lack, its open gates by name, voices, delegations, closures."""

    workspace: Workspace
    dossier: Dossier
    stages: Mapping[str, Cellule]
    missing: Mapping[str, str]
    gates: Mapping[str, _Demande]
    voices: Mapping[int, list[DecisionDeSiege]]
    delegations: Sequence[Delegation]
    closures: Mapping[str, str]
    moment: str


def _line(place: _Place) -> LigneTableau:
    cases = tuple(place.stages[stage.slug] for stage in STAGES)
    return LigneTableau(slug=place.dossier.slug, nom=place.dossier.nom, stages=cases, attend=_awaited(place))


def _awaited(place: _Place) -> Attendu | None:
    """The first stage that stops the dossier, and whom it stops for; None when the next run goes on."""
    stopped = next((stage for stage in STAGES if not passed(place.stages[stage.slug].etat, stage.gate)), None)
    if stopped is None:
        return None
    state = place.stages[stopped.slug]
    try:
        referentiel = load_kept_referentiel(place.workspace, place.dossier)
    except Introuvable:
        return _nobody(
            state, stopped.gate, "le référentiel de ce dossier manque ou ne se lit plus ; « nr avancer » dit que faire"
        )
    match state.etat:
        case Etat.SOUMIS if gate := place.gates.get(stopped.gate or ""):
            return _gate(place, referentiel.validation, state, gate)
        case Etat.ATTEND_SAISIES if not _is_closed(place, state):
            people = {item["personne"] for item in _lacking(place, state) if item["personne"]}
            return _people(state, people or _holders(place.dossier, Role.REFERENT), ())
        case Etat.A_CORRIGER | Etat.REFUSE:
            return _people(state, _holders(place.dossier, Role.REFERENT), (Role.REFERENT.value,))
        case _:
            return None


def _is_closed(place: _Place, state: Cellule) -> bool:
    """True when somebody closed the stage on all that it misses: it is ready to advance."""
    accepted = json.loads(place.closures.get(state.slug, "[]"))
    return all(item in accepted for item in _lacking(place, state))


def _lacking(place: _Place, state: Cellule) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(place.missing.get(state.slug, "[]"))
    return found


def _nobody(state: Cellule, gate: str | None, blocage: str) -> Attendu:
    return Attendu(
        gate=gate,
        stage=state.slug,
        etat=state.etat,
        roles=(),
        personnes=(),
        empreinte=None,
        depuis=state.depuis,
        blocage=blocage,
    )


def _people(state: Cellule, people: set[str], roles: tuple[str, ...]) -> Attendu:
    return Attendu(
        gate=None,
        stage=state.slug,
        etat=state.etat,
        roles=roles,
        personnes=tuple(sorted(people)),
        empreinte=None,
        depuis=state.depuis,
    )


def _holders(dossier: Dossier, role: Role) -> set[str]:
    return {item.mail for item in load_entree(dossier).holders(role)}


def _gate(place: _Place, chaine: Circuit, state: Cellule, gate: _Demande) -> Attendu | None:
    validation = chaine.find(gate.gate)
    if validation is None:
        return None
    entree, voices = load_entree(place.dossier), place.voices.get(gate.id, [])
    echeance = find_echeance(gate.opened_at, validation.jours_ouvres)
    powers = in_force(place.delegations, gate.gate, paris_day(place.moment), entree)
    seats = plan_seats(validation, chaine, entree, powers, voices)
    free = awaited(validation, seats, voices)
    return Attendu(
        gate=gate.gate,
        stage=state.slug,
        etat=state.etat,
        roles=tuple(seat.tenu_par for seat in free),
        personnes=tuple(sorted({mail for seat in free for mail in seat.decideurs})),
        empreinte=gate.seal,
        depuis=gate.opened_at,
        echeance=echeance,
        en_retard=is_past(echeance, place.moment),
        blocage=blocked(validation, seats),
    )
