"""``nr verifier``: read files as the pipeline would, and nothing else; a copy to correct where asked."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from nr_models.inventaire.compris import Compris, understand_parc
from nr_models.inventaire.correspondance import Correspondance, Genre
from nr_models.inventaire.parc import RetourInventaire
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.french import plural
from portal.cli.dire.compris import describe_compris, tell_compris
from portal.cli.dire.terminal import print_anomalies, print_json
from tasks.programme.lieu import find_lieu
from tasks.reading.spreadsheet import read_spreadsheet
from tasks.referentiel.load import find_folder, load_referentiel
from tasks.returns.copies import render_correction
from tasks.returns.recognise import Understood, understand
from tasks.returns.returns import load_mappings
from tasks.stages.collect.workbooks.correspondance import render_correspondance
from tasks.store.workspace import Workspace

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(
    short_help="Lire des fichiers, comme la démarche.",
    help="Lire des fichiers comme le ferait la démarche : ce qui est compris, chaque anomalie. Rien n’est retenu.\n\n"
    "Un classeur d’un autre outil se lit par une correspondance : « --correspondance » en propose une, à compléter "
    "et à déposer avec les retours. « --dossier » lit avec celles de ce dossier.",
)
@click.argument("files", metavar="FICHIER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--dossier", metavar="DOSSIER", help="Lire avec le référentiel et les correspondances de ce dossier.")
@click.option("--vers", "to", type=_FILE, help="Écrire ici une copie à corriger, cellules commentées.")
@click.option("--correspondance", type=_FILE, help="Écrire ici une correspondance de colonnes, à compléter.")
@click.option(
    "--comme", type=click.Choice(["inventaire", "diagnostic"]), help="Ce qu’est le fichier à faire correspondre."
)
@click.option("--json", "as_json", is_flag=True, help="Un document JSON, et rien d’autre.")
def verifier(
    files: Sequence[Path],
    dossier: str | None,
    to: Path | None,
    correspondance: Path | None,
    comme: Genre | None,
    as_json: bool,
) -> None:
    """Understand each file; exit 1 when there are anomalies."""
    if (to or correspondance) and len(files) > 1:
        raise click.UsageError("« --vers » et « --correspondance » valent pour un seul fichier : donnez-les un par un.")
    for written in (to, correspondance):
        if written and written.resolve() == files[0].resolve():
            raise click.UsageError(f"{written} est le fichier à lire : donnez un autre nom à ce qui sera écrit.")
    known = _load_known(dossier)
    if correspondance:
        sys.exit(_write_mapping(files[0], known, comme, correspondance))
    found = [(path, understand(path, path.name, known.referentiel, known.correspondances)) for path in files]
    if as_json:
        print_json([_document(path, item) for path, item in found])
    else:
        names = {item.slug: item.nom for item in known.referentiel.facteurs.categories}
        for path, item in found:
            _print(path, item, names)
    if to:
        _write_copy(found[0][1], files[0].name, to)
    sys.exit(1 if any(not anomaly.informative for _, item in found for anomaly in item.anomalies) else 0)


class _Known(NamedTuple):
    """What files are read with, and whose they are."""

    referentiel: Referentiel
    correspondances: tuple[Correspondance, ...] = ()
    siren: str = ""


def _load_known(name: str | None) -> _Known:
    if name is None:
        return _Known(load_referentiel(find_folder()))
    lieu = find_lieu(Workspace(), name)
    return _Known(lieu.referentiel, load_mappings(lieu), lieu.entree.collectivite.siren)


def _write_mapping(path: Path, known: _Known, comme: Genre | None, to: Path) -> int:
    content = render_correspondance(read_spreadsheet(path), path.name, known.referentiel, comme, known.siren)
    if content is None:
        click.echo(f"Aucun tableau à faire correspondre dans {path.name} : {to} n’est pas écrit.", err=True)
        return 1
    to.write_bytes(content)
    click.echo(f"Correspondance proposée : {to}. Complétez-la, puis déposez-la avec les retours.", err=True)
    return 0


def _write_copy(item: Understood, name: str, to: Path) -> None:
    content = render_correction(item, name)
    if content is None:
        click.echo(f"Aucune cellule à corriger : {to} n’est pas écrit.", err=True)
        return
    to.write_bytes(content)
    click.echo(f"Copie à corriger : {to}. Corrigez-la et déposez-la à la place de {name}.", err=True)


def _document(path: Path, item: Understood) -> dict[str, object]:
    return {
        "fichier": str(path),
        "type": item.type,
        "lu": {
            "feuilles": item.feuilles,
            "lignes": item.lignes,
            "acceptees": item.acceptees,
            **({"compris": describe_compris(found)} if (found := _understood(item)) else {}),
        },
        "anomalies": [
            {
                "code": anomaly.code,
                "feuille": anomaly.feuille,
                "cellule": anomaly.cellule,
                "valeur": anomaly.valeur,
                "message": anomaly.message,
                "remede": anomaly.remede,
            }
            for anomaly in item.anomalies
        ],
    }


def _understood(item: Understood) -> Compris | None:
    return understand_parc([item.valeur]) if isinstance(item.valeur, RetourInventaire) else None


def _print(path: Path, item: Understood, names: Mapping[str, str]) -> None:
    kind = "type non reconnu" if item.type == "inconnu" else item.type
    click.echo(
        f"{path} : {kind}, {plural(item.feuilles, 'feuille')}, {plural(item.lignes, 'ligne')} "
        f"dont {plural(item.acceptees, 'acceptée')}, {plural(len(item.anomalies), 'anomalie')}."
    )
    if found := _understood(item):
        for line in tell_compris(found, names):
            click.echo(f"  {line}")
    print_anomalies(item.anomalies, stderr=False)
