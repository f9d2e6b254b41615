"""Un nouveau tour montre ce qu’il a, et rien de ce que l’ancien montrait de plus."""

from __future__ import annotations

from nr_models.dossier.case import File
from nr_models.stages import BY_SLUG
from tasks.dossier.rounds import save_round
from tests.support.parcours import Depart


def test_ce_que_le_tour_d_avant_montrait_et_que_celui_ci_ne_montre_plus_s_en_va(depart: Depart) -> None:
    terrain = depart("collect")
    stage, folder = BY_SLUG["collect"], terrain.produits("collect")
    a, b, c = (File(name, name.encode()) for name in ("a.txt", "b.txt", "c.txt"))
    save_round(terrain.lieu, stage, "resultat", "{}", 1, (a, b))
    aside = folder / "note.txt"
    aside.write_text("d’une personne", encoding="utf-8")
    save_round(terrain.lieu, stage, "resultat", '{"x":1}', 2, (b, c))
    assert sorted(path.name for path in folder.iterdir()) == ["b.txt", "c.txt", "note.txt"]
