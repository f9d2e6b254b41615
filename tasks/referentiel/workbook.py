"""The whole référentiel as one workbook that a programme team edits, without YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from nr_models.referentiel.parametres import Priorite
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.controle import show_code
from tasks.office.columns import Column
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Row, Scalar
from tasks.office.workbook.guide import Guide
from tasks.referentiel.sheets import CHIFFRES, FEUILLES, NON, OUI, Champ, Chiffre, Sorte

_BLANK_ROWS = 20
_FROZEN = {"Questions": 3, "Leviers": 3, "Dimensions": 3}
_STEPS = (
    "Changez, ajoutez ou effacez des lignes dans les feuilles ; une ligne vide ne compte pas.",
    "Pour une question : écrivez ses cinq niveaux, et nommez-la dans la colonne Questions d’un levier.",
    "Pour un levier : écrivez aussi ses lignes dans les feuilles Actions et Indicateurs.",
    "Enregistrez au format .xlsx, sans renommer ni les feuilles, ni les titres de colonnes.",
    "Reprenez-le : « nr referentiel importer FICHIER.xlsx --version NOM --vers PROGRAMME/referentiel ».",
)
_NOTES = (
    "Identifiants : minuscules sans accent, chiffres, points et tirets. Ils relient les feuilles entre elles.",
    "Plusieurs textes dans une cellule : un par ligne (Alt + Entrée). Plusieurs mots : séparés par « ; ».",
    "Feuille Paramètres : la source et la date s’écrivent une fois par bloc. Pour peser un collège du vote, ajoutez "
    "une ligne « priorisation », « colleges.NOM » avec son poids.",
    "L’import dit chaque erreur par feuille et par cellule, et n’écrit rien tant qu’il en reste une.",
)


def render_referentiel(referentiel: Referentiel) -> bytes:
    """The workbook; what is read back from it has the same digest."""
    book = Book(_guide(referentiel), protected=False)
    lists = {
        "dimensions": [item.slug for item in referentiel.dimensions],
        "couts": [item.slug for item in referentiel.couts],
        "electricite": [item.slug for item in referentiel.facteurs.electricite],
    }
    rows = _rows(referentiel)
    for name, sheet in FEUILLES.items():
        book.table(
            name,
            [_column(champ) for champ in sheet.champs],
            [{champ.chemin: _cell(champ, row) for champ in sheet.champs} for row in rows[name]],
            blank=_BLANK_ROWS,
            choices={champ.chemin: lists[champ.parmi] for champ in sheet.champs if champ.parmi},
            frozen=_FROZEN.get(name, 1),
        )
    return book.close()


def _guide(referentiel: Referentiel) -> Guide:
    facts = (
        ("Version", referentiel.version),
        ("Code de contrôle", show_code(referentiel.empreinte)),
        ("Contient", f"{len(referentiel.questions)} questions, {len(referentiel.leviers)} leviers"),
        ("Méthode", referentiel.credit),
    )
    return Guide("Le référentiel, à modifier", facts, _STEPS, _NOTES)


def _column(champ: Champ) -> Column:
    """Lists that the version itself holds only warn: an entry may be typed before what it names."""
    choices: tuple[str, ...] = (OUI, NON) if champ.sorte is Sorte.OUI_NON else ()
    if champ.sorte is Sorte.CHOIX:
        choices = tuple(champ.choix.values())
    return Column(champ.chemin, champ.titre, champ.largeur, True, champ.requis and not champ.parmi, choices)


def _rows(referentiel: Referentiel) -> dict[str, list[Mapping[str, Any]]]:
    """The entries of each sheet, as plain mappings."""
    content, vote = referentiel.model_dump(), referentiel.parametres.priorisation
    content["parametres"]["priorisation"]["detail_voix_min"] = vote.detail_voix_min  # silent at its default
    dimensions, facteurs, circuit = content["dimensions"], content["facteurs"], content["validation"]
    leviers = [levier for dimension in dimensions for levier in dimension["leviers"]]
    return {
        "Dimensions": dimensions,
        "Questions": _under("dimension", "slug", dimensions, "questions"),
        "Leviers": _under("dimension", "slug", dimensions, "leviers"),
        "Actions": _under("levier", "id", leviers, "actions"),
        "Indicateurs": _under("levier", "id", leviers, "indicateurs"),
        "Fenêtres": _under("levier", "id", leviers, "fenetres"),
        "Ressources": _under("levier", "id", leviers, "ressources"),
        "Obligations": content.get("obligations", []),
        "Chiffres des obligations": _under("obligation", "slug", content.get("obligations", []), "chiffres"),
        "DINUM": _under("dimension", "slug", dimensions, "dinum"),
        "Catégories": facteurs["categories"],
        "Facteurs": _under("categorie", "slug", facteurs["categories"], "facteurs"),
        "Électricité": facteurs["electricite"],
        "Paramètres": list(_figures(content)),
        "Maturités": content["parametres"]["score"]["maturites"],
        "Validation": circuit["validations"],
        "Suppléants": [{"role": role, "suppleant": other} for role, other in circuit["suppleants"].items()],
        "Relances": circuit["relances"],
        "Calendrier": content["calendrier"]["durees"],
        "Profils": content["profils"],
        "Thèmes REEN": content["themes_reen"],
        "Coûts": content["couts"],
        "Tailles": content["tailles"],
    }


def _under(field: str, key: str, owners: Iterable[Mapping[str, Any]], part: str) -> list[Mapping[str, Any]]:
    return [{field: owner[key], **item} for owner in owners for item in owner.get(part, ())]


def _figures(content: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The rows of the sheet Paramètres; source and date on the first row of each block."""
    blocks = {
        "referentiel": content,
        **content["parametres"],
        "validation": content["validation"],
        "calendrier": content["calendrier"],
    }
    begun = {"referentiel"}
    for chiffre in CHIFFRES:
        bloc = blocks[chiffre.bloc]
        for name in _names(chiffre, content, bloc):
            row = {"bloc": chiffre.bloc, "nom": name, "valeur": _figure(chiffre, bloc, name), "sens": chiffre.sens}
            if chiffre.bloc not in begun:
                row |= {"source": bloc["source"], "date": bloc["date"]}
                begun.add(chiffre.bloc)
            yield row


