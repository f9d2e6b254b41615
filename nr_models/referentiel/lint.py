"""The lint of the référentiel: the mistakes that its types cannot see, each named by file and entry.

A version with a fault starts nothing. Every message says what is wrong and what to do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from nr_models.referentiel.faute import Faute, file_of
from nr_models.referentiel.lint_figures import check_figures
from nr_models.referentiel.lint_format import check_format
from nr_models.referentiel.referentiel import NATURES, Dimension, Levier, Question, Referentiel

_ID = re.compile(r"[a-z0-9][a-z0-9.-]*")
Said = tuple[str, str]
"""What is wrong with an entry: the field, and the sentence."""


def check_referentiel(referentiel: Referentiel) -> list[Faute]:
    """Every mistake of a référentiel that its types cannot see; empty when it is sound."""
    checks = (
        _check_ids,
        _check_dimensions,
        _check_questions,
        _check_leviers,
        _check_dinum,
        _check_cycles,
        check_figures,
        check_format,
    )
    return [fault for check in checks for fault in check(referentiel)]


def _check_ids(referentiel: Referentiel) -> Iterator[Faute]:
    entries = [
        (dimension, item.id)
        for dimension in referentiel.dimensions
        for item in (*dimension.questions, *dimension.leviers)
    ]
    counts = Counter(entry for _, entry in entries)
    for dimension, entry in entries:
        if counts[entry] > 1:
            message = "cet identifiant sert deux fois ; gardez-en un seul"
            yield Faute(fichier=file_of(dimension), entree=entry, champ="id", message=message)
        if not _ID.fullmatch(entry):
            message = "un identifiant s’écrit en minuscules sans accent, chiffres, points et tirets"
            yield Faute(fichier=file_of(dimension), entree=entry, champ="id", message=message)


def _check_dimensions(referentiel: Referentiel) -> Iterator[Faute]:
    slugs = Counter(dimension.slug for dimension in referentiel.dimensions)
    for dimension in referentiel.dimensions:
        for champ, message in _dimension(dimension, slugs):
            yield Faute(fichier=file_of(dimension), entree=dimension.slug, champ=champ, message=message)
    numbers = [dimension.numero for dimension in referentiel.dimensions]
    if numbers != list(range(1, len(numbers) + 1)) or not numbers:
        yield Faute(
            fichier="dimensions",
            entree="numero",
            champ="numero",
            message="les numéros des dimensions doivent se suivre à partir de 1",
        )


def _dimension(dimension: Dimension, slugs: Counter[str]) -> Iterator[Said]:
    if slugs[dimension.slug] > 1:
        yield "slug", "deux dimensions portent ce nom court ; gardez-en un seul"
    if not _ID.fullmatch(dimension.slug):
        yield "slug", "un nom court s’écrit en minuscules sans accent, chiffres, points et tirets"
    if not dimension.questions:
        yield "slug", "la dimension n’a pas de question ; ajoutez-en une"
    if not dimension.leviers:
        yield "slug", "la dimension n’a pas de levier ; ajoutez-en un"
    yield from _blank(nom=dimension.nom, definition=dimension.definition)
    yield from _empty(inclut=dimension.inclut, exclut=dimension.exclut)


def _check_questions(referentiel: Referentiel) -> Iterator[Faute]:
    answered = {question for levier in referentiel.leviers.values() for question in levier.questions}
    for dimension in referentiel.dimensions:
        for question in dimension.questions:
            said = [*_question(question, referentiel), *_condition(question)]
            if question.id not in answered:
                said.append(("id", "aucun levier n’y répond ; liez-la à un levier"))
            for champ, message in said:
                yield Faute(fichier=file_of(dimension), entree=question.id, champ=champ, message=message)


def _question(question: Question, referentiel: Referentiel) -> Iterator[Said]:
    levels = referentiel.parametres.score.niveau_max + 1
    yield from _unknown("profils", "le profil", question.profils, (item.slug for item in referentiel.profils))
    yield from _unknown("themes_reen", "le thème", question.themes_reen, (it.slug for it in referentiel.themes_reen))
    if len(question.niveaux) != levels:
        yield "niveaux", f"la grille a {len(question.niveaux)} niveaux ; il en faut {levels}"
    if len({level.casefold().strip() for level in question.niveaux}) != len(question.niveaux):
        yield "niveaux", "deux niveaux de la grille disent la même chose ; changez-en un"
    if not all(level.strip() for level in question.niveaux):
        yield "niveaux", "un niveau de la grille est vide ; écrivez sa phrase"
    if question.poids <= 0:
        yield "poids", "le poids doit être supérieur à zéro"
    if not question.profils:
        yield "profils", "aucun profil ne peut y répondre ; nommez-en un"
    yield from _blank(question=question.question, precision=question.precision)


def _check_leviers(referentiel: Referentiel) -> Iterator[Faute]:
    titles = Counter(levier.titre.casefold().strip() for levier in referentiel.leviers.values())
    for dimension in referentiel.dimensions:
        for levier in dimension.leviers:
            said = [*_links(levier, referentiel), *_content(levier), *_condition(levier)]
            if titles[levier.titre.casefold().strip()] > 1:
                said.append(("titre", "deux leviers portent ce titre ; changez-en un"))
            for champ, message in said:
                yield Faute(fichier=file_of(dimension), entree=levier.id, champ=champ, message=message)


def _links(levier: Levier, referentiel: Referentiel) -> Iterator[Said]:
    """What a levier names and that must exist."""
    yield from _unknown("requiert", "le levier requis", levier.requiert, referentiel.leviers)
    yield from _unknown("questions", "la question", levier.questions, referentiel.questions)
    yield from _unknown("themes_reen", "le thème", levier.themes_reen, (item.slug for item in referentiel.themes_reen))
    bands = {item.slug for item in referentiel.couts}
    for size, band in levier.cout:
        yield from _unknown(f"cout.{size}", "la fourchette de coût", (band,), bands)
    if not levier.questions:
        yield "questions", "aucune question n’y mène ; liez-le à une question"


def _content(levier: Levier) -> Iterator[Said]:
    """What a levier must say to be useful."""
    yield from _blank(titre=levier.titre, description=levier.description)
    yield from _empty(resultats_attendus=levier.resultats_attendus, pilotes=levier.pilotes)
    if not levier.actions:
        yield "actions", "aucune action ; écrivez qui fait quoi et en combien de semaines"
    if not levier.indicateurs:
        yield "indicateurs", "aucun indicateur ; écrivez comment on saura que le levier agit"
    for place, item in enumerate(levier.indicateurs, start=1):
        if item.type == "nombre" and not item.unite.strip():
            yield f"indicateurs.{place}.unite", f"l’indicateur « {item.libelle} » est un nombre sans unité ; écrivez-la"
    if levier.prestataire and not (levier.part_prestataire or "").strip():
        yield "part_prestataire", "un levier orange doit dire la part du prestataire"
    for field, figures in (("charge_jh", levier.charge_jh or ()), ("duree_mois", levier.duree_mois)):
        for size, figure in figures:
            if figure <= 0:
                yield f"{field}.{size}", "ce nombre doit être supérieur à zéro"


def _condition(item: Question | Levier) -> Iterator[Said]:
    low, high = item.condition.population_min, item.condition.population_max
    yield from _unknown("condition.natures", "la nature", item.condition.natures, NATURES)
    if low is not None and high is not None and low > high:
        message = "la population minimale dépasse la maximale ; la condition ne tient jamais"
        yield "condition.population_min", message


def _check_dinum(referentiel: Referentiel) -> Iterator[Faute]:
    counts = Counter(line.id for dimension in referentiel.dimensions for line in dimension.dinum)
    for dimension in referentiel.dimensions:
        for line in dimension.dinum:
            champ = "id"
            if counts[line.id] > 1:
                message = "cette pratique est écrite deux fois ; gardez-en une seule"
            elif line.levier is not None and line.levier not in referentiel.leviers:
                champ, message = "levier", f"le levier « {line.levier} » n’existe pas"
            elif line.levier is None and not line.refus:
                champ, message = "refus", "cette pratique n’a ni levier ni raison de ne pas en avoir"
            else:
                continue
            yield Faute(fichier=file_of(dimension), entree=line.id, champ=champ, message=message)


def _check_cycles(referentiel: Referentiel) -> Iterator[Faute]:
    for levier in referentiel.leviers.values():
        reached: set[str] = set()
        frontier = set(levier.requiert)
        while frontier:
            reached |= frontier
            frontier = {
                above
                for item in frontier
                if item in referentiel.leviers
                for above in referentiel.leviers[item].requiert
            } - reached
        if levier.id in reached:
            yield Faute(
                fichier=file_of(referentiel.dimension_of[levier.id]),
                entree=levier.id,
                champ="requiert",
                message="ce levier se requiert lui-même, directement ou par d’autres ; coupez la boucle",
            )


def _unknown(champ: str, what: str, named: Iterable[str], known: Iterable[str]) -> Iterator[Said]:
    """What is named and does not exist, or is named twice."""
    known, seen = set(known), Counter(named)
    for item, count in seen.items():
        if item not in known:
            yield champ, f"{what} « {item} » n’existe pas"
        if count > 1:
            yield champ, f"{what} « {item} » est nommé deux fois ; gardez-le une fois"


def _blank(**texts: str) -> Iterator[Said]:
    for champ, text in texts.items():
        if not text.strip():
            yield champ, "ce texte est vide ; écrivez-le"


def _empty(**lists: tuple[str, ...]) -> Iterator[Said]:
    for champ, items in lists.items():
        if not any(item.strip() for item in items):
            yield champ, "cette liste est vide ; écrivez une ligne au moins"
