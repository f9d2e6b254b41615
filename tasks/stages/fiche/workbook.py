"""The workbook of fiches action to fill, prefilled from the référentiel."""

from __future__ import annotations

from collections.abc import Iterable

from nr_models.dossier.case import Case
from nr_models.referentiel.referentiel import Levier
from nr_models.rules import collect, fiche, prioritise
from tasks.office.columns import Column
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Row, numbered
from tasks.office.workbook.guide import CARRIED, guide_of
from tasks.stages.fiche.columns import FICHES, FICHES_ACTIONS, FICHES_DEPENSES, FICHES_INDICATEURS

_REPERES = (
    Column("levier", "Identifiant", 12),
    Column("titre", "Levier", 50),
    Column("description", "En quoi il consiste", 70),
    Column("pilotes", "Pilotes possibles", 34),
    Column("cout", "Dépense externe", 22),
    Column("charge", "Charge (JH)", 10),
    Column("duree", "Durée (mois)", 10),
    Column("prestataire", "Part du prestataire", 40),
    Column("etapes", "Actions et durées (semaines)", 60),
)
_BLANK_LINES = 40


def render_support(case: Case, tour: int) -> bytes:
    """One row per selected levier, with its actions, indicators and expenses on their own sheets."""
    chosen = [choice.levier for choice in case.result("prioritise", prioritise.Result).selection]
    leviers = [case.referentiel.leviers[item] for item in chosen]
    retours = case.values("fiches", fiche.RetourFiches)
    saisies = [fiche.find_saisie(levier, retours)[0] for levier in leviers]
    sheets: dict[str, tuple[tuple[Column, ...], list[Row]]] = {
        "Fiches": (FICHES, [_fiche_row(case, saisie, number) for number, saisie in enumerate(saisies, start=1)]),
        "Actions": (FICHES_ACTIONS, list(_action_rows(saisies))),
        "Indicateurs": (FICHES_INDICATEURS, list(_indicator_rows(saisies))),
        "Dépenses": (FICHES_DEPENSES, list(_expense_rows(saisies))),
    }
    book = Book(guide_of(case, "Fiches action", _steps(), _notes(case)))
    for name, (columns, rows) in sheets.items():
        many = columns is not FICHES
        choices = {"levier": chosen} if many else {}
        sheet = book.table(
            name, columns, rows, blank=_BLANK_LINES if many else 0, choices=choices, frozen=0 if many else 4
        )
        if not many:
            place = [column.field for column in columns].index("perimetre")
            book.hint(sheet, place, len(rows), "Périmètre", "Un ou plusieurs :\n" + "\n".join(fiche.PERIMETRES))
    book.table("Repères", _REPERES, (_repere_row(case, levier) for levier in leviers), frozen=2)
    book.mark(case, "fiches", tour)
    return book.close()


def _steps() -> tuple[str, ...]:
    return (
        "Feuille « Fiches » : une ligne par levier retenu ; complétez les cases jaunes, le reste vient du référentiel.",
        "Plusieurs valeurs dans une case : une par ligne (Alt + Entrée). Un seul responsable par fiche.",
        "Une date peut être un mois (« Mars 2027 ») ; ce qui n’est pas décidé s’écrit « À définir ».",
        "Feuilles « Actions », « Indicateurs » et « Dépenses » : une ligne par élément, avec l’identifiant du levier.",
        "Feuille « Repères » : des ordres de grandeur pour vous aider. Enregistrez et renvoyez ce classeur.",
    )


def _notes(case: Case) -> tuple[str, ...]:
    contexte = case.result("collect", collect.Result).contexte
    known = contexte.dispositifs if contexte else ()
    said = (f"Dispositifs existants, dits à la collecte : {', '.join(known)}.",) if known else ()
    return (*said, CARRIED) if case.returned("fiches") else said


_LISTS = ("dispositifs", "resultats", "contributeurs", "perimetre", "prerequis")
_AS_TYPED = ("debut", "fin", "moyens_humains", "moyens_euros")


def _fiche_row(case: Case, saisie: fiche.Saisie, number: int) -> Row:
    """A fiche as it was returned, or as the référentiel writes it: what people typed, as they typed it."""
    levier = case.referentiel.leviers[saisie.levier]
    typed = {name: value.saisie for name in _AS_TYPED if (value := getattr(saisie, name))}
    return {
        "levier": levier.id,
        "numero": number,
        "dimension": numbered(case.referentiel.dimension_of[levier.id]),
        "titre": levier.titre,
        "priorite": f"{levier.priorite.points} {levier.priorite.nom}",
        "difficulte": f"{levier.difficulte.points} {levier.difficulte.nom}",
        **{name: "\n".join(getattr(saisie, name)) for name in _LISTS},
        **typed,
        "responsable": saisie.responsable,
        "porteur": "\n".join(saisie.porteur.split(" ; ")),
    }


def _action_rows(saisies: Iterable[fiche.Saisie]) -> Iterable[Row]:
    for saisie in saisies:
        for item in saisie.actions:
            yield {
                "levier": saisie.levier,
                "action": item.action,
                "qui": item.qui,
                "echeance": item.echeance.saisie if item.echeance else None,
            }


def _indicator_rows(saisies: Iterable[fiche.Saisie]) -> Iterable[Row]:
    for saisie in saisies:
        for item in saisie.indicateurs:
            yield {"levier": saisie.levier, "indicateur": item.indicateur, "valeur": item.valeur}


def _expense_rows(saisies: Iterable[fiche.Saisie]) -> Iterable[Row]:
    for saisie in saisies:
        for item in saisie.depenses:
            yield {
                "levier": saisie.levier,
                "annee": item.annee,
                "nature": item.nature,
                "type": item.type,
                "montant": item.montant.saisie,
                "financeur": item.financeur,
            }


def _repere_row(case: Case, levier: Levier) -> Row:
    size = case.referentiel.taille(case.entree.collectivite.population)
    bands = {item.slug: item.nom for item in case.referentiel.couts}
    return {
        "levier": levier.id,
        "titre": levier.titre,
        "description": levier.description,
        "pilotes": "\n".join(levier.pilotes),
        "cout": bands[getattr(levier.cout, size)],
        "charge": case.referentiel.charge(levier, case.entree.collectivite.population),
        "duree": getattr(levier.duree_mois, size),
        "prestataire": levier.part_prestataire or "",
        "etapes": "\n".join(f"{item.action} ({item.duree_semaines})" for item in levier.actions),
    }
