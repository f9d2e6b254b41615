"""The command « nr »: a thin line over the tasks and flows, in French, with plain exit codes.

0 done or waiting; 1 something failed, is refused or is wrong in a file; 2 wrong usage.
"""

from __future__ import annotations

import sys
import traceback

import click

from portal.commands import audit, check, decide, demo, run, serve, settings, status
from portal.french import speak_french
from tasks.clock import now
from tasks.programmes import Introuvable
from tasks.referentiel import ReferentielInvalide
from tasks.settings import Settings

speak_french()  # before the options below are described


@click.group(
    subcommand_metavar="COMMANDE …",
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 100},
    help="La feuille de route Numérique responsable, de la collecte à la validation.\n\n"
    "PROGRAMME : un dossier, ou le nom d’un programme déjà connu. DOSSIER : « programme/collectivité », ou "
    "« collectivité » seule quand ce nom est unique.",
)
@click.version_option(package_name="feuille-de-route-nr", prog_name="nr")
def nr() -> None:
    """The group of every command."""


for command in (
    *(run.run, status.status, status.why, status.show, decide.decide, decide.close, decide.reopen),
    *(check.check, audit.audit, demo.demo, serve.serve, settings.settings),
):
    nr.add_command(command)


def main() -> None:
    """Run the command line; no traceback reaches the person, it goes to a file that the message names."""
    try:
        nr(prog_name="nr")
    except Introuvable as error:
        _fail(str(error), 2)
    except ReferentielInvalide as error:
        _fail("\n".join([str(error), *(f"  {fault}" for fault in error.fautes)]), 2)
    except Exception as error:
        _fail(_unexpected(error), 1)


def _unexpected(error: Exception) -> str:
    path = Settings().outputs / "erreurs.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as stream:
            stream.write(f"{now()} {' '.join(sys.argv[1:])}\n{''.join(traceback.format_exception(error))}\n")
    except OSError:
        return f"Erreur inattendue ({type(error).__name__}), et {path} ne peut pas être écrit."
    return f"Erreur inattendue ({type(error).__name__}). Rien de ce qui était enregistré n’est perdu. Détail : {path}."


def _fail(message: str, code: int) -> None:
    click.echo(f"Erreur : {message}", err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
