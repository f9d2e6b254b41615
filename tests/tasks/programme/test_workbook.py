"""Le registre s’écrit, et se relit tel quel."""

from __future__ import annotations

from pathlib import Path

from nr_models.dossier.registre import Entree, Registre
from tasks.programme import workbook as registre_books
from tasks.programme.columns import EVERYONE
from tasks.returns.recognise import understand
from tests.support.classeurs import CASE, ENTREE, REFERENT, REGISTRE, column, opened
from tests.support.workbooks_case import make_entree


def test_le_registre_se_relit_tel_quel(tmp_path: Path) -> None:
    path = tmp_path / "registre.xlsx"
    path.write_bytes(registre_books.render_registre(REGISTRE))
    assert understand(path, path.name, CASE.referentiel).valeur == REGISTRE


def test_une_personne_de_tout_le_programme_n_apparait_qu_une_fois_au_registre() -> None:
    other = ENTREE.collectivite.model_copy(update={"slug": "val-d-orne", "siren": "213500028", "nom": "Val-d’Orne"})
    twin = Entree(collectivite=other, personnes=(REFERENT,))
    sheet = opened(registre_books.render_registre(Registre(entrees=(make_entree(), twin))))["Personnes"]
    mails = [item for item in column(sheet, "Adresse électronique") if item]
    assert sorted(mails) == sorted(item.mail for item in ENTREE.personnes)
    assert dict(zip(mails, column(sheet, "Collectivité"), strict=False))[REFERENT.mail] == EVERYONE
