"""Le petit dossier de docs/resultats.md : trois questions ici, une là, trois leviers, deux personnes."""

from __future__ import annotations

from functools import cache

from nr_models.rules import collect, fiche, preselect, prioritise, restitute, roadmap, score, vote
from nr_models.values.frozen import Frozen
from tests.support.fiches import saisie
from tests.support.referentiels import collectivite, contexte, diagnostics, entree, personne, petit

REFERENTIEL = petit(
    {
        "achats": {
            "nom": "Achats responsables",
            "questions": {"q1": {"poids": 1}, "q2": {"poids": 2}, "q3": {"poids": 1}},
            "leviers": {
                "a1": {"questions": ("q1",), "priorite": "prioritaire"},
                "a2": {"questions": ("q2",), "requiert": ("a1",)},
            },
        },
        "parc": {
            "nom": "Parc et usages",
            "questions": {"q4": {}},
            "leviers": {"p1": {"questions": ("q4",), "priorite": "aller-plus-loin"}},
        },
    }
)
REPONSES = {"q1": {"ana": 1, "bob": 3}, "q2": {"ana": 2}, "q3": {"bob": "ne-sait-pas"}, "q4": {"ana": 3}}
CONTEXTE = contexte(ambitions={"achats": 2}, hypotheses={"q3": 2}, annee_inventaire=2026)
PARC = (
    collect.LigneInventaire(categorie="portable", quantite=10, annee_achat=2019),
    collect.LigneInventaire(categorie="portable", quantite=2, annee_achat=2024, hors_service=True),
    collect.LigneInventaire(categorie="ecran", quantite=6, annee_achat=2023),
    collect.LigneInventaire(categorie="commutateur", quantite=1),
)
BULLETINS = {"ana": {"a1": (4, 4), "a2": (5, 2), "p1": (2, 4)}, "bob": {"a1": (2, 3), "a2": (2, 2), "p1": (1, 5)}}
FICHE = {
    "debut": "Février 2026",
    "fin": "Mars 2027",
    "responsable": "DSI",
    "moyens_humains": "10 JH",
    "resultats": ("Moins d’achats",),
    "depenses": (
        {"annee": 2026, "nature": "matériel", "montant": "2 000 €"},
        {"annee": 2027, "montant": "À définir"},
    ),
}


@cache
def results() -> dict[str, Frozen]:
    """Les sept résultats de ce dossier, par étape."""
    people = entree([personne("ana"), personne("bob")], collectivite())
    collected = collect.build(
        collect.Inputs(
            entree=people,
            diagnostics=diagnostics(REPONSES),
            contextes=(CONTEXTE,),
            inventaires=(collect.RetourInventaire(lignes=PARC),),
        ),
        REFERENTIEL,
    )
    scored = score.build(score.Inputs(collect=collected), REFERENTIEL)
    restituted = restitute.build(restitute.Inputs(entree=people, collect=collected, score=scored), REFERENTIEL)
    preselected = preselect.build(preselect.Inputs(collect=collected, score=scored), REFERENTIEL)
    ballots = tuple(
        prioritise.RetourBulletin(
            personne=f"{name}@ville.fr",
            voix=tuple(
                vote.Voix(levier=levier, valeur=value, faisabilite=ease) for levier, (value, ease) in said.items()
            ),
        )
        for name, said in BULLETINS.items()
    )
    voted = prioritise.build(prioritise.Inputs(entree=people, preselect=preselected, retours=ballots), REFERENTIEL)
    filled = fiche.build(
        fiche.Inputs(
            collectivite=people.collectivite,
            dispositifs=(),
            prestataire_embarque=False,
            prioritise=voted,
            retours=(fiche.RetourFiches(personne="ana@ville.fr", fiches=(saisie("a1", FICHE),)),),
        ),
        REFERENTIEL,
    )
    planned = roadmap.build(
        roadmap.Inputs(collectivite=people.collectivite, contexte=CONTEXTE, score=scored, fiche=filled), REFERENTIEL
    )
    stages = (collected, scored, restituted, preselected, voted, filled, planned)
    names = ("collect", "score", "restitute", "preselect", "prioritise", "fiche", "roadmap")
    return dict(zip(names, stages, strict=True))
