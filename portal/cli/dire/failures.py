"""What went wrong, said to who typed the command: a sentence, a remedy, an exit code; never a traceback."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import sys
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from flows.engine.start import MoteurAbsent
from tasks.programme.programmes import Introuvable
from tasks.referentiel.load import ReferentielInvalide
from tasks.store.failures import note_failure
from tasks.store.settings import Settings, masked

USAGE = 2
FAILED = 1


class Echec(NamedTuple):
    """What to say, and the exit code: 2 where the person can put it right by asking otherwise."""

    message: str
    code: int


def explain(error: Exception) -> Echec:
    """The sentence of a failure; what nobody foresaw goes to a file that the sentence names."""
    if place := _find_full(error):
        return Echec(_full(place), FAILED)
    match error:
        case Introuvable():
            return Echec(str(error), USAGE)
        case ReferentielInvalide():
            return Echec("\n".join([str(error), *(f"  {fault}" for fault in error.fautes)]), USAGE)
        case MoteurAbsent():
            return Echec(str(error), FAILED)
        case ValidationError() if error.title == Settings.__name__:
            return Echec(_settings(error), USAGE)
        case ArgumentError() | NoSuchModuleError() | ModuleNotFoundError(name="psycopg" | "psycopg2"):
            return Echec(_address(), USAGE)
        case DBAPIError():
            return Echec(_database(), FAILED)
        case OSError() if _is_ours(error):
            return Echec(_outputs(error), USAGE)
        case OSError() if _is_named(error):
            return Echec(_named(error), USAGE)
        case _:
            return Echec(_unexpected(error), FAILED)


_FULL = frozenset((errno.ENOSPC, errno.EDQUOT))
_SQLITE_FULL = "SQLITE_FULL"
_LEAST = 1 << 18
"""Bytes without which neither the database nor the engine can write anything."""


def _find_full(error: BaseException | None) -> str:
    """The folder that has no room left, where that is what went wrong, whoever says it and in whichever words."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _FULL:
            return str(error.filename or _ours())
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorname", "") == _SQLITE_FULL:
            return _ours()
        if isinstance(error, DBAPIError | MoteurAbsent) and _has_no_room(_ours()):
            return _ours()
        error = error.__cause__ or error.__context__
    return ""


def _ours() -> str:
    """Our own folder; asked only of an error that settings made possible, for a wrong one is itself to be told."""
    return str(Settings().outputs)


def _has_no_room(place: str) -> bool:
    try:
        return shutil.disk_usage(place).free < _LEAST
    except OSError:
        return False


def _full(place: str) -> str:
    return (
        f"Le disque est plein : plus rien ne peut être écrit dans « {place} ». Libérez de la place, puis relancez la "
        "commande ; ce qui était enregistré l’est toujours."
    )


def _settings(error: ValidationError) -> str:
    lines = [
        f"Le réglage NR_{str(item['loc'][0]).upper()} "
        f"ne peut pas valoir « {masked(str(item['input']))} » ; corrigez cette variable."
        for item in error.errors()
    ]
    return "\n".join(lines)


def _address() -> str:
    return (
        "NR_DATABASE_URL n’est pas une adresse de base de données que ce poste sache ouvrir. Videz ce réglage pour "
        "SQLite, ou écrivez par exemple postgresql+psycopg://compte@serveur/base."
    )


def _database() -> str:
    place = masked(Settings().database)
    return (
        f"La base de données {place} ne répond pas, ne se lit pas ou ne peut pas être écrite. Rien n’y a été changé. "
        "Vérifiez NR_OUTPUTS, NR_DATABASE_URL et vos droits ; au besoin, remettez une sauvegarde."
    )


def _is_ours(error: OSError) -> bool:
    return str(error.filename or "").startswith(str(Settings().outputs))


def _is_named(error: OSError) -> bool:
    """True for a file that the person named, or that lies in a folder they named."""
    path = str(error.filename or "")
    return any(path == said or path.startswith(f"{said.rstrip('/')}/") for said in sys.argv[1:] if said.strip("/"))


def _named(error: OSError) -> str:
    return (
        f"« {error.filename} » ne peut pas être lu ou écrit. Vérifiez que son dossier existe, que ce n’est pas un "
        "dossier là où il faut un fichier, et que vos droits suffisent."
    )


def _outputs(error: OSError) -> str:
    return (
        f"« {error.filename} » ne peut pas être créé ou écrit. Vérifiez vos droits et la place qui reste, ou donnez "
        "à NR_OUTPUTS un dossier où vous pouvez écrire."
    )


def _unexpected(error: Exception) -> str:
    settings = Settings()
    try:
        path = note_failure(settings, " ".join(sys.argv[1:]), error)
    except OSError:
        return f"Erreur inattendue ({type(error).__name__}), et {settings.outputs} ne peut pas être écrit."
    return f"Erreur inattendue ({type(error).__name__}). Rien de ce qui était enregistré n’est perdu. Détail : {path}."
