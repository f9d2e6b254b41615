"""Templates filled, in French punctuation; the style sheet and the icon, in the colours of the look."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_GATE, BY_SLUG, RETOURS, STAGES
from nr_models.values.controle import show_code
from nr_models.values.dates import french_date
from nr_models.values.french import joined, plural
from nr_models.values.frozen import plain
from portal import labels
from tasks.office.look import load_look
from templates import ROOT


class Rendu:
    """Every page as text."""

    def __init__(self) -> None:
        self.templates = _environment()

    def page(self, name: str, **context: Any) -> str:
        """A page, with French punctuation; ``moi`` is the name of who reads it, empty for a stranger."""
        said = {"moi": "", "pied": "", "etroite": False, **context}
        return labels.typeset(self.templates.get_template(f"{name}.html.j2").render(said))

    def style(self) -> str:
        """The style sheet, its colours taken from the look tokens."""
        return self.templates.get_template("style.css.j2").render(plain(load_look()))

    def icon(self) -> str:
        """The icon of the site, in the accent colour."""
        return self.templates.get_template("icone.svg.j2").render(plain(load_look()))


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOT / "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "jour": labels.write_day,
        "instant": labels.write_instant,
        "date_fr": french_date,
        "taille": labels.write_size,
        "format_fichier": labels.write_format,
        "enumere": joined,
        "retour": lambda kind: RETOURS.get(kind, kind),
        "nombre": plural,
    }
    environment.globals |= {
        "nom_document": labels.name_document,
        "PHRASES": labels.PHRASES,
        "show_code": show_code,
        "STAGES": STAGES,
        "BY_SLUG": BY_SLUG,
        "BY_GATE": BY_GATE,
        "Etat": Etat,
    }
    return environment
