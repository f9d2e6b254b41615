"""The essentials of the restitution: what will be shown, about whom, what was said, what is already under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from nr_models.rules import restitute
from nr_models.values.french import counted, number, percentage
from portal.pages.decision.diagnostic import Mesuree, draw_figures
from portal.pages.decision.forme import Chiffre, Detail, Essentiel, Pli, Point
from portal.pages.decision.matiere import Matiere
from portal.pages.decision.phrases import numbered, quoted, share, some
from portal.pages.decision.score import tell_whole
from tasks.stages.restitute.anonymous import anonymiser

_RETURNS = {
    "diagnostic": "un ou plusieurs questionnaires",
    "contexte": "le contexte de la collectivité",
    "inventaire": "l’inventaire du parc",
}


def build(result: restitute.Result, matiere: Matiere) -> Essentiel:
    """What to read before the conclusions are presented."""
    return Essentiel(
        question="Présenter ces conclusions ?",
        chapeau=f"{result.titre}. {tell_whole(result.globale, matiere.referentiel)}",
        bouton="Approuver le support de restitution",
        ensuite="la restitution peut se tenir, et la présélection des leviers est préparée.",
        chiffres=tuple(_figures(result)),
        points=tuple(_points(result)),
        figures=draw_figures(list_dimensions(result, matiere), matiere),
        plis=tuple(_cleaned(item, anonymiser(matiere.entree)) for item in _folds(result, matiere)),
    )


def list_dimensions(result: restitute.Result, matiere: Matiere) -> list[Mesuree]:
    """The dimensions and their notes; one without a score nor an unanswered question has no object here."""
    return [
        Mesuree(matiere.dimension(item.dimension), item.note, item.note.affiche is not None or item.sans_reponse > 0)
        for item in result.syntheses
    ]


def _figures(result: restitute.Result) -> Iterator[Chiffre]:
    yield Chiffre(share(result.globale.affiche), "de maturité d’ensemble")
    heard = result.entendus
    yield Chiffre(number(heard), "personnes entendues" if heard > 1 else "personne entendue")
    roles = len(result.fonctions_interrogees)
    yield Chiffre(number(roles), "fonctions représentées" if roles > 1 else "fonction représentée")
    begun = len(result.actions_engagees)
    yield Chiffre(number(begun), "actions déjà engagées" if begun > 1 else "action déjà engagée")


def _points(result: restitute.Result) -> Iterator[Point]:
    if result.manquants:
        yield Point(
            "La collecte s’est faite sans tout :",
            f"il a manqué {some([_RETURNS.get(item, item) for item in result.manquants])}.",
        )
    if not result.perimetre:
        yield Point(
            "Le périmètre n’a pas été dit :", "le support ne dit pas de quels services ni de quels sites on parle."
        )
    if result.hypotheses:
        count = len(result.hypotheses)
        shown = "est montrée comme supposée" if count == 1 else "sont montrées comme supposées"
        counts = "elle compte" if count == 1 else "elles comptent"
        yield Point(
            f"{counted(count, 'réponse')} {shown}\u00a0:", f"{counts} dans le score, jamais dans la couverture."
        )
    if result.divergences:
        count = len(result.divergences)
        yield Point(
            f"{counted(count, 'désaccord')} {'sera montré' if count == 1 else 'seront montrés'},",
            "sans dire qui a répondu quoi.",
        )
    if not result.enseignements:
        yield Point(
            "Aucune parole d’entretien n’est reprise :",
            "personne n’en a laissé, ou trop peu ont été entendues pour qu’on ne reconnaisse pas qui parle.",
        )
    if not result.inventaire_recu:
        yield Point(
            "L’inventaire du parc n’a pas été reçu :", "le support ne dit rien du matériel ni de son empreinte."
        )


def _cleaned(fold: Pli, clean: Callable[[str], str]) -> Pli:
    """A fold without the names of the people of the dossier: what somebody wrote may name them, as in the deck."""
    return fold._replace(lignes=tuple(Detail(clean(item.fort), clean(item.texte)) for item in fold.lignes))


def _folds(result: restitute.Result, matiere: Matiere) -> Iterator[Pli]:
    for item in result.syntheses:
        lines = [Detail(f"Point fort{_assumed(one)}", one.phrase) for one in item.points_forts]
        lines += [Detail(f"À améliorer{_assumed(one)}", one.phrase) for one in item.points_faibles]
        if lines:
            yield Pli(f"{matiere.dimension(item.dimension).numero}. {item.titre}", tuple(lines))
    if result.enseignements:
        yield Pli(
            f"Ce qui a été dit ({len(result.enseignements)})", tuple(Detail("", item) for item in result.enseignements)
        )
    if result.actions_engagees:
        yield Pli(f"Les actions déjà engagées ({len(result.actions_engagees)})", tuple(_begun(result)))
    yield Pli("De qui et de quoi on parle", tuple(_scope(result)))
    if result.divergences:
        yield Pli(
            f"Les désaccords montrés ({len(result.divergences)})",
            tuple(_apart(item, matiere) for item in result.divergences),
        )
    if result.hypotheses:
        lines = [
            Detail(item.question, f"Supposé : {quoted(item.phrase)} Raison donnée : {item.raison}")
            for item in result.hypotheses
        ]
        yield Pli(f"Les réponses supposées ({len(result.hypotheses)})", tuple(lines))


def _assumed(found: restitute.Constat) -> str:
    return " (supposé)" if found.hypothese else ""


def _begun(result: restitute.Result) -> Iterator[Detail]:
    for item in result.actions_engagees:
        told = [
            f"depuis {item.depuis}" if item.depuis else "",
            item.dimension,
            f"preuve : {item.preuve}" if item.preuve else "",
        ]
        yield Detail(item.action, " ; ".join(filter(None, told)))


def _scope(result: restitute.Result) -> Iterator[Detail]:
    yield Detail("Périmètre", some(result.perimetre, 8) if result.perimetre else "non dit")
    yield Detail(
        "Fonctions entendues", some(result.fonctions_interrogees, 20) if result.fonctions_interrogees else "aucune"
    )
    yield Detail("Fournisseur du système d’information", result.fournisseur_si or "non dit")
    yield Detail("Dispositifs existants", some(result.dispositifs, 8) if result.dispositifs else "aucun n’a été dit")


def _apart(item: restitute.Desaccord, matiere: Matiere) -> Detail:
    """A disagreement and what settling it would do to its dimension; the sentences only where they were kept."""
    dimension = numbered(matiere.dimension(item.dimension))
    ends = (
        f"Selon ce qu’on tranche, la dimension serait entre {percentage(item.bas)} et {percentage(item.haut)}."
        if item.bas is not None and item.haut is not None and item.bas != item.haut
        else ""
    )
    return Detail(item.question, " ".join(filter(None, (f"{dimension}.", ends))))
