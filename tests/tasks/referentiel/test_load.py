"""Le référentiel livré est complet et sans faute ; une version fautive nomme le fichier et l'entrée."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from nr_models.referentiel.faute import file_of
from nr_models.referentiel.lint import check_referentiel
from nr_models.referentiel.referentiel import Referentiel
from nr_models.tables import Dossier
from nr_models.values.frozen import canonical, digest
from tasks.programme.programmes import Introuvable, find_programme, list_dossiers, load_kept_referentiel, open_programme
from tasks.referentiel.load import ReferentielInvalide, find_folder, list_versions, load_referentiel
from tasks.store.files import save_bytes
from tests.support.parcours import Depart, Terrain
from tests.support.referentiels import livre

Casse = Callable[[dict[str, Any]], None]
LIVRE = livre()


def test_la_version_livree_est_sans_faute() -> None:
    assert check_referentiel(LIVRE) == []
    assert find_folder().name == LIVRE.version
    assert LIVRE.version in list_versions()


def test_sept_dimensions_numerotees_chacune_dit_ce_qu_elle_contient_et_ne_contient_pas() -> None:
    assert [item.numero for item in LIVRE.dimensions] == [1, 2, 3, 4, 5, 6, 7]
    assert LIVRE.dimensions[0].nom == "Stratégie et gouvernance"
    assert all(item.definition and item.inclut and item.exclut for item in LIVRE.dimensions)


def test_au_moins_soixante_dix_questions_huit_par_dimension_et_six_profils() -> None:
    assert len(LIVRE.questions) >= 70
    assert all(len(item.questions) >= 8 for item in LIVRE.dimensions)
    assert len({profil for question in LIVRE.questions.values() for profil in question.profils}) >= 6


def test_chaque_question_a_cinq_niveaux_distincts() -> None:
    assert all(len(set(item.niveaux)) == 5 for item in LIVRE.questions.values())


def test_le_questionnaire_court_a_vingt_cinq_a_trente_questions_de_toutes_les_dimensions() -> None:
    flash = [item for item in LIVRE.questions.values() if item.flash]
    assert 25 <= len(flash) <= 30
    assert {LIVRE.dimension_of[item.id].slug for item in flash} == {item.slug for item in LIVRE.dimensions}


def test_au_moins_quatre_vingts_leviers_et_dix_par_dimension() -> None:
    assert len(LIVRE.leviers) >= 80
    assert all(len(item.leviers) >= 10 for item in LIVRE.dimensions)


def test_chacun_des_six_themes_de_la_loi_reen_a_cinq_leviers() -> None:
    counts = Counter(theme for levier in LIVRE.leviers.values() for theme in levier.themes_reen)
    assert len(LIVRE.themes_reen) == 6
    assert {item.slug: counts[item.slug] for item in LIVRE.themes_reen if counts[item.slug] < 5} == {}


def test_chaque_levier_a_des_indicateurs_des_actions_et_des_pilotes() -> None:
    for levier in LIVRE.leviers.values():
        assert levier.indicateurs, levier.id
        assert levier.actions, levier.id
        assert levier.pilotes, levier.id
        assert levier.resultats_attendus, levier.id


def test_toutes_les_pratiques_de_la_dinum_sont_couvertes_ou_refusees_avec_une_raison() -> None:
    shared = os.environ.get("NR_SHARED")
    path = Path(shared or "") / "data" / "dinum_bonnes_pratiques_v1.json"
    if not shared or not path.is_file():
        pytest.skip("les pratiques de la DINUM ne sont pas à côté du projet")
    practices = {item["id"] for item in json.loads(path.read_text(encoding="utf-8"))}
    covered = {line.id: line for dimension in LIVRE.dimensions for line in dimension.dinum}
    assert practices - set(covered) == set()
    for line in covered.values():
        assert line.refus or line.levier in LIVRE.leviers


def test_la_chaine_de_validation_et_les_durees_sont_celles_de_la_methode() -> None:
    chain = {
        item.gate: (item.roles, item.regle, item.ordre, item.jours_ouvres) for item in LIVRE.validation.validations
    }
    both = ("dg", "elu-sponsor")
    assert chain == {
        "diagnostic": (("referent",), "any", False, 5),
        "restitution": (("dg",), "any", False, 5),
        "preselection": (both, "all", False, 5),
        "selection": (both, "all", False, 10),
        "fiches": (("referent",), "any", False, 5),
        "feuille-de-route": (both, "all", True, 15),
    }
    weeks = {item.etapes: (item.semaines_min, item.semaines_max) for item in LIVRE.calendrier.durees}
    assert weeks[("collect",)] == (4, 6)
    assert weeks[("preselect", "prioritise")] == (2, 4)
    assert weeks[("fiche",)] == (6, 8)
    assert weeks[("roadmap",)] == (2, 3)


def test_les_nombres_de_la_methode() -> None:
    figures = LIVRE.parametres
    assert [str(item.des) for item in figures.score.maturites] == ["0", "20", "40", "60", "80"]
    assert (figures.score.couverture_min, figures.score.ecart_divergence) == (50, 2)
    preselect = figures.preselection
    assert [str(getattr(preselect.poids, name)) for name in ("besoin", "ambition", "priorite")] == ["0.5", "0.3", "0.2"]
    assert [str(item) for item in preselect.priorites.values()] == ["1", "0.6", "0.3"]
    assert (preselect.plancher_par_dimension, preselect.min, preselect.cible, preselect.max) == (2, 20, 30, 35)
    assert (figures.selection.min, figures.selection.cible, figures.selection.max) == (10, 12, 15)
    vote = figures.priorisation
    assert (vote.seuil_valeur, vote.seuil_faisabilite, vote.desaccord_voix_min, vote.desaccord_etendue) == (3, 3, 2, 3)
    assert str(vote.desaccord_ecart_type) == "1.2"


def test_l_empreinte_change_avec_le_contenu_et_lui_seul() -> None:
    again = type(LIVRE).model_validate(LIVRE.model_dump())
    assert again.empreinte == LIVRE.empreinte
    other = type(LIVRE).model_validate({**LIVRE.model_dump(), "credit": "autre"})
    assert other.empreinte != LIVRE.empreinte


@pytest.mark.parametrize(
    ("population", "taille"), [(None, "petite"), (0, "petite"), (19_999, "petite"), (20_000, "grande")]
)
def test_la_taille_suit_la_population(population: int | None, taille: str) -> None:
    assert LIVRE.taille(population) == taille


GOUV = "dimensions/1-gouvernance.yaml"
ACHATS = "dimensions/3-achats.yaml"
PARAMETRES, FACTEURS, CHAINE, CALENDRIER = "parametres.yaml", "facteurs.yaml", "validation.yaml", "calendrier.yaml"
VERSION = "referentiel.yaml"


def _set(*path: Any) -> Casse:
    """Une faute : la valeur au bout du chemin est remplacée par la dernière."""

    def breaks(content: dict[str, Any]) -> None:
        *way, last, value = path
        place: Any = content
        for step in way:
            place = place[step]
        place[last] = value

    return breaks


def _copy(kind: str) -> Casse:
    def breaks(content: dict[str, Any]) -> None:
        content[kind].append(content[kind][0])

    return breaks


def _empty_dimension(content: dict[str, Any]) -> None:
    content["questions"] = []


FAUTES: dict[str, tuple[str, Casse, str, str]] = {
    "un identifiant de question en double": (GOUV, _copy("questions"), "gouv-q01", "deux fois"),
    "un identifiant de levier en double": (GOUV, _copy("leviers"), "gouv-l01", "deux fois"),
    "un nom court de dimension en double": (ACHATS, _set("slug", "gouvernance"), "gouvernance", "deux dimensions"),
    "une dimension sans question": (GOUV, _empty_dimension, "gouvernance", "pas de question"),
    "une grille de quatre niveaux": (
        GOUV,
        _set("questions", 0, "niveaux", ["a", "b", "c", "d"]),
        "gouv-q01",
        "en faut 5",
    ),
    "deux niveaux identiques": (GOUV, _set("questions", 0, "niveaux", ["a", "b", "c", "d", "d"]), "gouv-q01", "même"),
    "un profil inconnu": (GOUV, _set("questions", 0, "profils", ["pape"]), "gouv-q01", "pape"),
    "une question pour personne": (GOUV, _set("questions", 0, "profils", []), "gouv-q01", "aucun profil"),
    "un poids nul": (GOUV, _set("questions", 0, "poids", 0), "gouv-q01", "supérieur à zéro"),
    "un thème de question inconnu": (GOUV, _set("questions", 0, "themes_reen", ["mode"]), "gouv-q01", "mode"),
    "une nature inconnue": (GOUV, _set("questions", 1, "condition", {"natures": ["royaume"]}), "gouv-q02", "royaume"),
    "une condition impossible": (
        GOUV,
        _set("leviers", 0, "condition", {"population_min": 9, "population_max": 1}),
        "gouv-l01",
        "ne tient jamais",
    ),
    "un levier qu'aucune question n'amène": (GOUV, _set("leviers", 0, "questions", []), "gouv-l01", "aucune question"),
    "une question de levier inconnue": (GOUV, _set("leviers", 0, "questions", ["zz"]), "gouv-l01", "zz"),
    "un prérequis inconnu": (GOUV, _set("leviers", 0, "requiert", ["zz"]), "gouv-l01", "zz"),
    "un levier qui se requiert": (GOUV, _set("leviers", 0, "requiert", ["gouv-l01"]), "gouv-l01", "boucle"),
    "un thème de levier inconnu": (GOUV, _set("leviers", 0, "themes_reen", ["mode"]), "gouv-l01", "mode"),
    "un coût inconnu": (GOUV, _set("leviers", 0, "cout", {"petite": "or", "grande": "nul"}), "gouv-l01", "or"),
    "un nombre sans unité": (
        GOUV,
        _set("leviers", 0, "indicateurs", [{"libelle": "Pages", "type": "nombre"}]),
        "gouv-l01",
        "sans unité",
    ),
    "un levier orange sans part": (
        GOUV,
        lambda content: content["leviers"][0].update(prestataire=True, part_prestataire=None),
        "gouv-l01",
        "prestataire",
    ),
    "une pratique sur un levier inconnu": (GOUV, _set("dinum", 0, {"id": "a.1", "levier": "zz"}), "a.1", "zz"),
    "une pratique sans levier ni raison": (GOUV, _set("dinum", 0, {"id": "a.1"}), "a.1", "ni levier"),
    "une équipe d'un profil inconnu": (
        PARAMETRES,
        _set("entretiens", "profils_equipe", ["pape"]),
        "entretiens.profils_equipe",
        "pape",
    ),
    "une catégorie flash inconnue": (
        PARAMETRES,
        _set("collecte", "inventaire_flash", ["fusee"]),
        "collecte.inventaire_flash",
        "fusee",
    ),
    "un entretien sans durée": (
        PARAMETRES,
        _set("entretiens", "minutes_autres", 0),
        "entretiens.minutes_autres",
        "une minute",
    ),
    "un délai négatif": (
        PARAMETRES,
        _set("collecte", "jours_entre_relances", -1),
        "collecte.jours_entre_relances",
        "négatif",
    ),
    "une hypothèse tirée de rien": (
        PARAMETRES,
        _set("collecte", "hypothese_reponses_min", 0),
        "collecte.hypothese_reponses_min",
        "une réponse",
    ),
    "des poids qui ne font pas un": (
        PARAMETRES,
        _set("preselection", "poids", "besoin", "0.6"),
        "preselection.poids",
        "faire 1",
    ),
    "une priorité sans valeur": (
        PARAMETRES,
        _set("preselection", "priorites", {"prioritaire": "1", "recommandee": "1"}),
        "preselection.priorites",
        "aller-plus-loin",
    ),
    "des niveaux qui ne partent pas de zéro": (
        PARAMETRES,
        _set("score", "maturites", 0, "des", "5"),
        "score.maturites",
        "partent de 0",
    ),
    "le poids d'une dimension inconnue": (
        PARAMETRES,
        _set("score", "poids_dimensions", {"mode": "1"}),
        "score.poids_dimensions",
        "mode",
    ),
    "une dimension de poids nul": (
        PARAMETRES,
        _set("score", "poids_dimensions", {"achats": "0"}),
        "score.poids_dimensions",
        "supérieur à zéro",
    ),
    "un collège de poids nul": (
        PARAMETRES,
        _set("priorisation", "colleges", {"elus": "0"}),
        "priorisation.colleges",
        "supérieur à zéro",
    ),
    "une cible hors bornes": (PARAMETRES, _set("selection", "cible", 20), "selection", "min"),
    "une échelle à l'envers": (PARAMETRES, _set("priorisation", "note_min", 5), "priorisation.note_min", "note"),
    "deux facteurs d'électricité par défaut": (
        FACTEURS,
        _set("electricite", 1, "defaut", True),
        "electricite",
        "par défaut",
    ),
    "une source de facteur inconnue": (
        FACTEURS,
        _set("categories", 0, "facteurs", 0, "source", "zz"),
        "ordinateur-portable",
        "zz",
    ),
    "un facteur négatif": (
        FACTEURS,
        _set("categories", 0, "facteurs", 0, "kwh_an", "-1"),
        "ordinateur-portable",
        "négatif",
    ),
    "un synonyme de deux catégories": (
        FACTEURS,
        _set("categories", 1, "synonymes", ["portable"]),
        "ordinateur-fixe",
        "portable",
    ),
    "un rôle inconnu": (CHAINE, _set("validations", 0, "roles", ["pape"]), "pape", "n’existe pas"),
    "une validation sans personne": (CHAINE, _set("validations", 0, "roles", []), "diagnostic", "personne ne décide"),
    "une validation inconnue": (CHAINE, _set("validations", 0, "gate", "mode"), "mode", "aucune étape"),
    "une validation en double": (CHAINE, _set("validations", 1, "gate", "diagnostic"), "diagnostic", "deux fois"),
    "n plus grand que les rôles": (
        CHAINE,
        lambda content: content["validations"][0].update(regle="n", n=3),
        "diagnostic",
        "n doit",
    ),
    "un identifiant avec une majuscule": (GOUV, _set("questions", 0, "id", "Gouv q01"), "Gouv q01", "minuscules"),
    "un nom court avec un accent": (GOUV, _set("slug", "stratégie"), "stratégie", "minuscules"),
    "une dimension sans levier": (GOUV, _set("leviers", []), "gouvernance", "pas de levier"),
    "une dimension sans définition": (GOUV, _set("definition", " "), "gouvernance", "vide"),
    "une dimension qui ne dit pas ce qu'elle exclut": (GOUV, _set("exclut", []), "gouvernance", "vide"),
    "un niveau vide": (GOUV, _set("questions", 0, "niveaux", 2, " "), "gouv-q01", "niveau de la grille est vide"),
    "une question sans phrase": (GOUV, _set("questions", 0, "question", ""), "gouv-q01", "vide"),
    "un profil nommé deux fois": (GOUV, _set("questions", 0, "profils", ["dgs", "dgs"]), "gouv-q01", "deux fois"),
    "une question sans levier": (
        GOUV,
        lambda content: content["questions"].append({**content["questions"][0], "id": "gouv-q99"}),
        "gouv-q99",
        "aucun levier",
    ),
    "deux leviers de même titre": (
        GOUV,
        lambda content: content["leviers"][1].update(titre=content["leviers"][0]["titre"].upper()),
        "gouv-l02",
        "ce titre",
    ),
    "un levier sans action": (GOUV, _set("leviers", 0, "actions", []), "gouv-l01", "aucune action"),
    "un levier sans indicateur": (GOUV, _set("leviers", 0, "indicateurs", []), "gouv-l01", "aucun indicateur"),
    "un levier sans résultat attendu": (GOUV, _set("leviers", 0, "resultats_attendus", []), "gouv-l01", "vide"),
    "un levier sans charge": (GOUV, _set("leviers", 0, "charge_jh", "petite", "0"), "gouv-l01", "supérieur à zéro"),
    "une pratique en double": (GOUV, _copy("dinum"), "a.1", "deux fois"),
    "une source absente": (PARAMETRES, _set("selection", "source", ""), "selection.source", "pas de source"),
    "un niveau de maturité en double": (
        PARAMETRES,
        _set("score", "maturites", 1, "slug", "initial"),
        "score.maturites",
        "deux fois",
    ),
    "un poids de pertinence négatif": (
        PARAMETRES,
        lambda content: content["preselection"]["poids"].update(besoin="1.2", ambition="-0.4"),
        "preselection.poids",
        "négatif",
    ),
    "une source d'électricité en double": (
        FACTEURS,
        _set("electricite", 1, "slug", "impact-co2-2025"),
        "impact-co2-2025",
        "deux fois",
    ),
    "deux facteurs de la même source": (
        FACTEURS,
        lambda content: content["categories"][0]["facteurs"].append(content["categories"][0]["facteurs"][0]),
        "ordinateur-portable",
        "deux facteurs",
    ),
    "une validation retirée": (CHAINE, lambda content: content["validations"].pop(0), "diagnostic", "manque"),
    "un délai nul": (CHAINE, _set("validations", 0, "jours_ouvres", 0), "diagnostic", "jour ouvré"),
    "un suppléant inconnu": (CHAINE, _set("suppleants", "dg", "pape"), "pape", "n’existe pas"),
    "un profil en double": (VERSION, _set("profils", 1, "slug", "elu"), "elu", "deux fois"),
    "une fourchette à l'envers": (VERSION, _set("couts", 1, "max", "-1"), "faible", "sous le bas"),
    "une taille qui ne part pas de zéro": (VERSION, _set("tailles", 0, "population_min", 9), "tailles", "0 habitant"),
    "une version sans nom": (VERSION, _set("version", " "), "version", "pas de nom"),
    "une étape inconnue": (CALENDRIER, _set("durees", 0, "etapes", ["mode"]), "mode", "étape"),
    "une durée à l'envers": (CALENDRIER, _set("durees", 0, "semaines_min", 9), "collect", "durée"),
}

ILLISIBLES: dict[str, tuple[str, Casse, str]] = {
    "une valeur du mauvais type": (PARAMETRES, _set("score", "niveau_max", "quatre"), "score › niveau_max"),
    "un champ inconnu": (GOUV, _set("leviers", 0, "couleur", "bleu"), "gouv-l01 › couleur"),
}


def _part(content: dict[str, Any], file: str) -> dict[str, Any]:
    """La partie d'une version qui est écrite dans ce fichier."""
    if file.startswith("dimensions/"):
        return content["dimensions"][int(file.removeprefix("dimensions/")[0]) - 1]
    return content if file == VERSION else content[file.removesuffix(".yaml")]


