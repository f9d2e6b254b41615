"""Letters to send by hand, from the templates of ``templates/mails``: the first line is the subject."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from templates import ROOT

_NBSP = "\u00a0"
_BEFORE = re.compile(r" (?=[:;?!%€»])")
_AFTER = re.compile(r"(?<=«) ")
_BLANKS = re.compile(r"\n{3,}")


class Courrier(NamedTuple):
    """What a letter says: its subject, one line, and its text."""

    sujet: str
    texte: str


def write_courrier(name: str, **values: object) -> Courrier:
    """The letter of that name, in French typography. Raises ``jinja2.UndefinedError`` when a value lacks."""
    rendered = _environment().get_template(f"{name}.txt.j2").render(**values)
    subject, _, text = _AFTER.sub(_NBSP, _BEFORE.sub(_NBSP, rendered)).partition("\n")
    return Courrier(" ".join(subject.split(" ")).strip(), _BLANKS.sub("\n\n", text).strip() + "\n")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "mails"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text, never a page
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
