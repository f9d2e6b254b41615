"""Des décisions envoyées deux fois et en même temps, sur les deux bases : chacune n'a qu'un effet.

Deux « nr validation decider --lot » lisent le même fichier à la fois. Quarante décisions à chaque passage ;
``NR_DECISIONS=1000`` en envoie mille (« make lent »).
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, col, select

from nr_models.dossier.workflow import Etat
from nr_models.tables import Artefact, Avancement, Decision, Dossier, Gate, Round
from nr_models.values.frozen import canonical
from nr_models.values.roles import Role
from tasks.store.files import save_bytes
from tasks.trail import chain
from tests.support.parcours import Depart, Terrain
from tests.support.produit import Produit, finir

pytestmark = pytest.mark.deux_bases(toujours=True)

DECISIONS = int(os.environ.get("NR_DECISIONS", "40"))
ENVOIS = 2


def clone(session: Session, row: SQLModel, **changed: Any) -> int:
    """La même ligne, sous un autre numéro."""
    made = type(row)(**{**row.model_dump(exclude={"id"}), **changed})
    session.add(made)
    session.flush()
    return made.id  # type: ignore[attr-defined, no-any-return]


def multiply(terrain: Terrain, times: int) -> list[str]:
    """Autant de dossiers qui attendent la même décision ; leurs noms."""
    origin, slugs = terrain.dossier, [f"commune-{number:04}" for number in range(times)]
    for slug in slugs:
        shutil.copytree(terrain.produits("score"), terrain.produits("score").parents[1] / slug / "2-score")

    def of(table: type[Any]) -> Iterable[Any]:
        return session.exec(select(table).where(table.dossier_id == origin.id)).all()

    with terrain.workspace.writing() as session:
        states, rounds, gates = of(Avancement), of(Round), of(Gate)
        files = session.exec(select(Artefact).where(col(Artefact.round_id).in_([item.id for item in rounds]))).all()
        for slug in slugs:
            dossier = clone(session, origin, slug=slug)
            for state in states:
                clone(session, state, dossier_id=dossier)
            made = {item.id: clone(session, item, dossier_id=dossier) for item in rounds}
            for file in files:
                clone(session, file, round_id=made[file.round_id])
            for gate in gates:
                clone(session, gate, dossier_id=dossier, round_id=made[gate.round_id])
    return [f"{terrain.programme.slug}/{slug}" for slug in slugs]


def write_decisions(terrain: Terrain, names: Iterable[str]) -> Path:
    path, seal = terrain.place / "decisions.csv", terrain.gates("score")[-1].seal
    lines = [f"{name},diagnostic,{terrain.person(Role.REFERENT)},reserves,{seal},À revoir en mai." for name in names]
    path.write_text("\n".join(["dossier,gate,as,verdict,vu,comment", *lines]), encoding="utf-8")
    return path


def accept_commands(terrain: Terrain) -> None:
    """Que les validations de ce dossier se décident à la ligne de commande : le référentiel qu’il garde le dit."""
    kept = terrain.lieu.referentiel
    gates = tuple(item.model_copy(update={"reconnaissance": "commande"}) for item in kept.validation.validations)
    content = canonical(
        kept.model_copy(update={"validation": kept.validation.model_copy(update={"validations": gates})})
    ).encode()
    digest = save_bytes(terrain.workspace.settings, content)
    with terrain.workspace.writing() as session:
        for row in session.exec(select(Dossier)).all():
            row.referentiel_digest = digest


def test_chaque_decision_envoyee_deux_fois_a_la_fois_n_a_qu_un_effet(depart: Depart) -> None:
    terrain = depart("score")
    accept_commands(terrain)
    names = multiply(terrain, DECISIONS)
    path, produit = write_decisions(terrain, names), Produit(terrain.place, terrain.url)
    sent = [
        produit.lancer("validation", "decider", "--lot", str(path), NR_OUTPUTS=str(terrain.place / "outputs"))
        for _ in range(ENVOIS)
    ]
    said = [finir(one) for one in sent]
    assert [one.code for one in said] == [0] * ENVOIS, said[0].dit[-500:]
    answers = Counter("déjà enregistrée" in line for one in said for line in one.dit.splitlines())
    assert answers == {False: DECISIONS, True: DECISIONS * (ENVOIS - 1)}
    with terrain.workspace.reading() as session:
        decisions = Counter(session.exec(select(Decision.gate_id)))
        events = Counter(item["chain"] for item in chain.list_events(session) if item["fait"] == "decide")
        etats = session.exec(select(Avancement.etat).join(Dossier).where(Avancement.slug == "score")).all()
        assert chain.verify(session) is None
    assert (len(decisions), set(decisions.values())) == (DECISIONS, {1})
    assert events == Counter(names)
    assert Counter(etats)[Etat.VALIDE] == DECISIONS
