"""Which returns count: those of the folder while a stage takes them, those kept once it was closed or validated.

What counted is a copy of the readings: overwritten, renamed or deleted in the folder, it changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy.orm import defer
from sqlmodel import col, select

from nr_models.dossier.journal import Fait
from nr_models.dossier.retours.recus import NOTHING, Arretee, Tardif, choose_counted, is_source, list_late, list_settled
from nr_models.rules.entretiens import RetourCalendrier
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


def list_named(lieu: Lieu) -> frozenset[str]:
    """The addresses that the référent named in the calendars that count: who is asked what, and who returns what."""
    rows = (row for row in list_counted(lieu) if row.type == "calendrier" and row.value != NOTHING)
    read = [RetourCalendrier.model_validate_json(row.value) for row in rows]
    asked = {mail for item in read for mails in item.repartition.values() for mail in mails}
    return frozenset(asked.union(*(item.responsables.values() for item in read)))


def list_tardifs(lieu: Lieu) -> list[Tardif]:
    """What came, changed or went after its stage was closed or validated, and that nobody took in or left."""
    found: list[Tardif] = []
    if states := _list_settled(lieu):
        kept, received = _kept(lieu, ()), _received(lieu, ())
        for state in states:
            counted, own = _count(state, kept, received), _own(state, received)
            found += list_late(state.slug, counted, own, json.loads(state.laisses))
    return found


def settle_returns(lieu: Lieu, stage: Stage, why: Arretee) -> None:
    """From now on the returns of a stage are these: a copy, in the caller's transaction, with its event."""
    state = _find(lieu, stage)
    before = set(list_settled(stage, Arretee(state.arretee)))
    kinds = set(list_settled(stage, why)) - before
    if state.arretee == Arretee.VALIDATION or not (kinds or why is Arretee.VALIDATION):
        return
    counted = _count(state, _kept(lieu, ()), _received(lieu, ()))
    stay = {row.id for row in counted if isinstance(row, Retenu)}
    for row in _own(state, _kept(lieu, ("value",))):
        if row.type in kinds and row.id not in stay:
            lieu.session.delete(row)
    for item in counted:
        if item.type in kinds and isinstance(item, Reading):
            _copy(lieu, stage, item)
    lieu.session.flush()
    state.arretee = why
    kept = _own(state, _kept(lieu, ("value",)))
    donnees = {"stage": stage.slug, "cause": why.value, "retours": sorted(row.sha256 for row in kept)}
    chain.append(lieu.session, lieu.cle, Fait.RETENU, donnees, automatique=True)


def settle_before(lieu: Lieu, gate_stage: Stage) -> None:
    """A gate was passed: the returns of its stage, and of those before it, are settled."""
    for stage in STAGES[: gate_stage.numero]:
        if stage.returns:
            settle_returns(lieu, stage, Arretee.VALIDATION)


def take_in(lieu: Lieu, stage: Stage, of: Callable[[str], bool] = lambda _path: True) -> None:
    """What came late to a stage, and was not left, counts from now on; ``of``: of these paths alone."""
    state = _find(lieu, stage)
    received = {row.path: row for row in _received(lieu, ())}
    kept = _own(state, _kept(lieu, ("value",)))
    settled = list_settled(stage, Arretee(state.arretee))
    late = {item.path for item in list_tardifs(lieu) if item.stage == stage.slug and of(item.path)}
    late |= {path for path in received.keys() - {row.path for row in kept} if is_source(path) and of(path)}
    gone = {row.path for row in kept if is_source(row.path) and row.path not in received and of(row.path)}
    taken = [received[path] for path in sorted(late) if path in received]
    for row in kept:
        if row.path in late | gone:
            lieu.session.delete(row)
    for item in taken:
        if item.type in settled:
            _copy(lieu, stage, item)
    state.tenus = canonical(sorted({*json.loads(state.tenus)} - {item.value_digest for item in taken}))
    lieu.session.flush()


def leave(lieu: Lieu, stage: Stage, digests: Iterable[str]) -> None:
    """What came later, as it is now, is not to be asked about again."""
    state = _find(lieu, stage)
    state.laisses = canonical(sorted({*json.loads(state.laisses), *digests}))


