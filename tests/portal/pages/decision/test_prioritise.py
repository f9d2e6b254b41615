"""La sélection à approuver : ce que dit le vote, ce que le référent impose, ce que la liste laisse de côté."""

from __future__ import annotations

from decimal import Decimal

from nr_models.rules import prioritise
from nr_models.rules.vote import Derogation
from portal.pages.decision import prioritise as page
from portal.pages.decision.forme import Essentiel
from portal.pages.decision.matiere import Matiere
from tests.portal.pages.decision.test_essentiel import bare, essentials
from tests.support import decks_case

CASE = decks_case.full_case()
VOTE = CASE.result("prioritise", prioritise.Result)
MATIERE = Matiere(CASE.referentiel, CASE.entree)


def _with(levier: str, **said: object) -> Essentiel:
    """La page, le vote portant une dérogation du référent sur un levier."""
    imposed = Derogation(levier=levier, raison="Engagement pris en conseil.", **said)  # type: ignore[arg-type]
    found = tuple(
        item.model_copy(update={"derogation": imposed}) if item.levier == levier else item
        for item in VOTE.consolidations
    )
    return page.build(VOTE.model_copy(update={"consolidations": found}), MATIERE)


def test_la_liste_est_celle_des_octets_dans_l_ordre_de_travail() -> None:
    liste = essentials("plein", "prioritise").liste
    assert liste is not None
    assert [(item.numero, item.titre) for item in liste.lignes] == [
        (item.ordre, CASE.referentiel.leviers[item.levier].titre) for item in VOTE.selection
    ]


def test_ce_que_le_referent_impose_se_dit_avec_sa_raison() -> None:
    levier = VOTE.selection[0].levier
    titre = CASE.referentiel.leviers[levier].titre
    for said, words in (
        ({"force": "inclure"}, "Un levier a été ajouté par le référent :"),
        ({"force": "exclure"}, "Un levier a été écarté par le référent :"),
        ({"valeur": Decimal("4.5")}, "Une note est imposée par le référent :"),
    ):
        (point,) = [item for item in _with(levier, **said).points if bare(item.fort) == words]
        assert titre in point.texte
        assert point.citation == "Engagement pris en conseil."


def test_les_bouts_d_un_desaccord_se_taisent_ou_trop_peu_ont_parle() -> None:
    referentiel = CASE.referentiel
    least = referentiel.parametres.priorisation.detail_voix_min
    levier = VOTE.selection[0].levier

    def told(voix: int) -> str:
        found = tuple(
            item.model_copy(
                update={
                    "stat_valeur": item.stat_valeur.model_copy(
                        update={"desaccord": item.levier == levier, "voix": voix, "minimum": 1, "maximum": 5}
                    ),
                    "stat_faisabilite": item.stat_faisabilite.model_copy(update={"desaccord": False}),
                }
            )
            for item in VOTE.consolidations
        )
        points = page.build(VOTE.model_copy(update={"consolidations": found}), MATIERE).points
        return next(item.texte for item in points if "pas d’accord" in item.fort)

    assert "certains ont mis 1, d’autres 5" in told(least)
    assert "les notes" not in told(least - 1)


def test_sans_une_voix_rien_n_est_retenu_ni_note_zero() -> None:
    found = essentials("vide", "prioritise")
    assert "Personne n’a voté" in found.chapeau
    assert (found.liste, found.figures) == (None, ())
    assert found.chiffres[0].valeur.startswith("0 sur ")
    assert any("aucune voix" in item.fort for item in found.points)


def test_un_levier_sans_charge_ne_vaut_pas_zero_jour() -> None:
    town = CASE.entree.collectivite.model_copy(update={"population": None})
    referentiel = CASE.referentiel.model_copy(update={"paliers": ()})
    bare_leviers = Matiere(referentiel, CASE.entree.model_copy(update={"collectivite": town}))
    shown = page.build(VOTE, bare_leviers).chiffres[2]
    assert shown.valeur != "0 jours"


def test_le_titre_de_la_matrice_est_son_constat() -> None:
    (figure,) = essentials("plein", "prioritise").figures
    quick = [item for item in VOTE.selection if _quadrant(item.levier) == "gains-rapides"]
    assert ("Tous les leviers" in figure.titre) == (len(quick) == len(VOTE.selection))
    assert len(figure.table.lignes) == sum(item.quadrant is not None for item in VOTE.consolidations)


def _quadrant(levier: str) -> str | None:
    return next(item.quadrant.value for item in VOTE.consolidations if item.levier == levier and item.quadrant)
