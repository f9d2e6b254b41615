"""The workbook of fiches as the collectivité completes it: who, when, with what means."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from nr_models.dossier.registre import Entree, Personne
from nr_models.referentiel.referentiel import Levier, Referentiel
from nr_models.rules.fiche import NATURES, PERIMETRES, TYPES
from nr_models.values.french import NBSP, euros
from nr_models.values.periodes import MONTHS
from nr_models.values.roles import Role
from tasks.demo import phrases
from tasks.demo.chance import Source, happens, nearby, several
from tasks.demo.form import Form, Typed
from tasks.stages.fiche.columns import FICHES, FICHES_ACTIONS, FICHES_DEPENSES, FICHES_INDICATEURS

_LATER = "À définir"
_LATER_LONG = "À définir ultérieurement par la collectivité"
_FUNDERS = ("Budget propre", "Budget propre", "Dotation d’équipement (DETR)", "Région", "Fonds vert")
_MAX_EXPENSES = 30


class _Plan:
    """When each levier starts and ends, in months counted from January of the year 0."""

    def __init__(self, draws: Source, referentiel: Referentiel, size: str) -> None:
        self._draws, self._size = draws, size
        self._first = (referentiel.date.year + 1) * 12
        self.spans: dict[str, tuple[int, int]] = {}

    def add(self, levier: Levier) -> None:
        """Place a levier after those it requires, most of the time."""
        start = self._first + len(self.spans) // 2 * 2 + self._draws.randrange(3)
        ends = [self.spans[above][1] for above in levier.requiert if above in self.spans]
        if ends and not happens(self._draws, 1, 5):
            start = max(start, max(ends) + 1)
        length: int = getattr(levier.duree_mois, self._size)
        self.spans[levier.id] = (start, start + length - 1)


def fill_fiches(draws: Source, form: Form, entree: Entree, referentiel: Referentiel) -> None:
    """Complete every fiche; some things stay to be defined, as they do in life."""
    size = referentiel.taille(entree.collectivite.population)
    plan = _Plan(draws, referentiel, size)
    expenses: list[dict[str, Typed]] = []
    vague: set[str] = set()
    for line in form.lines("Fiches", FICHES):
        levier = referentiel.leviers[line.textes["levier"]]
        plan.add(levier)
        if happens(draws, 1, 8):
            vague.add(levier.id)
        money = _money(draws, levier, referentiel, size, plan.spans[levier.id][0] // 12)
        expenses += money
        lead = _lead(levier, entree, referentiel)
        row = _row(draws, levier, lead, entree, referentiel, has_expenses=bool(money))
        form.type_row("Fiches", FICHES, line.numero, {**row, **_dates(draws, levier.id, plan, vague)})
    _type_actions(draws, form, referentiel, plan, vague)
    _type_indicators(draws, form, referentiel)
    for numero, expense in enumerate(expenses[:_MAX_EXPENSES], start=1):
        form.type_row("Dépenses", FICHES_DEPENSES, numero, expense)


def _row(
    draws: Source, levier: Levier, lead: Personne, entree: Entree, referentiel: Referentiel, *, has_expenses: bool
) -> dict[str, Typed]:
    directions = [item for item in _directions(entree) if item != lead.direction]
    helpers = several(draws, directions, 1, 3)
    if levier.prestataire and entree.holders(Role.PRESTATAIRE):
        helpers.append("Prestataire informatique")
    named = lead.nom if lead.direction == "Élus" or happens(draws, 1, 3) else lead.direction
    row: dict[str, Typed] = {
        "dispositifs": "\n".join(several(draws, phrases.DISPOSITIFS, 0, 2)) or _LATER,
        "responsable": _LATER if happens(draws, 1, 14) else named,
        "porteur": lead.nom,
        "contributeurs": "\n".join(helpers),
        "moyens_humains": _load(draws, referentiel.charge(levier, entree.collectivite.population)),
        "perimetre": "\n".join(several(draws, PERIMETRES, 1, 2)),
    }
    size = referentiel.taille(entree.collectivite.population)
    if not has_expenses:
        row["moyens_euros"] = "0 €" if getattr(levier.cout, size) == "nul" else _LATER
    return row


def _lead(levier: Levier, entree: Entree, referentiel: Referentiel) -> Personne:
    """Whoever was asked about the subject leads it; the référent where nobody was; never the prestataire."""
    own = [item for item in entree.personnes if not item.has(Role.PRESTATAIRE) and item.direction]
    wanted = [profil for question in levier.questions for profil in referentiel.questions[question].profils]
    fitting = (item for profil in wanted for item in own if profil in item.profils)
    return next(fitting, None) or entree.holders(Role.REFERENT)[0]


def _directions(entree: Entree) -> list[str]:
    own = (item for item in entree.personnes if not item.has(Role.PRESTATAIRE))
    return list(dict.fromkeys(item.direction for item in own if item.direction and item.direction != "Élus"))


def _load(draws: Source, days: Decimal | None) -> Typed:
    """Person-days, as people write them."""
    if days is None or happens(draws, 1, 10):
        return _LATER_LONG
    amount = nearby(draws, float(days), 1)
    if amount % 2 == 0 and happens(draws, 1, 6):
        return f"2 personnes × {amount // 2} jours"
    return amount


def _money(draws: Source, levier: Levier, referentiel: Referentiel, size: str, year: int) -> list[dict[str, Typed]]:
    """The expenses of a levier, over one or two years; none where it costs nothing or nobody knows yet."""
    band = next(item for item in referentiel.couts if item.slug == getattr(levier.cout, size))
    top = band.max if band.max is not None else band.min * 2
    if not top or happens(draws, 1, 6):
        return []
    total = nearby(draws, float(band.min + top) / 2, 100)
    shares = [total] if total < 4_000 else [total // 200 * 100, total - total // 200 * 100]
    return [
        {
            "levier": levier.id,
            "annee": year + place,
            "nature": draws.choice(NATURES),
            "type": draws.choice(TYPES),
            "montant": _LATER if place and happens(draws, 1, 5) else _euros(share),
            "financeur": draws.choice(_FUNDERS),
        }
        for place, share in enumerate(shares)
    ]


def _euros(amount: int) -> str:
    return euros(Decimal(amount))


def _dates(draws: Source, levier: str, plan: _Plan, vague: set[str]) -> dict[str, Typed]:
    start, end = plan.spans[levier]
    if levier in vague:
        return {"debut": _LATER, "fin": _LATER}
    return {"debut": _month(draws, start), "fin": _month(draws, end)}


def _month(draws: Source, month: int) -> str:
    """« Mars 2027 » most of the time, « 03/2027 » now and then."""
    year, place = divmod(month, 12)
    return f"{place + 1:02d}/{year}" if happens(draws, 1, 8) else f"{MONTHS[place].capitalize()} {year}"


def _type_actions(draws: Source, form: Form, referentiel: Referentiel, plan: _Plan, vague: set[str]) -> None:
    """A deadline for each model action, one after the other from the start of its fiche."""
    weeks: dict[str, int] = {}
    for line in form.lines("Actions", FICHES_ACTIONS):
        levier = line.textes["levier"]
        model = {item.action: item.duree_semaines for item in referentiel.leviers[levier].actions}
        weeks[levier] = weeks.get(levier, 0) + model.get(line.textes["action"], 1)
        year, month = divmod(plan.spans[levier][0], 12)
        day = date(year, month + 1, 1) + timedelta(weeks=weeks[levier])
        later = levier in vague or happens(draws, 1, 9)
        when = _LATER if later else _month(draws, day.year * 12 + day.month - 1)
        form.type_row("Actions", FICHES_ACTIONS, line.numero, {"echeance": when})


def _type_indicators(draws: Source, form: Form, referentiel: Referentiel) -> None:
    units = {(levier.id, item.libelle): item for levier in referentiel.leviers.values() for item in levier.indicateurs}
    for line in form.lines("Indicateurs", FICHES_INDICATEURS):
        known = units.get((line.textes["levier"], line.textes["indicateur"]))
        value: Typed = _LATER
        if known and known.type == "nombre":
            value = f"Cible{NBSP}: {draws.randrange(10, 95, 5)} {known.unite}".strip()
        elif known and known.type == "oui-non":
            value = draws.choice(("non à ce jour", f"oui d’ici fin {referentiel.date.year + 1}"))
        form.type_row(
            "Indicateurs", FICHES_INDICATEURS, line.numero, {"valeur": None if happens(draws, 1, 7) else value}
        )
