"""Versions of the référentiel on the terminal: an entry, a gap between two, what a move changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from nr_models.referentiel.evolution import ElementModifie, Evolution, Modification
from nr_models.referentiel.referentiel import Condition, Levier, Question, Referentiel
from nr_models.rules.deplacement import EffetDeplacement
from nr_models.stages import BY_GATE, BY_SLUG
from nr_models.values.french import plural

_SHOWN = 160  # characters of a text before or after
_INDICATORS = {"nombre": "nombre", "oui-non": "oui ou non", "texte": "texte"}


def print_gap(ecart: Evolution) -> None:
    """Entries added, removed and changed, then figures; one sentence when nothing changed."""
    click.echo(f"De la version {ecart.avant} à la version {ecart.apres} : {_count(ecart)}.")
    for title, entries in (("Ajouts", ecart.ajouts), ("Retraits", ecart.retraits)):
        _print_list(title, map(str, entries))
    if ecart.changements:
        click.echo("Changements :")
    for change in ecart.changements:
        click.echo(f"  {change}")
        for line in _fields(change):
            click.echo(f"    {line}")
    _print_list("Nombres et textes de la méthode", map(_field, ecart.chiffres))


def print_effect(effet: EffetDeplacement, validations: Iterable[str], old: Referentiel, new: Referentiel) -> None:
    """What a move changes in a dossier: answers, scores, leviers, validations."""
    print_gap(effet.ecart)
    _print_list("Réponses perdues (question retirée)", effet.perdues)
    _print_list("Réponses à relire (question ou grille réécrite)", effet.a_relire)
    _print_list("Réponses comptées autrement", effet.changees)
    _print_list("Questions jamais posées (sans réponse)", effet.nouvelles)
    names = {item.slug: item.nom for version in (old, new) for item in version.dimensions}
    _print_list(
        "Scores",
        (
            f"{names.get(item.dimension, 'Note globale')} : {_percent(item.avant)} → {_percent(item.apres)}"
            for item in effet.notes
        ),
    )
    titles = {item.id: item.titre for version in (old, new) for item in version.leviers.values()}
    for stage in effet.entrent:
        for word, found in (("entrent", effet.entrent[stage]), ("sortent", effet.sortent[stage])):
            _print_list(f"{BY_SLUG[stage].nom}, leviers qui {word}", (f"{item} {titles[item]}" for item in found))
    if not effet.ecart.vide:
        _print_list("Validations à redemander", (f"{gate} ({BY_GATE[gate].nom})" for gate in validations))
    if not (effet.perdues or effet.changees or effet.notes or any(effet.entrent.values())):
        click.echo("Ni réponse perdue, ni score changé, ni levier nouveau.")


def print_entry(entry: Question | Levier, referentiel: Referentiel) -> None:
    """One question or one levier, in full."""
    dimension = referentiel.dimension_of[entry.id]
    lines = _question(entry, referentiel) if isinstance(entry, Question) else _levier(entry, referentiel)
    click.echo(f"{entry.id} · {entry.question if isinstance(entry, Question) else entry.titre}")
    click.echo(f"Dimension {dimension.numero}, {dimension.nom}.")
    for line in filter(None, lines):
        click.echo(line)


def _question(item: Question, referentiel: Referentiel) -> Iterator[str]:
    profiles = {profil.slug: profil.nom for profil in referentiel.profils}
    yield item.precision
    yield f"Répondent : {', '.join(profiles[slug] for slug in item.profils)}. Poids : {item.poids}."
    yield "Dans le questionnaire flash." if item.flash else ""
    yield _condition(item.condition)
    yield _themes(item.themes_reen, referentiel)
    yield "Niveaux :"
    yield from (f"  {level} {sentence}" for level, sentence in enumerate(item.niveaux))
    yield "Leviers :"
    yield from (f"  {it.id} {it.titre}" for it in referentiel.leviers.values() if item.id in it.questions)


def _levier(item: Levier, referentiel: Referentiel) -> Iterator[str]:
    yield item.description
    yield f"Priorité : {item.priorite.nom}. Difficulté : {item.difficulte.nom}. Pilotes : {', '.join(item.pilotes)}."
    yield f"Levier du prestataire : {item.part_prestataire}" if item.prestataire else ""
    yield _condition(item.condition)
    yield _themes(item.themes_reen, referentiel)
    bands = {cout.slug: cout.nom for cout in referentiel.couts}
    for size in referentiel.tailles:
        cost, months = (getattr(part, size.slug) for part in (item.cout, item.duree_mois))
        load = f"{plural(getattr(item.charge_jh, size.slug), 'jour-homme', 'jours-hommes')}, " if item.charge_jh else ""
        yield f"{size.nom} : {bands[cost].lower()}, {load}{months} mois."
    for people, days in zip(referentiel.paliers, item.charges_jh, strict=False):
        yield f"Charge à {people} habitants : {str(days).replace('.', ',')} JH."
    yield from _listed("Résultats attendus", item.resultats_attendus)
    yield from _listed("Prérequis", item.prerequis)
    yield from _listed(
        "Actions", (f"{it.action} ({it.qui}, {plural(it.duree_semaines, 'semaine')})" for it in item.actions)
    )
    yield from _listed(
        "Indicateurs",
        (f"{it.libelle} ({it.unite or _INDICATORS[it.type]})" for it in item.indicateurs),
    )
    yield from _listed("Requiert", (f"{name} {referentiel.leviers[name].titre}" for name in item.requiert))
    yield from _listed("Répond à", (f"{name} {referentiel.questions[name].question}" for name in item.questions))
    yield from _listed("Fenêtres", (f"{it.question} : de {it.des} à {it.jusqu_a}" for it in item.fenetres))
    yield from _listed("Obligations", (referentiel.par_obligation[slug].nom for slug in item.obligations))
    yield f"Sécurité de base : {item.risque}" if item.risque else ""
    yield from _listed("Ressources", (f"{it.titre}, {it.adresse}" for it in item.ressources))
    yield f"Sources : {', '.join(item.sources)}." if item.sources else ""


def _listed(title: str, items: Iterable[str]) -> Iterator[str]:
    found = [f"  {item}" for item in items]
    if found:
        yield f"{title} :"
        yield from found


def _condition(condition: Condition) -> str:
    terms = []
    if condition.dsi_propre is not None:
        terms.append("a sa propre DSI" if condition.dsi_propre else "n’a pas de DSI propre")
    if condition.population_min is not None:
        terms.append(f"a {condition.population_min} habitants ou plus")
    if condition.population_max is not None:
        terms.append(f"a {condition.population_max} habitants ou moins")
    if condition.natures:
        terms.append(f"est : {', '.join(condition.natures)}")
    return f"Seulement si la collectivité {' et '.join(terms)}." if terms else ""


def _themes(slugs: Iterable[str], referentiel: Referentiel) -> str:
    names = [item.nom for item in referentiel.themes_reen if item.slug in set(slugs)]
    return f"Thèmes REEN : {', '.join(names)}." if names else ""


def _count(ecart: Evolution) -> str:
    if ecart.vide:
        return "rien ne change"
    counts = (
        (len(ecart.ajouts), "ajout"),
        (len(ecart.retraits), "retrait"),
        (len(ecart.changements), "entrée changée"),
        (len(ecart.chiffres), "nombre ou texte changé"),
    )
    many = {"entrée changée": "entrées changées", "nombre ou texte changé": "nombres ou textes changés"}
    return ", ".join(plural(count, word, many.get(word)) for count, word in counts if count)


def _fields(change: ElementModifie) -> Iterator[str]:
    return map(_field, change.champs)


def _field(item: Modification) -> str:
    return f"{item.champ} : {_short(item.avant)} → {_short(item.apres)}"


def _short(text: str | None) -> str:
    if text is None:
        return "(rien)"
    line = " / ".join(text.split("\n")) or "(vide)"
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _percent(value: object) -> str:
    return "sans note" if value is None else f"{value} %".replace(".", ",")


def _print_list(title: str, items: Iterable[str]) -> None:
    for line in _listed(title, items):
        click.echo(line)
