"""De quel levier parle une ligne : son identifiant, ou son titre, que le logiciel montre à côté."""

from __future__ import annotations

import pytest

from tasks.office.columns import Column
from tasks.reading.levier import find_levier
from tasks.reading.parsed import Pointage
from tasks.reading.spreadsheet import Feuille
from tasks.reading.table import find_table
from tests.support.decks_case import referentiel

COLUMNS = (Column("levier", "Identifiant", 12, required=True), Column("titre", "Levier", 40))
REFERENTIEL = referentiel()
LEVIER = next(iter(REFERENTIEL.leviers.values()))


@pytest.mark.parametrize(
    ("identifiant", "titre", "code"),
    [
        (LEVIER.id, "", ""),
        (LEVIER.id.upper(), "", ""),
        (LEVIER.titre, "", ""),
        (LEVIER.titre.upper(), "autre chose", ""),
        (None, LEVIER.titre, ""),
        ("rien de tel", LEVIER.titre, "levier-inconnu"),
    ],
)
def test_un_levier_se_nomme_par_son_identifiant_ou_par_son_titre(
    identifiant: str | None, titre: str | None, code: str
) -> None:
    feuille = Feuille("Leviers", [["Identifiant", "Levier"], [identifiant, titre]])
    table, releve = find_table(feuille, COLUMNS), Pointage()
    assert table is not None
    (record,) = table.records()
    assert find_levier(record, REFERENTIEL, releve) == (None if code else LEVIER.id)
    assert [item.code for item in releve.anomalies] == ([code] if code else [])