@pytest.mark.parametrize("name", FAUTES)
def test_une_faute_nomme_le_fichier_et_l_entree(name: str) -> None:
    file, breaks, entry, message = FAUTES[name]
    content = LIVRE.model_dump(mode="json")
    breaks(_part(content, file))
    found = [str(item).replace("\u00a0", " ") for item in check_referentiel(Referentiel.model_validate(content))]
    assert any(item.startswith(f"{_file(file, name)}, {entry} :") and message in item for item in found), found


def _file(file: str, name: str) -> str:
    """Un nom court en double déplace le fichier que la faute nomme : c'est celui de la dimension."""
    moved = {"un nom court de dimension en double": "3-gouvernance", "un nom court avec un accent": "1-stratégie"}
    return f"dimensions/{moved[name]}.yaml" if name in moved else file


@pytest.mark.parametrize("name", ILLISIBLES)
def test_ce_qui_ne_se_comprend_pas_nomme_le_fichier_et_l_endroit(name: str, tmp_path: Path) -> None:
    file, breaks, entry = ILLISIBLES[name]
    folder = tmp_path / "referentiel"
    shutil.copytree(find_folder(), folder)
    content = yaml.safe_load((folder / file).read_text(encoding="utf-8"))
    breaks(content)
    (folder / file).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ReferentielInvalide) as refused:
        load_referentiel(folder)
    assert (file, entry) in [(item.fichier, item.entree) for item in refused.value.fautes]


