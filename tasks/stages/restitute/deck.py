"""The support of the restitution meeting: what the diagnostic found, and nobody's name beside it."""

from __future__ import annotations

from nr_models.dossier.case import Case
from nr_models.referentiel.referentiel import Dimension, Referentiel
from nr_models.rules import restitute
from nr_models.rules.score import Note
from nr_models.stages import BY_SLUG
from nr_models.values.french import counted, listing, number, percentage
from nr_models.values.text import fold
from tasks.office.deck import master
from tasks.office.deck.charts import radar
from tasks.office.deck.deck import Deck
from tasks.office.deck.page import Page, dimension_colour
from tasks.office.deck.tables import SlideTable, table
from tasks.office.deck.text import Box, Para, bullets
from tasks.office.look import load_look
from tasks.stages.restitute import ecarts, grille, parc
from tasks.stages.restitute.anonymous import anonymiser

_NOT_SAID = "non précisé"


def render_restitution(case: Case, result: restitute.Result) -> bytes:
    """The deck of a restitution: functions are named, people never."""
    referentiel = case.referentiel
    perimeter = listing(result.perimetre, "non précisé")
    deck = Deck(
        f"Restitution du diagnostic, {result.collectivite.nom}",
        f"Diagnostic de {result.collectivite.nom} · périmètre : {perimeter}",
        referentiel,
        anonymiser(case.entree),
    )
    _open(deck, result, referentiel)
    grille.add_method(deck, result, referentiel)
    _whole(deck, result, referentiel)
    deck.section(
        "Dimension par dimension",
        [f"{item.numero}. {item.nom}" for item in referentiel.dimensions],
        "Une page par dimension : sa note, ses points forts, ses points faibles.",
    )
    for dimension, synthesis in zip(referentiel.dimensions, result.syntheses, strict=True):
        _dimension(deck, dimension, synthesis, referentiel)
    deck.section("Le parc, et la suite", ["Inventaire, empreinte, hypothèses, prochaines étapes"], "Deuxième temps.")
    parc.add_inventory(deck, result, referentiel)
    _close(deck, result, referentiel)
    return deck.save()


def _open(deck: Deck, result: restitute.Result, referentiel: Referentiel) -> None:
    town = result.collectivite
    deck.cover(
        "Où en est notre numérique responsable ?",
        [town.nom, "Restitution du diagnostic de maturité", referentiel.credit[:1].upper() + referentiel.credit[1:]],
        "Accueillir, rappeler l’objet de la réunion : partager les conclusions du diagnostic et les discuter.",
    )
    own = {True: "oui", False: "non", None: _NOT_SAID}[town.dsi_propre]
    missing = (
        [Para(listing(result.manquants), head="Non reçu à ce jour :", colour="attention")] if result.manquants else []
    )
    deck.message(
        f"Le diagnostic porte sur ce périmètre : {listing(result.perimetre, 'à préciser')}",
        [
            Para(f"{town.nom} ({town.nature})", head="Collectivité :"),
            Para(f"{number(town.population)} habitants, {number(town.agents)} agents", head="Taille :"),
            Para(own, head="Direction informatique propre :"),
            Para(result.fournisseur_si or _NOT_SAID, head="Système d’information fourni par :"),
            Para(listing(result.dispositifs, "aucun signalé"), head="Dispositifs existants :"),
            *missing,
        ],
        "Rappeler le périmètre choisi au départ : les constats ne valent que pour lui.",
    )


def _whole(deck: Deck, result: restitute.Result, referentiel: Referentiel) -> None:
    page = deck.page(result.titre, "Lire le radar, puis laisser réagir avant d’ouvrir le détail de chaque dimension.")
    points = [
        (f"{item.numero}. {item.nom}\n{_shown(synthesis.note)}", _value(synthesis.note))
        for item, synthesis in zip(referentiel.dimensions, result.syntheses, strict=True)
    ]
    said = " ; ".join(label.replace("\n", " : ") for label, _ in points)
    radar(page, master.columns(1, 8), points, f"Radar des dimensions, de 0 à 100. {said}.")
    side = master.columns(9, 4)
    page.text(side._replace(y=5, h=1), [Para("Note globale", colour="discret")], sizes=(16,))
    _score(page, side._replace(y=6, h=7), result.globale, referentiel)
    unscored = [item for item in result.syntheses if item.note.affiche is None]
    if unscored:
        text = f"{counted(len(unscored), 'dimension')} sans note : absence de réponse, et non zéro."
        page.text(side._replace(y=13.4, h=2), [Para(text, colour="attention")], sizes=(14, 12))


