"""La matrice : des numéros qui ne se couvrent jamais, et qui restent dans leur zone."""

from __future__ import annotations

import re

import pytest

from portal.pages.graphiques.matrice import Echelle, Place, draw_matrice
from tasks.office.look import load_look

ECHELLE = Echelle(1, 5, 3.0, 3.0)


def _circles(drawn: str) -> list[tuple[float, float, float]]:
    """Les numéros : leur centre et leur rayon ; les repères, plus petits, sont laissés."""
    found = re.findall(r'<circle cx="([\d.-]+)" cy="([\d.-]+)" r="([\d.]+)"', drawn)
    return [(float(x), float(y), float(r)) for x, y, r in found if float(r) > 5]


def _drawn(*places: Place) -> str:
    return str(draw_matrice("matrice", places, ECHELLE, "titre", "constat"))


@pytest.mark.parametrize("count", [1, 12, 30])
def test_des_leviers_de_memes_notes_ne_se_couvrent_pas(count: int) -> None:
    drawn = _drawn(*(Place(number, 4.0, 4.0, 1 + number % 7, number <= 12) for number in range(1, count + 1)))
    circles = _circles(drawn)
    assert len(circles) == count
    for place, (x, y, r) in enumerate(circles):
        for u, v, s in circles[:place]:
            assert (x - u) ** 2 + (y - v) ** 2 >= (r + s) ** 2


def test_un_numero_deplace_garde_un_trait_vers_sa_place_et_reste_dans_sa_zone() -> None:
    drawn = _drawn(Place(1, 3.0, 3.0, 1, True), Place(2, 3.0, 3.0, 2, True))
    (x, y, _), (moved_x, moved_y, radius) = _circles(drawn)
    assert drawn.count('r="2"') == 1
    assert (moved_x - radius, moved_y + radius) != (x, y)
    assert moved_x - radius >= x  # sur le seuil, on est du côté facile, et du côté utile
    assert moved_y + radius <= y


def test_les_quatre_zones_sont_nommees_et_les_retenus_ont_la_couleur_de_leur_dimension() -> None:
    drawn = _drawn(Place(1, 4.5, 4.5, 3, True), Place(2, 2.0, 2.0, 5, False))
    for nom in ("Gains rapides", "Projets majeurs", "Compléments", "À écarter"):
        assert nom in drawn
    assert load_look().dimensions[3] in drawn
    assert load_look().dimensions[5] not in drawn
