"""The lint of what the second format adds: windows, loads, who carries, resources, ranks, socle, obligations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

from nr_models.referentiel.faute import Faute, file_of
from nr_models.referentiel.obligation import NATURES, Obligation
from nr_models.referentiel.parametres import Difficulte
from nr_models.referentiel.referentiel import Dimension, Levier, Question, Referentiel

Said = tuple[str, str]
"""What is wrong with an entry: the field, and the sentence."""


def check_format(referentiel: Referentiel) -> Iterator[Faute]:
    """Every mistake in what a version of the second format must say; nothing for one of the first."""
    yield from _check_obligations(referentiel)
    if referentiel.format == 1:
        return
    yield from _check_preselection(referentiel)
    for dimension in referentiel.dimensions:
        ranks = Counter(levier.rang for levier in dimension.leviers if levier.rang is not None)
        for levier in dimension.leviers:
            said = [*_links(levier, referentiel), *_content(levier, referentiel), *_rank(levier, ranks)]
            for champ, message in said:
                yield Faute(fichier=file_of(dimension), entree=levier.id, champ=champ, message=message)


def check_dates(referentiel: Referentiel, today: date) -> Iterator[Faute]:
    """The obligations whose reading is more than twelve months old."""
    for item in referentiel.obligations:
        read = item.verifie_le
        if (read.year + 1, read.month, read.day) < (today.year, today.month, today.day):
            message = f"vérifiée le {item.verifie_le:%d/%m/%Y}, il y a plus de douze mois ; relisez le texte"
            yield _obligation(item, "verifie_le", message)


def _check_preselection(referentiel: Referentiel) -> Iterator[Faute]:
    parametres = referentiel.parametres.preselection
    if not referentiel.paliers or list(referentiel.paliers) != sorted(set(referentiel.paliers)):
        message = "il faut les populations où la charge est dite, de la plus petite à la plus grande"
        yield Faute(fichier="referentiel.yaml", entree="paliers", champ="paliers", message=message)
    if len(parametres.capacites) != len(referentiel.paliers) or min(parametres.capacites, default=1) <= 0:
        yield _parameter("capacites", "il faut une capacité au-dessus de zéro par taille de la version")
    for difficulte in sorted(set(Difficulte) - parametres.aises.keys()):
        yield _parameter("aises", f"il manque « {difficulte} »")
    for name, part in (("part_trop_tot", parametres.part_trop_tot), ("part_non_posee", parametres.part_non_posee)):
        if part is None or not 0 <= part <= 1:
            yield _parameter(name, "il faut une part entre 0 et 1")
    if parametres.poids.aise is None:
        yield _parameter("poids", "il manque la part de la facilité")


def _links(levier: Levier, referentiel: Referentiel) -> Iterator[Said]:
    """A window for each link, no other, within the grid."""
    top = referentiel.parametres.score.niveau_max
    windows = Counter(item.question for item in levier.fenetres)
    for question in levier.questions:
        if windows[question] != 1:
            yield "questions", f"il faut une fenêtre, et une seule, pour « {question} »"
    for place, item in enumerate(levier.fenetres, start=1):
        if item.question not in levier.questions:
            yield f"fenetres.{place}.question", f"le levier ne répond pas à « {item.question} »"
        if not 0 <= item.des < item.jusqu_a <= top:
            yield f"fenetres.{place}.des", f"il faut 0 ≤ dès < jusqu’à ≤ {top}"
        if item.attendu is not None and not 0 < item.attendu <= item.jusqu_a:
            yield f"fenetres.{place}.attendu", "le niveau attendu va de 1 au niveau où le levier est en place"


def _content(levier: Levier, referentiel: Referentiel) -> Iterator[Said]:
    expected = any(item.attendu is not None for item in levier.fenetres)
    if not any(text.strip() for text in levier.prerequis):
        yield "prerequis", "aucun prérequis ; écrivez-en un, ou « aucun »"
    if not levier.ressources:
        yield "ressources", "aucune ressource ; nommez-en une, avec son adresse"
    for place, link in enumerate(levier.ressources, start=1):
        if not link.titre.strip() or not link.adresse.startswith("https://"):
            yield f"ressources.{place}.adresse", "une ressource a un titre et une adresse en https"
    if len(levier.charges_jh) != len(referentiel.paliers) or min(levier.charges_jh, default=1) <= 0:
        yield "charges_jh", "il faut une charge au-dessus de zéro par taille de la version"
    if levier.porte is None:
        yield "porte", "dites qui le porte : la collectivité seule, avec l’EPCI, ou l’EPCI"
    if levier.prestataire != (levier.fournisseur is not None):
        yield "fournisseur", "un levier orange nomme son prestataire (si, site ou objets), et lui seul"
    if (levier.risque and not expected) or (expected and not (levier.obligations or levier.risque)):
        yield "obligations", "un levier du socle a une obligation ou un risque, et un niveau attendu"
    if expected and levier.prestataire:
        yield "prestataire", "ce que la loi ou la sécurité demande se décide en mairie : ce levier ne peut être orange"


def _rank(levier: Levier, ranks: Counter[int]) -> Iterator[Said]:
    if levier.rang is None:
        yield "rang", "aucun rang ; dites à quel tour un expert le prendrait dans sa dimension"
    elif ranks[levier.rang] > 1:
        yield "rang", f"deux leviers de la dimension ont le rang {levier.rang}"


def _check_obligations(referentiel: Referentiel) -> Iterator[Faute]:
    counts = Counter(item.slug for item in referentiel.obligations)
    named: set[str] = set()
    for dimension in referentiel.dimensions:
        entries: tuple[Question | Levier, ...] = (*dimension.questions, *dimension.leviers)
        for entry in entries:
            named |= set(entry.obligations)
            yield from _unknown(dimension, entry.id, entry.obligations, counts)
    for item in referentiel.obligations:
        if counts[item.slug] > 1:
            yield _obligation(item, "slug", "cette obligation est écrite deux fois ; gardez-en une seule")
        if item.slug not in named:
            yield _obligation(item, "slug", "aucune question ni aucun levier n’y renvoie ; liez-la, ou retirez-la")
        if not item.source.adresse.startswith("https://"):
            yield _obligation(item, "source.adresse", "la source a une adresse en https")
        for nature in sorted(set(item.condition.natures) - set(NATURES)):
            yield _obligation(item, "condition.natures", f"la nature « {nature} » n’existe pas")


def _unknown(dimension: Dimension, entry: str, slugs: tuple[str, ...], known: Counter[str]) -> Iterator[Faute]:
    for slug in slugs:
        if slug not in known:
            message = f"l’obligation « {slug} » n’existe pas"
            yield Faute(fichier=file_of(dimension), entree=entry, champ="obligations", message=message)


def _obligation(item: Obligation, champ: str, message: str) -> Faute:
    return Faute(fichier="obligations.yaml", entree=item.slug, champ=champ, message=message)


def _parameter(name: str, message: str) -> Faute:
    return Faute(fichier="parametres.yaml", entree=f"preselection.{name}", message=message)
