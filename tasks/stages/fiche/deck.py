"""The fiches action, in the ANCT's layout: one slide each, two when the content asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from nr_models.dossier.case import Case
from nr_models.referentiel.parametres import Priorite
from nr_models.referentiel.referentiel import Difficulte, Referentiel
from nr_models.rules import fiche
from nr_models.values.dates import read_number
from nr_models.values.french import BLANK, NBSP, counted, effort, euros, glued, listing, money, share, trimmed
from tasks.office.deck import master
from tasks.office.deck.deck import Deck
from tasks.office.deck.page import Page, dimension_colour
from tasks.office.deck.tables import SlideCell, SlideTable, cleaned, draw, height, paginate, table
from tasks.office.deck.text import POINTS_PER_CM, Box, Para, bullets, pour
from tasks.office.deck.text import height as para_height
from tasks.stages.fiche.summary import add_summary, when

_TOP, _BOTTOM = 4.9, 17.4
_LEFT = master.columns(1, 4)._replace(y=_TOP, h=_BOTTOM - _TOP)
_MIDDLE = master.columns(5, 4)._replace(y=_TOP, h=_BOTTOM - _TOP)
_FAR = master.columns(9, 4)._replace(y=_TOP, h=_BOTTOM - _TOP)
_RIGHT = master.columns(5, 8)._replace(y=_TOP, h=_BOTTOM - _TOP)
_WHOLE = master.BODY._replace(y=_TOP, h=_BOTTOM - _TOP)
_SIZES = (14.0, 12.0)
_GAP = 0.35


def render_fiches(case: Case, result: fiche.Result) -> bytes:
    """The deck of every fiche, in the order of work; what nobody filled reads « à compléter »."""
    referentiel = case.referentiel
    town = case.entree.collectivite.nom
    deck = Deck(f"Fiches action, {town}", f"Fiches action de {town}", referentiel)
    deck.cover(
        f"{counted(len(result.fiches), 'fiche')} action pour agir",
        [town, "Une fiche par levier retenu", referentiel.credit[:1].upper() + referentiel.credit[1:]],
        "Chaque fiche a un seul responsable, un calendrier et des indicateurs.",
    )
    if result.fiches:
        add_summary(deck, result)
    else:
        deck.message("Aucun levier n’est encore retenu", [Para("Les fiches suivront la sélection.")], "À suivre.")
    for item in result.fiches:
        add_fiche(deck, item, referentiel)
    return deck.save()


def add_fiche(deck: Deck, item: fiche.Fiche, referentiel: Referentiel) -> None:
    """Add one fiche: whole on a slide where it holds, else its tables on the next."""
    sheet = _Sheet(deck, item, referentiel)
    size = next((size for size in _SIZES if sheet.holds(size)), None)
    if size is not None:
        sheet.whole(size)
    else:
        sheet.spread()


def _tall(paras: Sequence[Para], tables: Sequence[SlideTable], size: float, box: Box) -> float:
    """Height of paragraphs and of the tables under them, in centimetres."""
    text = sum(para_height(para, size, box.w * POINTS_PER_CM) for para in paras) / POINTS_PER_CM
    return text + sum(height(item, size, box.w) + _GAP for item in tables)


def _stack(page: Page, box: Box, tables: Sequence[SlideTable], size: float) -> None:
    y = box.y
    for content in tables:
        y += draw(page, box._replace(y=y, h=1), content, size) + _GAP


class _Sheet:
    """What one fiche says, part by part; texts are clean, so that they measure as they show."""

    def __init__(self, deck: Deck, item: fiche.Fiche, referentiel: Referentiel) -> None:
        self._deck = deck
        self._item = item
        self._saisie = item.saisie
        self._slides = 0
        self._dimension = next(line for line in referentiel.dimensions if line.slug == item.dimension)

    def page(self) -> Page:
        """The next slide of this fiche: band of the dimension, title, and what one looks for first."""
        item = self._item
        self._slides += 1
        mark = f"{NBSP}(suite{f' {self._slides - 1}' if self._slides > 2 else ''})" if self._slides > 1 else ""
        notes = f"Fiche complétée à {share(item.completude)}."
        if item.vides or item.a_definir:
            notes += f"\nÀ compléter : {listing(item.vides, 'rien')}.\nÀ définir : {listing(item.a_definir, 'rien')}."
        page = self._deck.page(f"Levier {item.numero} : {item.titre}{mark}", notes)
        band = dimension_colour(self._dimension.numero)
        text = f"Dimension {self._dimension.numero} « {self._dimension.nom} »"
        page.block(Box(0, 0, master.WIDTH, 0.8), fill=band, text=text, size=12, bold=True)
        if item.prestataire:
            chip = Box(master.WIDTH - master.MARGIN - 3, 0.1, 3, 0.6)
            page.block(chip, fill="prestataire", text="prestataire", ink="encre", bold=True)
        self._facts(page)
        return page

    def _facts(self, page: Page) -> None:
        priority, difficulty = Priorite(self._item.priorite), Difficulte(self._item.difficulte)
        facts = (
            ("Priorité", f"{priority.points} {priority.nom}"),
            ("Difficulté de mise en œuvre", f"{difficulty.points} {difficulty.nom}"),
            ("Début", when(self._saisie.debut)),
            ("Fin", when(self._saisie.fin)),
        )
        for place, (name, value) in enumerate(facts):
            box = master.columns(1 + 3 * place, 3)
            page.line(box._replace(y=3.35, h=0.55), name, size=12, ink="discret")
            page.line(box._replace(y=3.9, h=0.65), value, size=14, bold=True, ink=_ink(value))

    def left(self) -> list[Para]:
        """Who, with what means, beside which dispositifs."""
        typed = self._saisie
        backer = [f"{typed.porteur} (porteur de levier)"] if typed.porteur else []
        facts = [
            ("Lien avec les dispositifs existants :", listing(typed.dispositifs)),
            ("Responsable (1 max.) :", typed.responsable or BLANK),
            ("Contributeur(s) :", listing([*backer, *typed.contributeurs])),
            ("Moyens humains (ETP ou JH) :", effort(typed.moyens_humains) if typed.moyens_humains else BLANK),
            ("Moyens en euros :", _euros(typed)),
        ]
        spending = [Para(_spending(line), bullet=True) for line in typed.depenses]
        return self._clean([*(Para(text, head=head, colour=_ink(text)) for head, text in facts), *spending])

    def expected(self) -> list[Para]:
        """What the levier should bring."""
        return self._clean([Para("Résultat(s) attendu(s)", bold=True), *bullets(self._saisie.resultats, BLANK)])

    def before(self) -> list[Para]:
        """What must come first."""
        return self._clean([Para("Prérequis", bold=True), *bullets(self._saisie.prerequis, BLANK)])

    def perimeter(self) -> SlideTable:
        """The boxes of the perimeter, ticked or not, those of the collectivité after the common ones."""
        ticked = self._saisie.perimetre
        labels = (*fiche.PERIMETRES, *(item for item in ticked if item not in fiche.PERIMETRES))
        rows = [(label, SlideCell("X" if label in ticked else "", bold=True)) for label in labels]
        return self._table(("Périmètre (à cocher)", ""), rows, (8, 1.2), "Périmètre de la fiche", "gc")

    def tables(self) -> list[SlideTable]:
        """Indicators and actions."""
        typed = self._saisie
        indicators = [(item.indicateur, _blank(_value(item.valeur))) for item in typed.indicateurs] or [
            (BLANK, SlideCell(""))
        ]
        actions = [
            (f"{place}. {item.action}", _blank(item.qui), _blank(item.echeance.saisie if item.echeance else ""))
            for place, item in enumerate(typed.actions, start=1)
        ] or [(BLANK, SlideCell(""), SlideCell(""))]
        return [
            self._table(("Indicateurs de performance", "Valeur"), indicators, (14, 6), "Indicateurs de la fiche"),
            self._table(
                ("Action à mettre en œuvre", "Qui ?", "Échéance ?"), actions, (11, 5, 4), "Actions de la fiche"
            ),
        ]

    def holds(self, size: float) -> bool:
        """True when the whole fiche holds on a slide at that size."""
        return (
            _tall(self.left(), [self.perimeter()], size, _LEFT) <= _LEFT.h
            and self._words(size) + _GAP + _tall([], self.tables(), size, _RIGHT) <= _RIGHT.h
        )

    def _words(self, size: float) -> float:
        return max(_tall(self.expected(), [], size, _MIDDLE), _tall(self.before(), [], size, _FAR))

    def whole(self, size: float) -> None:
        """The fiche on one slide."""
        page = self.page()
        words = self._words(size)
        left = _tall(self.left(), [], size, _LEFT)
        page.text(_LEFT._replace(h=left + 0.1), self.left(), sizes=(size,))
        page.text(_MIDDLE._replace(h=words + 0.1), self.expected(), sizes=(size,))
        page.text(_FAR._replace(h=words + 0.1), self.before(), sizes=(size,))
        _stack(page, _LEFT._replace(y=_TOP + left + _GAP), [self.perimeter()], size)
        _stack(page, _RIGHT._replace(y=_TOP + words + _GAP), self.tables(), size)

    def spread(self) -> None:
        """The fiche over several slides: words on the first, what they leave over and the tables on the next."""
        page, size, tables = self.page(), _SIZES[-1], self.tables()
        under = height(self.perimeter(), size, _LEFT.w) + _GAP
        room = _LEFT._replace(h=max(_LEFT.h - under, 3))
        left_over: list[Para] = []
        for name, box, paras in (
            ("Moyens", room, self.left()),
            ("Résultat(s) attendu(s)", _MIDDLE, self.expected()),
            ("Prérequis", _FAR, self.before()),
        ):
            (found, shown), *others = pour(paras, box, _SIZES)
            page.text(box, shown, sizes=(found,))
            left_over += [Para(f"{name} (suite)", bold=True)] if others else []
            left_over += [para for _, more in others for para in more]
        _stack(page, _LEFT._replace(y=_BOTTOM - under + _GAP), [self.perimeter()], size)
        for found, more in pour(left_over, _WHOLE, _SIZES) if left_over else []:
            self.page().text(_WHOLE, more, sizes=(found,))
        together = next((item for item in _SIZES if _tall([], tables, item, _WHOLE) <= _WHOLE.h), None)
        if together is not None:
            _stack(self.page(), _WHOLE, tables, together)
            return
        for content in tables:
            for found, part in paginate(content, _WHOLE):
                draw(self.page(), _WHOLE, part, found)

    def _clean(self, paras: Sequence[Para]) -> list[Para]:
        return [item._replace(text=self._deck.clean(item.text), head=self._deck.clean(item.head)) for item in paras]

    def _table(
        self,
        header: Sequence[str],
        rows: Sequence[Sequence[SlideCell | str]],
        widths: Sequence[float],
        alt: str,
        aligns: str = "",
    ) -> SlideTable:
        return cleaned(table(header, rows, widths, alt, aligns), self._deck.clean)


def _euros(typed: fiche.Saisie) -> str:
    """What the fiche costs: the sum of its lines where they are listed, else its single amount."""
    if not typed.depenses:
        return money(typed.moyens_euros) if typed.moyens_euros else BLANK
    known = [line.montant.valeur for line in typed.depenses if line.montant.valeur is not None]
    count = len(typed.depenses) - len(known)
    rest = f"{counted(count, 'montant')} sur {len(typed.depenses)} à définir" if count else ""
    total = euros(sum(known, Decimal(0)), whole=bool(count)) if known else ""
    return ", ".join(part for part in (total, rest) if part)


def _value(typed: str) -> str:
    """The value of an indicator as typed, its thousands apart where it is only a number."""
    value = read_number(typed)
    return glued(typed) if value is None else trimmed(value)


def _spending(line: fiche.Depense) -> str:
    known = (str(line.annee or ""), line.nature, line.type, line.financeur)
    return f"{', '.join(item for item in known if item) or 'Dépense'} : {money(line.montant)}"


def _blank(text: str) -> SlideCell:
    return SlideCell(text or BLANK, ink=_ink(text or BLANK))


def _ink(text: str) -> str:
    return "attention" if text == BLANK else "encre"
