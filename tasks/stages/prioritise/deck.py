"""The support of the prioritisation workshop: method, matrix, disagreements, selection."""

from __future__ import annotations

from nr_models.dossier.case import Case
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import prioritise, vote
from nr_models.rules.vote import LevierConsolide, Quadrant
from nr_models.values.french import counted, number, trimmed
from tasks.office.deck import master
from tasks.office.deck.deck import Deck
from tasks.office.deck.page import Page, dimension_colour
from tasks.office.deck.tables import SlideCell, table
from tasks.office.deck.text import Box, Para
from tasks.office.look import load_look
from tasks.stages.prioritise import matrix
from tasks.stages.prioritise.selection import add_selection

MATRIX = Box(2.6, 4.2, 20.4, 12.1)


def render_matrice(case: Case, result: prioritise.Result) -> bytes:
    """The deck of a vote and of its selection; a levier keeps its number from the matrix to its fiche."""
    referentiel = case.referentiel
    town = case.entree.collectivite.nom
    deck = Deck(
        f"Priorisation des leviers, {town}",
        f"Vote de {town} · {counted(len(result.bulletins), 'bulletin')}",
        referentiel,
    )
    numbers = numbering(result)
    deck.cover(
        "Quels leviers d’abord ?",
        [town, "Priorisation par la valeur et la faisabilité", referentiel.credit[:1].upper() + referentiel.credit[1:]],
        "Rappeler l’objet : retenir ensemble une liste de leviers, dans un ordre de travail.",
    )
    _method(deck, referentiel)
    _participation(deck, result, referentiel)
    _matrix(deck, result, numbers, referentiel)
    _list(deck, result, numbers, referentiel)
    _disagreements(deck, result, numbers, referentiel)
    add_selection(deck, result, numbers, referentiel)
    _empty(deck, referentiel)
    return deck.save()


def numbering(result: prioritise.Result) -> dict[str, int]:
    """A number for each levier: its place in the selection, then the others in the order of the list."""
    order = [choice.levier for choice in sorted(result.selection, key=lambda item: item.ordre)]
    others = [item.levier for item in result.consolidations if item.levier not in set(order)]
    return {levier: place for place, levier in enumerate([*order, *others], start=1)}


def _method(deck: Deck, referentiel: Referentiel) -> None:
    vote, chosen = referentiel.parametres.priorisation, referentiel.parametres.selection
    span = f"de {vote.note_min} à {vote.note_max}"
    deck.message(
        "Deux notes par levier suffisent pour décider ensemble",
        [
            Para(f"{span} : ce que le levier apporte à la collectivité et au territoire.", head="Valeur :"),
            Para(f"{span} : ce qu’il demande de moyens, de temps, d’accords.", head="Faisabilité :"),
            Para("chacun note les leviers qui le concernent ; « sans avis » ne compte pas.", head="Vote :"),
            Para(
                f"valeur à {trimmed(vote.seuil_valeur)}, faisabilité à {trimmed(vote.seuil_faisabilite)}.",
                head="Seuils des zones :",
            ),
            Para(
                f"{trimmed(vote.desaccord_etendue)} points d’écart, ou un écart type de "
                f"{trimmed(vote.desaccord_ecart_type)}, à partir de {vote.desaccord_voix_min} voix.",
                head="Désaccord :",
            ),
            Para(
                f"le meilleur levier de chaque dimension, puis les mieux classés, jusqu’à {chosen.cible} "
                f"(de {chosen.min} à {chosen.max}), chacun avec ses prérequis.",
                head="Sélection :",
            ),
        ],
        f"Grille : {vote.source}. Sélection : {chosen.source}.",
    )


def _participation(deck: Deck, result: prioritise.Result, referentiel: Referentiel) -> None:
    least = referentiel.parametres.priorisation.detail_voix_min
    rows = [
        (item.direction or "Sans direction", number(item.recus), number(item.attendus))
        for item in prioritise.gather_participation(result, least)
    ]
    if rows:
        received, awaited = (
            sum(getattr(item, name) for item in result.participation) for name in ("recus", "attendus")
        )
        deck.table(
            f"{counted(received, 'bulletin reçu', 'bulletins reçus')} sur {number(awaited)}",
            table(("Direction", "Reçus", "Attendus"), rows, (16, 5, 5), "Participation par direction", "gdd"),
            "Les voix manquantes peuvent s’exprimer en séance.",
        )


def _points(result: prioritise.Result, numbers: dict[str, int]) -> list[matrix.Point]:
    return [
        matrix.Point(numbers[item.levier], item.valeur, item.faisabilite, item.quadrant)
        for item in result.consolidations
        if item.valeur is not None and item.faisabilite is not None and item.quadrant is not None
    ]


def _matrix(deck: Deck, result: prioritise.Result, numbers: dict[str, int], referentiel: Referentiel) -> None:
    points = _points(result, numbers)
    quick = sum(item.quadrant is Quadrant.GAINS_RAPIDES for item in points)
    finding = f"{counted(quick, 'levier')} sur {len(points)} {'promet' if quick < 2 else 'promettent'} un gain rapide"
    page = deck.page(
        finding if points else "Aucune voix : la matrice reste à remplir",
        "Chaque étiquette porte le numéro du levier ; les titres suivent, page suivante.",
    )
    selected = {numbers[choice.levier]: True for choice in result.selection}
    matrix.draw(page, matrix.Frame(MATRIX, referentiel.parametres.priorisation), points, selected)
    counts = {quadrant: sum(item.quadrant is quadrant for item in points) for quadrant in Quadrant}
    _legend(page, counts, len(result.selection), len(result.sans_voix))


