"""Read where a dossier stands: its states, rounds, returns and closings, all at one moment."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from sqlalchemy.orm import defer
from sqlmodel import col, select

from nr_models.dossier.case import Manquant
from nr_models.dossier.journal import Fait
from nr_models.dossier.registre import VUES, Entree, Passation, Vue, narrow, rewind
from nr_models.dossier.retours.recus import Arretee
from nr_models.dossier.standing import Lue, Situation, Standing, Tour
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_GATE, BY_SLUG
from nr_models.tables import TOUCHED, Artefact, Avancement, Dossier, Round, find_id
from nr_models.values.frozen import digest
from tasks.dossier.gates import find_approved, find_standing, load_reserves
from tasks.dossier.pouvoirs import list_role_changes
from tasks.dossier.rounds import is_intact
from tasks.office.look import load_look
from tasks.programme.lieu import Lieu
from tasks.returns.comptes import list_named
from tasks.returns.returns import describe_returns
from tasks.returns.version import find_version, version_of_rules
from tasks.trail import chain


def load_standing(lieu: Lieu) -> Standing:
    """Read where a dossier stands."""
    with lieu.reading() as ici:
        rounds, returns = _load_tours(ici), describe_returns(ici)
        rows = ici.session.exec(select(Avancement).where(Avancement.dossier_id == lieu.dossier.id)).all()
        return Standing(
            cle=lieu.cle,
            seule=read_alone(lieu.dossier.entree),
            vues=read_vues(lieu.dossier.entree, load_regard(ici, returns, rows)),
            referentiel=lieu.referentiel.empreinte,
            look=_look_digest(),
            stages={row.slug: _situate(row, rounds) for row in rows},
            returns=returns,
            reserves=_load_reserves(ici),
            accepte=find_version(ici) == version_of_rules(),
            touche=find_version(ici) == TOUCHED,
        )


def accept_version(lieu: Lieu, standing: Standing) -> None:
    """Let a dossier go on with the rules of this version; the trail says it where something validated depends on it."""
    held = [stage.slug for stage in standing.list_held()]
    with lieu.writing() as ici:
        ici.session.get_one(Dossier, lieu.dossier.id).version = version_of_rules()
        if held:
            chain.append(ici.session, lieu.cle, Fait.VERSION, {"stages": held})


def _load_reserves(lieu: Lieu) -> list[tuple[int, str]]:
    """The réserves that stand, by number and gate."""
    number = find_id(lieu.dossier)
    standing = find_standing(lieu.session, [number]).get(number, ())
    return [(item.numero, item.gate) for item in load_reserves(lieu.session, standing)]


@cache
def _look_digest() -> str:
    return digest(load_look())


class Regard(NamedTuple):
    """What tells how each stage reads the registry of a dossier, besides the registry.

    Who returned what, by type; whom the référent named; the roles given and taken since the gate of a stage was
    passed, by stage: what counted counts, and its result is made of the registry as it was then.
    """

    auteurs: tuple[tuple[str, frozenset[str]], ...]
    nommes: frozenset[str]
    depuis: Mapping[str, tuple[Passation, ...]]

    def replace(self, mail: str, other: str) -> Regard:
        """The same, where somebody has another address."""
        auteurs = tuple((kind, _replace(mails, mail, other)) for kind, mails in self.auteurs)
        depuis = {
            slug: tuple(item._replace(mail=other) if item.mail == mail else item for item in changes)
            for slug, changes in self.depuis.items()
        }
        return Regard(auteurs, _replace(self.nommes, mail, other), depuis)


def _replace(mails: frozenset[str], mail: str, other: str) -> frozenset[str]:
    return frozenset(other if item == mail else item for item in mails)


def load_regard(lieu: Lieu, returns: Mapping[str, Sequence[Sequence[object]]], rows: Sequence[Avancement]) -> Regard:
    """How each stage of a dossier reads its registry now."""
    settled = {row.slug for row in rows if row.arretee == Arretee.VALIDATION}
    depuis = list_role_changes(lieu) if settled else {}
    return Regard(
        tuple((kind, frozenset(str(item[0]) for item in items)) for kind, items in sorted(returns.items())),
        list_named(lieu) if returns.get("calendrier") else frozenset(),
        {slug: changes for slug, changes in depuis.items() if slug in settled},
    )


def read_vues(entree: str, regard: Regard) -> dict[tuple[str, str], Lue]:
    """The registry as each stage reads it, by stage and phase."""
    return {
        (slug, phase): _read(
            entree,
            (slug, phase),
            regard.auteurs,
            regard.nommes,
            regard.depuis.get(slug, ()) if phase == "resultat" else (),
        )
        for slug, phase in VUES
    }


def read_alone(entree: str) -> Lue:
    """The registry as the stages that read nobody of it read it."""
    return _read(entree, None)


@lru_cache(maxsize=4096)
def _read(
    text: str,
    place: tuple[str, str] | None,
    auteurs: tuple[tuple[str, frozenset[str]], ...] = (),
    nommes: frozenset[str] = frozenset(),
    since: tuple[Passation, ...] = (),
) -> Lue:
    entree = rewind(Entree.model_validate_json(text), since)
    read = narrow(entree, VUES[place] if place else Vue(), dict(auteurs), nommes)
    return Lue(read, digest(read))


def _situate(row: Avancement, rounds: Mapping[tuple[str, str], Tour]) -> Situation:
    return Situation(
        etat=Etat(row.etat),
        depuis=row.depuis,
        raison=row.raison,
        attente=row.attente,
        manquants=_missing(row.manquants),
        clos=_missing(row.clos),
        arretee=Arretee(row.arretee),
        envoi=rounds.get((row.slug, "envoi")),
        resultat=rounds.get((row.slug, "resultat")),
    )


def _load_tours(lieu: Lieu) -> dict[tuple[str, str], Tour]:
    """The current round of each stage and phase."""
    query = select(Round).where(Round.dossier_id == lieu.dossier.id).order_by(col(Round.numero))
    rows = lieu.session.exec(query.options(defer(Round.value))).all()  # type: ignore[arg-type]
    current = {(row.stage, row.phase): row for row in rows}
    files: dict[int, list[Artefact]] = defaultdict(list)
    wanted = col(Artefact.round_id).in_([row.id for row in current.values()])
    for item in lieu.session.exec(select(Artefact).where(wanted).order_by(col(Artefact.nom))):
        files[item.round_id].append(item)
    approved = {(BY_GATE[gate].slug, "resultat"): item.seal for gate, item in find_approved(lieu).items()}
    return {
        place: _tour(lieu, row, files[find_id(row)], approved.get(place) == row.seal) for place, row in current.items()
    }


def _tour(lieu: Lieu, row: Round, files: Sequence[Artefact], approved: bool) -> Tour:
    return Tour(
        id=find_id(row),
        numero=row.numero,
        fingerprint=row.fingerprint,
        basis=row.basis,
        seal=row.seal,
        value_digest=row.value_digest,
        made_at=row.made_at,
        artefacts={item.nom: item.sha256 for item in files},
        intact=is_intact(lieu, BY_SLUG[row.stage], files),
        approved=approved,
    )


def _missing(text: str) -> tuple[Manquant, ...]:
    return tuple(Manquant.model_validate(item) for item in json.loads(text))
