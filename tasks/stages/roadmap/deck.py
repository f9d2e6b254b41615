"""The feuille de route as a deck: what, when, with what means, who watches over it."""

from __future__ import annotations

from nr_models.dossier.case import Case
from nr_models.referentiel.parametres import Priorite
from nr_models.referentiel.referentiel import Difficulte, Referentiel
from nr_models.rules import roadmap
from nr_models.values.french import BLANK, TO_DEFINE, counted, euros, listing, number, trimmed
from tasks.office.deck.deck import Deck
from tasks.office.deck.page import dimension_colour
from tasks.office.deck.tables import SlideCell, table
from tasks.office.deck.text import Para, bullets
from tasks.stages.roadmap.gantt import add_planning
from tasks.stages.roadmap.moyens import add_budget, add_load, known, undefined

_MOTIFS = {
    "reserve": "Réserve",
    "budget": "Budget",
    "responsable": "Responsable",
    "prerequis": "Prérequis",
    "calendrier": "Calendrier",
}


def render_feuille_de_route(case: Case, result: roadmap.Result) -> bytes:
    """The deck that the feuille de route is validated on."""
    referentiel = case.referentiel
    town = case.entree.collectivite.nom
    deck = Deck(f"Feuille de route Numérique responsable, {town}", f"Feuille de route de {town}", referentiel)
    deck.cover(
        "Notre feuille de route Numérique responsable",
        [town, "Leviers, planning, moyens et gouvernance", referentiel.credit[:1].upper() + referentiel.credit[1:]],
        "Présenter la feuille de route pour validation par la direction générale et l’élu sponsor.",
    )
    if not result.fiches:
        deck.message(
            "Aucune fiche action n’est encore écrite", [Para("La feuille de route attend ses fiches.")], "À suivre."
        )
        return deck.save()
    _synthesis(deck, result)
    _leviers(deck, result, referentiel)
    add_planning(deck, result.barres, referentiel)
    add_budget(deck, result, referentiel)
    add_load(deck, result, referentiel)
    _hard_points(deck, result)
    _governance(deck)
    _reen(deck, result, referentiel)
    _next(deck, result)
    return deck.save()


def _synthesis(deck: Deck, result: roadmap.Result) -> None:
    starts = [item.debut.year for item in result.barres if item.debut]
    ends = [item.fin.year for item in result.barres if item.fin]
    span = f"de {min(starts + ends)} à {max(starts + ends)}" if starts + ends else TO_DEFINE
    missing = counted(result.charge_a_definir, "fiche")
    orphans = sum(not item.responsable for item in result.barres)
    covered = sum(bool(item.leviers) for item in result.themes_reen)
    deck.message(
        f"{counted(len(result.fiches), 'levier')} ; {known(result.budget_total)}",
        [
            Para(
                f"{counted(len(result.fiches), 'levier')}, dont {number(orphans)} sans responsable.", head="Leviers :"
            ),
            Para(span, head="Période :"),
            Para(f"{known(result.budget_total)}.", head="Budget :"),
            Para(f"{trimmed(result.charge_totale)} jours-homme ; {missing} sans charge connue.", head="Charge :"),
            Para(f"{euros(result.charge_valorisee)} au coût journalier du référentiel.", head="Charge valorisée :"),
            Para(f"{counted(len(result.points_durs), 'point')} à instruire avant de démarrer.", head="Points durs :"),
            Para(
                f"{counted(covered, 'thème couvert', 'thèmes couverts')} sur {len(result.themes_reen)}.",
                head="Loi REEN :",
            ),
        ],
        "Les montants « à définir » ne sont jamais comptés comme zéro : ils sont dits à côté de chaque total.",
    )


def _leviers(deck: Deck, result: roadmap.Result, referentiel: Referentiel) -> None:
    names = {item.slug: item for item in referentiel.dimensions}
    rows = [
        (
            SlideCell(
                f"{names[item.dimension].numero}. {names[item.dimension].nom}",
                bold=True,
                ink=dimension_colour(names[item.dimension].numero),
            ),
            SlideCell(str(item.numero), bold=True),
            item.titre,
            item.saisie.responsable or SlideCell(BLANK, ink="attention"),
            Priorite(item.priorite).nom,
            Difficulte(item.difficulte).nom,
        )
        for item in result.fiches
    ]
    count = len({item.dimension for item in result.fiches})
    header = ("Dimension", "N°", "Levier", "Responsable", "Priorité", "Difficulté")
    deck.table(
        f"Les leviers touchent {counted(count, 'dimension')} sur {len(names)}",
        table(header, rows, (7.4, 1.6, 12, 6.2, 5, 4), "Leviers par dimension", "gdgggg"),
        "Les leviers gardent le numéro de leur fiche.",
    )


