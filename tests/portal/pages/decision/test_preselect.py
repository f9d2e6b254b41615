"""La présélection à mettre au vote : chaque levier dedans ou dehors, et pourquoi."""

from __future__ import annotations

from nr_models.rules import preselect
from portal.pages.decision import preselect as page
from portal.pages.decision.matiere import Matiere
from tests.portal.pages.decision.test_essentiel import bare, essentials
from tests.support import decks_case

CASE = decks_case.full_case()
LISTE = CASE.result("preselect", preselect.Result)
MATIERE = Matiere(CASE.referentiel, CASE.entree)


def test_chaque_levier_de_la_methode_est_dans_la_liste_ou_dans_un_pli() -> None:
    found = essentials("plein", "preselect")
    titles = {item.titre for item in CASE.referentiel.leviers.values()}
    listed = {item.titre for item in found.liste.lignes} if found.liste else set()
    folded = {line.fort for item in found.plis for line in item.lignes}
    assert listed == {CASE.referentiel.leviers[item.levier].titre for item in LISTE.retenus}
    assert titles <= listed | folded


def test_ce_que_le_referent_a_ecrit_se_lit_seul() -> None:
    place = LISTE.places[0].model_copy(
        update={
            "motif": "ajoute",
            "explication": "Ajouté par le référent\u00a0: Voulu par l’élue. Et vite. Pertinence 80,0 sur 100.",
        }
    )
    found = page.build(LISTE.model_copy(update={"places": (place, *LISTE.places[1:])}), MATIERE)
    (point,) = [item for item in found.points if "ajouté par le référent" in item.fort]
    assert point.citation == "Voulu par l’élue. Et vite."


def test_une_pertinence_inconnue_n_est_pas_zero() -> None:
    places = tuple(item.model_copy(update={"pertinence": None}) for item in LISTE.places)
    found = page.build(LISTE.model_copy(update={"places": places}), MATIERE)
    assert found.liste is not None
    assert {item.notes for item in found.liste.lignes} == {"pertinence inconnue"}
    assert any(item.fort == "Une pertinence reste inconnue" for item in found.points)


def test_le_prestataire_est_dit_embarque_ou_non() -> None:
    def told(*embarques: str) -> str:
        points = page.build(LISTE.model_copy(update={"embarques": embarques}), MATIERE).points
        return bare(" ".join(item.fort for item in points))

    assert "Aucun prestataire n’est embarqué" in told()
    assert "Le prestataire du système d’information est embarqué" in told("si")
    assert "sont embarqués" in told("si", "objets")


def test_une_dimension_oubliee_fait_le_titre() -> None:
    forgotten = CASE.referentiel.dimensions[4]
    places = tuple(
        item.model_copy(update={"retenu": item.retenu and item.dimension != forgotten.slug}) for item in LISTE.places
    )
    (figure,) = page.build(LISTE.model_copy(update={"places": places}), MATIERE).figures
    assert bare(figure.titre) == f"« {forgotten.nom} » n’a aucun levier dans la liste"
