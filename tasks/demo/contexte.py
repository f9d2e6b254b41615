"""The context of a collectivité, as its référent writes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nr_models.dossier.case import Case, File
from nr_models.rules.collect import Prestataire
from nr_models.values.dates import french_date
from nr_models.values.roles import Role
from tasks.demo import phrases
from tasks.demo.chance import Source, happens, several, source
from tasks.demo.collecte import Filled, find_divergences, find_unknown, release
from tasks.demo.form import Form, Typed
from tasks.demo.portrait import Portrait
from tasks.office.columns import Column
from tasks.stages.collect.columns import (
    ACTIONS_ENGAGEES,
    AMBITIONS,
    ARBITRAGES,
    CONTEXTE_RUBRIQUES,
    DISPOSITIFS,
    HYPOTHESES,
)
from tasks.stages.collect.workbooks.supports import render_contexte

_MAX_HYPOTHESES = 15
_MAX_ARBITRAGES = 15


class Drawn(NamedTuple):
    """The file, and the codes of the anomalies that its typing mistakes should raise."""

    fichier: File
    coquilles: tuple[str, ...]


def draw_contexte(seed: int, case: Case, portrait: Portrait, filled: Sequence[Filled]) -> Drawn:
    """The context filled in; some contradictions settled, some unknowns assumed."""
    draws = source(seed, case.cle, "contexte")
    form = Form(render_contexte(case, 1))
    release(form)
    for key, label in CONTEXTE_RUBRIQUES:
        form.type_beside("Contexte", label, _fact(draws, key, case, portrait))
    slips = _type_ambitions(draws, form, case, portrait)
    _type_rows(form, "Dispositifs", DISPOSITIFS, [(text,) for text in several(draws, phrases.DISPOSITIFS, 1, 4)])
    engaged = [phrases.ENGAGED[at] for at in sorted(draws.sample(range(len(phrases.ENGAGED)), draws.randint(0, 3)))]
    _type_rows(form, "Actions engagées", ACTIONS_ENGAGEES, engaged)
    slips += _type_assumptions(draws, form, case, portrait, find_unknown(filled, case))
    settled = [
        (question, draws.choice(levels), draws.choice(phrases.SETTLEMENTS))
        for question, levels in find_divergences(filled, case.referentiel)
        if happens(draws, 1, 2)
    ]
    _type_rows(form, "Arbitrages", ARBITRAGES, settled[:_MAX_ARBITRAGES])
    return Drawn(File("Contexte de la collectivite.xlsx", form.save()), tuple(slips))


def _fact(draws: Source, key: str, case: Case, portrait: Portrait) -> Typed:
    """What is written beside a heading; criteria of a prestataire nobody has stay blank."""
    kind = portrait.kind
    if key == "perimetre":
        known = phrases.PERIMETERS if kind.nature == "commune" else phrases.COMMUNITY_PERIMETERS
        return " ; ".join([known[0], *several(draws, known[1:], 1, 3)])
    if key == "fournisseur_si":
        return _provider(portrait)
    if key == "annee_inventaire":
        return case.referentiel.date.year
    if key == "deee_kg_an":  # only who has its own DSI keeps the slips
        return 2 * (case.entree.collectivite.agents or 0) if kind.dsi_propre else None
    if key == "pue":
        return None
    assert key in Prestataire.model_fields
    if kind.prestataire == "aucun":
        return None
    return "oui" if kind.prestataire == "embarque" or key == "cooperation" else draws.choice(("non", "non", None))


def _provider(portrait: Portrait) -> str:
    if portrait.kind.dsi_propre:
        return "Notre direction du numérique"
    return "L’EPCI, par un service commun" if portrait.kind.prestataire == "aucun" else "Un prestataire d’infogérance"


def _type_ambitions(draws: Source, form: Form, case: Case, portrait: Portrait) -> list[str]:
    """An ambition by dimension, some left blank; yes or no by theme. Returns the codes of the slips."""
    top = case.referentiel.parametres.preselection.ambition_max
    dimensions = {item.slug for item in case.referentiel.dimensions}
    slip = draws.choice(sorted(dimensions)) if portrait.rang % 6 == 4 else ""
    for line in form.lines("Ambitions", AMBITIONS):
        key = line.textes["cle"]
        value: Typed = "oui" if happens(draws, 1, 4) else "non"
        if key in dimensions:
            value = None if happens(draws, 1, 7) else draws.randint(0, top)
        form.type_row("Ambitions", AMBITIONS, line.numero, {"ambition": "forte" if key == slip else value})
    return ["nombre-invalide"] if slip else []


def _type_assumptions(draws: Source, form: Form, case: Case, portrait: Portrait, unknown: list[str]) -> list[str]:
    """A hypothesis for most of what nobody knew; once in a while its date makes no sense."""
    author = next(item.nom for item in case.entree.holders(Role.REFERENT))
    day = case.referentiel.date
    assumed = [question for question in unknown if happens(draws, 3, 5)][:_MAX_HYPOTHESES]
    slips = ["date-invalide"] if assumed and portrait.rang % 4 == 3 else []
    rows: list[Sequence[Typed]] = []
    for question in assumed:
        when = "courant de la semaine" if slips and not rows else french_date(day)
        rows.append((question, draws.randint(0, 2), author, when, draws.choice(phrases.ASSUMPTIONS)))
    _type_rows(form, "Hypothèses", HYPOTHESES, rows)
    return slips


def _type_rows(form: Form, sheet: str, columns: Sequence[Column], rows: Sequence[Sequence[Typed]]) -> None:
    fields = [column.field for column in columns]
    for numero, row in enumerate(rows, start=1):
        form.type_row(sheet, columns, numero, dict(zip(fields, row, strict=False)))
