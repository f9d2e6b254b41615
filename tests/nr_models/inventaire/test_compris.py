"""Ce qui a été compris d’un inventaire, ce qui en est tranché, et les envois qui se remplacent."""

from __future__ import annotations

from nr_models.inventaire.compris import understand_parc
from nr_models.inventaire.parc import UNKNOWN_CATEGORY, Ecart, LigneInventaire, RetourInventaire
from nr_models.inventaire.renvoi import choose_in_force
from nr_models.inventaire.sites import list_alike, unite_sites
from nr_models.inventaire.tranches import NOT_COUNTED, LibelleTranche, list_labels, settle_labels


def ligne(categorie: str, quantite: int = 1, **said: object) -> LigneInventaire:
    return LigneInventaire.model_validate({"categorie": categorie, "libelle": categorie, "quantite": quantite, **said})


def envoi(fichier: str, *lines: LigneInventaire, titres: str = "t") -> RetourInventaire:
    return RetourInventaire(lignes=lines, fichier=fichier, titres=titres)


def test_ce_qui_est_douteux_ou_a_part_n_est_pas_compte() -> None:
    retour = RetourInventaire(
        lignes=(
            ligne("ecran", 4, libelle="Écran", annee_achat=2020, site="Mairie"),
            ligne("ecran", 2, libelle="ECRAN", site="MAIRIE"),
            ligne(UNKNOWN_CATEGORY, 7, libelle="Portable"),
        ),
        apart=(ligne("accessoire", 3, libelle="Support écran"),),
        ecarts=(Ecart(feuille="Vieux", lignes=2, motif="feuille-masquee", unites=9),),
    )
    compris = understand_parc([retour])
    assert (compris.unites, compris.categories, compris.sites) == (6, {"ecran": 6}, {"Mairie": 6})
    assert compris.annees == {"": 2, "2020": 4}
    assert {label: (item.categorie, item.unites) for label, item in compris.libelles.items()} == {
        "Écran": ("ecran", 6),
        "Portable": (None, 7),
        "Support écran": (None, 3),
    }
    assert [(item.motif, item.unites) for item in compris.ecartes] == [
        ("feuille-masquee", 9),
        ("a-preciser", 7),
        ("accessoire", 3),
    ]


def test_un_libelle_tranche_compte_ou_ne_compte_plus_et_ne_se_redemande_pas() -> None:
    retour = RetourInventaire(
        lignes=(ligne(UNKNOWN_CATEGORY, 7, libelle="Portable"), ligne("ecran", 2, libelle="Cadre"))
    )
    said = (
        LibelleTranche(libelle="portable", lu=UNKNOWN_CATEGORY, devient="smartphone"),
        LibelleTranche(libelle="cadre", lu="ecran", devient=NOT_COUNTED),
    )
    (settled,) = settle_labels([retour], said)
    assert [(line.categorie, line.quantite) for line in settled.lignes] == [("smartphone", 7)]
    assert [line.categorie for line in settled.apart] == [NOT_COUNTED]
    assert [item.tranche for item in list_labels([retour], said)] == ["smartphone", NOT_COUNTED]
    assert [item.tranche for item in list_labels([retour], ())] == [None, None]


def test_un_envoi_des_memes_colonnes_remplace_le_precedent() -> None:
    first, later = envoi("a.csv", ligne("ecran", 10)), envoi("b.csv", ligne("ecran", 12))
    kept, said = choose_in_force([first, later], [1, 2])
    assert (kept, [item.code for item in said]) == ((later,), ["inventaire-remplace"])
    kept, said = choose_in_force([later, first], [2, 1])
    assert kept == (later,)


def test_deux_envois_ensemble_se_departagent_par_leur_nom_ou_se_demandent() -> None:
    kept, _ = choose_in_force([envoi("parc v10.csv", ligne("ecran", 12)), envoi("parc v9.csv", ligne("ecran", 10))])
    assert [item.fichier for item in kept] == ["parc v10.csv"]
    kept, said = choose_in_force([envoi("mairie.csv", ligne("ecran", 12)), envoi("export.csv", ligne("ecran", 10))])
    assert (kept, [item.code for item in said]) == ((), ["inventaire-double"])


def test_deux_parties_d_un_parc_comptent_toutes_les_deux() -> None:
    apart = (
        (ligne("ecran", site="Mairie"), ligne("ecran", site="École")),
        (ligne("ecran"), ligne("serveur")),
        (ligne("ecran", identites=("serie:1",)), ligne("ecran", identites=("serie:2",))),
    )
    for one, other in apart:
        assert len(choose_in_force([envoi("a.csv", one), envoi("b.csv", other)], [1, 2])[0]) == 2
    assert len(choose_in_force([envoi("a", ligne("ecran")), envoi("b", ligne("ecran"), titres="u")])[0]) == 2


def test_un_site_a_une_seule_orthographe_et_ce_qui_se_ressemble_est_dit() -> None:
    lines = [ligne("ecran", site=site) for site in ("MAIRIE", "Mairie", "École J.Moulin", "Ecole J. Moulin", "")]
    assert [line.site for line in unite_sites(lines)] == ["Mairie", "Mairie", "École J.Moulin", "École J.Moulin", ""]
    assert list_alike(["École J. Ferry", "École Jules Ferry", "Salle 1", "Salle 11"]) == [
        ("École J. Ferry", "École Jules Ferry")
    ]
