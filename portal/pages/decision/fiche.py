"""The essentials of the fiches action: who leads each, what is written, what is still « à définir »; never a zero."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from nr_models.rules import fiche, roadmap
from nr_models.values.dates import to_define
from nr_models.values.french import euros, joined, share
from nr_models.values.frozen import exact_sum
from portal.pages.decision.forme import (
    NON_CALCULE,
    Chiffre,
    Detail,
    Essentiel,
    Figure,
    LigneDeListe,
    Liste,
    Pli,
    Point,
    Table,
)
from portal.pages.decision.matiere import Matiere
from portal.pages.decision.phrases import letters, numbers_of
from portal.pages.graphiques.barres import Barre, draw_barres


def build(result: fiche.Result, matiere: Matiere) -> Essentiel:
    """What to read before approving the fiches."""
    question, bouton = _ask(len(result.fiches))
    return Essentiel(
        question=question,
        chapeau=_lead(result.fiches),
        bouton=bouton,
        ensuite="la feuille de route est assemblée : planning, budget et charge vous sont soumis.",
        chiffres=tuple(_figures(result.fiches)),
        points=tuple(_points(result.fiches)),
        liste=_list(result.fiches, matiere),
        figures=_bars(result.fiches, matiere),
        plis=tuple(_folds(result.fiches)),
    )


def _ask(count: int) -> tuple[str, str]:
    """The question, and the verb of the button."""
    if count > 1:
        return f"Valider ces {letters(count)} fiches action ?", f"Approuver les {count} fiches action"
    if count:
        return "Valider cette fiche action ?", "Approuver la fiche action"
    return "Valider une étape sans aucune fiche ?", "Approuver l’étape, sans fiche"


def leads(item: fiche.Fiche) -> bool:
    """True where somebody leads the fiche."""
    return bool(item.saisie.responsable) and not to_define(item.saisie.responsable)


def dated(item: fiche.Fiche) -> bool:
    """True where both its days are known."""
    start, end = item.saisie.debut, item.saisie.fin
    return bool(start and start.jour and end and end.jour)


def priced(item: fiche.Fiche) -> bool:
    """True where an amount is known, be it zero as somebody wrote it."""
    return any(line.montant.valeur is not None for _, line in roadmap.money_lines(item))


def _lead(fiches: Sequence[fiche.Fiche]) -> str:
    if not fiches:
        return "Aucun levier n’a été retenu : il n’y a aucune fiche à valider."
    ready = [item for item in fiches if leads(item) and dated(item) and priced(item)]
    count, whole = len(ready), len(fiches)
    if count == whole:
        return "Chaque fiche a son responsable, ses dates et ses moyens."
    if not count:
        return "Aucune fiche n’a encore à la fois un responsable, des dates et des moyens en euros."
    said = "fiche sur {} a déjà" if count == 1 else "fiches sur {} ont déjà"
    tail = "un responsable, des dates et des moyens en euros."
    return f"{letters(count, 'une').capitalize()} {said.format(letters(whole))} {tail}"


def _figures(fiches: Sequence[fiche.Fiche]) -> Iterator[Chiffre]:
    whole = len(fiches)
    yield Chiffre(f"{sum(map(leads, fiches))} sur {whole}", "fiches ont un responsable")
    yield Chiffre(f"{sum(map(dated, fiches))} sur {whole}", "fiches ont un début et une fin")
    filled = share(exact_sum([item.completude for item in fiches]) / whole) if whole else NON_CALCULE
    yield Chiffre(filled, "des rubriques disent quelque chose")
    yield tell_money([line for item in fiches for line in roadmap.money_lines(item)])


def tell_money(lines: Sequence[roadmap.Line]) -> Chiffre:
    """The amounts that are known, and how many are not, of how many."""
    known = [line.montant.valeur for _, line in lines if line.montant.valeur is not None]
    missing = len(lines) - len(known)
    if not known:
        return Chiffre(
            NON_CALCULE,
            f"de budget : {missing} montant{'s' if missing > 1 else ''} à définir" if lines else "de budget",
        )
    tail = f" ; {missing} montant{'s' if missing > 1 else ''} sur {len(lines)} à définir" if missing else ""
    return Chiffre(euros(sum(known, Decimal(0)), whole=True), f"de budget chiffré{tail}")


def _points(fiches: Sequence[fiche.Fiche]) -> Iterator[Point]:
    for holds, what in ((leads, "de responsable"), (dated, "ses deux dates"), (priced, "de moyens en euros")):
        lacking = [item.numero for item in fiches if not holds(item)]
        if lacking:
            count = len(lacking)
            which = "fiche n’a pas" if count == 1 else "fiches n’ont pas"
            words = what if count == 1 else what.replace("ses deux dates", "leurs deux dates")
            yield Point(
                f"{letters(count).capitalize() if count > 1 else 'Une'} {which} {words} :", f"{numbers_of(lacking)}."
            )
    board = [item.numero for item in fiches if item.prestataire]
    if board:
        depends = "dépend" if len(board) == 1 else "dépendent"
        yield Point("Un prestataire est nécessaire :", f"{numbers_of(board)} {depends} de lui.")


def _list(fiches: Sequence[fiche.Fiche], matiere: Matiere) -> Liste | None:
    if not fiches:
        return None
    lines = []
    for item in fiches:
        dimension = matiere.dimension(item.dimension)
        who = f"{item.saisie.responsable}, " if leads(item) else ""
        mark = "" if leads(item) else "Responsable à définir"
        notes = f"{who}{share(item.completude)} rempli"
        lines.append(LigneDeListe(item.numero, dimension.numero, dimension.nom, item.titre, notes, mark))
    return Liste(
        "Les fiches, dans l’ordre de travail",
        "Après la dimension : le responsable, et ce qui est rempli.",
        tuple(lines),
    )


def _bars(fiches: Sequence[fiche.Fiche], matiere: Matiere) -> tuple[Figure, ...]:
    if not fiches:
        return ()
    title = _finding(fiches)
    bars = [
        Barre(
            item.numero,
            item.titre,
            float(item.completude),
            share(item.completude),
            dimension=matiere.dimension(item.dimension).numero,
        )
        for item in fiches
    ]
    told = " ; ".join(f"{item.numero}, {share(item.completude)}" for item in fiches)
    drawn = draw_barres("completude", bars, title, f"{title}. {told}.")
    legend = "Part des rubriques de chaque fiche qui disent quelque chose ; « à définir » ne compte pas."
    return (Figure(title, drawn, legend, _table(fiches)),)


def _finding(fiches: Sequence[fiche.Fiche]) -> str:
    full, whole = sum(item.completude == 1 for item in fiches), len(fiches)
    if full == whole:
        return "Toutes les rubriques de toutes les fiches sont remplies"
    if not full:
        return "Aucune fiche n’est encore entièrement remplie"
    said = "fiche sur {} est entièrement remplie" if full == 1 else "fiches sur {} sont entièrement remplies"
    return f"{letters(full, 'une').capitalize()} {said.format(letters(whole, 'une'))}"


def _table(fiches: Sequence[fiche.Fiche]) -> Table:
    rows = tuple(
        (
            f"{item.numero}. {item.titre}",
            item.saisie.responsable if leads(item) else "à définir",
            item.saisie.debut.saisie if item.saisie.debut else "à définir",
            item.saisie.fin.saisie if item.saisie.fin else "à définir",
            _money(item),
            share(item.completude),
        )
        for item in fiches
    )
    return Table(("Fiche", "Responsable", "Début", "Fin", "Moyens", "Rempli"), rows)


def _money(item: fiche.Fiche) -> str:
    lines = roadmap.money_lines(item)
    known = [line.montant.valeur for _, line in lines if line.montant.valeur is not None]
    if not known:
        return "à définir"
    tail = f", {len(lines) - len(known)} à définir" if len(known) < len(lines) else ""
    return f"{euros(sum(known, Decimal(0)))}{tail}"


def _folds(fiches: Sequence[fiche.Fiche]) -> Iterator[Pli]:
    lines = [Detail(f"{item.numero}. {item.titre}", _lacks(item)) for item in fiches if item.a_definir or item.vides]
    if lines:
        yield Pli(f"Ce qui reste à écrire, fiche par fiche ({len(lines)})", tuple(lines))
    steps = [
        Detail(f"{item.numero}. {item.titre}", " ; ".join(action.action for action in item.saisie.actions))
        for item in fiches
        if item.saisie.actions
    ]
    if steps:
        yield Pli("Ce qui sera fait, fiche par fiche", tuple(steps))


def _lacks(item: fiche.Fiche) -> str:
    said = [f"À définir : {joined(item.a_definir)}." if item.a_definir else ""]
    said.append(f"Laissé vide : {joined(item.vides)}." if item.vides else "")
    return " ".join(filter(None, said))
