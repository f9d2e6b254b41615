"""Un dossier mené jusqu'à la feuille de route, pour en rendre les classeurs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache

from nr_models.dossier.case import Case, Retour
from nr_models.dossier.registre import Collectivite, Entree, Personne, questions_asked, questions_of
from nr_models.referentiel.referentiel import Question, Referentiel
from nr_models.rules import collect, entretiens, fiche, preselect, prioritise, restitute, roadmap, score, vote
from nr_models.values.dates import read_echeance, read_montant
from nr_models.values.roles import Role
from tasks.referentiel.load import find_folder, load_referentiel

FORMULE = "=1+1"
"""Ce qu'une personne a écrit dans un commentaire, et qui doit rester du texte."""

_PEOPLE = (
    ("anne.morel@ex.fr", "Anne Morel", "referent votant interlocuteur", "dgs", "Direction générale"),
    ("paul.lenoir@ex.fr", "Paul Lenoir", "dg", "", "Direction générale"),
    ("lea.roy@ex.fr", "Léa Roy", "elu-sponsor interlocuteur votant", "elu", "Élus"),
    ("luc.bon@ex.fr", "Luc Bon", "interlocuteur votant", "dsi services-techniques dechets", "Services techniques"),
    ("zoe.petit@ex.fr", "Zoé Petit", "interlocuteur votant", "achats finances rh communication", "Ressources"),
)
_LEVELS = (0, 1, 1, 2, 2, 3, 4)
_EQUIPMENT = (
    ("ordinateur-portable", 42, 2019, "Mairie"),
    ("ordinateur-fixe", 30, 2016, "École"),
    ("smartphone", 20, None, ""),
)


@cache
def make_case() -> Case:
    """Le dossier de Saint-Aubin-des-Prés, sept résultats ; toujours le même."""
    draw = random.Random(7)
    referentiel = load_referentiel(find_folder())
    entree = make_entree()
    contexte = _contexte(referentiel, draw)
    inventory = collect.RetourInventaire(
        lignes=(
            *(
                collect.LigneInventaire(categorie=category, quantite=count, annee_achat=year, site=site)
                for category, count, year, site in _EQUIPMENT
            ),
            collect.LigneInventaire(categorie="ecran", quantite=8, kwh_an=Decimal("61.5"), reconditionne=True),
            collect.LigneInventaire(categorie="ecran", quantite=5, hors_service=True, perimetre="influence"),
            collect.LigneInventaire(categorie="serveur", quantite=2, gere_ailleurs=True),
        )
    )
    collected = collect.build(
        collect.Inputs(
            entree=entree,
            diagnostics=_diagnostics(entree, referentiel, draw),
            contextes=(contexte,),
            inventaires=(inventory,),
        ),
        referentiel,
    )
    scored = score.build(score.Inputs(collect=collected), referentiel)
    restituted = restitute.build(restitute.Inputs(entree=entree, collect=collected, score=scored), referentiel)
    preselected = preselect.build(preselect.Inputs(collect=collected, score=scored), referentiel)
    ballots = _ballots(entree, preselected, draw)
    prioritised = prioritise.build(
        prioritise.Inputs(entree=entree, preselect=preselected, retours=ballots), referentiel
    )
    filled = fiche.build(
        fiche.Inputs(
            collectivite=entree.collectivite,
            dispositifs=contexte.dispositifs,
            prestataire_embarque=True,
            prioritise=prioritised,
            retours=(fiche.RetourFiches(personne="anne.morel@ex.fr", fiches=_fiches(prioritised, referentiel)),),
        ),
        referentiel,
    )
    planned = roadmap.build(
        roadmap.Inputs(collectivite=entree.collectivite, contexte=contexte, score=scored, fiche=filled), referentiel
    )
    results = {
        "collect": collected,
        "score": scored,
        "restitute": restituted,
        "preselect": preselected,
        "prioritise": prioritised,
        "fiche": filled,
        "roadmap": planned,
    }
    return Case(
        cle="exemple/saint-aubin", entree=entree, referentiel=referentiel, results=results, retours=(make_calendar(),)
    )


def make_calendar() -> Retour:
    """Le calendrier que la référente a renvoyé : deux plages, une confirmation, une question confiée, une date."""
    value = entretiens.RetourCalendrier(
        repartition={"gouv-q01": ("lea.roy@ex.fr",)},
        journees=tuple(
            entretiens.Journee(jour=date(2026, 12, 1), debut=begun, fin=ended)
            for begun, ended in ((540, 720), (840, 960))
        ),
        souhaits=(
            entretiens.Souhait(
                cle="lea.roy@ex.fr", jour=date(2026, 12, 1), debut=870, lancement=True, confirme=True, tenu=None
            ),
        ),
        responsables={"inventaire": "luc.bon@ex.fr"},
        echeance=date(2026, 12, 18),
        restitution=entretiens.Reunion(jour=date(2027, 1, 14), debut=840, minutes=90, lieu="Salle du conseil"),
    )
    return Retour(fichier="calendrier.xlsx", type="calendrier", personne="", tour=None, valeur=value)


