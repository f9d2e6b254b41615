"""De petits référentiels aux chiffres ronds, et les personnes et réponses qui vont avec.

Les nombres de la méthode viennent du référentiel livré ; les dimensions et les facteurs sont d'ici.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nr_models.dossier.registre import Collectivite, Entree, Personne
from nr_models.referentiel.facteurs import Facteurs
from nr_models.referentiel.parametres import Parametres
from nr_models.referentiel.referentiel import Condition, Dimension, Levier, Question, Referentiel
from nr_models.rules import collect, preselect, score
from nr_models.values.roles import Role
from tasks.referentiel.load import find_folder, load_referentiel

Bloc = Mapping[str, Any]

FACTEURS: Bloc = {
    "electricite": [
        {"slug": "ronde", "facteur": "0.1", "annee": 2025, "source": "Source ronde", "defaut": True},
        {"slug": "autre", "facteur": "0.5", "annee": 2024, "source": "Autre source"},
    ],
    "categories": [
        {
            "slug": "portable",
            "nom": "Ordinateur portable",
            "famille": "poste",
            "facteurs": [
                {"fabrication_kg": "100", "kwh_an": "50", "duree_vie_ans": "5", "source": "ronde", "annee": 2025}
            ],
        },
        {
            "slug": "ecran",
            "nom": "Écran",
            "famille": "ecran",
            "facteurs": [
                {"fabrication_kg": "60", "kwh_an": "100", "duree_vie_ans": "6", "source": "ronde", "annee": 2025},
                {"fabrication_kg": "90", "kwh_an": "80", "duree_vie_ans": "6", "source": "autre", "annee": 2024},
            ],
        },
        {
            "slug": "copieur",
            "nom": "Copieur",
            "famille": "impression",
            "facteurs": [
                {"fabrication_kg": "600", "kwh_an": "200", "duree_vie_ans": "5", "source": "autre", "annee": 2024}
            ],
        },
        {"slug": "commutateur", "nom": "Commutateur", "famille": "reseau", "facteurs": []},
    ],
}


def livre() -> Referentiel:
    """La version livrée avec le logiciel."""
    return load_referentiel(find_folder())


def petit(dimensions: Mapping[str, Bloc], parametres: Bloc | None = None) -> Referentiel:
    """Un référentiel aux dimensions données ; ``parametres`` change les seuls nombres qu'il nomme."""
    base = livre()
    figures = base.parametres.model_dump()
    for name, changes in (parametres or {}).items():
        figures[name] |= changes
    parts = {name: getattr(base, name) for name in Referentiel.model_fields}
    parts["dimensions"] = tuple(
        dimension(slug, number, content) for number, (slug, content) in enumerate(dimensions.items(), start=1)
    )
    parts["parametres"] = Parametres.model_validate(figures)
    parts["facteurs"] = Facteurs.model_validate(FACTEURS)
    # pas model_copy : il garderait les index déjà calculés de la version livrée
    return Referentiel(**parts)


def dimension(slug: str, number: int, content: Bloc) -> Dimension:
    """Une dimension ; ses questions et ses leviers par identifiant, avec ce qui sort de l'ordinaire."""
    questions = content.get("questions") or {}
    return Dimension(
        slug=slug,
        numero=number,
        nom=content.get("nom", slug.capitalize()),
        definition="Une dimension d'essai.",
        inclut=("ceci",),
        exclut=("cela",),
        questions=tuple(question(item, **(said or {})) for item, said in questions.items()),
        leviers=tuple(levier(item, **(said or {})) for item, said in (content.get("leviers") or {}).items()),
    )


def question(identifiant: str, *, condition: Bloc | None = None, **said: Any) -> Question:
    """Une question dont chaque niveau dit son rang."""
    return Question(
        id=identifiant,
        question=f"Question {identifiant} ?",
        precision="Une précision.",
        niveaux=tuple(f"{identifiant}, niveau {level}." for level in range(5)),
        condition=Condition(**(condition or {})),
        **{"profils": ("dsi",), **said},
    )


def levier(identifiant: str, *, condition: Bloc | None = None, **said: Any) -> Levier:
    """Un levier recommandé, facile, sans question ni prérequis sauf mention."""
    plain: dict[str, Any] = {
        "titre": f"Levier {identifiant}",
        "description": "Une description.",
        "resultats_attendus": ("Un résultat",),
        "priorite": "recommandee",
        "difficulte": "facile",
        "part_prestataire": "Sa part" if said.get("prestataire") else None,
        "pilotes": ("Direction générale",),
        "indicateurs": ({"libelle": "Un indicateur", "type": "oui-non"},),
        "actions": ({"action": "Une action", "qui": "La direction", "duree_semaines": 2},),
        "questions": (),
        "cout": {"petite": "nul", "grande": "faible"},
        "charge_jh": {"petite": 2, "grande": 10},
        "duree_mois": {"petite": 3, "grande": 6},
    }
    return Levier(id=identifiant, condition=Condition(**(condition or {})), **{**plain, **said})


