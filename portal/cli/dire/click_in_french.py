"""The command line in French: click's own sentences come from our catalogue, set as French is."""

from __future__ import annotations

import gettext
import io
import os
import re
from pathlib import Path

import click

LOCALE = Path(__file__).parents[1] / "locale"
_BOUNDS = re.compile(r"(\d+)<=x<=(\d+)")  # how click writes the bounds of a number
_QUOTED = re.compile(r"'([^'\n]*)'|\"([^\"\n]*)\"")  # as Python shows a text; ours have curly apostrophes


class _Formatter(click.HelpFormatter):
    """Help with a no-break space before the colon of a title."""

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading}\u00a0:\n")


def speak_french() -> None:
    """Have gettext answer from our catalogue, whatever the machine's language."""
    os.environ["LANGUAGE"] = "fr"
    gettext.bindtextdomain("messages", str(LOCALE))
    gettext.textdomain("messages")
    click.Context.formatter_class = _Formatter


def render_misuse(error: click.ClickException) -> str:
    """What click has to say of a wrong command, with French quotation marks."""
    said = io.StringIO()
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return error.format_message()
    error.show(said)
    text = _BOUNDS.sub(r"\1 à \2", said.getvalue()).replace("%Y-%m-%d", "AAAA-MM-JJ")
    return _QUOTED.sub(lambda it: f"«\u00a0{it[1] or it[2] or ''}\u00a0»", text).rstrip()