def make_entree() -> Entree:
    """La collectivité et les siens."""
    town = Collectivite(
        slug="saint-aubin",
        siren="213500010",
        nom="Saint-Aubin-des-Prés",
        nature="commune",
        population=6200,
        agents=84,
        dsi_propre=False,
    )
    people = tuple(
        Personne(
            mail=mail,
            nom=nom,
            roles=tuple(map(Role, roles.split())),
            profils=tuple(profils.split()),
            direction=direction,
        )
        for mail, nom, roles, profils, direction in _PEOPLE
    )
    return Entree(collectivite=town, personnes=people)


def _diagnostics(entree: Entree, referentiel: Referentiel, draw: random.Random) -> tuple[collect.RetourDiagnostic, ...]:
    """Des réponses variées ; rien sur les services numériques, ni à la toute dernière question."""
    *asked, _ = (
        question
        for question in questions_asked(referentiel, entree.collectivite)
        if referentiel.dimension_of[question.id].slug != "services"
    )
    return tuple(
        collect.RetourDiagnostic(personne=item.mail, reponses=_answers(questions_of(item, asked), draw))
        for item in entree.holders(Role.INTERLOCUTEUR)
    )


def _answers(questions: Sequence[Question], draw: random.Random) -> tuple[collect.Reponse, ...]:
    answers = []
    for question in questions:
        luck = draw.random()
        if luck < 0.8:
            level = draw.choice(_LEVELS)
            answers.append(collect.Reponse(question=question.id, statut=collect.Statut.NIVEAU, niveau=level))
        else:
            statut = collect.Statut.NE_SAIT_PAS if luck < 0.92 else collect.Statut.SANS_OBJET
            answers.append(collect.Reponse(question=question.id, statut=statut))
    return tuple(answers)


def _contexte(referentiel: Referentiel, draw: random.Random) -> collect.RetourContexte:
    *_, last = referentiel.questions
    hypothesis = collect.Hypothese(
        question=last, niveau=2, auteur="anne.morel@ex.fr", date="12/05/2026", raison=FORMULE
    )
    return collect.RetourContexte(
        perimetre=("agents", "écoles"),
        annee_inventaire=2026,
        ambitions={item.slug: draw.randint(0, 3) for item in referentiel.dimensions},
        themes=("cycle-de-vie",),
        dispositifs=("PCAET",),
        hypotheses=(hypothesis,),
        prestataire=collect.Prestataire(cooperation=True, souhaite=True, volontaire=True, mobilisable=True),
    )


def _ballots(
    entree: Entree, preselected: preselect.Result, draw: random.Random
) -> tuple[prioritise.RetourBulletin, ...]:
    return tuple(
        prioritise.RetourBulletin(
            personne=item.mail,
            voix=tuple(
                vote.Voix(
                    levier=place.levier,
                    valeur=draw.randint(2, 5),
                    faisabilite=draw.randint(1, 5),
                    commentaire=FORMULE if draw.random() < 0.1 else "",
                )
                for place in preselected.retenus
            ),
        )
        for item in entree.holders(Role.VOTANT)
    )


def _fiches(prioritised: prioritise.Result, referentiel: Referentiel) -> tuple[fiche.Saisie, ...]:
    return tuple(
        _fiche(fiche.prefill(referentiel.leviers[levier]), place)
        for place, levier in enumerate(choice.levier for choice in prioritised.selection)
    )


def _fiche(empty: fiche.Saisie, place: int) -> fiche.Saisie:
    """Une fiche sur trois est « à définir », une sur deux a une ligne de dépense."""
    year = 2027 + place % 3
    amount = read_montant("À définir" if place % 3 == 0 else f"{place * 500} €")
    spent = read_montant(str(800 * (place + 1)))
    line = spent and fiche.Depense(
        annee=year, nature="matériel", type="investissement", montant=spent, financeur="Commune"
    )
    return empty.model_copy(
        update={
            "debut": read_echeance(f"Avril {year}", "debut"),
            "fin": read_echeance(f"Décembre {year}" if place % 4 else "À définir", "fin"),
            "responsable": "Direction générale" if place % 5 else "",
            "moyens_humains": read_montant(str(5 + place)),
            "moyens_euros": amount,
            "depenses": (line,) if place % 2 and line else (),
        }
    )