def test_une_boucle_entre_leviers_est_nommee_pour_chacun(tmp_path: Path) -> None:
    folder = tmp_path / "referentiel"
    shutil.copytree(find_folder(), folder)
    content = yaml.safe_load((folder / GOUV).read_text(encoding="utf-8"))
    content["leviers"][0]["requiert"] = ["gouv-l02"]
    content["leviers"][1]["requiert"] = ["gouv-l01"]
    (folder / GOUV).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ReferentielInvalide) as refused:
        load_referentiel(folder)
    loops = {item.entree for item in refused.value.fautes if "boucle" in item.message}
    assert {"gouv-l01", "gouv-l02"} <= loops


@pytest.mark.parametrize("file", [GOUV, PARAMETRES, "referentiel.yaml"])
def test_un_yaml_illisible_nomme_sa_ligne(file: str, tmp_path: Path) -> None:
    folder = tmp_path / "referentiel"
    shutil.copytree(find_folder(), folder)
    (folder / file).write_text("a: 1\nb: [1, 2\nc: {", encoding="utf-8")
    with pytest.raises(ReferentielInvalide) as refused:
        load_referentiel(folder)
    assert any(item.fichier == file and "ligne" in item.entree for item in refused.value.fautes)


@pytest.mark.parametrize("file", [GOUV, CHAINE, VERSION])
@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object:os.system {}",
        "a: !sorte 1",
        "? [a, b]\n: 1",
        "a: *inconnu",
        "a: &soi {b: *soi}",
        "\ta: 1",
        "a: 2026-13-45",
        "a: 'sans fin",
        "a: 1\na: 2",
        "%YAML 9.9\n---\na: 1",
        "a: \x07",
        "a: b: c",
        "- a",
        "",
    ],
)
def test_aucune_faute_de_yaml_n_est_dite_en_anglais(file: str, text: str, copie: Path) -> None:
    (copie / file).write_text(text, encoding="utf-8")
    with pytest.raises(ReferentielInvalide) as refused:
        load_referentiel(copie)
    said = [f"{item.entree} {item.message}" for item in refused.value.fautes if item.fichier == file]
    assert said
    english = re.compile(r"\b(found|expected|could not|the|while|mapping|constructor|tag|line|column|undefined)\b")
    assert not [item for item in said if english.search(item)]


