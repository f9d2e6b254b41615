"""``nr reglages``: what an operator can set, and the values in force."""

from __future__ import annotations

import click
from pydantic import SecretStr

from tasks.store.settings import Settings, masked

_HIDDEN = ("database_url", "smtp_password")


@click.command(
    short_help="Les réglages et leurs valeurs.",
    help="Les réglages : variable d’environnement, valeur, à quoi elle sert.",
)
def reglages() -> None:
    """Print every setting with its value."""
    current = Settings()
    for name, field in Settings.model_fields.items():
        value = getattr(current, name)
        empty = value in ("", None, SecretStr(""))
        shown = "(vide)" if empty else "(défini)" if name in _HIDDEN else masked(str(value))
        click.echo(f"NR_{name.upper()} = {shown}\n    {field.description}")
    click.echo("SOURCE_DATE_EPOCH\n    Secondes depuis 1970 : l’heure d’une exécution, pour la refaire à l’identique.")
