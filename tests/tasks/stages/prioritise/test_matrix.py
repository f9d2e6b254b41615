"""Les étiquettes de la matrice se lisent toutes."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nr_models.rules import vote
from nr_models.rules.vote import Quadrant
from tasks.stages.prioritise import matrix
from tasks.stages.prioritise.deck import MATRIX
from tests.support.decks_case import referentiel

notes = st.fractions(min_value=1, max_value=5, max_denominator=4)


@given(st.lists(st.tuples(notes, notes), max_size=35))
def test_les_etiquettes_de_la_matrice_ne_se_couvrent_jamais(means: list[tuple[Any, Any]]) -> None:
    parametres = referentiel().parametres.priorisation
    points = []
    for place, (value, ease) in enumerate(means, start=1):
        quadrant = vote.quadrant_of(value, ease, parametres)
        assert isinstance(quadrant, Quadrant)
        points.append(matrix.Point(place, value, ease, quadrant))
    labels = matrix.place(points, matrix.Frame(MATRIX, parametres))
    for n, one in enumerate(labels):
        for other in labels[n + 1 :]:
            apart = abs(one.x - other.x) >= matrix.LABEL_W or abs(one.y - other.y) >= matrix.LABEL_H
            assert apart
