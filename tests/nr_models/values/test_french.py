"""Les nombres et les phrases s’écrivent à la française."""

from __future__ import annotations

from nr_models.values.french import euros, number, typeset
from tests.support.decks_case import referentiel


def test_les_nombres_s_ecrivent_a_la_francaise() -> None:
    assert number(1234567) == "1\u00a0234\u00a0567"
    assert euros(referentiel().parametres.feuille_de_route.cout_jour_homme * 5) == "1\u00a0500\u00a0€"
    assert typeset("Quoi ? « Oui » : 5 %") == "Quoi\u00a0? «\u00a0Oui\u00a0»\u00a0: 5\u00a0%"
