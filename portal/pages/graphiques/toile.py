"""A chart being drawn: shapes and words, every word escaped, with the title and the finding it always bears."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup

from tasks.office.look import load_look

SIZE = 13
"""Height of the words, in units of the drawing; a drawing is 400 wide, so that a phone shows it at its size."""

WIDE = 400
_CHAR = 0.53
"""Mean width of a character, in heights: what decides where a word is cut, never a measure."""

Point = tuple[float, float]


@dataclass
class Toile:
    """A drawing of ``wide`` by ``tall``; shapes are added in the order in which they cover one another."""

    titre: str
    constat: str
    tall: float
    wide: float = WIDE
    shapes: list[Markup] = field(default_factory=list)

    def rect(self, at: Point, size: Point, fill: str = "none", **more: str) -> None:
        """A rectangle from its upper left corner."""
        (x, y), (wide, tall) = at, size
        self._add("rect", {"x": x, "y": y, "width": max(wide, 0), "height": tall, "fill": fill}, more)

    def circle(self, at: Point, radius: float, fill: str = "none", **more: str) -> None:
        """A circle."""
        self._add("circle", {"cx": at[0], "cy": at[1], "r": radius, "fill": fill}, more)

    def line(self, points: Iterable[Point], stroke: str, **more: str) -> None:
        """A line through points."""
        self._add("path", {"d": _path(points), "fill": "none", "stroke": stroke}, more)

    def outline(self, points: Iterable[Point], stroke: str, **more: str) -> None:
        """A line through points, and back to the first."""
        self._add("path", {"d": f"{_path(points)}Z", "fill": "none", "stroke": stroke}, more)

    def text(
        self, at: Point, words: str, ink: str = "", *, size: float = SIZE, strong: bool = False, **more: str
    ) -> None:
        """Words, from the left on their base line; ``text_anchor`` moves them."""
        named = {"x": at[0], "y": at[1], "font-size": size, "fill": ink or colour("encre")}
        weight = {"font-weight": "600"} if strong else {}
        self._add("text", named, {**weight, **more}, words)

    def render(self, name: str) -> Markup:
        """The drawing; ``name`` is its own in the page, so that its title and finding are found."""
        return Markup(
            '<svg viewBox="0 0 {wide} {tall}" role="img" aria-labelledby="{name}-t {name}-d">'
            '<title id="{name}-t">{titre}</title><desc id="{name}-d">{constat}</desc>{shapes}</svg>'
        ).format(
            wide=_figure(self.wide),
            tall=_figure(self.tall),
            name=name,
            titre=self.titre,
            constat=self.constat,
            shapes=Markup("").join(self.shapes),
        )

    def _add(self, tag: str, named: dict[str, object], more: dict[str, str], words: str | None = None) -> None:
        said = {**named, **{key.replace("_", "-"): value for key, value in more.items()}}
        text = Markup("").join(
            Markup(' {}="{}"').format(key, _figure(value) if isinstance(value, float | int) else value)
            for key, value in said.items()
        )
        inside = Markup("/>") if words is None else Markup(">{}</{}>").format(words, tag)
        self.shapes.append(Markup("<{}").format(tag) + text + inside)


def colour(token: str) -> str:
    """A colour of the look, by its token."""
    return load_look().couleurs[token]


def dimension_colour(numero: int) -> str:
    """The colour of a dimension; the ink beyond those that the look has."""
    return load_look().dimensions.get(numero, colour("encre"))


def shorten(words: str, wide: float, size: float = SIZE) -> str:
    """The words that fit in a width, cut between two of them; the table below a chart has them whole."""
    most = int(wide / (size * _CHAR))
    if len(words) <= most:
        return words
    cut = words[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;:«\u00a0")
    return f"{cut} …"


def wrap(words: str, wide: float, size: float = SIZE, most: int = 2) -> list[str]:
    """The words on at most so many lines."""
    room, lines = int(wide / (size * _CHAR)), [""]
    for word in words.split(" "):
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return lines if len(lines) <= most else [*lines[: most - 1], shorten(" ".join(lines[most - 1 :]), wide, size)]


def _path(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{_figure(x)} {_figure(y)}" for x, y in points)


def _figure(value: object) -> str:
    """A coordinate at a tenth, without a useless zero: the same drawing has the same bytes."""
    assert isinstance(value, float | int)
    return f"{round(value, 1) + 0:.1f}".removesuffix(".0")
