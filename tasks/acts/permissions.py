"""What a person may do now in a dossier, and why not the rest. The table of ``dossier.workflow``, read for them."""

from __future__ import annotations

from collections.abc import Iterator, Set

from sqlmodel import col, select

from nr_models.dossier.gates import seats_of
from nr_models.dossier.workflow import (
    CONTENT,
    DELEGANT,
    HUMAN,
    PERMISSIONS,
    SIEGE,
    TOUS,
    TRANSITIONS,
    VOIX,
    Acte,
    Etat,
    attempt,
    find_transition,
    permit,
)
from nr_models.stages import STAGES, Stage
from nr_models.tables import Avancement, Dossier, find_id
from nr_models.values.frozen import Frozen
from tasks.acts.diffusion import may_diffuse
from tasks.dossier.gates import Attente, find_attente, find_standing
from tasks.dossier.pouvoirs import load_delegations
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import load_entree
from tasks.returns.comptes import list_tardifs

_AT_A_GATE = frozenset(item.acte for item in TRANSITIONS if item.par and item.de == (Etat.SOUMIS,))


class Possible(Frozen):
    """An act, on a stage or on the whole dossier (``stage`` None): allowed, or the reasons of its refusal.

    ``par`` are the roles and moments (``SIEGE``, ``VOIX``, ``DELEGANT``) it belongs to from this state.
    """

    acte: Acte
    stage: str | None
    gate: str | None
    allowed: bool
    reasons: tuple[str, ...]
    par: tuple[str, ...]


def list_acts(lieu: Lieu, mail: str | None) -> tuple[Possible, ...]:
    """Every act that a person could ask for, stage by stage, then on the dossier; ``mail`` None: anybody entitled.

    What depends on what they will write (a reason, an address, dates) is taken as held. An address that
    the dossier does not know may do nothing.
    """
    roles = _roles(lieu.dossier, mail)
    states = {
        row.slug: Etat(row.etat)
        for row in lieu.session.exec(select(Avancement).where(col(Avancement.dossier_id) == lieu.dossier.id))
    }
    late = {item.stage for item in list_tardifs(lieu)}
    found = [item for stage in STAGES for item in _on_stage(lieu, stage, states[stage.slug], mail, roles, late)]
    return (*found, *_on_dossier(lieu, mail, roles))


def _roles(dossier: Dossier, mail: str | None) -> frozenset[str]:
    if mail is None:
        return frozenset({*TOUS, SIEGE, VOIX, DELEGANT})
    person = load_entree(dossier).find(mail)
    return frozenset(role.value for role in person.roles) if person else frozenset()


def _on_stage(
    lieu: Lieu,
    stage: Stage,
    etat: Etat,
    mail: str | None,
    roles: frozenset[str],
    late: Set[str],
) -> Iterator[Possible]:
    attente = find_attente(lieu, stage.gate or "") if etat is Etat.SOUMIS else None
    facts = {*CONTENT}
    facts |= {"retours-attendus"} if stage.waits else set()
    facts |= {"hypotheses-proposees"} if proposes_hypotheses(stage) else set()
    facts |= {"diffusion-permise"} if may_diffuse(stage, etat) else set()
    facts |= {"retour-tardif"} if stage.slug in late else set()
    held = roles | _moment(attente, mail) if mail is not None else roles
    for acte in HUMAN:
        if not _concerns(acte, stage):
            continue
        issue, row = attempt(etat, acte, facts, held), find_transition(etat, acte)
        stuck = attente.blocage if attente and row and SIEGE in row.par and acte in _AT_A_GATE else None
        reasons = (*issue.raisons, *((stuck,) if stuck else ()))
        yield Possible(
            acte=acte,
            stage=stage.slug,
            gate=stage.gate,
            allowed=not reasons,
            reasons=reasons,
            par=row.par if row else (),
        )


def proposes_hypotheses(stage: Stage) -> bool:
    """True for the stage that takes in what may be missing: the collection."""
    return "diagnostic" in stage.returns


def _concerns(acte: Acte, stage: Stage) -> bool:
    """False for what can never be asked of that stage, whatever its state."""
    never = {
        **dict.fromkeys((Acte.CLORE, Acte.REPRENDRE, Acte.LAISSER), not stage.waits),
        Acte.ACCEPTER: not proposes_hypotheses(stage),
        **dict.fromkeys(_AT_A_GATE, stage.gate is None),
    }
    return not never.get(acte, False)


def _moment(attente: Attente | None, mail: str | None) -> frozenset[str]:
    """What a person is at an open gate, by the moment."""
    if attente is None or mail is None:
        return frozenset()
    mail = mail.strip().lower()
    sits = {SIEGE} if seats_of(mail, attente.libres) else set()
    spoke = {VOIX} if any(voice.personne == mail for voice in attente.voix) else set()
    return frozenset(sits | spoke)


def _on_dossier(lieu: Lieu, mail: str | None, roles: frozenset[str]) -> Iterator[Possible]:
    given = load_delegations(lieu.session, [find_id(lieu.dossier)])[find_id(lieu.dossier)]
    alive = [item for item in given if not item.revoquee]
    facts = CONTENT if alive else CONTENT - {"delegation-vivante"}
    facts = facts if find_standing(lieu.session, [find_id(lieu.dossier)]) else facts - {"reserve-tenue"}
    if mail is not None and any(item.delegant == mail.strip().lower() for item in alive):
        roles |= {DELEGANT}
    for item in PERMISSIONS:
        reasons = permit(item.acte, facts, roles)
        yield Possible(acte=item.acte, stage=None, gate=None, allowed=not reasons, reasons=reasons, par=item.par)
