"""Un dossier plausible avec le résultat de chaque étape, pour les essais des présentations."""

from __future__ import annotations

import random
from collections.abc import Sequence
from decimal import Decimal
from functools import cache

from nr_models.dossier.case import Case
from nr_models.dossier.registre import Collectivite, Entree, Personne, questions_asked, questions_of
from nr_models.inventaire.parc import EmpreinteExterne
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import collect, fiche, preselect, prioritise, restitute, roadmap, score, selection, vote
from nr_models.values.dates import read_echeance, read_montant
from nr_models.values.roles import Role
from tasks.referentiel.load import find_folder, load_referentiel

MUTE = "services"
"""La dimension à laquelle personne n’a répondu."""

TOWN = Collectivite(
    slug="saint-aubin",
    siren="213500012",
    nom="Saint-Aubin-des-Prés",
    nature="commune",
    population=6200,
    agents=84,
    dsi_propre=False,
)
PEOPLE = (
    Personne(
        mail="anne.morel@ex.fr", nom="Anne Morel", roles=(Role.REFERENT, Role.VOTANT), direction="Direction générale"
    ),
    Personne(mail="paul.lenoir@ex.fr", nom="Paul Lenoir", roles=(Role.DG,), direction="Direction générale"),
    Personne(
        mail="lea.roy@ex.fr", nom="Léa Roy", roles=(Role.INTERLOCUTEUR, Role.VOTANT), profils=("elu",), direction="Élus"
    ),
    Personne(
        mail="luc.bon@ex.fr",
        nom="Luc Bon",
        roles=(Role.INTERLOCUTEUR, Role.VOTANT),
        profils=("dsi", "services-techniques", "dechets"),
        direction="Services techniques",
    ),
    Personne(
        mail="zoe.petit@ex.fr",
        nom="Zoé Petit",
        roles=(Role.INTERLOCUTEUR, Role.VOTANT),
        profils=("achats", "finances", "rh", "communication", "education", "accueil", "dgs"),
        direction="Ressources",
    ),
)
ENTREE = Entree(collectivite=TOWN, personnes=PEOPLE)


@cache
def referentiel() -> Referentiel:
    """La plus récente version livrée."""
    return load_referentiel(find_folder())


@cache
def full_case(seed: int = 1) -> Case:
    """Un dossier passé par toutes les étapes ; même graine, même dossier."""
    chance = random.Random(seed)
    ref = referentiel()
    collected = collect.build(
        collect.Inputs(
            entree=ENTREE,
            diagnostics=_diagnostics(chance, ref),
            contextes=(_context(ref),),
            inventaires=(_inventory(),),
        ),
        ref,
    )
    scored = score.build(score.Inputs(collect=collected), ref)
    listed = preselect.build(preselect.Inputs(collect=collected, score=scored), ref)
    voted = prioritise.build(prioritise.Inputs(entree=ENTREE, preselect=listed, retours=_ballots(chance, listed)), ref)
    return complete(collected, scored, listed, voted, [_typed(ref, item, n) for n, item in enumerate(voted.selection)])


def complete(
    collected: collect.Result,
    scored: score.Result,
    listed: preselect.Result,
    voted: prioritise.Result,
    typed: Sequence[fiche.Saisie],
) -> Case:
    """Le cas, une fois les fiches saisies."""
    ref = referentiel()
    shown = restitute.build(restitute.Inputs(entree=ENTREE, collect=collected, score=scored), ref)
    fiches = fiche.build(
        fiche.Inputs(
            collectivite=TOWN,
            dispositifs=("PCAET",),
            prestataire_embarque=True,
            prioritise=voted,
            retours=(fiche.RetourFiches(personne=PEOPLE[0].mail, fiches=tuple(typed)),),
        ),
        ref,
    )
    route = roadmap.build(
        roadmap.Inputs(collectivite=TOWN, contexte=collected.contexte, score=scored, fiche=fiches), ref
    )
    results = {
        "collect": collected,
        "score": scored,
        "restitute": shown,
        "preselect": listed,
        "prioritise": voted,
        "fiche": fiches,
        "roadmap": route,
    }
    return Case(cle="exemple/saint-aubin", entree=ENTREE, referentiel=ref, results=results)


def wordy_case() -> Case:
    """Le même dossier, ses fiches remplies par des gens qui écrivent long."""
    case = full_case()
    typed = [_at_length(item.saisie) for item in case.result("fiche", fiche.Result).fiches]
    return complete(
        case.result("collect", collect.Result),
        case.result("score", score.Result),
        case.result("preselect", preselect.Result),
        case.result("prioritise", prioritise.Result),
        typed,
    )


