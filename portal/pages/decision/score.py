"""The essentials of the diagnostic: how mature, what is most fragile, what it rests on, what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import score
from nr_models.values.french import counted, number
from nr_models.values.frozen import percent
from portal.pages.decision.diagnostic import Mesuree, concluded, draw_figures, finding
from portal.pages.decision.forme import Chiffre, Detail, Essentiel, Pli, Point
from portal.pages.decision.matiere import Matiere
from portal.pages.decision.phrases import level, numbered, quoted, range_of, share, some

_FRAGILE = 2
"""Dimensions that are named as fragile, beside the first."""


def build(result: score.Result, matiere: Matiere) -> Essentiel:
    """What to read before approving the diagnostic."""
    referentiel = matiere.referentiel
    dimensions = [Mesuree(matiere.dimension(item.dimension), item.note, item.applicable) for item in result.dimensions]
    return Essentiel(
        question="Approuver ce diagnostic ?",
        chapeau=f"{tell_whole(result.globale, referentiel)} {finding(dimensions)}.",
        bouton="Approuver le diagnostic",
        ensuite="le support de restitution est préparé, et vous est soumis avant d’être présenté.",
        chiffres=tuple(_figures(result)),
        points=tuple(_points(result, dimensions, referentiel)),
        figures=draw_figures(dimensions, matiere),
        plis=tuple(_folds(result, referentiel)),
    )


def tell_whole(note: score.Note, referentiel: Referentiel) -> str:
    """The score of the whole in a sentence, with its range; that there is none where there is none."""
    if note.affiche is None:
        return "Aucune question n’a encore de réponse : il n’y a pas de score."
    between = range_of(note)
    if note.maturite is None:
        return f"La maturité d’ensemble est {between or share(note.affiche)} : trop peu de réponses pour conclure."
    tail = f", {between} selon les réponses qui manquent" if between else ""
    return f"La collectivité est au niveau {quoted(level(note, referentiel))} : {share(note.affiche)}{tail}."


def _figures(result: score.Result) -> Iterator[Chiffre]:
    note = result.globale
    yield Chiffre(share(note.affiche), "de maturité d’ensemble")
    yield Chiffre(share(note.affiche_couverture), "de couverture : ce que pèsent les questions répondues")
    yield Chiffre(
        number(len(result.hypotheses)), "réponses supposées" if len(result.hypotheses) > 1 else "réponse supposée"
    )
    count = len(result.divergences)
    yield Chiffre(number(count), "désaccords laissés ouverts" if count > 1 else "désaccord laissé ouvert")


def _points(result: score.Result, dimensions: Sequence[Mesuree], referentiel: Referentiel) -> Iterator[Point]:
    known = concluded(dimensions)
    if len(known) > _FRAGILE:
        yield Point("Les plus fragiles :", f"{some([_fragile(item) for item in known[: _FRAGILE + 1]])}.")
    doubtful = [item for item in dimensions if item.applicable and item.note.maturite is None]
    if doubtful:
        yield Point(
            "On ne peut pas conclure partout :",
            f"trop peu de réponses pour {some([quoted(item.dimension.nom) for item in doubtful])}.",
        )
    if result.hypotheses:
        yield _assumed(result)
    if result.divergences:
        names = dict.fromkeys(quoted(referentiel.dimension_of[item].nom) for item in result.divergences)
        count = len(result.divergences)
        yield Point(
            f"{counted(count, 'désaccord')} {'reste ouvert' if count == 1 else 'restent ouverts'} :",
            f"en attendant qu’on tranche, la réponse du milieu est retenue, dans {some(list(names))}.",
        )
    if unknown := _unknown(result):
        yield Point(
            f"{counted(len(unknown), 'question')} {'reste' if len(unknown) == 1 else 'restent'} sans réponse.",
            "Elles élargissent la fourchette ; elles ne comptent jamais pour zéro.",
        )
    if not result.inventaire_recu:
        yield Point(
            "L’inventaire du parc n’a pas été reçu :", "le diagnostic ne dit rien du matériel ni de son empreinte."
        )


def _fragile(item: Mesuree) -> str:
    return f"{quoted(item.dimension.nom)} ({share(item.note.affiche)})"


def _assumed(result: score.Result) -> Point:
    note, count = result.globale, len(result.hypotheses)
    without = note.affiche_sans_hypotheses
    tail = (
        "sans elles, il n’y aurait pas de score d’ensemble."
        if without is None
        else f"sans {'elle' if count == 1 else 'elles'}, l’ensemble serait à {share(without)}."
    )
    return Point(
        f"{counted(count, 'réponse')} {'est supposée' if count == 1 else 'sont supposées'}, faute de mieux :", tail
    )


def _unknown(result: score.Result) -> list[str]:
    return [line.question for item in result.dimensions for line in item.lignes if line.statut == "inconnu"]


def _folds(result: score.Result, referentiel: Referentiel) -> Iterator[Pli]:
    effects = {item.question: item for item in result.effets}
    if result.hypotheses:
        lines = (
            Detail(
                referentiel.questions[item.question].question,
                f"Supposé : {quoted(referentiel.questions[item.question].niveaux[item.niveau])} "
                f"{_effect(effects.get(item.question))}",
            )
            for item in result.hypotheses
        )
        yield Pli(f"Les réponses supposées ({len(result.hypotheses)})", tuple(lines))
    if result.divergences:
        yield Pli(f"Les désaccords ouverts ({len(result.divergences)})", _questions(result.divergences, referentiel))
    if unknown := _unknown(result):
        yield Pli(f"Les questions sans réponse ({len(unknown)})", _questions(unknown, referentiel))


def _effect(effect: score.EffetHypothese | None) -> str:
    """What the supposition does to its dimension, in points."""
    if effect is None or effect.sur_dimension is None:
        return "Sans elle, la dimension n’aurait pas de score."
    points: Decimal = percent(effect.sur_dimension)
    if not points:
        return "Elle ne change pas le score de sa dimension."
    sign = "ajoute" if points > 0 else "retire"
    return f"Elle {sign} {number(abs(points), 1)} points à sa dimension."


def _questions(names: Sequence[str], referentiel: Referentiel) -> tuple[Detail, ...]:
    return tuple(
        Detail(referentiel.questions[item].question, numbered(referentiel.dimension_of[item])) for item in names
    )
