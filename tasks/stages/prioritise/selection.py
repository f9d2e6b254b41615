"""The slides of the selection: what is kept, in which order and why; what waits."""

from __future__ import annotations

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import prioritise
from nr_models.values.french import counted
from tasks.office.deck.deck import Deck
from tasks.office.deck.page import dimension_colour
from tasks.office.deck.tables import SlideCell, table
from tasks.office.deck.text import bullets


def add_selection(deck: Deck, result: prioritise.Result, numbers: dict[str, int], referentiel: Referentiel) -> None:
    """Add the leviers kept, what to know before validating them, and those left for later."""
    _selection(deck, result, referentiel)
    _left(deck, result, numbers, referentiel)


def _selection(deck: Deck, result: prioritise.Result, referentiel: Referentiel) -> None:
    rows = [
        (
            SlideCell(str(choice.ordre), bold=True),
            SlideCell(referentiel.leviers[choice.levier].titre, bold=True),
            SlideCell(
                referentiel.dimension_of[choice.levier].nom,
                ink=dimension_colour(referentiel.dimension_of[choice.levier].numero),
            ),
            choice.explication,
        )
        for choice in sorted(result.selection, key=lambda item: item.ordre)
    ]
    title = f"{counted(len(rows), 'levier retenu', 'leviers retenus')}, dans l’ordre où les mener"
    if rows:
        header = ("N°", "Levier", "Dimension", "Pourquoi")
        deck.table(
            title, table(header, rows, (1.6, 11, 6, 12), "Leviers retenus", "dggg"), "L’ordre respecte les prérequis."
        )
    if result.messages or not rows:
        deck.message(
            "À savoir avant de valider la liste",
            bullets(result.messages, "Aucun levier n’a reçu assez de voix."),
            "Ces points reviennent aux personnes qui valident.",
        )


def _left(deck: Deck, result: prioritise.Result, numbers: dict[str, int], referentiel: Referentiel) -> None:
    rows = [
        (SlideCell(str(numbers.get(levier, "")), bold=True), referentiel.leviers[levier].titre, reason)
        for levier, reason in sorted(result.non_retenus.items(), key=lambda item: (numbers.get(item[0], 0), item[0]))
    ]
    if rows:
        deck.table(
            f"{counted(len(rows), 'levier attendra', 'leviers attendront')}, et l’on sait pourquoi",
            table(("N°", "Levier", "Raison"), rows, (1.6, 13, 13), "Leviers non retenus", "dgg"),
            "Rien n’est perdu : la liste se reprend au bilan annuel.",
        )
