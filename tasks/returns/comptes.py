"""Which returns count: those of the folder while a stage takes them, those kept once it was closed or validated.

What counted is a copy of the readings: overwritten, renamed or deleted in the folder, it changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import defer
from sqlmodel import col, select

from nr_models.dossier.journal import Fait
from nr_models.dossier.retours.recus import Arretee, Tardif, list_late, list_settled
from nr_models.stages import BY_SLUG, STAGES, Stage
from nr_models.tables import Avancement, Reading, Retenu
from nr_models.values.frozen import canonical
from tasks.programme.lieu import Lieu
from tasks.trail import chain

_COPIED = tuple(name for name in Retenu.model_fields if name in Reading.model_fields and name != "id")


def list_counted(lieu: Lieu) -> Sequence[Reading | Retenu]:
    """The returns that count, by path."""
    return _counted(lieu, ())


def list_signatures(lieu: Lieu) -> Sequence[Reading | Retenu]:
    """The same without their values, which may weigh megabytes."""
    return _counted(lieu, ("value",))


def list_tardifs(lieu: Lieu) -> list[Tardif]:
    """What came, changed or went after its stage was closed or validated, and that nobody took in or left."""
    found: list[Tardif] = []
    for state in _list_settled(lieu):
        kinds = list_settled(BY_SLUG[state.slug], Arretee(state.arretee))
        counted = [row for row in _kept(lieu, ()) if row.type in kinds and row.stage == state.slug]
        received = [row for row in _received(lieu, ()) if row.type in kinds]
        found += list_late(state.slug, counted, received, json.loads(state.laisses))
    return found


def settle_returns(lieu: Lieu, stage: Stage, why: Arretee) -> None:
    """From now on the returns of a stage are these: a copy, in the caller's transaction, with its event."""
    state = _find(lieu, stage)
    before = set(list_settled(stage, Arretee(state.arretee)))
    kinds = set(list_settled(stage, why)) - before
    if state.arretee == Arretee.VALIDATION or not kinds:
        return
    _copy(lieu, stage, kinds)
    state.arretee = why
    kept = [row for row in _kept(lieu, ("value",)) if row.stage == stage.slug]
    donnees = {"stage": stage.slug, "cause": why.value, "retours": sorted(row.sha256 for row in kept)}
    chain.append(lieu.session, lieu.cle, Fait.RETENU, donnees, automatique=True)


def settle_before(lieu: Lieu, gate_stage: Stage) -> None:
    """A gate was passed: the returns of its stage, and of those before it, are settled."""
    for stage in STAGES[: gate_stage.numero]:
        if stage.returns:
            settle_returns(lieu, stage, Arretee.VALIDATION)


def take_in(lieu: Lieu, stage: Stage) -> None:
    """What is in the folder now counts, and stays settled."""
    state = _find(lieu, stage)
    if state.arretee:
        kinds = set(list_settled(stage, Arretee(state.arretee)))
        _forget(lieu, stage, kinds)
        _copy(lieu, stage, kinds)
        state.laisses = "[]"


def leave(lieu: Lieu, stage: Stage, digests: Iterable[str]) -> None:
    """What came later, as it is now, is not to be asked about again."""
    state = _find(lieu, stage)
    state.laisses = canonical(sorted({*json.loads(state.laisses), *digests}))


def open_returns(lieu: Lieu, stage: Stage) -> None:
    """A stage reopened takes its returns as they come again."""
    state = _find(lieu, stage)
    if state.arretee:
        _forget(lieu, stage, set(list_settled(stage, Arretee.VALIDATION)))
        state.arretee, state.laisses = Arretee.OUVERTE, "[]"


def find_value(lieu: Lieu, tardif: Tardif) -> str:
    """The digest of what a late file says, or of what a file that went said."""
    rows: list[Reading | Retenu] = [*_received(lieu, ("value",)), *_kept(lieu, ("value",))]
    return next(row.value_digest for row in rows if (row.path, row.sha256) == (tardif.path, tardif.sha256))


def _counted(lieu: Lieu, without: Sequence[str]) -> Sequence[Reading | Retenu]:
    settled = {
        kind: state.slug
        for state in _list_settled(lieu)
        for kind in list_settled(BY_SLUG[state.slug], Arretee(state.arretee))
    }
    rows: list[Reading | Retenu] = [row for row in _received(lieu, without) if row.type not in settled]
    if settled:
        rows += [row for row in _kept(lieu, without) if settled.get(row.type) == row.stage]
    return sorted(rows, key=lambda row: row.path)


def _received(lieu: Lieu, without: Sequence[str]) -> Sequence[Reading]:
    query = select(Reading).where(Reading.dossier_id == lieu.dossier.id).order_by(col(Reading.path))
    return lieu.session.exec(query.options(*(defer(getattr(Reading, name)) for name in without))).all()


def _kept(lieu: Lieu, without: Sequence[str]) -> Sequence[Retenu]:
    query = select(Retenu).where(Retenu.dossier_id == lieu.dossier.id).order_by(col(Retenu.path))
    return lieu.session.exec(query.options(*(defer(getattr(Retenu, name)) for name in without))).all()


def _list_settled(lieu: Lieu) -> Sequence[Avancement]:
    query = select(Avancement).where(Avancement.dossier_id == lieu.dossier.id, Avancement.arretee != "")
    return lieu.session.exec(query.order_by(col(Avancement.id))).all()


def _find(lieu: Lieu, stage: Stage) -> Avancement:
    query = select(Avancement).where(Avancement.dossier_id == lieu.dossier.id, Avancement.slug == stage.slug)
    return lieu.session.exec(query).one()


def _copy(lieu: Lieu, stage: Stage, kinds: set[str]) -> None:
    for row in _received(lieu, ()):
        if row.type in kinds:
            values: dict[str, Any] = {name: getattr(row, name) for name in _COPIED}
            lieu.session.add(Retenu(stage=stage.slug, **values))
    lieu.session.flush()


def _forget(lieu: Lieu, stage: Stage, kinds: set[str]) -> None:
    for row in _kept(lieu, ("value",)):
        if row.stage == stage.slug and row.type in kinds:
            lieu.session.delete(row)
    lieu.session.flush()
