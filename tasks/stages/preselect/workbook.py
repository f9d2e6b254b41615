"""The workbooks of the preselection: the proposed list for the référent, then the list kept."""

from __future__ import annotations

from collections.abc import Iterable

from nr_models.dossier.case import Case
from nr_models.rules import collect, preselect
from nr_models.values.frozen import percent
from tasks.office.columns import Column
from tasks.office.look import load_look
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Row, Tone, numbered
from tasks.office.workbook.guide import CARRIED, guide_of
from tasks.office.workbook.leviers import LEVIER, named
from tasks.stages.collect.columns import CONTEXTE_RUBRIQUES
from tasks.stages.preselect.columns import PRESELECTION, PRESTATAIRE, PRESTATAIRES

_LISTE = (
    Column("rang", "Rang", 7),
    *LEVIER,
    Column("porte", "Porté par", 13),
    Column("motif", "Motif", 24),
    Column("pertinence", "Pertinence (sur 100)", 13),
    Column("besoin", "dont besoin", 10),
    Column("ambition", "dont ambition", 10),
    Column("priorite", "dont priorité", 10),
    Column("avec", "Avec ses prérequis", 30),
    Column("explication", "Pourquoi", 70),
)
_AISE = Column("aise", "dont facilité", 10)
_MOTIFS = {
    "socle": "socle",
    "plancher": "parmi les meilleurs de sa dimension",
    "prerequis": "prérequis d’un levier retenu",
    "pertinence": "pertinence",
    "ajoute": "ajouté par le référent",
    "retire": "retiré par le référent",
    "contexte": "hors contexte",
    "en-place": "déjà en place",
    "prestataire": "prestataire non embarqué",
    "bloque": "prérequis écarté",
    "au-dela": "moins pertinent",
    "excedent": "liste pleine",
}
_POINTS = dict.fromkeys(("pertinence", "besoin", "ambition", "priorite", "aise"), "0.0")


def render_support(case: Case, computed: preselect.Result, tour: int) -> bytes:
    """The proposed list, for the référent to add and remove, and the four criteria of the prestataire."""
    guide = guide_of(
        case,
        "Présélection des leviers",
        (
            f"Feuille « Leviers » : {len(computed.retenus)} leviers sont proposés (« oui »), les autres suivent.",
            "Pour changer la liste, choisissez « retirer » ou « ajouter » dans « Votre décision ».",
            "Justifiez chaque changement en une phrase : sans elle, il n’est pas pris en compte.",
            "Feuille « Prestataire » : confirmez les quatre critères ; il faut quatre « oui » pour l’embarquer.",
            "Enregistrez et renvoyez ce classeur, même sans changement.",
        ),
        (*computed.messages, *([CARRIED] if case.returned("preselection") else [])),
    )
    book = Book(guide)
    formats = {"pertinence": "0.0"}
    sheet = book.table("Leviers", PRESELECTION, _support_rows(case, computed), formats=formats, frozen=3)
    decision, reason = (_place(field) for field in ("decision", "justification"))
    book.point_out(sheet, reason, len(computed.places), (decision, decision))
    columns = PRESTATAIRE if case.referentiel.format == 1 else PRESTATAIRES
    book.table("Prestataire", columns, _prestataire_rows(case))
    book.mark(case, "preselection", tour)
    return book.close()


def render_liste(case: Case, result: preselect.Result) -> bytes:
    """The leviers kept and those left out, each with its reason and the share of each term."""
    board = "est embarqué" if result.prestataire_embarque else "n’est pas embarqué"
    guide = guide_of(
        case,
        "Leviers présélectionnés",
        (
            f"Feuille « Retenus » : les {len(result.retenus)} leviers à prioriser, les plus pertinents d’abord.",
            "Feuille « Écartés » : les autres leviers, avec la raison de chacun.",
            _grid(case),
            f"Les lignes orange relèvent du prestataire, qui {board} dans la démarche.",
        ),
        result.messages,
    )
    book = Book(guide)
    left = [place for place in result.places if not place.retenu]
    columns = list(_LISTE)
    if case.referentiel.format > 1:
        columns.insert(-2, _AISE)
    book.table("Retenus", columns, _liste_rows(case, result.retenus), formats=_POINTS, frozen=4)
    book.table("Écartés", columns, _liste_rows(case, left), formats=_POINTS, frozen=4)
    return book.close()


def _grid(case: Case) -> str:
    """What relevance adds up, by the format of the version."""
    if case.referentiel.format == 1:
        return "La pertinence est la somme de trois parts : besoin, ambition, priorité (grille du logiciel)."
    return (
        "Le socle vient d’abord : ce que la loi demande et la sécurité de base. La pertinence est la somme de quatre "
        "parts : besoin, ambition, priorité, facilité (grille du logiciel)."
    )


def _place(field: str) -> int:
    return next(place for place, column in enumerate(PRESELECTION) if column.field == field)


def _support_rows(case: Case, computed: preselect.Result) -> list[Row]:
    said = preselect.list_changes(_list_said(case), case.referentiel)[0]
    return [
        {
            **_carry_change(said.get(place.levier)),
            **named(case, place.levier),
            "propose": "oui" if place.retenu else "non",
            "pertinence": None if place.pertinence is None else percent(place.pertinence),
            "raison": place.explication,
        }
        for place in computed.places
    ]


def _list_said(case: Case) -> tuple[preselect.RetourPreselection, ...]:
    return case.values("preselection", preselect.RetourPreselection)


def _carry_change(said: preselect.Changement | None) -> Row:
    """What was already decided of a levier, in the cells where it is decided."""
    return {"decision": said.sens, "justification": said.justification} if said else {}


def _prestataire_rows(case: Case) -> list[Row]:
    """The four criteria, as they were last answered; before that, as the context has them."""
    contexte = case.result("collect", collect.Result).contexte
    said = contexte.prestataire if contexte else collect.Prestataire()
    site = objets = collect.Prestataire()
    for retour in _list_said(case):
        said, site, objets = preselect.read_criteria(retour, said), retour.site, retour.objets
    return [
        {
            "cle": key,
            "critere": label,
            "reponse": _yes_no(getattr(said, key)),
            "site": _yes_no(getattr(site, key)),
            "objets": _yes_no(getattr(objets, key)),
        }
        for key, label in CONTEXTE_RUBRIQUES
        if key in collect.Prestataire.model_fields
    ]


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else "oui" if value else "non"


def _liste_rows(case: Case, places: Iterable[preselect.Place]) -> Iterable[Row]:
    orange = load_look().couleurs["prestataire"]
    for rank, place in enumerate(places, start=1):
        row = _liste_row(case, rank, place)
        theirs = case.referentiel.leviers[place.levier].prestataire
        yield {key: Tone(value, orange) for key, value in row.items()} if theirs else row


def _liste_row(case: Case, rank: int, place: preselect.Place) -> dict[str, str | int | float | None]:
    levier = case.referentiel.leviers[place.levier]
    titles = [case.referentiel.leviers[item].titre for item in place.unite if item != place.levier]
    shares: dict[str, float | None] = {
        terme.nom: None if terme.valeur is None else float(percent(terme.part)) for terme in place.termes
    }
    return {
        "rang": rank,
        "levier": levier.id,
        "dimension": numbered(case.referentiel.dimension_of[levier.id]),
        "titre": levier.titre,
        "porte": "prestataire" if levier.prestataire else "collectivité",
        "motif": _MOTIFS[place.motif],
        "pertinence": None if place.pertinence is None else float(percent(place.pertinence)),
        **shares,
        "avec": "\n".join(titles),
        "explication": place.explication,
    }
