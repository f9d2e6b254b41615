"""The page of the commands, made from the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from portal.cli.anciens import ANCIENS, Ancien
from portal.cli.main import COMMANDS, nr

_HEAD = """# Les commandes

Les mots de chaque jour vont seuls ; le reste se dit par un nom, puis un verbe. PROGRAMME est un dossier, ou le nom d’un
programme déjà connu. DOSSIER est « programme/collectivité », ou la collectivité seule quand son nom est unique.
`--help` après une commande explique chacune de ses options.

Une option a le même sens partout : `--par` dit qui agit, `--pour` à qui cela va, `--motif` pourquoi, `--texte` ce que
dit un avis, `--vers` où écrire, `--lot` un fichier de demandes, `--jusqua` l’étape où s’arrêter, `--vu` ce que la
personne a vu, `--du` et `--au` le premier et le dernier jour, `--demande` le nom d’une demande, qui répétée n’a d’effet
qu’une fois, `--graine` le hasard, `--json` un document que d’autres outils relisent.

Codes de sortie : 0, c’est fait, ou quelqu’un est attendu ; 1, un échec, un refus ou une faute dans un fichier ; 2, une
commande mal employée.
"""
_OLD = """## Les noms d’avant

Jusqu’à la version 0.2, les noms d’avant la 0.1, avec leurs options, sont encore compris.

| Avant | Aujourd’hui | Options |
| --- | --- | --- |"""


def render_commandes() -> str:
    """Every command by section, then the old names."""
    sections = (line for title, names in COMMANDS.items() for line in _section(title, names))
    made = "Page produite depuis `portal/cli/` par `python -m portal.manuel.documentation`."
    old = "\n".join((_OLD, *map(_former, ANCIENS)))
    return "\n".join((_join(_HEAD), made, *sections, "", old, ""))


def _join(text: str) -> str:
    """Each paragraph on a line of its own, as the other pages are."""
    return "\n\n".join(part.replace("\n", " ") for part in text.strip().split("\n\n")) + "\n"


def _section(title: str, names: tuple[str, ...]) -> Iterator[str]:
    yield from ("", f"## {title}", "", "| Commande | Ce qu’elle fait | Options |", "| --- | --- | --- |")
    context = click.Context(nr, info_name="nr")
    for name in names:
        command = nr.get_command(context, name)
        if isinstance(command, click.Group):
            inner = click.Context(command, parent=context, info_name=name)
            yield from (_row(f"nr {name} {verb}", command.commands[verb]) for verb in command.list_commands(inner))
        elif command is not None:
            yield _row(f"nr {name}", command)


def _row(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=name)
    words = [item.make_metavar(context) for item in command.params if isinstance(item, click.Argument)]
    options = [_option(item, context) for item in command.params if isinstance(item, click.Option)]
    said = " ".join((command.help or "").split())
    shown = " ".join([name, *words]).replace("|", "\\|")
    return f"| `{shown}` | {_code(said)} | {' '.join(options) or '–'} |"


def _option(item: click.Option, context: click.Context) -> str:
    """« `--par ADRESSE` »; in brackets where one may do without."""
    value = "" if item.is_flag else f" {item.make_metavar(context)}"
    said = f"`{item.opts[0]}{value}`".replace("|", "\\|")
    return said if item.required else f"[{said}]"


def _code(said: str) -> str:
    """The sentence, with its options as code."""
    return re.sub(r"--[a-z]+", r"`\g<0>`", said).replace("|", "\\|")


def _former(item: Ancien) -> str:
    options = ", ".join(f"`{old}` : `{new}`" for old, new in item.options.items())
    moved = f"`{item.au_bout[0]} A B` : `A B`" if item.au_bout[0] else ""
    where = f", avec `{item.avec}`" if item.avec else ""
    said = ", ".join(filter(None, (options, moved))) or "–"
    return f"| `{' '.join(item.mots)}`{where} | `nr {' '.join(item.neufs)}` | {said} |"
