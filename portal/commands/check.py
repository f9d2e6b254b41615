"""``nr check``: read files as the pipeline would, and nothing else; a copy to correct where asked."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from portal.terminal import print_anomalies, print_json
from portal.words import plural
from tasks.readers.recognise import Understood, understand
from tasks.referentiel import find_folder, load_referentiel
from tasks.workbooks.anomalies import render_correction


@click.command(
    short_help="Lire des fichiers, sans rien écrire.",
    help="Lire des fichiers comme le ferait la démarche, sans rien écrire : ce qui est compris, chaque anomalie.",
)
@click.argument("files", metavar="FICHIER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--to", type=click.Path(path_type=Path), help="Écrire ici une copie à corriger, cellules commentées.")
@click.option("--json", "as_json", is_flag=True, help="Un document JSON, et rien d’autre.")
def check(files: Sequence[Path], to: Path | None, as_json: bool) -> None:
    """Understand each file; exit 1 when there are anomalies."""
    if to and len(files) > 1:
        raise click.UsageError("« --to » écrit la copie d’un seul fichier : donnez-les un par un.")
    referentiel = load_referentiel(find_folder())
    found = [(path, understand(path, path.name, referentiel)) for path in files]
    if as_json:
        print_json([_document(path, item) for path, item in found])
    else:
        for path, item in found:
            _print(path, item)
    if to:
        _write_copy(found[0][1], files[0].name, to)
    sys.exit(1 if any(item.anomalies for _, item in found) else 0)


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
        "lu": {"feuilles": item.feuilles, "lignes": item.lignes, "acceptees": item.acceptees},
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


def _print(path: Path, item: Understood) -> None:
    kind = "type non reconnu" if item.type == "inconnu" else item.type
    click.echo(
        f"{path} : {kind}, {plural(item.feuilles, 'feuille')}, {plural(item.lignes, 'ligne')} "
        f"dont {item.acceptees} acceptées, {plural(len(item.anomalies), 'anomalie')}."
    )
    print_anomalies(item.anomalies, stderr=False)