def collectivite(**said: Any) -> Collectivite:
    """Une commune de 5 000 habitants, 100 agents, avec sa DSI."""
    return Collectivite(
        **{
            "slug": "ville",
            "siren": "213500010",
            "nom": "Ville",
            "nature": "commune",
            "population": 5000,
            "agents": 100,
            "dsi_propre": True,
            **said,
        }
    )


def personne(prenom: str, *roles: Role | str, **said: Any) -> Personne:
    """Une personne connue par son prénom ; sans rôle dit, elle répond et vote."""
    given = tuple(Role(role) for role in roles) or (Role.INTERLOCUTEUR, Role.VOTANT)
    return Personne(
        **{"mail": adresse(prenom), "nom": prenom.capitalize(), "roles": given, "profils": ("dsi",), **said}
    )


def adresse(prenom: str) -> str:
    """L'adresse d'une personne d'essai."""
    return f"{prenom}@ville.fr"


def entree(personnes: Iterable[Personne] = (), ville: Collectivite | None = None) -> Entree:
    """Un dossier."""
    return Entree(collectivite=ville or collectivite(), personnes=tuple(personnes))


def reponse(identifiant: str, said: object) -> collect.Reponse:
    """Une réponse comme on l'écrit : 0 à 4, « ne-sait-pas », « sans-objet » ou « blanc »."""
    if isinstance(said, int):
        return collect.Reponse(question=identifiant, statut=collect.Statut.NIVEAU, niveau=said)
    return collect.Reponse(question=identifiant, statut=collect.Statut(str(said)))


def diagnostics(reponses: Mapping[str, Mapping[str, object]]) -> tuple[collect.RetourDiagnostic, ...]:
    """Un retour par personne, à partir de ce que chacun dit de chaque question."""
    people = sorted({name for said in reponses.values() for name in said})
    return tuple(
        collect.RetourDiagnostic(
            personne=adresse(name),
            reponses=tuple(reponse(item, said[name]) for item, said in reponses.items() if name in said),
        )
        for name in people
    )


def par_une(reponses: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Les réponses d'une seule personne, Ana."""
    return {item: {"ana": said} for item, said in reponses.items()}


def contexte(**said: Any) -> collect.RetourContexte:
    """Un contexte ; ``hypotheses`` et ``arbitrages`` par question, ``embarque`` pour les quatre critères."""
    board = said.pop("embarque", None)
    found = dict(said)
    found["hypotheses"] = tuple(
        collect.Hypothese(question=item, niveau=level, auteur="Ana", date="2026-01-15", raison="Vu sur place")
        for item, level in said.get("hypotheses", {}).items()
    )
    found["arbitrages"] = tuple(
        collect.Arbitrage(question=item, niveau=level, raison="Vérifié")
        for item, level in said.get("arbitrages", {}).items()
    )
    if board is not None:
        found["prestataire"] = collect.Prestataire(
            cooperation=board, souhaite=board, volontaire=board, mobilisable=board
        )
    return collect.RetourContexte(**found)


def collecte(
    referentiel: Referentiel,
    reponses: Mapping[str, Mapping[str, object]],
    dit: collect.RetourContexte | None = None,
    ville: Collectivite | None = None,
    lignes: Sequence[collect.LigneInventaire] = (),
) -> collect.Result:
    """Le résultat de la collecte."""
    people = sorted({name for said in reponses.values() for name in said})
    return collect.build(
        collect.Inputs(
            entree=entree([personne(name) for name in people], ville),
            diagnostics=diagnostics(reponses),
            contextes=(dit,) if dit else (),
            inventaires=(collect.RetourInventaire(lignes=tuple(lignes)),) if lignes else (),
        ),
        referentiel,
    )


def notes(referentiel: Referentiel, collected: collect.Result) -> score.Result:
    """Le score d'une collecte."""
    return score.build(score.Inputs(collect=collected), referentiel)


def noter(
    referentiel: Referentiel,
    reponses: Mapping[str, Mapping[str, object]],
    dit: collect.RetourContexte | None = None,
    ville: Collectivite | None = None,
) -> score.Result:
    """Le score de ces réponses."""
    return notes(referentiel, collecte(referentiel, reponses, dit, ville))


def preselectionner(
    referentiel: Referentiel,
    reponses: Mapping[str, Mapping[str, object]],
    dit: collect.RetourContexte | None = None,
    ville: Collectivite | None = None,
    retours: Sequence[preselect.RetourPreselection] = (),
) -> preselect.Result:
    """La présélection de ces réponses."""
    collected = collecte(referentiel, reponses, dit, ville)
    inputs = preselect.Inputs(collect=collected, score=notes(referentiel, collected), retours=tuple(retours))
    return preselect.build(inputs, referentiel)
