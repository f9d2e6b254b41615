"""The lint of what surrounds questions and leviers: figures, lists, factors, validations, calendar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from nr_models.referentiel.circuit import Circuit, Regle, Validation
from nr_models.referentiel.facteurs import Categorie
from nr_models.referentiel.faute import Faute
from nr_models.referentiel.parametres import Priorite
from nr_models.referentiel.referentiel import Referentiel
from nr_models.stages import BY_GATE, BY_SLUG
from nr_models.values.moyens import SLUGS
from nr_models.values.roles import Role

_HOURS = 24


def check_figures(referentiel: Referentiel) -> Iterator[Faute]:
    """Every mistake outside the dimensions."""
    for check in (
        _check_lists,
        _check_collection,
        _check_score,
        _check_weights,
        _check_targets,
        _check_factors,
        _check_circuit,
    ):
        yield from check(referentiel)
    yield from _check_calendar(referentiel)


def _check_lists(referentiel: Referentiel) -> Iterator[Faute]:
    lists = {
        "profils": referentiel.profils,
        "themes_reen": referentiel.themes_reen,
        "couts": referentiel.couts,
        "tailles": referentiel.tailles,
    }
    for name, items in lists.items():
        for slug in _twice(item.slug for item in items):
            message = f"« {slug} » est écrit deux fois dans « {name} » ; gardez-en un seul"
            yield _version(slug, "slug", message)
    for cout in referentiel.couts:
        if cout.max is not None and cout.max < cout.min:
            yield _version(cout.slug, "max", "le haut de la fourchette est sous le bas")
    if min((item.population_min for item in referentiel.tailles), default=1) != 0:
        yield _version("tailles", "population_min", "une taille doit partir de 0 habitant")
    if not referentiel.version.strip():
        yield _version("version", "version", "la version n’a pas de nom ; donnez-lui-en un")


def _check_score(referentiel: Referentiel) -> Iterator[Faute]:
    score = referentiel.parametres.score
    cuts = [level.des for level in score.maturites]
    if not cuts or cuts[0] != 0 or cuts != sorted(set(cuts)):
        yield _parameter("score.maturites", "les niveaux partent de 0 et vont en montant")
    for slug in _twice(level.slug for level in score.maturites):
        yield _parameter("score.maturites", f"« {slug} » est écrit deux fois ; gardez-en un seul")
    known = {dimension.slug for dimension in referentiel.dimensions}
    for slug in sorted(score.poids_dimensions.keys() - known):
        yield _parameter("score.poids_dimensions", f"la dimension « {slug} » n’existe pas", slug)


def _check_collection(referentiel: Referentiel) -> Iterator[Faute]:
    collecte, entretiens = referentiel.parametres.collecte, referentiel.parametres.entretiens
    categories = {item.slug for item in referentiel.facteurs.categories}
    for slug in sorted(set(collecte.inventaire_flash) - categories):
        yield _parameter("collecte.inventaire_flash", f"la catégorie « {slug} » n’existe pas")
    known = {item.slug for item in referentiel.profils}
    for slug in sorted(set(entretiens.profils_equipe) - known):
        yield _parameter("entretiens.profils_equipe", f"le profil « {slug} » n’existe pas")
    for name in ("minutes_equipe", "minutes_equipe_fractionnee", "minutes_autres", "minutes_restitution"):
        if getattr(entretiens, name) <= 0:
            yield _parameter(f"entretiens.{name}", "une durée doit être d’une minute au moins")
    for bloc, name in (
        ("entretiens", "minutes_notes"),
        ("collecte", "jours_avant_relance"),
        ("collecte", "jours_entre_relances"),
        ("collecte", "hypothese_retrait"),
    ):
        if getattr(referentiel.parametres, bloc).model_dump()[name] < 0:
            yield _parameter(f"{bloc}.{name}", "ce nombre ne peut pas être négatif")
    if collecte.hypothese_reponses_min <= 0:
        yield _parameter("collecte.hypothese_reponses_min", "il faut une réponse au moins pour proposer une hypothèse")


def _check_weights(referentiel: Referentiel) -> Iterator[Faute]:
    parametres = referentiel.parametres
    for name, figures in (
        ("score.poids_dimensions", parametres.score.poids_dimensions),
        ("priorisation.colleges", parametres.priorisation.colleges),
    ):
        for slug, weight in figures.items():
            if weight <= 0:
                yield _parameter(name, f"le poids de « {slug} » doit être supérieur à zéro", slug)
    weights = parametres.preselection.poids
    terms = (weights.besoin, weights.ambition, weights.priorite, weights.aise or 0)
    if sum(terms) != 1:
        yield _parameter("preselection.poids", "les poids doivent faire 1 ensemble", "besoin")
    if min(terms) < 0:
        yield _parameter("preselection.poids", "un poids ne peut pas être négatif", "besoin")
    for priorite in sorted(set(Priorite) - parametres.preselection.priorites.keys()):
        yield _parameter("preselection.priorites", f"il manque « {priorite} »", priorite)


def _check_targets(referentiel: Referentiel) -> Iterator[Faute]:
    parametres = referentiel.parametres
    for name, figures in (("preselection", parametres.preselection), ("selection", parametres.selection)):
        if not 0 < figures.min <= figures.cible <= figures.max:
            yield _parameter(name, "il faut min ≤ cible ≤ max, et min au-dessus de zéro", "cible")
    if not parametres.priorisation.note_min < parametres.priorisation.note_max:
        yield _parameter("priorisation.note_min", "la note la plus basse doit être sous la plus haute")
    for name, figure in (
        ("score.niveau_max", parametres.score.niveau_max),
        ("preselection.ambition_max", parametres.preselection.ambition_max),
        ("inventaire.heures_par_an", parametres.inventaire.heures_par_an),
    ):
        if figure <= 0:
            yield _parameter(name, "ce nombre doit être supérieur à zéro")
    for name, bloc in parametres:
        if not bloc.source.strip():
            yield _parameter(f"{name}.source", "ces nombres n’ont pas de source ; dites d’où ils viennent")


def _check_factors(referentiel: Referentiel) -> Iterator[Faute]:
    sources = [item.slug for item in referentiel.facteurs.electricite]
    if sum(item.defaut for item in referentiel.facteurs.electricite) != 1:
        yield _factor("electricite", "defaut", "un facteur, et un seul, doit être celui par défaut")
    for slug in _twice(sources):
        yield _factor(slug, "slug", "cette source d’électricité est écrite deux fois ; gardez-en une seule")
    seen: dict[str, str] = {}
    for categorie in referentiel.facteurs.categories:
        for word in (categorie.slug, *sorted({*categorie.synonymes} - {categorie.slug})):
            if word in seen:
                champ = "slug" if word == categorie.slug else "synonymes"
                yield _factor(categorie.slug, champ, f"« {word} » désigne déjà la catégorie « {seen[word]} »")
            seen.setdefault(word, categorie.slug)
        for champ, message in _factors(categorie, sources):
            yield _factor(categorie.slug, champ, message)


def _factors(categorie: Categorie, sources: Iterable[str]) -> Iterator[tuple[str, str]]:
    for factor in categorie.facteurs:
        if factor.source not in sources:
            yield "source", f"la source « {factor.source} » n’existe pas"
        for champ in ("fabrication_kg", "fabrication_reconditionne_kg", "kwh_an", "duree_vie_ans", "puissance_w"):
            if (getattr(factor, champ) or 0) < 0:
                yield champ, "un facteur ne peut pas être négatif"
    for slug in _twice(factor.source for factor in categorie.facteurs):
        yield "source", f"deux facteurs viennent de « {slug} » ; gardez-en un seul"


def _check_circuit(referentiel: Referentiel) -> Iterator[Faute]:
    roles = {role.value for role in Role}
    circuit = referentiel.validation
    named = {*circuit.suppleants, *circuit.suppleants.values(), circuit.temoin, *circuit.roles_sans_solitaire}
    named |= {role for step in circuit.relances for role in step.roles}
    twice = set(_twice(validation.gate for validation in circuit.validations))
    for validation in circuit.validations:
        named |= set(validation.roles)
        for champ, message in _validation(validation, twice):
            yield Faute(fichier="validation.yaml", entree=validation.gate, champ=champ, message=message)
    for gate in BY_GATE:
        if circuit.find(gate) is None:
            message = "cette validation manque ; dites qui décide"
            yield Faute(fichier="validation.yaml", entree=gate, champ="gate", message=message)
    for role in sorted(named - roles):
        yield Faute(fichier="validation.yaml", entree=role, champ="roles", message="ce rôle n’existe pas")
    for entry, champ, message in _reminders(circuit):
        yield Faute(fichier="validation.yaml", entree=entry, champ=champ, message=message)


def _reminders(circuit: Circuit) -> Iterator[tuple[str, str, str]]:
    for slug in _twice(step.slug for step in circuit.relances):
        yield slug, "slug", "cette relance est écrite deux fois ; gardez-en une seule"
    hours = circuit.calme
    if hours is not None and not 0 <= hours.matin < hours.soir <= _HOURS:
        yield "calme", "calme.matin", "l’heure du matin doit venir avant celle du soir, entre 0 et 24"


def _validation(validation: Validation, twice: set[str]) -> Iterator[tuple[str, str]]:
    if validation.gate not in BY_GATE:
        yield "gate", "aucune étape n’a cette validation"
    if validation.gate in twice:
        yield "gate", "cette validation est écrite deux fois ; gardez-en une seule"
    if not validation.roles:
        yield "roles", "personne ne décide ; nommez un rôle"
    if validation.regle is Regle.NOMBRE and not 1 <= validation.n <= len(validation.roles):
        yield "n", "n doit être entre 1 et le nombre de rôles"
    if not set(validation.requis) <= set(validation.roles):
        yield "requis", "un rôle obligatoire doit être un des rôles de cette validation"
    if validation.regle is Regle.NOMBRE and len(validation.requis) > validation.n:
        yield "requis", "il y a plus de rôles obligatoires que de voix demandées ; augmentez n"
    if validation.reconnaissance not in SLUGS:
        yield "reconnaissance", f"les valeurs possibles sont : {', '.join(SLUGS)}"
    if validation.jours_ouvres <= 0:
        yield "jours_ouvres", "le délai doit être d’un jour ouvré au moins"


def _check_calendar(referentiel: Referentiel) -> Iterator[Faute]:
    for line in referentiel.calendrier.durees:
        for stage in line.etapes:
            if stage not in BY_SLUG:
                message = "cette étape n’existe pas"
                yield Faute(fichier="calendrier.yaml", entree=stage, champ="etapes", message=message)
        if not 0 < line.semaines_min <= line.semaines_max:
            yield Faute(
                fichier="calendrier.yaml",
                entree=", ".join(line.etapes),
                champ="semaines_min",
                message="la durée la plus courte doit être au-dessus de zéro et sous la plus longue",
            )


def _factor(entry: str, champ: str, message: str) -> Faute:
    return Faute(fichier="facteurs.yaml", entree=entry, champ=champ, message=message)


def _version(entry: str, champ: str, message: str) -> Faute:
    return Faute(fichier="referentiel.yaml", entree=entry, champ=champ, message=message)


def _parameter(entry: str, message: str, champ: str = "") -> Faute:
    return Faute(fichier="parametres.yaml", entree=entry, champ=champ, message=message)


def _twice(slugs: Iterable[str]) -> list[str]:
    return [slug for slug, count in Counter(slugs).items() if count > 1]
