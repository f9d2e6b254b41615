"""Un fichier est reconnu à sa marque ou à ses titres, et rien de ce qu’on y tape n’arrête la lecture."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from nr_models.values.frozen import canonical
from tasks.office.columns import MARK_SHEET, Column
from tasks.programme.columns import COLLECTIVITES, PERSONNES, SOURCES
from tasks.reading.spreadsheet import Feuille, Lecture
from tasks.referentiel.load import find_folder, load_referentiel
from tasks.returns.recognise import REGISTRY, find_type, understand_lecture
from tasks.stages.collect.columns import (
    CONTEXTE_SHEETS,
    DIAGNOSTIC,
    ENTRETIENS,
)
from tasks.stages.collect.inventory_columns import INVENTAIRE
from tasks.stages.fiche.columns import FICHES_SHEETS
from tasks.stages.preselect.columns import PRESELECTION, PRESTATAIRE
from tasks.stages.prioritise.columns import BULLETIN, DEROGATIONS, DEROGATIONS_SHEET
from tests.support.classeurs import SUPPORTS, opened, rendered
from tests.support.lecture import Lu, codes


def test_la_marque_cachee_dit_le_type_et_la_personne_quel_que_soit_le_nom_du_fichier(lu: Lu) -> None:
    question = next(iter(lu.referentiel.questions))
    mark = {"type": "diagnostic", "dossier": "p/ville", "etape": "collect", "tour": "2", "personne": "Dsi@Ville.fr"}
    found = lu.classeur({"Questions": (DIAGNOSTIC, [{"question": question, "reponse": 1}])}, mark, "autre@ville.fr")
    assert found.marque == mark
    assert found.personne == "dsi@ville.fr"
    assert found.feuilles == 2


def test_un_classeur_qui_n_est_pas_de_la_demarche_est_inconnu(lu: Lu) -> None:
    found = lu.classeur({"Recettes": ((Column("a", "Ingrédient"), Column("b", "Grammes")), [{"a": "farine", "b": 3}])})
    assert (found.type, found.valeur, codes(found)) == ("inconnu", None, ["type-inconnu"])


def test_un_texte_nomme_xlsx_est_dit_inconnu_et_un_fichier_absent_absent(lu: Lu, tmp_path: Path) -> None:
    (tmp_path / "faux.xlsx").write_text("Bonjour, voici notre inventaire.", encoding="utf-8")
    assert codes(lu.fichier(tmp_path / "faux.xlsx")) == ["type-inconnu"]
    assert codes(lu.fichier(tmp_path / "absent.xlsx")) == ["fichier-absent"]


def test_une_valeur_comprise_se_garde_en_json_et_se_recharge(lu: Lu) -> None:
    found = lu.classeur({"Inventaire": (INVENTAIRE, [{"categorie": "Écran", "quantite": 3, "heures_an": "1 500,5"}])})
    assert found.valeur is not None
    assert REGISTRY[found.type].model_validate_json(canonical(found.valeur)) == found.valeur


def test_sans_sa_marque_un_support_se_reconnait_a_ses_titres(lu: Lu, tmp_path: Path) -> None:
    for name in sorted(set(SUPPORTS) - {"calendrier"}):
        book = opened(rendered(name))
        del book[MARK_SHEET]
        path = tmp_path / "sans marque.xlsx"
        book.save(path)
        found = lu.fichier(path)
        assert (name, found.type) == (name, {"trame": "diagnostic"}.get(name, name))


SHEETS: dict[str, dict[str, Sequence[Column]]] = {
    "registre": {"Collectivités": COLLECTIVITES, "Personnes": PERSONNES, "Sources": SOURCES},
    "diagnostic": {"Questions": DIAGNOSTIC, "Entretiens": ENTRETIENS},
    "contexte": dict(CONTEXTE_SHEETS),
    "inventaire": {"Inventaire": INVENTAIRE},
    "preselection": {"Leviers": PRESELECTION, "Prestataire": PRESTATAIRE},
    "bulletin": {"Bulletin": BULLETIN, DEROGATIONS_SHEET: DEROGATIONS},
    "fiches": dict(FICHES_SHEETS),
}


TYPED = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=15),
    st.sampled_from(
        [
            "*",
            "²",
            "٣",
            "1e5",
            "-",
            "- 5",
            "À définir",
            "2 – x",
            "12/13/14",
            "0000-00-00",
            "9999/99/99",
            "1 000,5 €",
            "gouv-q01",
            "gouv-l01",
            "gouvernance",
            "saint-aubin",
            "217500016",
            "a@b.fr",
            "oui",
            "{valeur}",
            "31/12/99999",
            "à définir ; à voir",
            "2 x 3 jours",
        ]
    ),
)


@given(st.sampled_from(sorted(SHEETS)), st.data())
def test_quoi_qu_on_tape_dans_un_modele_rien_n_est_leve(kind: str, data: st.DataObject) -> None:
    feuilles = [Feuille(MARK_SHEET, [["type", kind]])]
    for name, columns in SHEETS[kind].items():
        width = len(columns)
        rows = data.draw(st.lists(st.lists(TYPED, max_size=width + 2), max_size=4))
        feuilles.append(Feuille(name, [[column.title for column in columns], *rows]))
    lecture = Lecture(tuple(feuilles))
    assert find_type(lecture, load_referentiel(find_folder())) == kind
    found = understand_lecture(lecture, "essai.xlsx", load_referentiel(find_folder()))
    assert found.valeur is not None
    assert REGISTRY[kind].model_validate_json(canonical(found.valeur)) == found.valeur
    for anomaly in found.anomalies:
        assert anomaly.message
        assert anomaly.remede
        assert re.fullmatch(r"([A-Z]+[0-9]+)?", anomaly.cellule)


def test_un_classeur_enregistre_a_nouveau_dit_la_meme_chose(lu: Lu, tmp_path: Path) -> None:
    first = lu.classeur({"Inventaire": (INVENTAIRE, [{"categorie": "Écran", "quantite": 3, "annee_achat": 2020}])})
    book = load_workbook(tmp_path / "nom quelconque.xlsx")
    stream = io.BytesIO()
    book.save(stream)
    (tmp_path / "autre nom.xlsx").write_bytes(stream.getvalue())
    assert lu.fichier(tmp_path / "autre nom.xlsx").valeur == first.valeur
