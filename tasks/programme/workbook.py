"""The registry as a workbook: collectivités, people, sources; it reads back as it was."""

from __future__ import annotations

from collections.abc import Iterable

from nr_models.dossier.registre import Collectivite, Personne, Registre
from nr_models.values.french import plural
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Row
from tasks.office.workbook.guide import Guide
from tasks.programme.columns import COLLECTIVITES, EVERYONE, PERSONNES, SOURCES

_BLANK_LINES = 30
_JOIN = " ; "
_STEPS = (
    "Feuille « Collectivités » : une ligne chacune, avec son SIREN ; l’identifiant est un nom court, sans accent.",
    f"Feuille « Personnes » : une ligne par personne et par collectivité ; « {EVERYONE} » pour tout le programme.",
    "Plusieurs rôles ou profils dans une case : séparez-les par des points-virgules.",
    "Feuille « Sources » : où lire l’inventaire, si une source existe ; un secret s’y nomme, il ne s’y écrit jamais.",
    "Ce que vous ne savez pas reste vide : la suite dit ce qui manque et pourquoi.",
)


def render_registre(registre: Registre) -> bytes:
    """The three sheets; a person of every collectivité of the programme appears once."""
    count = len(registre.entrees)
    fact = plural(count, "collectivité")
    book = Book(Guide("Registre du programme", (("Contenu", fact),), _STEPS))
    book.table(
        "Collectivités", COLLECTIVITES, (_town_row(item.collectivite) for item in registre.entrees), blank=_BLANK_LINES
    )
    book.table("Personnes", PERSONNES, _people_rows(registre), blank=_BLANK_LINES)
    book.table("Sources", SOURCES, (item.model_dump() for item in registre.sources), blank=_BLANK_LINES)
    return book.close()


def _town_row(collectivite: Collectivite) -> Row:
    own = {None: "", True: "oui", False: "non"}[collectivite.dsi_propre]
    return {**collectivite.model_dump(), "dsi_propre": own}


def _people_rows(registre: Registre) -> Iterable[Row]:
    everyone = _everyone(registre)
    for personne in everyone:
        yield _person_row(EVERYONE, personne)
    for entree in registre.entrees:
        for personne in entree.personnes:
            if personne not in everyone:
                yield _person_row(entree.collectivite.slug, personne)


def _everyone(registre: Registre) -> tuple[Personne, ...]:
    """People who are the same in every collectivité, when there are several."""
    first, *others = registre.entrees or (None,)
    if first is None or not others:
        return ()
    return tuple(item for item in first.personnes if all(item in entree.personnes for entree in others))


def _person_row(collectivite: str, personne: Personne) -> Row:
    return {
        "collectivite": collectivite,
        "nom": personne.nom,
        "mail": personne.mail,
        "roles": _JOIN.join(personne.roles),
        "profils": _JOIN.join(personne.profils),
        "direction": personne.direction,
        "college": personne.college,
    }