def _score(page: Page, box: Box, note: Note, referentiel: Referentiel) -> None:
    """The note, its level, its range and its coverage, one under the other."""
    page.text(box._replace(h=2.2), [Para(_shown(note), bold=True, colour="accent")], sizes=(44, 32, 24))
    level = next((item for item in referentiel.parametres.score.maturites if item.slug == note.maturite), None)
    chip = box._replace(y=box.y + 2.4, w=min(box.w, 6), h=1.1)
    if level:
        pair = load_look().maturites[level.slug]
        page.block(chip, fill=pair.fond, text=level.nom, ink=pair.texte, size=18, bold=True)
    else:
        page.block(chip, fill=None, edge="discret", text="Niveau non établi", ink="encre", size=14)
    page.text(
        box._replace(y=box.y + 4, h=2.6),
        [
            Para(f"de {number(note.affiche_bas, 1)} à {percentage(note.affiche_haut)}", head="Fourchette :"),
            Para(f"{percentage(note.affiche_couverture)} des questions", head="Couverture :"),
        ],
        sizes=(16, 14),
    )


def _dimension(deck: Deck, dimension: Dimension, synthesis: restitute.Synthese, referentiel: Referentiel) -> None:
    note = synthesis.note
    page = deck.page(
        f"{dimension.numero}. {synthesis.titre}",
        f"{dimension.definition}\nComprend : {listing(dimension.inclut)}.\n"
        f"Ne comprend pas : {listing(dimension.exclut)}.",
    )
    page.block(
        Box(0, master.TITLE.y, 0.5, 1.2),
        fill=dimension_colour(dimension.numero),
        alt=f"Couleur de la dimension {dimension.numero}",
    )
    side = master.columns(1, 3)
    _score(page, side._replace(y=5, h=7), note, referentiel)
    unanswered = (
        f"{counted(synthesis.sans_reponse, 'question')} sans réponse"
        if synthesis.sans_reponse
        else "Aucune question sans réponse"
    )
    page.text(side._replace(y=12.2, h=1.6), [Para(unanswered, colour="discret")], sizes=(14, 12))
    for first, title, found, empty in (
        (4, "Points forts", synthesis.points_forts, "Rien d’assez avancé pour être cité."),
        (9, "Points faibles", synthesis.points_faibles, "Rien d’assez fragile pour être cité."),
    ):
        box = master.columns(first, 5 if first == 4 else 4)
        page.text(box._replace(h=1), [Para(title, bold=True, colour="accent")], sizes=(18,))
        paras = [Para(item.phrase, head=item.question) for item in found] or [Para(empty, colour="discret")]
        page.text(box._replace(y=box.y + 1.2, h=box.h - 1.2), paras, sizes=(16, 14, 12))


def _close(deck: Deck, result: restitute.Result, referentiel: Referentiel) -> None:
    ecarts.add_open(deck, result, referentiel)
    _engaged(deck, result, referentiel)
    if result.enseignements:
        deck.message(
            "Ce que les entretiens nous apprennent",
            bullets(result.enseignements),
            "Faire réagir : ces enseignements sont-ils partagés ?",
        )
    deck.table(
        "La suite : choisir les leviers, puis écrire les fiches action",
        _calendar(referentiel),
        f"Durées indicatives : {referentiel.calendrier.source}.",
    )


def _engaged(deck: Deck, result: restitute.Result, referentiel: Referentiel) -> None:
    rows = [
        (item.action, item.depuis or _NOT_SAID, _dimension_said(item.dimension, referentiel))
        for item in result.actions_engagees
    ]
    if rows:
        deck.table(
            f"{counted(len(rows), 'action déjà engagée', 'actions déjà engagées')} : on ne part pas de zéro",
            table(("Action", "Depuis", "Dimension"), rows, (16, 4, 8), "Actions déjà engagées"),
            "Valoriser ce qui existe avant de proposer du nouveau.",
        )


def _dimension_said(text: str, referentiel: Referentiel) -> str:
    """The name of a dimension from what was typed, its slug or its name; as typed where it is neither."""
    wanted = fold(text)
    found = (item.nom for item in referentiel.dimensions if wanted in {fold(item.slug), fold(item.nom)})
    return next(found, text) or _NOT_SAID


def _calendar(referentiel: Referentiel) -> SlideTable:
    """What comes after the restitution, with its indicative lengths."""
    here = BY_SLUG["restitute"].numero
    rows = [
        (
            listing(BY_SLUG[slug].nom for slug in item.etapes),
            " ".join(BY_SLUG[slug].but for slug in item.etapes),
            f"{item.semaines_min} à {item.semaines_max} semaines",
        )
        for item in referentiel.calendrier.durees
        if all(BY_SLUG[slug].numero > here for slug in item.etapes)
    ]
    return table(("Étape", "Ce qu’on y fait", "Durée indicative"), rows, (7, 16, 5), "Étapes à venir et leur durée")


def _value(note: Note) -> float | None:
    return None if note.affiche is None else float(note.affiche)


def _shown(note: Note) -> str:
    return "sans note" if note.affiche is None else percentage(note.affiche)
