"""Coupé n’importe où, un lancement se reprend : mêmes octets, mêmes événements, aucun en double."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from nr_models.dossier.case import Case
from nr_models.values.frozen import digest
from nr_models.values.roles import Role
from tasks.dossier import making, rounds
from tasks.returns import recognise, returns
from tasks.stages import hands
from tasks.store import files
from tasks.trail import chain
from tests.flows.test_advance import TRAME, change_answer
from tests.support.parcours import SANS_DG, Terrain, new, taken_to
from tests.support.postgresql import Grappe


class Coupure(BaseException):
    """Le courant manque : rien de ce qui suit n’a lieu, pas même la note d’un échec."""


class Courant:
    """Compte les endroits où l’on peut couper, et coupe au énième."""

    def __init__(self) -> None:
        self.seen, self.at = 0, 0

    def tick(self, *_: object) -> None:
        self.seen += 1
        if self.seen == self.at:
            raise Coupure

    def around(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """Le même geste, devant lequel on peut couper."""

        def fragile(*arguments: Any, **named: Any) -> Any:
            self.tick()
            return act(*arguments, **named)

        return fragile


FRAGILES = (
    (files, "_write"),
    (rounds, "set_aside"),
    (rounds, "remove_files"),
    (rounds, "expire_later"),
    (chain, "append"),
    (making, "save_round"),
    (making, "open_gate"),
    (making, "restore"),
)


@pytest.fixture
def courant(monkeypatch: pytest.MonkeyPatch) -> Iterator[Courant]:
    found = Courant()
    for module, name in FRAGILES:
        monkeypatch.setattr(module, name, found.around(getattr(module, name)))
    sa.event.listen(Session, "before_commit", found.tick)
    sa.event.listen(Session, "after_commit", found.tick)
    yield found
    sa.event.remove(Session, "before_commit", found.tick)
    sa.event.remove(Session, "after_commit", found.tick)


@pytest.fixture(autouse=True)
def de_memoire(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lire et rendre sont des fonctions pures : on ne les refait pas à chaque coupure."""
    known: dict[object, Any] = {}

    def remember(key: object, act: Callable[[], Any]) -> Any:
        if key not in known:
            known[key] = act()
        return known[key]

    class Hands:
        def __init__(self, stage: str) -> None:
            self._stage, self._true = stage, hands.load_hands(stage)
            self.Result = self._true.Result

        def __getattr__(self, act: str) -> Callable[..., Any]:
            def once(case: Case, *rest: Any) -> Any:
                said = [(item.fichier, item.personne, item.tour, item.valeur, item.anomalies) for item in case.retours]
                bound = [[cell.cell_contents for cell in item.__closure__] if callable(item) else item for item in rest]
                key = digest([self._stage, act, case.cle, case.entree, case.results, said, case.anomalies, bound])
                return remember(key, partial(getattr(self._true, act), case, *rest))

            return once

    def understand(path: Path, name: str, referentiel: Any, known: Any = ()) -> Any:
        return remember((path.read_bytes(), name, known), lambda: honest(path, name, referentiel, known))

    honest = returns.understand
    monkeypatch.setattr(os, "fsync", lambda _: None)  # aucun courant n’est vraiment coupé ici
    monkeypatch.setattr(making, "load_hands", Hands)
    monkeypatch.setattr(returns, "understand", understand)
    monkeypatch.setattr(recognise, "understand", understand)


def from_nothing(place: Path) -> Terrain:
    """Tout est à faire : lire les retours, envoyer, consolider, noter, soumettre."""
    return new(place)


def after_a_change(place: Path) -> Terrain:
    """Une réponse changée après coup : un tour de plus, des validations périmées."""
    terrain = taken_to(place, "preselect")
    terrain.edit(TRAME, change_answer)
    return terrain


def damaged(place: Path) -> Terrain:
    """Des fichiers perdus, un modifié, et la décision déjà prise."""
    terrain = taken_to(place, "restitute")
    terrain.decide("restitute", terrain.person(Role.ELU_SPONSOR))
    (terrain.produits("score") / "score.xlsx").write_bytes(b"mes notes")
    shutil.rmtree(terrain.produits("restitute"))
    return terrain


def missing(place: Path) -> Terrain:
    """Une trame retirée après la validation du diagnostic : elle compte toujours, et cela se dit."""
    terrain = taken_to(place, "preselect")
    (terrain.recus / TRAME).unlink()
    return terrain


def traces(terrain: Terrain) -> dict[str, object]:
    """Tout ce qu’un lancement laisse, moins les instants et le hasard des sels."""
    with terrain.workspace.reading() as session:
        assert chain.verify(session) is None
    stages = [terrain.state(slug) for slug in terrain.etats()]
    return {
        "faits": terrain.facts(),
        "octets": terrain.shown(),
        "etapes": [(row.slug, row.etat, row.raison, row.manquants) for row in stages],
        "demandes": [
            (gate.gate, gate.asking, gate.etat, gate.seal) for stage in terrain.etats() for gate in terrain.gates(stage)
        ],
        "attend": line.attend.model_dump(exclude={"depuis"}) if (line := terrain.line()).attend else None,
    }


COUPURES = int(os.environ.get("NR_COUPURES", "6"))
"""Combien d’endroits essayer, quand il y en a davantage : « make lent » les essaie tous."""


def endroits(count: int) -> list[int]:
    """Où couper : du premier endroit au dernier, à pas égaux."""
    tried = min(count, COUPURES)
    return sorted({1 + round(step * (count - 1) / max(1, tried - 1)) for step in range(tried)})


@contextmanager
def opened(terrain: Terrain) -> Iterator[Terrain]:
    """Un dossier qu’on referme en sortant."""
    try:
        yield terrain
    finally:
        terrain.workspace.close()


@pytest.mark.parametrize("scene", [from_nothing, after_a_change, damaged, missing], ids=lambda scene: scene.__name__)
def test_coupe_ou_que_ce_soit_un_lancement_se_reprend(
    tmp_path: Path, courant: Courant, scene: Callable[[Path], Terrain]
) -> None:
    with opened(scene(tmp_path / "modele")) as model:
        courant.seen = 0
        model.run()
        count, expected = courant.seen, traces(model)
    assert count > 2
    for place in endroits(count):
        folder = tmp_path / str(place)
        with opened(scene(folder)) as terrain:
            courant.seen, courant.at = 0, place
            with pytest.raises(Coupure):
                terrain.run()
            courant.at = 0
        with opened(Terrain(folder, SANS_DG)) as again:
            again.run()
            assert traces(again) == expected, f"coupé à l’endroit {place} sur {count}"
        shutil.rmtree(folder)


@pytest.mark.deux_bases(toujours=True)
def test_coupee_ou_que_ce_soit_une_decision_est_entiere_ou_absente(
    tmp_path: Path, courant: Courant, base: Grappe | None
) -> None:
    with opened(taken_to(tmp_path / "modele", "score", grappe=base)) as model:
        referent, seal = model.person(Role.REFERENT), model.gates("score")[-1].seal
        courant.seen = 0
        model.decide("score", referent, "reserves", "Un doute.", seal)
        count, expected = courant.seen, traces(model)
    for place in endroits(count):
        with opened(taken_to(tmp_path / str(place), "score", grappe=base)) as terrain:
            courant.seen, courant.at = 0, place
            with pytest.raises(Coupure):
                terrain.decide("score", referent, "reserves", "Un doute.", seal)
            courant.at = 0
            assert terrain.decide("score", referent, "reserves", "Un doute.", seal).accepted
            assert traces(terrain) == expected
