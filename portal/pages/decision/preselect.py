"""The essentials of the preselection: what is kept by dimension, what the law asks, what the référent changed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from nr_models.rules import preselect
from nr_models.values.french import counted, joined, number
from portal.pages.decision.forme import Chiffre, Detail, Essentiel, Figure, LigneDeListe, Liste, Pli, Point, Table
from portal.pages.decision.matiere import Matiere
from portal.pages.decision.phrases import letters, numbered, quoted, some
from portal.pages.graphiques.barres import Barre, draw_barres

_MARKS = {"socle": "Au socle", "ajoute": "Ajouté par le référent", "prerequis": "Prérequis d’un autre"}

_WHY_NOT = {
    "en-place": "Déjà en place",
    "contexte": "Sans objet ici",
    "prestataire": "Dépendent d’un prestataire qui n’est pas embarqué",
    "bloque": "Bloqués par un prérequis écarté",
    "excedent": "Écartés pour tenir la liste",
    "au-dela": "Non retenus : la liste prend les deux meilleurs de chaque dimension, puis les plus pertinents",
}
"""The folds of what is left out, by reason; what the référent removed is said first, on its own."""

_PROVIDERS = {
    "si": "le prestataire du système d’information",
    "site": "le prestataire du site internet",
    "objets": "l’installateur des objets connectés",
}


def build(result: preselect.Result, matiere: Matiere) -> Essentiel:
    """What to read before putting the list to the vote."""
    count = len(result.retenus)
    return Essentiel(
        question=f"Mettre {f'ces {letters(count)} leviers' if count > 1 else 'cette liste'} au vote ?",
        chapeau=_lead(result, matiere),
        bouton=f"Approuver la présélection{f' des {count} leviers' if count > 1 else ''}",
        ensuite="chaque votant reçoit son bulletin, et note la valeur et la faisabilité de ces leviers.",
        chiffres=tuple(_figures(result, matiere)),
        points=tuple(_points(result, matiere)),
        liste=_list(result, matiere),
        figures=_bars(result, matiere),
        plis=tuple(_folds(result, matiere)),
    )


def _lead(result: preselect.Result, matiere: Matiere) -> str:
    kept, every = len(result.retenus), len(result.places)
    if not kept:
        return f"Aucun des {every} leviers de la méthode n’est retenu."
    first = (
        f"Des {every} leviers de la méthode, {letters(kept)} {'convient' if kept == 1 else 'conviennent'} le mieux ici"
    )
    return f"{first}, d’après le diagnostic et les ambitions dites. {_finding(result, matiere)}."


def _figures(result: preselect.Result, matiere: Matiere) -> Iterator[Chiffre]:
    yield Chiffre(f"{len(result.retenus)} sur {len(result.places)}", "leviers proposés au vote")
    served = {place.dimension for place in result.retenus}
    yield Chiffre(f"{len(served)} sur {len(matiere.referentiel.dimensions)}", "dimensions couvertes")
    motifs = Counter(place.motif for place in result.places)
    if motifs["socle"]:
        yield Chiffre(number(motifs["socle"]), "au socle : la loi les demande, ou une protection manque")
    else:
        done = motifs["en-place"]
        yield Chiffre(number(done), "leviers déjà en place" if done > 1 else "levier déjà en place")
    changed = motifs["ajoute"] + motifs["retire"]
    yield Chiffre(number(changed), "changements du référent" if changed > 1 else "changement du référent")


def _points(result: preselect.Result, matiere: Matiere) -> Iterator[Point]:
    for place in result.places:
        if place.motif in ("ajoute", "retire"):
            done = "ajouté" if place.motif == "ajoute" else "retiré"
            yield Point(
                f"Un levier a été {done} par le référent :", f"{quoted(matiere.titre(place.levier))}.", _said(place)
            )
    yield from (Point("À savoir :", message) for message in result.messages)
    socle = [place for place in result.retenus if place.motif == "socle"]
    if socle:
        titles = some([quoted(matiere.titre(place.levier)) for place in socle], 3)
        yield Point("Au socle, quoi qu’on préfère :", f"{titles}.")
    yield _providers(result)
    blind = [place for place in result.retenus if place.pertinence is None]
    if blind:
        count = counted(len(blind), "levier retenu", "leviers retenus")
        yield Point("Une pertinence reste inconnue", f"pour {count} : rien ne permettait de la calculer.")


_WRITTEN = re.compile(r"par le référent\s*:\s*(.*?)\s*Pertinence (?:inconnue|[\d\s,]+ sur 100)", re.DOTALL)
"""What the référent wrote, in the explanation of a place: between its opening and its terms."""


def _said(place: preselect.Place) -> str:
    found = _WRITTEN.search(place.explication)
    return found.group(1) if found else place.explication


def _providers(result: preselect.Result) -> Point:
    out = sum(place.motif == "prestataire" for place in result.places)
    board = [_PROVIDERS[item] for item in result.embarques if item in _PROVIDERS]
    if board:
        names = joined(board)
        verb = "est embarqué" if len(board) == 1 else "sont embarqués"
        return Point(
            f"{names[:1].upper()}{names[1:]} {verb} :",
            "les leviers qui dépendent de lui peuvent être proposés."
            if len(board) == 1
            else "les leviers qui dépendent d’eux peuvent être proposés.",
        )
    tail = (
        f"{counted(out, 'levier qui en dépend est écarté', 'leviers qui en dépendent sont écartés')}."
        if out
        else "aucun levier n’en est écarté."
    )
    return Point("Aucun prestataire n’est embarqué :", tail)


def _list(result: preselect.Result, matiere: Matiere) -> Liste | None:
    if not result.retenus:
        return None
    lines = tuple(_line(place, order, matiere) for order, place in enumerate(result.retenus, start=1))
    return Liste("La liste mise au vote", "Le socle d’abord, puis du plus au moins pertinent, sur 100.", lines)


def _line(place: preselect.Place, order: int, matiere: Matiere) -> LigneDeListe:
    dimension = matiere.dimension(place.dimension)
    return LigneDeListe(
        order,
        dimension.numero,
        dimension.nom,
        matiere.titre(place.levier),
        _relevance(place),
        _MARKS.get(place.motif, ""),
    )


def _relevance(place: preselect.Place) -> str:
    return "pertinence inconnue" if place.pertinence is None else f"pertinence {number(place.pertinence * 100, 1)}"


def _bars(result: preselect.Result, matiere: Matiere) -> tuple[Figure, ...]:
    if not result.retenus:
        return ()
    kept = Counter(place.dimension for place in result.retenus)
    offered = Counter(place.dimension for place in result.places)
    most = max(kept.values())
    title = _finding(result, matiere)
    dimensions = matiere.referentiel.dimensions
    bars = [
        Barre(item.numero, item.nom, kept[item.slug] / most, counted(kept[item.slug], "levier")) for item in dimensions
    ]
    told = " ; ".join(f"{numbered(item)} : {counted(kept[item.slug], 'levier')}" for item in dimensions)
    rows = tuple((numbered(item), str(kept[item.slug]), str(offered[item.slug])) for item in dimensions)
    table = Table(("Dimension", "Retenus", "Dans la méthode"), rows)
    drawn = draw_barres("repartition", bars, title, f"{told}.")
    return (Figure(title, drawn, "Leviers retenus dans chaque dimension.", table),)


def _finding(result: preselect.Result, matiere: Matiere) -> str:
    """How the dimensions are served: which has none, else the least that each has."""
    kept = Counter(place.dimension for place in result.retenus)
    without = [item.nom for item in matiere.referentiel.dimensions if not kept[item.slug]]
    if without:
        verb = "n’a aucun levier dans la liste" if len(without) == 1 else "n’ont aucun levier dans la liste"
        return f"{some([quoted(nom) for nom in without])} {verb}"
    least = min(kept.values())
    return f"Chaque dimension a au moins {letters(least)} levier{'s' if least > 1 else ''}"


def _folds(result: preselect.Result, matiere: Matiere) -> Iterator[Pli]:
    called = [place for place in result.places if place.socle]
    if called:
        lines = tuple(Detail(matiere.titre(place.levier), place.socle) for place in called)
        yield Pli(f"Ce que demandent la loi ou la sécurité ({len(called)})", lines)
    if result.retenus:
        lines = tuple(Detail(matiere.titre(place.levier), place.explication) for place in result.retenus)
        yield Pli("Pourquoi chacun est là", lines)
    for motif, title in _WHY_NOT.items():
        places = [place for place in result.places if place.motif == motif]
        if places:
            yield Pli(f"{title} ({len(places)})", _left_out(places, matiere, short=motif == "au-dela"))


def _left_out(places: Sequence[preselect.Place], matiere: Matiere, *, short: bool) -> tuple[Detail, ...]:
    """Why each is left out; only its relevance where that alone is the reason."""
    return tuple(
        Detail(matiere.titre(place.levier), f"{_relevance(place).capitalize()}." if short else place.explication)
        for place in places
    )
