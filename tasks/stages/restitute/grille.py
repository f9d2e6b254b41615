"""The slides that say how the diagnostic is read: dimensions, who answered, notes, levels."""

from __future__ import annotations

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import restitute
from nr_models.values.french import counted, listing, number, trimmed
from tasks.office.deck import master
from tasks.office.deck.deck import Deck
from tasks.office.deck.page import dimension_colour
from tasks.office.deck.tables import SlideCell, table
from tasks.office.deck.text import Box, Para, bullets
from tasks.office.look import load_look


def add_method(deck: Deck, result: restitute.Result, referentiel: Referentiel) -> None:
    """Add what one must know before reading a note; functions are named, people never."""
    rows = [
        (
            SlideCell(f"{item.numero}", bold=True, ink=dimension_colour(item.numero)),
            SlideCell(item.nom, bold=True),
            item.definition,
        )
        for item in referentiel.dimensions
    ]
    notes = "\n".join(
        f"{item.numero}. {item.nom}. Comprend : {listing(item.inclut)}." for item in referentiel.dimensions
    )
    deck.table(
        f"{len(rows)} dimensions décrivent le numérique responsable",
        table(("N°", "Dimension", "Ce qu’elle regarde"), rows, (1, 5, 20), "Définition des dimensions"),
        notes,
    )
    heard = result.fonctions_interrogees
    deck.message(
        f"{counted(len(heard), 'fonction a', 'fonctions ont')} répondu au diagnostic"
        if heard
        else "Personne n’a encore répondu",
        bullets(heard, "Les entretiens restent à mener."),
        "On nomme les fonctions, jamais les personnes : chacun a pu parler librement.",
    )
    deck.message(
        "Une note dit où l’on en est, et à quel point on en est sûr",
        _rules(referentiel),
        "Grille du logiciel, réglable.",
    )
    _levels(deck, referentiel)


def _rules(referentiel: Referentiel) -> list[Para]:
    figures = referentiel.parametres.score
    return [
        Para(f"chaque réponse va de 0 à {figures.niveau_max}, selon une phrase concrète.", head="Une question :"),
        Para("moyenne des réponses, pondérée par l’importance des questions, en %.", head="Une dimension :"),
        Para("moyenne des dimensions qui ont une note.", head="La note globale :"),
        Para(
            "« sans objet » ne compte pas ; « ne sait pas » baisse la couverture, pas la note.",
            head="Les réponses vides :",
        ),
        Para("la note si tout ce qui manque valait zéro, et si tout valait le maximum.", head="La fourchette :"),
        Para(
            f"sous {trimmed(figures.couverture_min)} % de réponses, on montre la fourchette et non un niveau.",
            head="La couverture :",
        ),
        Para(f"à partir de {figures.ecart_divergence} niveaux d’écart entre deux réponses.", head="Une divergence :"),
        Para(f"{figures.source}, {figures.date.year}.", head="Origine de la grille :", colour="discret"),
    ]


def _levels(deck: Deck, referentiel: Referentiel) -> None:
    levels = referentiel.parametres.score.maturites
    page = deck.page(
        f"{counted(len(levels), 'niveau', 'niveaux')} de maturité, de « {levels[0].nom} » à « {levels[-1].nom} »",
        "Le niveau se lit sur la note affichée ; la borne basse est comprise.",
    )
    tops = [f"{number(item.des)} %" for item in levels[1:]] + ["100 %"]
    wide = master.BODY.w / len(levels)
    for place, (level, top) in enumerate(zip(levels, tops, strict=True)):
        x = master.BODY.x + place * wide
        pair = load_look().maturites[level.slug]
        page.block(Box(x, 7.5, wide - 0.3, 2.6), fill=pair.fond, text=level.nom, ink=pair.texte, size=20, bold=True)
        text = f"de {number(level.des)} % à {'moins de ' if place < len(levels) - 1 else ''}{top}"
        page.text(Box(x, 10.4, wide - 0.3, 1.6), [Para(text)], sizes=(14, 12), align="centre")
