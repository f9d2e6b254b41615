"""What changed between two snapshots of a score.

A snapshot names a round of the score, whose result and bytes are kept: nothing is copied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from nr_models.inventaire.indicateurs import Mesure
from nr_models.rules.score import Ligne, Note, Result
from nr_models.values.frozen import Exact, Frozen


class EcartNote(Frozen):
    """A note before and after, of a dimension or of the whole (« ensemble »); ``ecart`` is a share, 1 = 100 points."""

    dimension: str
    avant: Note | None
    apres: Note | None
    ecart: Exact | None


class ReponseChangee(Frozen):
    """A question whose answer changed; statut and niveau None where it was not asked then.

    ``effet`` is what this change alone does to the score of its dimension before, as a share; ``qui`` are
    those who answer it now, for the référent only.
    """

    question: str
    dimension: str
    avant: str | None
    niveau_avant: int | None
    apres: str | None
    niveau_apres: int | None
    effet: Exact | None
    qui: tuple[str, ...]


class EcartParc(Frozen):
    """An indicator of the perimeter one can act upon, before and after; ``source`` where it rests on one."""

    indicateur: str
    avant: Exact | None
    apres: Exact | None
    source: str = ""


class Comparaison(Frozen):
    """What changed from one score to another."""

    notes: tuple[EcartNote, ...]
    changements: tuple[ReponseChangee, ...]
    parc: tuple[EcartParc, ...]


ENSEMBLE = "ensemble"


def compare(avant: Result, apres: Result) -> Comparaison:
    """What changed: notes, answers and equipment. Comparing a score with itself changes nothing."""
    before, after = ({item.dimension: item for item in result.dimensions} for result in (avant, apres))
    slugs = list(dict.fromkeys((*before, *after)))
    notes = [
        _gap(slug, before[slug].note if slug in before else None, after[slug].note if slug in after else None)
        for slug in slugs
    ]
    changes = [
        change
        for slug in slugs
        for change in _changes(
            slug,
            {line.question: line for line in before[slug].lignes} if slug in before else {},
            {line.question: line for line in after[slug].lignes} if slug in after else {},
        )
    ]
    return Comparaison(
        notes=(*notes, _gap(ENSEMBLE, avant.globale, apres.globale)),
        changements=tuple(changes),
        parc=tuple(_park(avant.inventaire.maitrisable, apres.inventaire.maitrisable)),
    )


def _gap(dimension: str, avant: Note | None, apres: Note | None) -> EcartNote:
    before, after = avant.score if avant else None, apres.score if apres else None
    gap = None if before is None or after is None else after - before
    return EcartNote(dimension=dimension, avant=avant, apres=apres, ecart=gap)


def _changes(slug: str, before: Mapping[str, Ligne], after: Mapping[str, Ligne]) -> Iterator[ReponseChangee]:
    base = _mean(before)
    for question in dict.fromkeys((*before, *after)):
        old, new = before.get(question), after.get(question)
        if _said(old) == _said(new):
            continue
        alone = _mean(
            {**{key: line for key, line in before.items() if key != question}, **({question: new} if new else {})}
        )
        yield ReponseChangee(
            question=question,
            dimension=slug,
            avant=old.statut if old else None,
            niveau_avant=old.niveau if old else None,
            apres=new.statut if new else None,
            niveau_apres=new.niveau if new else None,
            effet=None if base is None or alone is None else alone - base,
            qui=new.qui if new else (),
        )


def _said(line: Ligne | None) -> tuple[str, int | None, Decimal] | None:
    return (line.statut, line.niveau, line.poids) if line else None


def _mean(lines: Mapping[str, Ligne]) -> Fraction | None:
    scored = [(line.points, Fraction(line.poids)) for line in lines.values() if line.points is not None]
    weight = sum((weight for _, weight in scored), Fraction(0))
    return sum((points for points, _ in scored), Fraction(0)) / weight if weight else None


PARC = {
    "unites": ("Équipements", "unités", 1),
    "hors_service": ("Hors service", "unités", 1),
    "unites_par_agent": ("Équipements en service par agent", "par agent", 1),
    "ecrans_par_agent": ("Écrans par agent", "par agent", 1),
    "agents_par_imprimante": ("Agents par imprimante", "agents", 1),
    "age_moyen": ("Âge moyen", "ans", 1),
    "part_depassee": ("Part au-delà de la durée de vie de référence", "%", 100),
    "part_reconditionnee": ("Part de reconditionné, où l’état d’achat est connu", "%", 100),
    "kwh_an": ("Électricité", "kWh par an", 1),
    "fabrication_kg_an": ("Empreinte, fabrication", "kgCO2e par an", 1),
    "usage_kg_an": ("Empreinte, usage", "kgCO2e par an", 1),
    "total_kg_an": ("Empreinte, total", "kgCO2e par an", 1),
    "part_non_calculee": ("Part non calculée", "%", 100),
}
"""Each indicator of the equipment: its French name, its unit, what a share is multiplied by."""
_PAR_SOURCE = ("kwh_an", "fabrication_kg_an", "usage_kg_an", "total_kg_an", "part_non_calculee")


def _park(avant: Mesure, apres: Mesure) -> Iterator[EcartParc]:
    for name in (item for item in PARC if item not in _PAR_SOURCE):
        yield EcartParc(indicateur=name, avant=getattr(avant, name), apres=getattr(apres, name))
    before, after = ({item.source: item for item in mesure.empreintes} for mesure in (avant, apres))
    for source in dict.fromkeys((*before, *after)):
        for name in _PAR_SOURCE:
            old, new = (getattr(found[source], name) if source in found else None for found in (before, after))
            yield EcartParc(indicateur=name, avant=old, apres=new, source=source)
