"""What the score rests on, in plain French: range, coverage, hypotheses and their effect, open divergences.

Levels only, never a name beside an answer: what is printed here may be pasted into a mail.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import collect, score
from nr_models.rules.instantane import ENSEMBLE, PARC, Comparaison, EcartParc
from nr_models.values.french import agreed, plural
from nr_models.values.frozen import round_half_up


def explain_score(result: score.Result, collected: collect.Result, referentiel: Referentiel) -> Iterator[str]:
    """The paragraphs that follow the state of the stage, line by line."""
    yield f"   Note d’ensemble : {_note(result.globale, referentiel)}."
    for dimension in referentiel.dimensions:
        yield f"     {dimension.numero} {dimension.nom} : {_dimension(result.of(dimension.slug), referentiel)}."
    yield from _hypotheses(result, referentiel)
    yield from _divergences(result, collected)


def explain_since(found: Comparaison, moment: str, referentiel: Referentiel) -> Iterator[str]:
    """What changed since a snapshot: notes, then the answers that made them move, then the equipment."""
    names = {item.slug: f"{item.numero} {item.nom}" for item in referentiel.dimensions}
    yield f"   Depuis « {moment} » :"
    for gap in found.notes:
        name = "Note d’ensemble" if gap.dimension == ENSEMBLE else names.get(gap.dimension, gap.dimension)
        if gap.avant != gap.apres:
            yield f"     {name} : {_displayed(gap.avant)} puis {_displayed(gap.apres)}{_moved(gap.ecart)}."
    for item in found.changements:
        alone = "" if item.effet is None else f" ; seul, {signed(item.effet)} sur la dimension"
        before, after = _answer(item.avant, item.niveau_avant), _answer(item.apres, item.niveau_apres)
        yield f"     {item.question} : {before}, puis {after}{alone}."
    for park in found.parc:
        if park.avant != park.apres:
            yield f"     {_park(park)}"
    if not found.changements and all(gap.avant == gap.apres for gap in found.notes):
        yield "     Ni réponse ni note n’a changé."


def _displayed(note: score.Note | None) -> str:
    return "pas de note" if note is None or note.affiche is None else f"{shown(note.affiche)} %"


def _moved(gap: Fraction | None) -> str:
    return "" if gap is None else f" ({signed(gap)})"


def _answer(statut: str | None, niveau: int | None) -> str:
    if statut in ("repondu", "hypothese") and niveau is not None:
        return f"niveau {niveau}" + (" supposé" if statut == "hypothese" else "")
    return "pas posée" if statut is None else score.STATUTS[statut]


def _park(item: EcartParc) -> str:
    name, unit, scale = PARC[item.indicateur]
    before, after = (
        "non connu" if value is None else f"{shown(round_half_up(value * scale))} {unit}"
        for value in (item.avant, item.apres)
    )
    source = f" ({item.source})" if item.source else ""
    return f"{name}{source} : {before} puis {after}."


def shown(value: Decimal) -> str:
    """« 47,3 »."""
    return f"{value}".replace(".", ",")


def signed(share: Fraction) -> str:
    """« +0,4 point », « −12,5 points »: a difference of two scores."""
    points = round_half_up(share * 100)
    sign = "−" if points < 0 else "+"
    return f"{sign}{shown(abs(points))} {agreed(points, 'point')}"


def _dimension(item: score.NoteDimension, referentiel: Referentiel) -> str:
    if not item.applicable:
        return "sans objet ici, hors de la note d’ensemble"
    unknown = sum(line.statut == "inconnu" for line in item.lignes)
    said = _note(item.note, referentiel)
    return f"{said} ; {plural(unknown, 'question')} sans réponse" if unknown else said


def _note(note: score.Note, referentiel: Referentiel) -> str:
    bounds = f"entre {shown(note.affiche_bas)} et {shown(note.affiche_haut)} %"
    answered = f"{shown(note.affiche_couverture)} % des questions répondues, en poids"
    if note.affiche is None:
        return f"pas de note, faute de réponse ({bounds})"
    if note.maturite is None:
        minimum = shown(referentiel.parametres.score.couverture_min)
        return f"{bounds}, sans niveau, car il faut {minimum} % de réponses ({answered})"
    names = {level.slug: level.nom for level in referentiel.parametres.score.maturites}
    exact = note.bas == note.haut
    return f"{shown(note.affiche)} %, « {names[note.maturite]} »" + ("" if exact else f", {bounds} ({answered})")


def _hypotheses(result: score.Result, referentiel: Referentiel) -> Iterator[str]:
    if not result.effets:
        return
    without = result.globale.affiche_sans_hypotheses
    them = "sans elle" if len(result.effets) == 1 else "sans elles"
    bare = (
        f"{them}, la note d’ensemble serait de {shown(without)} %"
        if without is not None
        else f"{them}, il n’y aurait pas de note"
    )
    yield f"   {plural(len(result.effets), 'hypothèse')} : {bare}."
    reasons = {item.question: item for item in result.hypotheses}
    for effect in result.effets:
        on = (
            "sans elle, la dimension n’aurait pas de note"
            if effect.sur_dimension is None
            else (f"{signed(effect.sur_dimension)} sur la dimension")
        )
        whole = "" if effect.sur_ensemble is None else f", {signed(effect.sur_ensemble)} sur l’ensemble"
        reason = reasons[effect.question].raison
        yield f"     {effect.question} supposée au niveau {effect.niveau} (« {reason} ») : {on}{whole}."


def _divergences(result: score.Result, collected: collect.Result) -> Iterator[str]:
    open_ones = [item for item in collected.consolidations if item.question in result.divergences]
    if not open_ones:
        return
    yield f"   {plural(len(open_ones), 'divergence')} à trancher, dans « a-trancher.xlsx » :"
    for item in open_ones:
        yield f"     {item.question} : {_said(item)} ; en attendant, {_kept(item)}."


def _said(item: collect.QuestionConsolidee) -> str:
    levels = sorted(answer.niveau for answer in item.reponses if answer.niveau is not None)
    said = [f"niveau {level}" for level in levels]
    said += ["sans objet" for answer in item.reponses if answer.statut is collect.Statut.SANS_OBJET]
    return ", ".join(said)


def _kept(item: collect.QuestionConsolidee) -> str:
    return "la question est sans objet" if item.niveau is None else f"le niveau {item.niveau} est retenu (médiane)"