def _names(chiffre: Chiffre, content: Mapping[str, Any], bloc: Mapping[str, Any]) -> list[str]:
    if not chiffre.nom.endswith(".*"):
        return [chiffre.nom]
    start = chiffre.nom.removesuffix(".*")
    known = {
        "poids_dimensions": [item["slug"] for item in content["dimensions"]],
        "priorites": [item.value for item in Priorite],
    }
    return [f"{start}.{slug}" for slug in dict.fromkeys((*known.get(start, ()), *bloc.get(start, ())))]


def _figure(chiffre: Chiffre, bloc: Mapping[str, Any], name: str) -> Scalar:
    champ = Champ(name, "", chiffre.sorte, choix=chiffre.choix)
    start, _, slug = name.partition(".")
    if chiffre.nom.endswith(".*"):
        value: Decimal | None = bloc[start].get(slug)
        return value
    return _cell(champ, bloc) if name else None


def _cell(champ: Champ, row: Row | Mapping[str, Any]) -> Scalar:
    """The value of a field, as people read and type it."""
    value: Any = row
    for step in champ.chemin.split("."):
        if isinstance(value, tuple):
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if value is not None else None
    match champ.sorte, value:
        case _, None:
            return None
        case Sorte.LIGNES, _:
            return "\n".join(value)
        case Sorte.LISTE, _:
            return " ; ".join(map(str, value))
        case Sorte.CHOIX_LISTE, _:
            return " ; ".join(champ.choix.get(item, item) for item in value)
        case Sorte.CHOIX, _:
            return champ.choix.get(value, str(value))
        case Sorte.OUI_NON, _:
            return OUI if value else NON
        case _, date():
            return f"{value:%d/%m/%Y}"
    return value  # type: ignore[no-any-return]