def test_un_fichier_qui_manque_est_nomme(tmp_path: Path) -> None:
    folder = tmp_path / "referentiel"
    shutil.copytree(find_folder(), folder)
    (folder / CHAINE).unlink()
    with pytest.raises(ReferentielInvalide) as refused:
        load_referentiel(folder)
    assert [(item.fichier, item.entree) for item in refused.value.fautes] == [(CHAINE, "fichier")]


@pytest.fixture
def copie(tmp_path: Path) -> Path:
    """La version livrée, dans un dossier à soi."""
    return Path(shutil.copytree(find_folder(), tmp_path / "referentiel"))


def refuse(folder: Path) -> list[tuple[str, str]]:
    """Le fichier et l'entrée de chaque faute."""
    with pytest.raises(ReferentielInvalide) as refused:
        load_referentiel(folder)
    return [(item.fichier, item.entree) for item in refused.value.fautes]


def test_une_cle_ecrite_deux_fois_n_en_cache_pas_une(copie: Path) -> None:
    path = copie / PARAMETRES
    path.write_text(path.read_text(encoding="utf-8") + "\nscore: {}\n", encoding="utf-8")
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert refuse(copie) == [(PARAMETRES, f"ligne {lines}")]


def test_un_fichier_mal_nomme_est_dit(copie: Path) -> None:
    (copie / GOUV).rename(copie / "dimensions" / "gouvernance.yaml")
    assert ("dimensions/gouvernance.yaml", "fichier") in refuse(copie)


