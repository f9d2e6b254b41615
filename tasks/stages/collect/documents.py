"""The documents of the collection: a trame to read and annotate, an introduction to the démarche."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from nr_models.dossier.case import Case
from nr_models.dossier.registre import Personne
from nr_models.referentiel.referentiel import Question
from nr_models.stages import STAGES
from tasks.office.columns import NO_OBJECT, UNKNOWN
from tasks.office.document import Sheet
from tasks.office.look import load_look
from tasks.office.workbook.cells import numbered


def render_trame(case: Case, personne: Personne, questions: Sequence[Question]) -> bytes:
    """The questions of a person, each with its grid to tick and room for notes."""
    name, referentiel = case.entree.collectivite.nom, case.referentiel
    sheet = Sheet("Trame d’entretien", f"{name} · {referentiel.credit}")
    sheet.fact("Pour", f"{personne.nom}{f', {personne.direction}' if personne.direction else ''}")
    sheet.fact("Collectivité", name)
    sheet.text(
        "Voici les questions de notre entretien. Pour chacune, cochez la phrase la plus proche de la réalité ; aucune "
        "n’est un piège, et « Ne sait pas » est une vraie réponse. Notez ce que la grille ne dit pas : c’est souvent "
        "le plus utile. Vous pouvez aussi répondre dans le classeur du même nom."
    )
    for dimension, own in groupby(questions, key=lambda item: referentiel.dimension_of[item.id]):
        for place, question in enumerate(own):
            with sheet.together():
                if place == 0:
                    sheet.heading(numbered(dimension), load_look().dimensions.get(dimension.numero, ""))
                    sheet.note(dimension.definition)
                _ask(sheet, question)
    with sheet.together():
        sheet.heading("Pour finir")
        sheet.writing("Ce qui n’a pas été demandé et qui compte pour vous", 5)
    return sheet.close()


def render_introduction(case: Case) -> bytes:
    """One page for who could not come to the comité de lancement: why, how, what is asked, what comes next."""
    name, referentiel = case.entree.collectivite.nom, case.referentiel
    sheet = Sheet("Le numérique responsable, en une page", f"{name} · {referentiel.credit}")
    sheet.text(
        f"Notre collectivité, {name}, prépare sa feuille de route Numérique responsable : réduire l’empreinte de "
        "son numérique, faire durer son matériel, offrir des services utiles et accessibles à tous. La démarche suit "
        "le pas à pas de l’ANCT."
    )
    sheet.heading("Ce que nous regardons")
    for dimension in referentiel.dimensions:
        sheet.bullet(numbered(dimension))
    sheet.heading("Comment nous avançons")
    weeks = {slug: item for item in referentiel.calendrier.durees for slug in item.etapes[:1]}
    for stage in STAGES:
        length = weeks.get(stage.slug)
        shared = length and len(length.etapes) > 1 and "avec l’étape suivante, "
        text = f" ({shared or ''}{length.semaines_min} à {length.semaines_max} semaines)" if length else ""
        sheet.bullet(f"{stage.nom}{text} : {stage.but[0].lower()}{stage.but[1:]}")
    sheet.heading("Ce que nous vous demandons")
    sheet.text(
        "Un entretien sur les questions qui vous concernent, et votre franchise : on ne juge personne. Vos réponses "
        "servent à situer la collectivité ; votre nom n’apparaît à côté d’aucune d’elles dans ce qui est diffusé. Ce "
        "que vous ne savez pas reste inconnu, et n’est jamais compté comme un zéro."
    )
    sheet.heading("Ce qui en sortira")
    sheet.text(
        "Un diagnostic restitué à tous, une liste courte de leviers choisis ensemble, puis des fiches action et une "
        "feuille de route validées par la direction générale et les élus."
    )
    for personne in case.entree.holders("referent")[:2]:
        sheet.fact("Votre contact", f"{personne.nom}, {personne.mail}")
    return sheet.close()


def _ask(sheet: Sheet, question: Question) -> None:
    sheet.question(question.id, question.question)
    sheet.note(question.precision)
    for level, sentence in enumerate(question.niveaux):
        sheet.choice(f"{level} – {sentence}")
    sheet.choice(f"{UNKNOWN}   ☐ {NO_OBJECT}")
    sheet.writing("Vos notes")
