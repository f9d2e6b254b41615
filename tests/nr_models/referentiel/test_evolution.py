"""Ce qui change d'une version à une autre : exactement cela, champ par champ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.referentiel.evolution import Element, Modification, compare
from nr_models.referentiel.referentiel import Referentiel
from tests.support.referentiels import livre

LIVRE = livre()
Change = Callable[[dict[str, Any]], None]


def change(*changes: Change) -> Referentiel:
    """La version livrée, changée."""
    content = LIVRE.model_dump(mode="json")
    for apply in changes:
        apply(content)
    return Referentiel.model_validate(content)


def _question(content: dict[str, Any], dimension: int = 0, place: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = content["dimensions"][dimension]["questions"][place]
    return found


def test_une_version_comparee_a_elle_meme_ne_change_pas() -> None:
    assert compare(LIVRE, LIVRE).vide
    assert compare(LIVRE, change()).vide


def test_le_nom_de_la_version_n_est_pas_un_changement() -> None:
    found = compare(LIVRE, change(lambda content: content.update(version="2030.1")))
    assert found.vide
    assert (found.avant, found.apres) == (LIVRE.version, "2030.1")


def test_un_poids_change_est_dit_avant_et_apres() -> None:
    found = compare(LIVRE, change(lambda content: _question(content).update(poids="7")))
    [only] = found.changements
    assert (only.sorte, only.id) == ("question", "gouv-q01")
    assert only.champs == (Modification(champ="poids", avant=str(LIVRE.questions["gouv-q01"].poids), apres="7"),)
    assert (found.ajouts, found.retraits, found.chiffres) == ((), (), ())


def test_un_niveau_change_porte_son_numero() -> None:
    def rewrite(content: dict[str, Any]) -> None:
        _question(content)["niveaux"][3] = "Tout autre chose."

    [only] = compare(LIVRE, change(rewrite)).changements
    assert [item.champ for item in only.champs] == ["niveaux.3"]
    assert only.touches("niveaux")
    assert not only.touches("poids", "niveau")


def test_une_question_ajoutee_puis_retiree() -> None:
    def add(content: dict[str, Any]) -> None:
        content["dimensions"][0]["questions"].insert(0, {**_question(content), "id": "gouv-q99"})

    longer = change(add)
    new = Element(sorte="question", id="gouv-q99", nom=LIVRE.questions["gouv-q01"].question)
    assert compare(LIVRE, longer).ajouts == (new,)
    assert compare(LIVRE, longer).changements == ()
    assert compare(longer, LIVRE).retraits == (new,)


def test_une_question_qui_change_de_dimension_ou_de_place_le_dit() -> None:
    def move(content: dict[str, Any]) -> None:
        content["dimensions"][1]["questions"].append(content["dimensions"][0]["questions"].pop(0))

    found = {item.id: item for item in compare(LIVRE, change(move)).changements}
    assert found["gouv-q01"].touches("dimension")

    def swap(content: dict[str, Any]) -> None:
        questions = content["dimensions"][0]["questions"]
        questions[0], questions[1] = questions[1], questions[0]

    swapped = compare(LIVRE, change(swap)).changements
    assert {item.id for item in swapped} == {"gouv-q01", "gouv-q02"}
    assert all(item.champs[0].champ == "ordre" for item in swapped)


def test_un_nombre_de_la_methode_est_un_chiffre() -> None:
    found = compare(LIVRE, change(lambda content: content["parametres"]["selection"].update(cible=11)))
    assert found.chiffres == (Modification(champ="selection.cible", avant="12", apres="11"),)
    assert found.changements == ()


def test_deux_ecritures_du_meme_nombre_sont_la_meme_version() -> None:
    same = change(lambda content: _question(content).update(poids=f"{LIVRE.questions['gouv-q01'].poids}.00"))
    assert same.empreinte == LIVRE.empreinte
    assert compare(LIVRE, same).vide


@pytest.mark.parametrize(
    ("sort", "entry", "apply"),
    [
        ("profil", "elu", lambda content: content["profils"][0].update(nom="Autre")),
        ("coût", "nul", lambda content: content["couts"][0].update(max="10")),
        ("taille", "petite", lambda content: content["tailles"][0].update(nom="Autre")),
        ("maturité", "initial", lambda content: content["parametres"]["score"]["maturites"][0].update(nom="Autre")),
        ("validation", "diagnostic", lambda content: content["validation"]["validations"][0].update(jours_ouvres=9)),
        ("durée", "collect", lambda content: content["calendrier"]["durees"][0].update(semaines_max=9)),
        (
            "catégorie",
            "ordinateur-portable",
            lambda content: content["facteurs"]["categories"][0]["facteurs"][0].update(kwh_an="1"),
        ),
        ("dimension", "gouvernance", lambda content: content["dimensions"][0].update(nom="Autre")),
    ],
)
def test_chaque_partie_se_compare(sort: str, entry: str, apply: Change) -> None:
    found = compare(LIVRE, change(apply))
    assert [(item.sorte, item.id) for item in found.changements] == [(sort, entry)]
    assert (found.ajouts, found.retraits, found.chiffres) == ((), (), ())


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, (dict, list)):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(item, (*path, key))
    elif value is not None:
        yield path


LEAVES = [path for path in _leaves(LIVRE.model_dump(mode="json")) if path != ("version",)]


@given(st.sampled_from(LEAVES))
def test_ce_qui_change_l_empreinte_se_voit(path: tuple[Any, ...]) -> None:
    """Une valeur du contenu, prise au hasard et changée, paraît toujours dans la comparaison."""
    content = LIVRE.model_dump(mode="json")
    *way, last = path
    place: Any = content
    for step in way:
        place = place[step]
    value = place[last]
    place[last] = not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else f"{value}1"
    try:
        other = Referentiel.model_validate(content)
    except ValueError:
        return  # ce type de valeur n'a pas d'autre écriture
    assert (other.empreinte == LIVRE.empreinte) == compare(LIVRE, other).vide
