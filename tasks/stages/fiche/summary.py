"""The list of every fiche action, before the fiches themselves."""

from __future__ import annotations

from nr_models.rules import fiche
from nr_models.values.dates import Echeance
from nr_models.values.french import BLANK, counted, share
from tasks.office.deck.deck import Deck
from tasks.office.deck.tables import SlideCell, table


def add_summary(deck: Deck, result: fiche.Result) -> None:
    """Add the list of fiches: who, when, how complete."""
    whole = sum(item.completude == 1 for item in result.fiches)
    rows = [
        (
            SlideCell(str(item.numero), bold=True),
            item.titre,
            item.saisie.responsable or BLANK,
            when(item.saisie.debut),
            when(item.saisie.fin),
            share(item.completude),
        )
        for item in result.fiches
    ]
    deck.table(
        f"{counted(whole, 'fiche complète', 'fiches complètes')} sur {len(rows)}",
        table(
            ("N°", "Levier", "Responsable", "Début", "Fin", "Complétude"),
            rows,
            (1.6, 12, 7, 4.5, 4.5, 4.8),
            "Les fiches et leur complétude",
            "dggggd",
        ),
        "Une fiche est complète quand chacun de ses champs dit quelque chose ; « à définir » est permis, et se compte.",
    )


def when(echeance: Echeance | None) -> str:
    """A date as it was typed, or « à compléter »."""
    return echeance.saisie if echeance else BLANK