def open_returns(lieu: Lieu, stage: Stage) -> None:
    """A stage reopened takes its returns as they come again; of what came while it did not, somebody decides still.

    What counted and is in the folder no more, or otherwise, counts as it did.
    """
    state = _find(lieu, stage)
    if not state.arretee:
        return
    kept, received = _kept(lieu, ()), _own(state, _received(lieu, ()))
    late = list_late(state.slug, _count(state, kept, received), received, ())
    state.tenus = canonical(sorted({find_value(lieu, item) for item in late}))
    state.arretee, state.laisses = Arretee.OUVERTE, "[]"
    present = {(row.type, row.personne, row.value_digest) for row in received}
    for row in _own(state, kept):
        if (row.type, row.personne, row.value_digest) in present:
            lieu.session.delete(row)
    lieu.session.flush()


def forget_returns(lieu: Lieu, stage: Stage) -> None:
    """All that a stage was returned is to be read again, under another référentiel: what counted before is no more."""
    state = _find(lieu, stage)
    for row in _own(state, _kept(lieu, ("value",))):
        lieu.session.delete(row)
    state.arretee, state.laisses, state.tenus = Arretee.OUVERTE, "[]", "[]"
    lieu.session.flush()


def find_value(lieu: Lieu, tardif: Tardif) -> str:
    """The digest of what a late file says, or of what a file that went said."""
    rows: list[Reading | Retenu] = [*_received(lieu, ("value",)), *_kept(lieu, ("value",))]
    return next(row.value_digest for row in rows if (row.path, row.sha256) == (tardif.path, tardif.sha256))


def _counted(lieu: Lieu, without: Sequence[str]) -> Sequence[Reading | Retenu]:
    states, received = _list_settled(lieu), _received(lieu, without)
    if not states:
        return received
    kept = _kept(lieu, without)
    theirs = {kind for state in states for kind in _list_kinds(state)}
    rows: list[Reading | Retenu] = [row for row in received if row.type not in theirs]
    for state in states:
        rows += _count(state, kept, received)
    return sorted(rows, key=lambda row: row.path)


def _count(state: Avancement, kept: Sequence[Retenu], received: Sequence[Reading]) -> list[Reading | Retenu]:
    """What counts of the returns of a stage that was settled once: those kept, and of the others those that come."""
    settled = list_settled(BY_SLUG[state.slug], Arretee(state.arretee))
    own = _own(state, kept)
    held = {*json.loads(state.laisses), *json.loads(state.tenus)}
    before: list[Reading | Retenu] = [row for row in own if row.type not in settled]
    coming: list[Reading | Retenu] = [row for row in _own(state, received) if row.type not in settled]
    return [*(row for row in own if row.type in settled), *choose_counted(before, coming, held)]


_Row = TypeVar("_Row", Reading, Retenu)


def _own(state: Avancement, rows: Sequence[_Row]) -> list[_Row]:
    """The readings, or the copies, of a stage."""
    kinds = _list_kinds(state)
    return [row for row in rows if row.type in kinds and getattr(row, "stage", state.slug) == state.slug]


def _list_kinds(state: Avancement) -> tuple[str, ...]:
    return list_settled(BY_SLUG[state.slug], Arretee.VALIDATION)


def _received(lieu: Lieu, without: Sequence[str]) -> Sequence[Reading]:
    query = select(Reading).where(Reading.dossier_id == lieu.dossier.id).order_by(col(Reading.path))
    return lieu.session.exec(query.options(*(defer(getattr(Reading, name)) for name in without))).all()


def _kept(lieu: Lieu, without: Sequence[str]) -> Sequence[Retenu]:
    query = select(Retenu).where(Retenu.dossier_id == lieu.dossier.id).order_by(col(Retenu.path))
    return lieu.session.exec(query.options(*(defer(getattr(Retenu, name)) for name in without))).all()


def _list_settled(lieu: Lieu) -> Sequence[Avancement]:
    """The stages whose returns are settled, or were and hold something back."""
    once = (col(Avancement.arretee) != "") | (col(Avancement.tenus) != "[]")
    query = select(Avancement).where(Avancement.dossier_id == lieu.dossier.id, once)
    return lieu.session.exec(query.order_by(col(Avancement.id))).all()


def _find(lieu: Lieu, stage: Stage) -> Avancement:
    query = select(Avancement).where(Avancement.dossier_id == lieu.dossier.id, Avancement.slug == stage.slug)
    return lieu.session.exec(query).one()


def _copy(lieu: Lieu, stage: Stage, row: Reading) -> None:
    values: dict[str, Any] = {name: getattr(row, name) for name in _COPIED}
    lieu.session.add(Retenu(stage=stage.slug, **values))