def _legend(page: Page, counts: dict[Quadrant, int], selected: int, silent: int) -> None:
    side = Box(23.7, MATRIX.y, master.WIDTH - master.MARGIN - 23.7, 11)
    signs = load_look().quadrants
    paras = [
        Para(
            f"{counted(count, 'levier')}",
            head=f"{signs[quadrant.value].signe} {quadrant.nom} :",
            colour=signs[quadrant.value].couleur,
        )
        for quadrant, count in counts.items()
    ]
    page.text(
        side,
        [
            *paras,
            Para(
                f"étiquette pleine, {counted(selected, 'levier retenu', 'leviers retenus')} ; les autres en contour.",
                head="Retenus :",
            ),
            Para("le trait mène au point exact quand l’étiquette a dû s’écarter.", head="Repère :"),
            *(
                [
                    Para(
                        f"{counted(silent, 'levier')}, sans place dans la matrice.",
                        head="Sans voix :",
                        colour="attention",
                    )
                ]
                if silent
                else []
            ),
        ],
        sizes=(16, 14, 12),
    )


def _list(deck: Deck, result: prioritise.Result, numbers: dict[str, int], referentiel: Referentiel) -> None:
    chosen = {choice.levier for choice in result.selection}
    rows = [
        _row(item, numbers[item.levier], referentiel, kept=item.levier in chosen)
        for item in sorted(result.consolidations, key=lambda item: numbers[item.levier])
    ]
    deck.table(
        f"Les {len(rows)} leviers soumis au vote, et leurs notes",
        table(
            ("N°", "Levier", "Dimension", "Zone", "V", "F", "Voix", "Retenu"),
            rows,
            (1.6, 15, 7, 5.4, 1.5, 1.5, 1.8, 2.4),
            "Notes de chaque levier",
            "dgggdddg",
        ),
        "V : valeur, F : faisabilité, moyennes retenues. Une dérogation du référent remplace la moyenne et se dit.",
    )


def _row(item: LevierConsolide, numero: int, referentiel: Referentiel, *, kept: bool) -> tuple[SlideCell, ...]:
    dimension = referentiel.dimension_of[item.levier]
    zone, ink = "Sans voix", "attention"
    if item.quadrant:
        look = load_look().quadrants[item.quadrant.value]
        zone, ink = f"{look.signe} {item.quadrant.nom}", look.couleur
    mark = "*" if item.derogation else ""
    return (
        SlideCell(str(numero), bold=True),
        SlideCell(referentiel.leviers[item.levier].titre),
        SlideCell(f"{dimension.numero}. {dimension.nom}", ink=dimension_colour(dimension.numero)),
        SlideCell(zone, ink=ink),
        SlideCell("–" if item.valeur is None else f"{number(item.valeur, 1)}{mark}"),
        SlideCell("–" if item.faisabilite is None else f"{number(item.faisabilite, 1)}{mark}"),
        SlideCell(str(max(item.stat_valeur.voix, item.stat_faisabilite.voix))),
        SlideCell("oui" if kept else "non", bold=kept),
    )


def _disagreements(deck: Deck, result: prioritise.Result, numbers: dict[str, int], referentiel: Referentiel) -> None:
    found = [item for item in result.consolidations if item.stat_valeur.desaccord or item.stat_faisabilite.desaccord]
    if not found:
        if _points(result, numbers):
            agreed = [Para("Les notes de chacun se rejoignent.")]
            deck.message("Aucun désaccord à trancher", agreed, "Passer à la sélection.")
        return
    least = referentiel.parametres.priorisation.detail_voix_min
    rows = [
        (
            SlideCell(str(numbers[item.levier]), bold=True),
            referentiel.leviers[item.levier].titre,
            _spread(item.stat_valeur, least),
            _spread(item.stat_faisabilite, least),
        )
        for item in sorted(found, key=lambda item: numbers[item.levier])
    ]
    deck.table(
        f"{counted(len(rows), 'levier divise', 'leviers divisent')} les votants : à discuter d’abord",
        table(("N°", "Levier", "Valeur", "Faisabilité"), rows, (1.6, 16, 6, 6), "Leviers en désaccord", "dggg"),
        "Donner la parole à la note la plus haute et à la plus basse, puis voter à nouveau si besoin.",
    )


def _spread(stat: vote.Stat, least: int) -> str:
    """The notes apart; of fewer than ``least`` voices only their mean, or each would be known."""
    if not stat.desaccord:
        return "accord"
    if stat.voix < least:
        return f"{stat.voix} voix, moyenne {number(stat.moyenne, 1)}"
    return f"de {stat.minimum} à {stat.maximum}, moyenne {number(stat.moyenne, 1)}"


def _empty(deck: Deck, referentiel: Referentiel) -> None:
    page = deck.page(
        "Matrice à imprimer, au format A3, pour la remplir en séance",
        "Imprimer cette page en A3 et distribuer les numéros des leviers sur des étiquettes.",
    )
    wide = MATRIX._replace(w=master.WIDTH - master.MARGIN - MATRIX.x)
    matrix.draw(page, matrix.Frame(wide, referentiel.parametres.priorisation), [], {})
