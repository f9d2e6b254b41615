"""The value–feasibility matrix: four named zones, and labels that never cover one another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import NamedTuple

from nr_models.referentiel.parametres import ParametresPriorisation
from nr_models.rules.vote import Quadrant
from nr_models.values.french import number
from tasks.office.deck.page import Page
from tasks.office.deck.text import Box, Para
from tasks.office.look import load_look

LABEL_W, LABEL_H = 0.98, 0.54
"""Size of a label « ●12 », in centimetres."""

_STEP = 0.2
_NAME_H = 0.8


class Point(NamedTuple):
    """A levier in the matrix: its number, its means and its quadrant."""

    numero: int
    valeur: Fraction
    faisabilite: Fraction
    quadrant: Quadrant


class Label(NamedTuple):
    """Where the label of a point stands (its centre), and the place it speaks of."""

    point: Point
    x: float
    y: float
    true_x: float
    true_y: float

    @property
    def moved(self) -> bool:
        """True when the label had to leave its place, and needs a leader."""
        return (self.x, self.y) != (self.true_x, self.true_y)


class Frame(NamedTuple):
    """A matrix on a slide: its box and the scale of both axes."""

    box: Box
    parametres: ParametresPriorisation

    def x(self, faisabilite: Fraction) -> float:
        """Abscissa of a feasibility, in centimetres."""
        return self.box.x + self.box.w * self._part(faisabilite)

    def y(self, valeur: Fraction) -> float:
        """Ordinate of a value, in centimetres from the top."""
        return self.box.y + self.box.h * (1 - self._part(valeur))

    def zone(self, quadrant: Quadrant) -> Box:
        """The box of a quadrant."""
        split_x = self.x(Fraction(self.parametres.seuil_faisabilite))
        split_y = self.y(Fraction(self.parametres.seuil_valeur))
        right, bottom = self.box.x + self.box.w, self.box.y + self.box.h
        easy = quadrant in {Quadrant.GAINS_RAPIDES, Quadrant.COMPLEMENTS}
        high = quadrant in {Quadrant.GAINS_RAPIDES, Quadrant.PROJETS_MAJEURS}
        left, wide = (split_x, right - split_x) if easy else (self.box.x, split_x - self.box.x)
        top, tall = (self.box.y, split_y - self.box.y) if high else (split_y, bottom - split_y)
        return Box(left, top, wide, tall)

    def _part(self, note: Fraction) -> float:
        """Where a note lies on its axis (0 to 1), half a note of margin on each side."""
        low, high = self.parametres.note_min, self.parametres.note_max
        return float((note - low + Fraction(1, 2)) / (high - low + 1))


def place(points: Sequence[Point], frame: Frame) -> list[Label]:
    """A place for each label, at its point or as near as its zone has room; same points, same places."""
    taken = [_name_box(frame, quadrant) for quadrant in Quadrant]
    found: dict[int, Label] = {}
    waiting = sorted(points, key=lambda item: item.numero)
    for reach in (1, None):  # first those whose own place is free, so that a moved label takes nobody's
        for point in waiting:
            x, y = frame.x(point.faisabilite), frame.y(point.valeur)
            around = islice(_around(x, y, frame.zone(point.quadrant)), reach)
            spot = next((item for item in around if not any(_touch(_box(*item), other) for other in taken)), None)
            if reach and spot != (x, y):
                continue
            spot = spot or (x, y)
            taken.append(_box(*spot))
            found[point.numero] = Label(point, *spot, x, y)
        waiting = [point for point in waiting if point.numero not in found]
    return [found[number] for number in sorted(found)]


def draw(page: Page, frame: Frame, points: Sequence[Point], selected: Mapping[int, bool]) -> None:
    """Draw the zones, the axes and the labels; a selected levier has a full label, another an outline."""
    for quadrant in Quadrant:
        look = load_look().quadrants[quadrant.value]
        zone = frame.zone(quadrant)
        page.block(zone, fill="papier", edge="filet", alt=f"Zone {quadrant.nom}")
        name = _name_box(frame, quadrant)
        inside = name._replace(x=name.x + 0.2, w=name.w - 0.4)
        side = "droite" if zone.x > frame.box.x else "gauche"
        page.line(inside, f"{look.signe} {quadrant.nom}", size=14, bold=True, ink=look.couleur, align=side)
    _axes(page, frame)
    labels = place(points, frame)
    for label in labels:
        if label.moved:
            page.rule((label.true_x, label.true_y), (label.x, label.y), ink="discret")
            page.block(Box(label.true_x - 0.06, label.true_y - 0.06, 0.12, 0.12), fill="discret", alt="Repère")
    for label in labels:
        _label(page, label, full=selected.get(label.point.numero, False))


def _label(page: Page, label: Label, *, full: bool) -> None:
    look = load_look().quadrants[label.point.quadrant.value]
    point = label.point
    page.block(
        _box(label.x, label.y),
        fill=look.couleur if full else "#FFFFFF",
        edge=look.couleur,
        text=f"{look.signe}{point.numero}",
        ink="#FFFFFF" if full else look.couleur,
        bold=True,
        alt=f"Levier {point.numero}, {point.quadrant.nom} : valeur {number(point.valeur, 1)}, "
        f"faisabilité {number(point.faisabilite, 1)}",
    )


def _axes(page: Page, frame: Frame) -> None:
    box = frame.box
    for note in range(frame.parametres.note_min, frame.parametres.note_max + 1):
        x, y = frame.x(Fraction(note)), frame.y(Fraction(note))
        page.line(Box(x - 0.5, box.y + box.h + 0.05, 1, 0.5), str(note), size=12, ink="discret", align="centre")
        page.line(Box(box.x - 0.7, y - 0.25, 0.5, 0.5), str(note), size=12, ink="discret", align="droite")
    page.text(
        Box(box.x, box.y + box.h + 0.5, box.w, 0.6),
        [Para("Faisabilité →", colour="discret", bold=True)],
        sizes=(12,),
        align="droite",
    )
    page.line(Box(box.x - 0.9, box.y - 0.65, 4, 0.6), "↑ Valeur", size=12, bold=True, ink="discret")


def _name_box(frame: Frame, quadrant: Quadrant) -> Box:
    """The outer corner of a zone: its inner corner is where labels crowd."""
    zone = frame.zone(quadrant)
    wide = min(zone.w, 4.8)
    x = zone.x + zone.w - wide if zone.x > frame.box.x else zone.x
    y = zone.y + zone.h - _NAME_H if zone.y > frame.box.y else zone.y
    return Box(x, y, wide, _NAME_H)


def _box(x: float, y: float) -> Box:
    return Box(x - LABEL_W / 2, y - LABEL_H / 2, LABEL_W, LABEL_H)


def _touch(one: Box, other: Box) -> bool:
    gap = 0.08
    return (
        one.x < other.x + other.w + gap
        and other.x < one.x + one.w + gap
        and one.y < other.y + other.h + gap
        and other.y < one.y + one.h + gap
    )


def _around(x: float, y: float, zone: Box) -> Iterator[tuple[float, float]]:
    """The place itself, then rings around it, inside the zone."""
    for ring in range(int(max(zone.w, zone.h) / _STEP)):
        edge = [
            (dx, dy) for dx in range(-ring, ring + 1) for dy in range(-ring, ring + 1) if max(abs(dx), abs(dy)) == ring
        ]
        for dx, dy in sorted(edge, key=lambda item: (item[0] ** 2 + item[1] ** 2, item)):
            box = _box(x + dx * _STEP, y + dy * _STEP)
            across = zone.x < box.x and box.x + box.w < zone.x + zone.w
            if across and zone.y < box.y and box.y + box.h < zone.y + zone.h:
                yield x + dx * _STEP, y + dy * _STEP
