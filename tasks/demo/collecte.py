"""The answers of the people of a collectivité, and the workbooks in which they write them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nr_models.dossier.case import Case, File
from nr_models.dossier.registre import Personne, questions_asked, questions_of
from nr_models.referentiel.referentiel import Question, Referentiel
from nr_models.values.roles import Role
from nr_models.values.text import slugify
from tasks.demo import phrases
from tasks.demo.chance import Source, happens, level_around, several, source
from tasks.demo.form import Form, Typed
from tasks.demo.portrait import Portrait
from tasks.office.columns import AUTHOR_LABEL, GUIDE_SHEET, MARK_KEYS, MARK_SHEET, NO_OBJECT, UNKNOWN
from tasks.stages.collect.columns import DIAGNOSTIC, ENTRETIENS
from tasks.stages.collect.workbooks.supports import render_diagnostic


class Said(NamedTuple):
    """What one person typed for one question: the answer cell, a comment, a rewording."""

    reponse: Typed
    commentaire: str = ""
    reformulation: str = ""

    @property
    def niveau(self) -> int | None:
        """The level answered, or None."""
        return self.reponse if isinstance(self.reponse, int) else None


class Filled(NamedTuple):
    """A person and what they said; ``entier`` when they took the whole workbook rather than their trame."""

    personne: Personne
    reponses: dict[str, Said]
    entier: bool
    coquilles: int


def draw_answers(seed: int, case: Case, portrait: Portrait) -> list[Filled]:
    """What every person heard says; one lacks where a trame will never come back."""
    asked = questions_asked(case.referentiel, case.entree.collectivite)
    heard = [item for item in case.entree.holders(Role.INTERLOCUTEUR) if questions_of(item, asked)]
    truth = _draw_truth(seed, case, portrait, asked)
    if portrait.manque == "trame":
        heard = heard[:-1]
    writer = heard[0] if portrait.kind.flash else None
    return [_fill(seed, case, portrait, personne, asked, truth, whole=personne is writer) for personne in heard]


def find_divergences(filled: Sequence[Filled], referentiel: Referentiel) -> list[tuple[str, list[int]]]:
    """The questions on which people contradict each other, with the levels said."""
    gap = referentiel.parametres.score.ecart_divergence
    found = []
    for question in referentiel.questions:
        levels = [level for item in filled if (level := _level(item, question)) is not None]
        if levels and max(levels) - min(levels) >= gap:
            found.append((question, levels))
    return found


def find_unknown(filled: Sequence[Filled], case: Case) -> list[str]:
    """The questions asked that nobody could answer."""
    asked = questions_asked(case.referentiel, case.entree.collectivite)
    return [
        question.id
        for question in asked
        if not any(_is_answer(item.reponses[question.id]) for item in filled if question.id in item.reponses)
    ]


def render_answers(case: Case, filled: Filled, seed: int) -> File:
    """The workbook a person sends back, under a name of their own."""
    personne, draws = filled.personne, source(seed, case.cle, filled.personne.mail, "classeur")
    form = Form(render_diagnostic(case, 1, None if filled.entier else personne))
    release(form)
    if filled.entier:
        form.type_beside(GUIDE_SHEET, AUTHOR_LABEL, personne.mail)
    for sheet, numero, question in _places(form):
        if said := filled.reponses.get(question):
            form.type_row(sheet, DIAGNOSTIC, numero, dict(zip(_TYPED, said, strict=True)))
    for numero, row in enumerate(_interview(draws), start=1):
        form.type_row("Entretiens", ENTRETIENS, numero, row)
    name = " ".join(slugify(personne.nom).replace("-", " ").title().split())
    pattern = "Diagnostic complet - {}.xlsx" if filled.entier else draws.choice(_NAMES)
    return File(pattern.format(name), form.save())


_FOREIGN = 40
"""Chances in a hundred not to know, outside one's own subjects."""
_OTHER_SHEETS = (GUIDE_SHEET, MARK_SHEET, "Entretiens", "Interlocuteurs", "Avancement")
_TYPED = ("reponse", "commentaire", "reformulation")
_NAMES = ("Trame {}.xlsx", "Trame d'entretien - {}.xlsx", "trame {} (remplie).xlsx")


def release(form: Form) -> None:
    """Take out of a support the dossier it was made for: the example may be copied under any name."""
    form.type_cell(MARK_SHEET, f"B{MARK_KEYS.index('dossier') + 1}", None)


def _draw_truth(seed: int, case: Case, portrait: Portrait, asked: Sequence[Question]) -> dict[str, int]:
    """Where the collectivité really stands, question by question."""
    return {
        question.id: level_around(
            source(seed, case.cle, question.id), portrait.maturite[case.referentiel.dimension_of[question.id].slug]
        )
        for question in asked
    }


def _fill(
    seed: int,
    case: Case,
    portrait: Portrait,
    personne: Personne,
    asked: Sequence[Question],
    truth: dict[str, int],
    *,
    whole: bool,
) -> Filled:
    draws = source(seed, case.cle, personne.mail)
    top = case.referentiel.parametres.score.niveau_max
    own = {question.id for question in questions_of(personne, asked)}
    taken = [item for item in asked if whole or item.id in own]
    answers = {
        item.id: _answer(draws, truth[item.id], top, portrait.doute if item.id in own else _FOREIGN) for item in taken
    }
    slips = draws.sample(sorted(own), 1) if happens(draws, 1, 8) else []
    for question in slips:
        answers[question] = Said(draws.choice(phrases.TYPOS_ANSWER), answers[question].commentaire)
    return Filled(personne, answers, whole, len(slips))


def _answer(draws: Source, level: int, top: int, doubt: int) -> Said:
    """The truth as a person sees it: most often exact, sometimes a step or two away, or unknown to them."""
    fate = draws.randrange(100)
    if fate < 4:
        return Said(None)
    if fate < 4 + doubt:
        return Said(UNKNOWN, draws.choice(phrases.DOUBTS) if happens(draws, 1, 3) else "")
    if fate >= 98:
        return Said(NO_OBJECT, draws.choice(phrases.NO_OBJECTS))
    shift = draws.choices((-2, -1, 0, 1, 2), (3, 12, 66, 14, 5))[0]
    seen = min(top, max(0, level + shift))
    comment = draws.choice(phrases.COMMENTS[seen]) if happens(draws, 1, 4) else ""
    return Said(seen, comment, draws.choice(phrases.REWORDINGS) if happens(draws, 1, 40) else "")


def _places(form: Form) -> Iterator[tuple[str, int, str]]:
    """Where each question is: its sheet, its row, its id."""
    for sheet in form.names():
        if sheet not in _OTHER_SHEETS and not sheet.startswith("_"):
            for line in form.lines(sheet, DIAGNOSTIC):
                yield sheet, line.numero, line.textes.get("question", "")


def _interview(draws: Source) -> list[dict[str, Typed]]:
    """What the interview left; now and then, nothing was noted."""
    if happens(draws, 1, 5):
        return []
    lessons, leads = several(draws, phrases.LESSONS, 1, 3), several(draws, phrases.LEADS, 0, 2)
    rows: list[dict[str, Typed]] = [{"enseignement": lesson} for lesson in lessons]
    for row, lead in zip(rows, leads, strict=False):
        row["piste"] = lead
    rows[0]["resume"] = draws.choice(phrases.SUMMARIES)
    return rows


def _level(filled: Filled, question: str) -> int | None:
    said = filled.reponses.get(question)
    return said.niveau if said else None


def _is_answer(said: Said) -> bool:
    return said.niveau is not None or said.reponse == NO_OBJECT