def _hard_points(deck: Deck, result: roadmap.Result) -> None:
    fiches = {item.levier: item for item in result.fiches}
    rows = [
        (
            SlideCell(str(fiches[item.levier].numero) if item.levier else "", bold=True),
            fiches[item.levier].titre if item.levier else roadmap.WHOLE,
            _MOTIFS[item.motif],
            item.explication,
        )
        for item in result.points_durs
    ]
    if not rows:
        deck.message(
            "Aucun point dur : la feuille de route peut démarrer",
            [Para("Budget, responsables et calendrier sont connus.")],
            "Le vérifier en séance.",
        )
        return
    deck.table(
        f"{counted(len(rows), 'point dur', 'points durs')} à instruire avant de démarrer",
        table(("N°", "Levier", "Sujet", "Ce qui manque"), rows, (1.6, 13, 4, 13), "Points durs", "dggg"),
        "Prévoir un temps d’instruction : qui lève quel point, et pour quand.",
    )


def _governance(deck: Deck) -> None:
    rows = [
        (
            "Comité de suivi",
            "Chaque trimestre",
            "Référent, direction générale, élu sponsor",
            "Avancement, points durs, arbitrages",
        ),
        ("Point d’avancement", "Chaque mois", "Référent et responsables de fiche", "Actions, échéances, indicateurs"),
        (
            "Bilan annuel",
            "Chaque année",
            "Direction générale, élu sponsor, assemblée",
            "Résultats, budget, nouveaux leviers",
        ),
    ]
    deck.table(
        "Un comité de suivi trimestriel tient la feuille de route dans la durée",
        table(("Instance", "Rythme", "Qui", "Quoi"), rows, (6, 5, 10, 10), "Instances de gouvernance"),
        "Proposition à ajuster : l’animation peut revenir à un autre service que l’informatique.",
    )


def _reen(deck: Deck, result: roadmap.Result, referentiel: Referentiel) -> None:
    names = {item.slug: item.nom for item in referentiel.themes_reen}
    numbers = {item.levier: item.numero for item in result.fiches}
    rows = [
        (
            SlideCell(names[item.theme], bold=True),
            SlideCell("couvert", ink="fait") if item.leviers else SlideCell("non couvert", ink="attention"),
            listing((str(number) for number in sorted(numbers[levier] for levier in item.leviers)), "–"),
        )
        for item in result.themes_reen
    ]
    missing = [names[item.theme] for item in result.themes_reen if not item.leviers]
    title = "Les thèmes de la loi REEN sont tous couverts"
    if missing:
        title = f"{counted(len(missing), 'thème de la loi REEN reste', 'thèmes de la loi REEN restent')} à couvrir"
    deck.table(
        title,
        table(("Thème", "Feuille de route", "Leviers n°"), rows, (12, 6, 12), "Thèmes de la loi REEN"),
        "Un thème est couvert quand un levier de la feuille de route y contribue.",
    )


def _next(deck: Deck, result: roadmap.Result) -> None:
    dated = sorted((item.debut, item.numero, item.titre) for item in result.barres if item.debut)
    first = [f"levier {numero}, {titre}" for debut, numero, titre in dated if debut == dated[0][0]]
    undated = sum(not (item.debut and item.fin) for item in result.barres)
    steps = [
        Para("par la direction générale puis l’élu sponsor.", head="Valider la feuille de route", bullet=True),
        Para(
            f"{counted(len(result.points_durs), 'point')}, avec un nom et une date.",
            head="Instruire les points durs :",
            bullet=True,
        ),
        Para(f"{undefined(result.budget_total)}.", head="Compléter le budget :", bullet=True),
        Para(f"{counted(undated, 'fiche')} sans début ou sans fin.", head="Compléter le calendrier :", bullet=True),
    ]
    deck.message(
        "Prochaine étape : valider, puis lancer les premiers leviers",
        [*steps, Para("Premiers démarrages", bold=True), *bullets(first, "À définir avec les responsables.")],
        "Fixer en séance la date du premier comité de suivi.",
    )
