"""Le bulletin de vote : ce qu’il propose, et à qui."""

from __future__ import annotations

from tasks.stages.prioritise import workbook as prioritise_books
from tests.support.classeurs import CASE, PRESELECT, VOTANTE, column, opened, rendered


def test_seul_le_bulletin_du_referent_permet_d_imposer() -> None:
    theirs = opened(prioritise_books.render_bulletin(CASE, VOTANTE, 1))
    assert "Arbitrages" in opened(rendered("bulletin")).sheetnames
    assert "Arbitrages" not in theirs.sheetnames


def test_le_bulletin_groupe_les_leviers_par_dimension_et_nomme_ceux_a_mener_ensemble() -> None:
    sheet = opened(rendered("bulletin"))["Bulletin"]
    leviers = [str(item) for item in column(sheet, "Identifiant")]
    together = dict(zip(leviers, column(sheet, "À mener avec"), strict=True))
    assert sorted(leviers) == sorted(place.levier for place in PRESELECT.retenus)
    for levier in leviers:
        for above in set(CASE.referentiel.leviers[levier].requiert) & set(leviers):
            assert CASE.referentiel.leviers[above].titre in str(together[levier])
            assert CASE.referentiel.leviers[levier].titre in str(together[above])