@pytest.mark.parametrize("text", ["", "- une liste\n", "\xff\xfe"])
def test_un_fichier_vide_ou_d_une_autre_forme_est_dit(text: str, copie: Path) -> None:
    (copie / CALENDRIER).write_bytes(text.encode("latin-1"))
    assert refuse(copie) == [(CALENDRIER, "fichier")]


def test_une_huitieme_dimension_n_a_pas_de_couleur(copie: Path) -> None:
    content = (
        (copie / GOUV).read_text(encoding="utf-8").replace("gouv-", "huit-").replace("slug: gouvernance", "slug: huit")
    )
    (copie / "dimensions" / "8-huit.yaml").write_text(content.replace("numero: 1", "numero: 8"), encoding="utf-8")
    assert ("dimensions/8-huit.yaml", "huit") in refuse(copie)


def test_une_autre_grille_que_celle_des_classeurs_est_refusee(copie: Path) -> None:
    path = copie / PARAMETRES
    path.write_text(path.read_text(encoding="utf-8").replace("niveau_max: 4", "niveau_max: 5"), encoding="utf-8")
    assert (PARAMETRES, "score.niveau_max") in refuse(copie)


def test_une_version_fautive_ne_demarre_pas_une_vague(depart: Depart) -> None:
    terrain = depart()
    folder = terrain.place / "autre"
    shutil.copytree(terrain.place / "exemple", folder)
    shutil.copytree(find_folder(), folder / "referentiel")
    (folder / "referentiel" / GOUV).write_text("questions: []", encoding="utf-8")
    with pytest.raises(ReferentielInvalide):
        open_programme(terrain.workspace, str(folder))
    with terrain.workspace.reading() as session:
        assert list_dossiers(session, find_programme(session, "autre")) == []


