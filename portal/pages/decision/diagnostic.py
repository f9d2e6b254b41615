"""What the score and its restitution both show: the seven dimensions as a radar and as bars, with their table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from nr_models.referentiel.referentiel import Dimension, Referentiel
from nr_models.rules import score
from portal.pages.decision.forme import Figure, Table
from portal.pages.decision.matiere import Matiere
from portal.pages.decision.phrases import level, numbered, range_of, share
from portal.pages.graphiques.barres import Barre, draw_barres
from portal.pages.graphiques.radar import Branche, draw_radar


class Mesuree(NamedTuple):
    """A dimension and its note; ``applicable`` when a question of it is."""

    dimension: Dimension
    note: score.Note
    applicable: bool = True


def concluded(dimensions: Sequence[Mesuree]) -> list[Mesuree]:
    """Those one can conclude on, the most fragile first."""
    known = [item for item in dimensions if item.note.affiche is not None and item.note.maturite is not None]
    return sorted(known, key=lambda item: (item.note.affiche or Decimal(0), item.dimension.numero))


def finding(dimensions: Sequence[Mesuree]) -> str:
    """« Services numériques est la dimension la plus fragile : 11,5 % », or that nothing can be compared."""
    known = concluded(dimensions)
    if len(known) < 2:  # one alone is not the most fragile of anything
        return "Trop peu de réponses pour comparer les dimensions"
    first = [item for item in known if item.note.affiche == known[0].note.affiche]
    if len(first) == len(known):
        return f"Toutes les dimensions notées sont au même point : {share(known[0].note.affiche)}"
    names = " et ".join(f"«\u00a0{item.dimension.nom}\u00a0»" for item in first[:2])
    more = len(first) - 2
    if more > 0:
        return f"{len(first)} dimensions sont les plus fragiles : {share(first[0].note.affiche)}"
    said = "est la dimension la plus fragile" if len(first) == 1 else "sont les dimensions les plus fragiles"
    return f"{names} {said} : {share(first[0].note.affiche)}"


def draw_figures(dimensions: Sequence[Mesuree], matiere: Matiere) -> tuple[Figure, ...]:
    """The radar, then the bars from the most fragile; none where no dimension has a score."""
    if all(item.note.affiche is None for item in dimensions):
        return ()
    table = _table(dimensions, matiere.referentiel)
    return (_radar(dimensions, matiere, table), _bars(dimensions, table))


def _radar(dimensions: Sequence[Mesuree], matiere: Matiere, table: Table) -> Figure:
    title = finding(dimensions)
    branches = [
        Branche(item.dimension.numero, item.dimension.nom, item.note.affiche, _before(item, matiere))
        for item in dimensions
    ]
    told = "En pointillé, le dernier instantané. " if any(item.avant is not None for item in branches) else ""
    legend = f"Score de chaque dimension, de 0 à 100 %. {told}Une dimension sans réponse n’a pas de point."
    return Figure(title, draw_radar("radar", branches, title, _tell(dimensions)), legend, table)


def _before(item: Mesuree, matiere: Matiere) -> Decimal | None:
    known = matiere.precedent.dimensions if matiere.precedent else ()
    return next((note.note.affiche for note in known if note.dimension == item.dimension.slug), None)


def _bars(dimensions: Sequence[Mesuree], table: Table) -> Figure:
    known = [item for item in dimensions if item.note.affiche is not None]
    rest = [item for item in dimensions if item.note.affiche is None]
    ordered = [*sorted(known, key=lambda item: item.note.affiche or Decimal(0)), *rest]
    wide = sum(item.note.affiche_haut > item.note.affiche_bas for item in known)
    title = f"{wide} {'score peut' if wide == 1 else 'scores peuvent'} encore bouger, faute de réponses"
    legend = "Le trait fin va du score le plus bas au plus haut, selon ce que diraient les réponses qui manquent."
    if not wide:
        title = "Du plus fragile au plus avancé"
        legend = "Aucun de ces scores n’attend de réponse : ils n’ont pas de fourchette."
    return Figure(
        title, draw_barres("fourchettes", [_bar(item) for item in ordered], title, _tell(ordered)), legend, table
    )


def _bar(item: Mesuree) -> Barre:
    note, dimension = item.note, item.dimension
    if note.affiche is None:
        return Barre(dimension.numero, dimension.nom, None, "sans objet" if not item.applicable else "non calculé")
    low, high = float(note.affiche_bas) / 100, float(note.affiche_haut) / 100
    return Barre(dimension.numero, dimension.nom, float(note.affiche) / 100, share(note.affiche), low, high)


def _tell(dimensions: Sequence[Mesuree]) -> str:
    """Every figure of the chart, in a sentence."""
    said = (
        " ".join(filter(None, (f"{numbered(item.dimension)} : {share(item.note.affiche)}", _between(item.note))))
        for item in dimensions
    )
    return f"{' ; '.join(said)}."


def _between(note: score.Note) -> str:
    return f"({range_of(note)})" if note.affiche is not None and range_of(note) else ""


def _table(dimensions: Sequence[Mesuree], referentiel: Referentiel) -> Table:
    rows = tuple(
        (
            numbered(item.dimension),
            share(item.note.affiche) if item.applicable else "sans objet ici",
            range_of(item.note) or "–" if item.applicable else "–",
            share(item.note.affiche_couverture) if item.applicable else "–",
            level(item.note, referentiel) if item.applicable else "–",
        )
        for item in dimensions
    )
    return Table(("Dimension", "Score", "Fourchette", "Couverture", "Niveau"), rows)
