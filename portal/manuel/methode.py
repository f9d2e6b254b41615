"""The référentiel as one page that a person reads: dimensions, questions, leviers, figures, sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from nr_models.referentiel.circuit import Circuit, Regle
from nr_models.referentiel.parametres import Bloc
from nr_models.referentiel.referentiel import Condition, Dimension, Levier, Question, Referentiel
from nr_models.stages import BY_GATE, BY_SLUG
from nr_models.values.controle import show_code
from nr_models.values.dates import french_date
from nr_models.values.french import number, plural
from nr_models.values.frozen import Frozen
from nr_models.values.roles import Role

_KINDS = {
    "commune": "commune",
    "epci": "EPCI",
    "departement": "département",
    "region": "région",
    "syndicat": "syndicat",
}
_INDICATORS = {"nombre": "nombre", "oui-non": "oui ou non", "texte": "texte"}


def render_methode(referentiel: Referentiel) -> str:
    """The whole référentiel in Markdown."""
    lines = [
        f"# La méthode, version {referentiel.version}",
        "",
        f"{_sentence(referentiel.credit)} Version du {french_date(referentiel.date)}, "
        f"code de contrôle `{show_code(referentiel.empreinte)}`. {len(referentiel.questions)} questions, "
        f"{len(referentiel.leviers)} leviers, {len(referentiel.dimensions)} dimensions.",
        "",
        f"Page produite depuis `templates/referentiel/{referentiel.version}/` par "
        "`python -m portal.manuel.documentation` : pour changer la méthode, on change ces fichiers.",
        "",
        *(f"{item.numero}. [{item.nom}](#{item.slug})" for item in referentiel.dimensions),
        "",
        "Puis : [les nombres de la méthode](#nombres), [le circuit de validation](#validation), "
        "[le calendrier](#calendrier), [les facteurs d’impact](#facteurs), [les pratiques de la DINUM](#dinum).",
        "",
        *(line for item in referentiel.dimensions for line in _dimension(item, referentiel)),
        *_obligations(referentiel),
        *_figures(referentiel),
        *_circuit(referentiel),
        *_calendar(referentiel),
        *_factors(referentiel),
        *_dinum(referentiel),
    ]
    return "\n".join(lines)


def _dimension(item: Dimension, referentiel: Referentiel) -> Iterator[str]:
    yield from (f'<a id="{item.slug}"></a>', "", f"## {item.numero}. {item.nom}", "", item.definition, "")
    yield from ("Elle comprend :", "", *(f"- {line}" for line in item.inclut), "")
    yield from ("Elle ne comprend pas :", "", *(f"- {line}" for line in item.exclut), "")
    yield from ("### Questions", "")
    for question in item.questions:
        yield from _question(question, referentiel)
    yield from ("### Leviers", "")
    for levier in item.leviers:
        yield from _levier(levier, referentiel)


def _question(item: Question, referentiel: Referentiel) -> Iterator[str]:
    profiles = {profil.slug: profil.nom for profil in referentiel.profils}
    leviers = [levier.id for levier in referentiel.leviers.values() if item.id in levier.questions]
    facts = [
        f"Répondent : {', '.join(profiles[slug] for slug in item.profils)}.",
        f"Poids {_fr(item.poids)}.",
        "Dans le questionnaire court." if item.flash else "",
        _condition(item.condition),
        _themes(item.themes_reen, referentiel),
        _duties(item, referentiel),
        f"Mène à : {_links(leviers)}." if leviers else "",
    ]
    yield from (f'<a id="{item.id}"></a>', "", f"#### {item.id} · {item.question}", "", item.precision, "")
    yield from (" ".join(filter(None, facts)), "", "| Niveau | Réponse |", "| --- | --- |")
    yield from (f"| {level} | {sentence} |" for level, sentence in enumerate(item.niveaux))
    yield ""


def _levier(item: Levier, referentiel: Referentiel) -> Iterator[str]:
    yield from (f'<a id="{item.id}"></a>', "", f"#### {item.id} · {item.titre}", "", item.description, "")
    yield from (*(f"- {fact}" for fact in _facts(item, referentiel) if fact), "")
    yield from ("Résultats attendus :", "", *(f"- {line}" for line in item.resultats_attendus), "")
    if item.prerequis:
        yield from ("Prérequis :", "", *(f"- {line}" for line in item.prerequis), "")
    yield from ("| Action | Qui | Durée |", "| --- | --- | --- |")
    yield from (f"| {step.action} | {step.qui} | {_weeks(step.duree_semaines)} |" for step in item.actions)
    yield from ("", "| Indicateur | Se note |", "| --- | --- |")
    for mark in item.indicateurs:
        yield f"| {mark.libelle} | {_INDICATORS[mark.type]}{f' ({mark.unite})' if mark.unite else ''} |"
    yield ""


def _facts(item: Levier, referentiel: Referentiel) -> list[str]:
    bands = {cout.slug: cout.nom for cout in referentiel.couts}
    sizes = {taille.slug: taille.nom for taille in referentiel.tailles}
    figures = " ; ".join(
        f"{name[0].lower()}{name[1:]} : {bands[getattr(item.cout, size)].lower()}, "
        f"{_days(item, size)}{getattr(item.duree_mois, size)} mois"
        for size, name in sizes.items()
    )
    return [
        f"Priorité {item.priorite.points} {item.priorite.nom}. "
        f"Difficulté {item.difficulte.points} {item.difficulte.nom}.",
        "**Levier du prestataire** quand il n’y a pas de DSI." if item.prestataire else "",
        f"Part du prestataire : {_sentence(item.part_prestataire)}" if item.part_prestataire else "",
        f"Pilotes : {', '.join(item.pilotes)}.",
        f"Requiert : {_links(item.requiert)}." if item.requiert else "",
        f"Répond à : {_links(item.questions)}.",
        _windows(item),
        _condition(item.condition),
        _themes(item.themes_reen, referentiel),
        f"Ordres de grandeur : {figures}.",
        _loads(item, referentiel),
        _BORNE.get(item.porte or "", ""),
        _duties(item, referentiel),
        f"Sécurité de base : {item.risque}" if item.risque else "",
        *(f"Ressource : [{link.titre}]({link.adresse})." for link in item.ressources),
        f"Source : {', '.join(item.sources)}." if item.sources else "",
    ]


_BORNE = {
    "seule": "La collectivité le porte seule.",
    "avec-epci": "La collectivité le porte avec son EPCI.",
    "par-epci": "L’EPCI le porte pour ses communes.",
}


def _days(item: Levier, size: str) -> str:
    return f"{_fr(getattr(item.charge_jh, size))} jours-hommes, " if item.charge_jh else ""


def _loads(item: Levier, referentiel: Referentiel) -> str:
    """The load at each size of the version, in the second format."""
    if not item.charges_jh:
        return ""
    pairs = zip(referentiel.paliers, item.charges_jh, strict=True)
    return f"Charge : {', '.join(f'{_fr(days)} JH à {size} habitants' for size, days in pairs)}."


def _windows(item: Levier) -> str:
    said = [f"{link.question} des niveaux {link.des} à {link.jusqu_a}" for link in item.fenetres]
    return f"Sert, puis est en place : {', '.join(said)}." if said else ""


def _duties(item: Question | Levier, referentiel: Referentiel) -> str:
    names = [f"[{referentiel.par_obligation[slug].nom}](#obligation-{slug})" for slug in item.obligations]
    return f"Obligation : {', '.join(names)}." if names else ""


def _obligations(referentiel: Referentiel) -> Iterator[str]:
    if referentiel.obligations:
        yield from ("## Les obligations", "")
    for item in referentiel.obligations:
        yield from (f'<a id="obligation-{item.slug}"></a>', "", f"### {item.nom}", "", _sentence(item.demande), "")
        since = f", depuis le {french_date(item.depuis)}" if item.depuis else ""
        facts = [f"{item.texte}{since}.", _condition(item.condition)]
        facts += [f"À partir du {french_date(figure.depuis)} : {figure.valeur}." for figure in item.chiffres]
        facts.append(f"[{item.source.titre}]({item.source.adresse}), vérifié le {french_date(item.verifie_le)}.")
        yield from (" ".join(filter(None, facts)), "")


def _figures(referentiel: Referentiel) -> Iterator[str]:
    yield from ('<a id="nombres"></a>', "", "## Les nombres de la méthode", "")
    yield from ("Dans `parametres.yaml` ; les clés ci-dessous sont celles du fichier.", "")
    for name, bloc in referentiel.parametres:
        yield from (f"### {name}", "", _source(bloc), "", "| Clé | Valeur |", "| --- | --- |")
        for key, value in bloc:
            silent = key in getattr(bloc, "younger", ()) and not value
            if key not in Bloc.model_fields and not silent:
                yield f"| `{key}` | {_value(value)} |"
        yield ""


def _circuit(referentiel: Referentiel) -> Iterator[str]:
    circuit = referentiel.validation
    yield from ('<a id="validation"></a>', "", "## Le circuit de validation", "", _source(circuit), "")
    yield from ("| Validation | Après | Rôles | Règle | Jours ouvrés |", "| --- | --- | --- | --- | --- |")
    for item in circuit.validations:
        rule = f"{item.n} voix" if item.regle is Regle.NOMBRE else item.regle.nom
        ordered = ", dans cet ordre" if item.ordre else ""
        yield (
            f"| `{item.gate}`, {item.nom} | {BY_GATE[item.gate].nom} | {_roles(item.roles)} "
            f"| {rule}{ordered} | {item.jours_ouvres} |"
        )
    substitutes = " ; ".join(f"{Role(role).nom} → {Role(other).nom}" for role, other in circuit.suppleants.items())
    yield from ("", f"Quand personne ne tient un rôle, il passe au suppléant : {substitutes}.", "")
    yield from (
        f"Quand une seule personne, référente du dossier, aurait à décider ({_roles(circuit.roles_sans_solitaire)}), "
        f"un témoin décide aussi : {Role(circuit.temoin).nom}.",
        "",
    )
    yield from _reminders(circuit)


def _reminders(circuit: Circuit) -> Iterator[str]:
    yield from ("Le silence n’approuve jamais : il rappelle, puis il alerte.", "")
    yield from ("| Relance | Jours ouvrés | Qui est prévenu |", "| --- | --- | --- |")
    for step in circuit.relances:
        place = "avant" if step.jours < 0 else "après"
        when = f"{abs(step.jours)} {place} l’échéance" if step.jours else "le jour de l’échéance"
        yield f"| `{step.slug}` | {when} | {_roles(step.roles) or 'les personnes attendues'} |"
    if circuit.calme:
        yield from (
            "",
            f"Une relance part un jour ouvré entre {circuit.calme.matin} h et {circuit.calme.soir} h, heure de Paris ; "
            "hors de ces heures, elle attend. Les jours fériés sont ceux de toute la France.",
        )
    yield ""


def _calendar(referentiel: Referentiel) -> Iterator[str]:
    yield from ('<a id="calendrier"></a>', "", "## Le calendrier indicatif", "", _source(referentiel.calendrier), "")
    yield from ("| Étapes | Semaines |", "| --- | --- |")
    for item in referentiel.calendrier.durees:
        names = ", ".join(BY_SLUG[slug].nom for slug in item.etapes)
        yield f"| {names} | {item.semaines_min} à {item.semaines_max} |"
    yield ""


def _factors(referentiel: Referentiel) -> Iterator[str]:
    yield from ('<a id="facteurs"></a>', "", "## Les facteurs d’impact", "")
    yield from ("Une empreinte ne mélange jamais deux sources. Ce qu’une source n’a pas n’est pas calculé.", "")
    yield from ("| Électricité | kgCO2e par kWh | Année | Source |", "| --- | --- | --- | --- |")
    for item in referentiel.facteurs.electricite:
        default = ", par défaut" if item.defaut else ""
        yield f"| `{item.slug}`{default} | {_fr(item.facteur)} | {item.annee} | {item.source} |"
    yield from ("", "| Équipement | Fabrication, kgCO2e | kWh par an | Durée de vie, ans | Source | Remarque |")
    yield "| --- | --- | --- | --- | --- | --- |"
    for category in referentiel.facteurs.categories:
        if not category.facteurs:
            yield f"| {category.nom} | – | – | – | aucune | non calculé |"
        for factor in category.facteurs:
            figures = " | ".join(map(_fr, (factor.fabrication_kg, factor.kwh_an, factor.duree_vie_ans)))
            yield f"| {category.nom} | {figures} | `{factor.source}`, {factor.annee} | {factor.remarque or ''} |"
    yield ""


def _dinum(referentiel: Referentiel) -> Iterator[str]:
    yield from ('<a id="dinum"></a>', "", "## Les pratiques de la DINUM", "")
    yield from (
        "Guide « bonnes pratiques numérique responsable pour les organisations » (DINUM, Licence Ouverte 2.0) : "
        "par quel levier chaque pratique est couverte. Les rédactions sont les nôtres.",
        "",
    )
    yield from ("| Pratique | Levier |", "| --- | --- |")
    for dimension in referentiel.dimensions:
        for item in dimension.dinum:
            covered = f"{_links([item.levier])} · {referentiel.leviers[item.levier].titre}" if item.levier else ""
            yield f"| {item.id} | {covered or f'non reprise : {item.refus}'} |"
    yield ""


def _source(bloc: Bloc) -> str:
    return f"Source : {bloc.source}, {french_date(bloc.date)}."


def _value(value: Any) -> str:
    """A figure of the method as its reader expects it."""
    if isinstance(value, (tuple, list)):
        return ", ".join(map(_value, value))
    if isinstance(value, Frozen):
        value = {key: item for key, item in value if item is not None}
        if "nom" in value:
            return f"{value['nom']} dès {_fr(value['des'])} %"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_value(item)}" for key, item in value.items()) or "aucun"
    return _fr(value)


def _condition(condition: Condition) -> str:
    found = []
    if condition.agents_min is not None:
        found.append(f"a au moins {condition.agents_min} agents")
    if condition.dsi_propre is not None:
        found.append("a sa propre DSI" if condition.dsi_propre else "n’a pas sa propre DSI")
    if condition.population_min is not None:
        found.append(f"compte au moins {number(condition.population_min)} habitants")
    if condition.population_max is not None:
        found.append(f"compte au plus {number(condition.population_max)} habitants")
    if condition.natures:
        found.append(f"est : {' ou '.join(_KINDS[nature] for nature in condition.natures)}")
    return f"Seulement si la collectivité {' et '.join(found)}." if found else ""


def _themes(slugs: Iterable[str], referentiel: Referentiel) -> str:
    names = [item.nom for item in referentiel.themes_reen if item.slug in set(slugs)]
    return f"Loi REEN : {', '.join(names)}." if names else ""


def _links(ids: Iterable[str]) -> str:
    return ", ".join(f"[{item}](#{item})" for item in ids)


def _roles(roles: Iterable[str]) -> str:
    return ", ".join(Role(role).nom for role in roles)


def _weeks(count: int) -> str:
    return plural(count, "semaine")


def _sentence(text: str) -> str:
    bare = text.strip()
    return f"{bare[0].upper()}{bare[1:]}{'' if bare.endswith('.') else '.'}"


def _fr(value: Decimal | int | str | None) -> str:
    return "–" if value is None else str(value).replace(".", ",")