def test_une_version_fautive_ne_change_pas_une_vague_en_cours(depart: Depart) -> None:
    terrain = depart("score")
    before, kept = terrain.shown(), terrain.dossier.referentiel_digest
    own = terrain.place / "exemple" / "referentiel"
    shutil.copytree(find_folder(), own)
    (own / GOUV).write_text("questions: []", encoding="utf-8")
    os.utime(terrain.place / "exemple" / "registre.xlsx")
    assert set(terrain.sync()) == {"referentiel-fautif"}
    assert terrain.steps()[0] == []
    assert (terrain.shown(), terrain.dossier.referentiel_digest) == (before, kept)


def test_une_version_juste_et_nouvelle_ne_change_pas_non_plus_une_vague_en_cours(depart: Depart) -> None:
    terrain = depart("score")
    before, kept = terrain.shown(), terrain.dossier.referentiel_digest
    own = terrain.place / "exemple" / "referentiel"
    shutil.copytree(find_folder(), own)
    text = (own / GOUV).read_text(encoding="utf-8")
    (own / GOUV).write_text(text.replace("poids: 2", "poids: 5"), encoding="utf-8")
    os.utime(terrain.place / "exemple" / "registre.xlsx")
    terrain.sync()
    assert terrain.steps()[0] == []
    assert (terrain.shown(), terrain.dossier.referentiel_digest) == (before, kept)


