"""A noun of the command line: its verbs are told in the order people need them, which is the code's."""

from __future__ import annotations

from typing import Any

import click


class Groupe(click.Group):
    """A group whose commands are listed as they were written, and not by letter."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"subcommand_metavar": "COMMANDE …", **kwargs})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order of the code."""
        return list(self.commands)
