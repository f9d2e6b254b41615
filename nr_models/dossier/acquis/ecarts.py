"""What a version of a stage changes to another, in French: added, removed and why, values changed.

One teller reads two results as JSON, and the tables below say what is compared of each stage. A result that an older
version of the software wrote is read all the same: what it lacks is not told. No vote and no name of who answered is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.french import exact, joined, plural

_NAMED = 6
"""Lines told one by one: beyond, they are counted."""

_MOTS = {
    "gains-rapides": "gains rapides",
    "projets-majeurs": "projets majeurs",
    "complements": "compléments",
    "a-ecarter": "à écarter",
}
"""The zones of the matrix, as one reads them within a sentence."""


class Champ(NamedTuple):
    """A value that is compared: where it lies in a line or in the result (« note.affiche »), and what people call it.

    ``unite`` follows a number.
    """

    chemin: str
    nom: str
    unite: str = ""


class Tableau(NamedTuple):
    """Lines that are compared by their key.

    ``champ`` is where they lie, ``cle`` the field that names a line ("" : the line is its own name), ``un`` and
    ``plusieurs`` what a line is called; ``garde`` the field that must hold for a line to be in; ``nomme`` the field
    that says its name, the référentiel otherwise; ``pourquoi`` the field that says why it is in or not, ``ailleurs``
    where it is said why one is out; ``champs`` the values that are compared of a line in both.
    """

    champ: str
    cle: str
    un: str
    plusieurs: str
    feminin: bool = False
    garde: str = ""
    nomme: str = ""
    pourquoi: str = ""
    ailleurs: str = ""
    champs: tuple[Champ, ...] = ()


_NOTE = (
    Champ("note.affiche", "score", "%"),
    Champ("note.affiche_couverture", "couverture", "%"),
    Champ("note.maturite", "niveau"),
)
_GLOBALE = (
    Champ("globale.affiche", "score global", "%"),
    Champ("globale.affiche_couverture", "couverture", "%"),
    Champ("globale.maturite", "niveau"),
    Champ("inventaire.maitrisable.unites", "unités du parc"),
    Champ("inventaire.influence.unites", "unités du périmètre d’influence"),
)
_FICHE = (
    Champ("saisie.responsable", "responsable"),
    Champ("saisie.porteur", "porteur"),
    Champ("saisie.contributeurs", "contributeurs"),
    Champ("saisie.debut", "début"),
    Champ("saisie.fin", "fin"),
    Champ("saisie.moyens_humains", "moyens humains"),
    Champ("saisie.moyens_euros", "moyens en euros"),
    Champ("saisie.depenses", "dépenses"),
    Champ("saisie.actions", "actions"),
    Champ("saisie.resultats", "résultats attendus"),
    Champ("saisie.indicateurs", "indicateurs"),
    Champ("saisie.perimetre", "périmètre"),
    Champ("saisie.prerequis", "prérequis"),
    Champ("saisie.dispositifs", "lien avec les dispositifs existants"),
)

CHIFFRES: Mapping[str, tuple[Champ, ...]] = {
    "score": _GLOBALE,
    "restitute": (*_GLOBALE, Champ("entendus", "personnes entendues")),
    "preselect": (Champ("prestataire_embarque", "prestataire embarqué"),),
    "roadmap": (
        Champ("budget_total.euros", "budget total", "€"),
        Champ("budget_total.a_definir", "budgets à définir"),
        Champ("charge_totale", "charge totale", "jours"),
    ),
}
"""The values of a result that are compared by themselves, by stage."""

_FICHES = Tableau("fiches", "levier", "fiche", "fiches", feminin=True, nomme="titre", champs=_FICHE)
TABLEAUX: Mapping[str, tuple[Tableau, ...]] = {
    "score": (
        Tableau("dimensions", "dimension", "dimension", "dimensions", feminin=True, champs=_NOTE),
        Tableau(
            "hypotheses",
            "question",
            "hypothèse",
            "hypothèses",
            feminin=True,
            pourquoi="raison",
            champs=(Champ("niveau", "niveau"),),
        ),
        Tableau("divergences", "", "divergence", "divergences", feminin=True),
    ),
    "restitute": (
        Tableau("syntheses", "dimension", "dimension", "dimensions", feminin=True, nomme="titre", champs=_NOTE),
        Tableau("hypotheses", "question", "hypothèse", "hypothèses", feminin=True, nomme="question", pourquoi="raison"),
        Tableau("divergences", "question", "divergence", "divergences", feminin=True, nomme="question"),
        Tableau("actions_engagees", "action", "action engagée", "actions engagées", feminin=True, nomme="action"),
        Tableau("enseignements", "", "enseignement", "enseignements"),
    ),
    "preselect": (Tableau("places", "levier", "levier", "leviers", garde="retenu", pourquoi="explication"),),
    "prioritise": (
        Tableau("selection", "levier", "levier", "leviers", pourquoi="explication", ailleurs="non_retenus"),
        Tableau("consolidations", "levier", "levier noté", "leviers notés", champs=(Champ("quadrant", "zone"),)),
        Tableau("sans_voix", "", "levier sans voix", "leviers sans voix"),
    ),
    "fiche": (_FICHES,),
    "roadmap": (
        _FICHES,
        Tableau("points_durs", "explication", "point dur", "points durs", nomme="explication"),
    ),
}
"""The lines of a result that are compared, by stage."""


def tell_changes(
    stage: str, before: Mapping[str, Any], after: Mapping[str, Any], referentiel: Referentiel
) -> tuple[str, ...]:
    """What the result of a stage changes to an earlier one, a sentence a line; empty where nothing told changed."""
    noms = _list_names(referentiel)
    plain = (_tell_field(field, before, after, noms) for field in CHIFFRES.get(stage, ()))
    lines = [f"{said[0].upper()}{said[1:]}." for said in plain if said]
    for table in TABLEAUX.get(stage, ()):
        lines += _tell_table(table, before, after, noms)
    return tuple(lines)


def _list_names(referentiel: Referentiel) -> Mapping[str, str]:
    """What people call what a result holds by its id: leviers, questions, dimensions, levels, zones."""
    return {
        **_MOTS,
        **{item.slug: item.nom.lower() for item in referentiel.parametres.score.maturites},
        **{item.slug: item.nom for item in referentiel.dimensions},
        **{key: item.question for key, item in referentiel.questions.items()},
        **{key: item.titre for key, item in referentiel.leviers.items()},
    }


def _tell_table(
    table: Tableau, before: Mapping[str, Any], after: Mapping[str, Any], noms: Mapping[str, str]
) -> Iterator[str]:
    if table.champ not in before or table.champ not in after:
        return  # an older result did not say it
    old, new = _lines(table, before), _lines(table, after)
    added = [_named(table, key, new[key], noms, _why(table, key, after)) for key in new if key not in old]
    gone = [_named(table, key, old[key], noms, _why(table, key, after, out=True)) for key in old if key not in new]
    for said, participe in ((added, "ajouté"), (gone, "retiré")):
        if said:
            mark = f"{participe}{'e' if table.feminin else ''}{'s' if len(said) > 1 else ''}"
            yield f"{plural(len(said), table.un, table.plusieurs)} {mark} : {_some(said)}."
    changed = [_tell_line(table, key, old[key], new[key], noms) for key in new if key in old]
    told = [said for said in changed if said]
    yield from (f"{said}." for said in told[:_NAMED])
    if len(told) > _NAMED:
        yield f"Et {plural(len(told) - _NAMED, 'autre ligne changée', 'autres lignes changées')} de la même façon."


def _lines(table: Tableau, result: Mapping[str, Any]) -> dict[str, Any]:
    """The lines that are in, by key."""
    return {
        str(line[table.cle] if table.cle else line): line
        for line in result[table.champ]
        if not table.garde or line.get(table.garde)
    }


def _named(table: Tableau, key: str, line: Any, noms: Mapping[str, str], why: str) -> str:
    name = str(line[table.nomme]) if table.nomme else noms.get(key, key)
    return f"« {name.rstrip('.')} »{f' ({why})' if why else ''}"


def _why(table: Tableau, key: str, result: Mapping[str, Any], *, out: bool = False) -> str:
    """Why a line is in, or is there no more: the first sentence that says it; "" where none does."""
    if out and table.ailleurs:
        said = result.get(table.ailleurs, {}).get(key, "")
    else:
        said = next((line.get(table.pourquoi, "") for line in _all(table, result) if line.get(table.cle) == key), "")
    return str(said).partition(". ")[0].rstrip(".")


def _all(table: Tableau, result: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return result[table.champ] if table.pourquoi and table.cle else ()


def _tell_line(table: Tableau, key: str, before: Any, after: Any, noms: Mapping[str, str]) -> str:
    """« Titre » : ce qui a changé; "" where nothing did. Of what is a list, its name is enough."""
    told = [said for field in table.champs if (said := _tell_field(field, before, after, noms))]
    lists = [field.nom for field in table.champs if _is_other_list(field, before, after)]
    told += [f"{'aussi ' if told else ''}{joined(lists)}"] if lists else []
    return f"{_named(table, key, after, noms, '')} : {', '.join(told)}" if told else ""


def _is_other_list(field: Champ, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    old, new = _find(field.chemin, before), _find(field.chemin, after)
    return isinstance(old, list) and isinstance(new, list) and old != new


def _tell_field(field: Champ, before: Mapping[str, Any], after: Mapping[str, Any], noms: Mapping[str, str]) -> str:
    old, new = _find(field.chemin, before), _find(field.chemin, after)
    if old == new or _ABSENT in (old, new) or isinstance(new, list):
        return ""
    unit = f" {field.unite}" if field.unite else ""
    return f"{field.nom} : {_say(old, noms, unit)} → {_say(new, noms, unit)}"


class _Absent:
    """What a result of another version of the software does not say."""


_ABSENT = _Absent()


def _find(path: str, line: Any) -> Any:
    for name in path.split("."):
        if line is None:
            return None
        if not isinstance(line, Mapping) or name not in line:
            return _ABSENT
        line = line[name]
    return line


def _say(value: Any, noms: Mapping[str, str], unit: str = "") -> str:
    """A value as people read it."""
    if value in (None, ""):
        return "rien"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, Mapping):
        return str(value.get("saisie", ""))
    try:
        return f"{exact(Decimal(str(value)))}{unit}"
    except InvalidOperation:
        return noms.get(str(value), str(value))


def _some(items: Sequence[str]) -> str:
    rest = len(items) - _NAMED
    return ", ".join(items[:_NAMED]) + (f", et {plural(rest, 'autre')}" if rest > 0 else "")