def bare_case() -> Case:
    """Un dossier dont rien n’est revenu."""
    ref = referentiel()
    collected = collect.build(collect.Inputs(entree=ENTREE), ref)
    scored = score.build(score.Inputs(collect=collected), ref)
    listed = preselect.build(preselect.Inputs(collect=collected, score=scored), ref)
    voted = prioritise.build(prioritise.Inputs(entree=ENTREE, preselect=listed), ref)
    return complete(collected, scored, listed, voted, [])


def _diagnostics(chance: random.Random, ref: Referentiel) -> tuple[collect.RetourDiagnostic, ...]:
    asked = questions_asked(ref, TOWN)
    return tuple(
        collect.RetourDiagnostic(
            personne=person.mail,
            reponses=tuple(
                _answer(chance, question.id)
                for question in questions_of(person, asked)
                if ref.dimension_of[question.id].slug != MUTE
            ),
            entretien=collect.Entretien(
                enseignements=(
                    f"{person.nom} signale que les écoles n’ont pas de suivi du matériel.",
                    f"Écrire à {person.mail} pour la liste.",
                )
            ),
        )
        for person in PEOPLE
        if person.has(Role.INTERLOCUTEUR)
    )


def _answer(chance: random.Random, question: str) -> collect.Reponse:
    if chance.random() < 0.15:
        return collect.Reponse(question=question, statut=collect.Statut.NE_SAIT_PAS)
    return collect.Reponse(question=question, statut=collect.Statut.NIVEAU, niveau=chance.choice([0, 1, 1, 2, 3, 4]))


def _context(ref: Referentiel) -> collect.RetourContexte:
    return collect.RetourContexte(
        perimetre=("agents", "écoles", "médiathèque"),
        fournisseur_si="Prestataire privé",
        annee_inventaire=2026,
        ambitions={item.slug: item.numero % 4 for item in ref.dimensions},
        dispositifs=("PCAET", "Plan de sobriété énergétique"),
        actions=(collect.ActionEngagee(action="Extinction des copieurs la nuit", depuis="2024", dimension="parc"),),
        prestataire=collect.Prestataire(cooperation=True, souhaite=True, volontaire=True, mobilisable=True),
    )


def _inventory() -> collect.RetourInventaire:
    lines = (("ordinateur-portable", 42, 2019), ("ecran", 50, 2018), ("smartphone", 20, 2024), ("commutateur", 6, None))
    return collect.RetourInventaire(
        lignes=(
            *(
                collect.LigneInventaire(categorie=name, quantite=units, annee_achat=year, site="Mairie")
                for name, units, year in lines
            ),
            collect.LigneInventaire(categorie="serveur", quantite=3, gere_ailleurs=True),
        ),
        empreintes=(
            EmpreinteExterne(
                outil="Calculateur",
                version="2.1",
                date="2026-10-12",
                indicateur="Changement climatique",
                valeur=Decimal("18450"),
                unite="kgCO2e par an",
            ),
        ),
    )


def _ballots(chance: random.Random, listed: preselect.Result) -> tuple[prioritise.RetourBulletin, ...]:
    return tuple(
        prioritise.RetourBulletin(
            personne=person.mail,
            voix=tuple(
                vote.Voix(levier=place.levier, valeur=chance.randint(2, 5), faisabilite=chance.randint(1, 5))
                for place in listed.retenus
            ),
        )
        for person in PEOPLE
        if person.has(Role.VOTANT)
    )


def _typed(ref: Referentiel, choice: selection.Choix, place: int) -> fiche.Saisie:
    year = 2027 + place % 3
    values = {
        "dispositifs": ("PCAET",),
        "debut": read_echeance(f"Janvier {year}", "debut"),
        "fin": read_echeance(f"Décembre {year}" if place % 4 else "À définir", "fin"),
        "responsable": "Direction générale" if place % 5 else "",
        "contributeurs": ("Services techniques",),
        "moyens_humains": read_montant(str(5 + place)),
        "moyens_euros": read_montant("A définir ultérieurement par la collectivité" if place % 3 else "1 500 €"),
        "perimetre": ("Les services généraux de la collectivité", "Les piscines"),
    }
    return fiche.prefill(ref.leviers[choice.levier]).model_copy(update=values)


def _at_length(typed: fiche.Saisie) -> fiche.Saisie:
    long = "Préciser avec chaque service ce qui est attendu, par qui, et comment on saura que c’est fait ; " * 4
    due = read_echeance("À définir", "fin")
    return typed.model_copy(
        update={
            "contributeurs": tuple(f"Direction numéro {n} de l’administration générale" for n in range(15)),
            "resultats": (long,) * 6,
            "prerequis": (long,) * 5,
            "indicateurs": tuple(fiche.ValeurIndicateur(indicateur=long, valeur="oui / non") for _ in range(8)),
            "actions": tuple(fiche.Action(action=long, qui="Référent et services", echeance=due) for _ in range(14)),
        }
    )
