"""The command « nr »: a thin line over the tasks and flows, in French, with plain exit codes.

0 done or waiting; 1 something failed, is refused or is wrong in a file; 2 wrong usage.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

import click

from portal.cli.anciens import translate
from portal.cli.dire.click_in_french import render_misuse, speak_french

speak_french()  # before the options below are described

COMMANDS: dict[str, tuple[str, ...]] = {
    "Commencer": ("exemple",),
    "Chaque jour": ("avancer", "etat", "pourquoi", "montrer", "verifier"),
    "Recueillir": ("retours", "inventaire"),
    "Décider": ("validation", "etape", "delegation"),
    "Mesurer": ("score", "referentiel"),
    "Prouver": ("piste", "personne"),
    "Exploiter": ("servir", "courriers", "reparer", "reglages"),
}
"""Every command in the order people meet them; each is a module of ``portal.cli.commandes``, and named like it.

A word of every day stands alone; the rest is a noun, then a verb.
"""
_NAMES = tuple(name for names in COMMANDS.values() for name in names)


class Commandes(click.Group):
    """A group whose commands are imported when asked for: a board need not load what writes workbooks."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Understand a line, in today's words or in those of before."""
        return super().parse_args(ctx, translate(args))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every name, in the order of the table."""
        return list(_NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or None."""
        if cmd_name not in _NAMES:
            return None
        gc.disable()  # nothing that is imported becomes garbage
        try:
            command: click.Command = getattr(import_module(f"portal.cli.commandes.{cmd_name}"), cmd_name)
        finally:
            gc.enable()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, a section after the other, in aligned columns."""
        wide = max(map(len, _NAMES))
        for title, names in COMMANDS.items():
            found = [(name, self.get_command(ctx, name)) for name in names]
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(wide), command.get_short_help_str(100)) for name, command in found if command]
                )


@click.group(
    cls=Commandes,
    subcommand_metavar="COMMANDE …",
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    help="La feuille de route Numérique responsable, de la collecte à la validation.\n\n"
    "PROGRAMME : un dossier, ou le nom d’un programme déjà connu. DOSSIER : « programme/collectivité », ou "
    "« collectivité » seule quand ce nom est unique.",
)
@click.version_option(package_name="feuille-de-route-nr", prog_name="nr")
def nr() -> None:
    """The group of every command."""


def main() -> None:
    """Run the command line; no traceback reaches the person."""
    try:
        code = nr.main(prog_name="nr", standalone_mode=False)
    except click.Abort:
        _fail("Interrompu. Ce qui était enregistré l’est ; relancez la commande pour continuer.", 130)
    except click.ClickException as error:
        click.echo(render_misuse(error), err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:  # whoever read us has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        from portal.cli.dire.failures import explain

        _fail(*explain(error))
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> None:
    click.echo(f"Erreur\u00a0: {message}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
