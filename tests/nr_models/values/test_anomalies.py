"""Le catalogue des anomalies dit, pour chacune, ce qui ne va pas et que faire."""

from __future__ import annotations

from nr_models.values.anomalies import CATALOGUE


def test_chaque_code_du_catalogue_a_sa_phrase_et_son_remede() -> None:
    for code, kind in CATALOGUE.items():
        for text in (kind.message, kind.remede):
            assert text.format(valeur="v", detail="d"), code