def earlier() -> dict[str, Any]:
    """La version livrée comme les premiers dossiers l’ont gardée, avant ce qui s’y est ajouté."""
    content = LIVRE.model_dump(mode="json")
    for block in ("collecte", "entretiens"):
        del content["parametres"][block]
    for figure in ("unites", "kwh", "kgco2e", "part_depassee"):
        del content["parametres"]["inventaire"][f"seuil_{figure}"]
    for field in ("relances", "calme"):
        del content["validation"][field]
    for gate in content["validation"]["validations"]:
        del gate["requis"]
    for item in content["facteurs"]["categories"]:
        for factor in item["facteurs"]:
            del factor["puissance_w"], factor["fabrication_reconditionne_kg"]
    return content


def keep(terrain: Terrain, content: dict[str, Any]) -> None:
    """Donner au dossier ce référentiel gardé."""
    save_bytes(terrain.workspace.settings, canonical(content).encode())
    with terrain.workspace.writing() as session:
        session.get_one(Dossier, terrain.dossier.id).referentiel_digest = digest(content)


def test_un_dossier_ouvert_avant_les_blocs_ajoutes_depuis_continue(depart: Depart) -> None:
    terrain = depart("score")
    keep(terrain, earlier())
    kept = load_kept_referentiel(terrain.workspace, terrain.dossier)
    assert kept.parametres.collecte == LIVRE.parametres.collecte
    assert kept.parametres.entretiens == LIVRE.parametres.entretiens
    assert (kept.validation.relances, kept.validation.calme) == ((), None)
    assert "score resultat" in terrain.steps()[0]


def test_un_referentiel_garde_par_un_logiciel_plus_recent_est_dit_et_rien_ne_change(depart: Depart) -> None:
    terrain = depart("score")
    before = terrain.shown()
    keep(terrain, {**earlier(), "nouveaute": 1})
    with pytest.raises(Introuvable, match="nr --version"):
        terrain.run()
    assert terrain.shown() == before


def test_un_programme_qui_a_copie_la_version_d_avant_les_blocs_ajoutes_la_garde(tmp_path: Path) -> None:
    own = tmp_path / "referentiel"
    shutil.copytree(find_folder(), own)
    path = own / "parametres.yaml"
    figures = yaml.safe_load(path.read_text(encoding="utf-8"))
    del figures["collecte"], figures["entretiens"]
    path.write_text(yaml.safe_dump(figures, allow_unicode=True), encoding="utf-8")
    assert load_referentiel(own).parametres == LIVRE.parametres


def test_les_versions_se_rangent_par_nombre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("2026.10", "2026.2", "2025.1"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "referentiel.yaml").touch()
    monkeypatch.setattr("tasks.referentiel.load.VERSIONS", tmp_path)
    assert list_versions() == ["2025.1", "2026.2", "2026.10"]


def test_le_fichier_d_une_dimension_porte_son_numero_et_son_nom_court() -> None:
    for dimension in LIVRE.dimensions:
        assert (find_folder() / file_of(dimension)).is_file()
