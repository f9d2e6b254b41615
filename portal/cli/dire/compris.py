"""What was understood of an inventory, said shortly on the terminal, and whole as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nr_models.inventaire.compris import MOTIFS, Compris
from nr_models.values.french import counted, plural

_SHOWN = 8


def describe_compris(compris: Compris) -> dict[str, object]:
    """The whole of it, as ``nr verifier --json`` gives it under ``lu.compris``."""
    return {
        "unites": compris.unites,
        "categories": compris.categories,
        "sites": compris.sites,
        "perimetres": compris.perimetres,
        "annees": compris.annees,
        "libelles": {
            label: {
                "categorie": item.categorie,
                "unites": item.unites,
                **({"nature": item.nature} if item.nature else {}),
            }
            for label, item in compris.libelles.items()
        },
        "ecartes": [
            {"feuille": item.feuille, "lignes": item.lignes, "motif": item.motif, "unites": item.unites}
            for item in compris.ecartes
        ],
    }


def tell_compris(compris: Compris, names: Mapping[str, str]) -> Iterator[str]:
    """A few lines: units by category (``names`` are theirs), those to settle by label, what was left out and why."""
    categories = {names.get(slug, slug): units for slug, units in compris.categories.items()}
    yield f"{counted(compris.unites, 'unité comptée', 'unités comptées')} : {_list(categories)}."
    if compris.sites:
        yield f"Par site : {_list(compris.sites)}."
    years = {year or "année inconnue": units for year, units in compris.annees.items()}
    if any(compris.annees):
        yield f"Par année d’achat : {_list(years)}."
    doubtful = {f"« {label} »": item.unites for label, item in compris.libelles.items() if item.nature == "a-preciser"}
    if doubtful:
        yield f"À préciser, et pas comptées : {_list(doubtful)}."
    for item in compris.ecartes:
        if item.motif == "a-preciser":
            continue
        where = f" (feuille « {item.feuille} »)" if item.feuille else ""
        units = "" if item.unites is None else f", {plural(item.unites, 'unité')}"
        yield f"Laissé de côté : {MOTIFS.get(item.motif, item.motif)}, {plural(item.lignes, 'ligne')}{units}{where}."


def _list(counts: Mapping[str, int]) -> str:
    """The most numerous first, some of them; how many others there are."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{name} {count}" for name, count in ranked[:_SHOWN])
    more = f", et {plural(len(ranked) - _SHOWN, 'autre')}" if len(ranked) > _SHOWN else ""
    return f"{shown}{more}" if shown else "aucune"
