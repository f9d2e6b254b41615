"""What a collectivité's folder holds: every file that may be read, whatever its name; what is passed over, and why.

A folder comes from anywhere: a share, an archive, another system. Nothing in it may stop the rest.
"""

from __future__ import annotations

import os
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from nr_models.values.anomalies import Anomaly

FILES_MAX = 5_000
"""Files read in a dossier: a real one returns a few tens, an export of agents a file a machine."""

DEPTH_MAX = 32
"""Folders in folders: beyond, it is a loop or an attack, and the system refuses such paths."""

TOP = "."
"""The folder itself, where something is said of it."""

_IGNORED = ("~", ".")
_IGNORED_ENDS = (".tmp", "Thumbs.db", "desktop.ini")
_UNREADABLE = ("Cc", "Cf", "Cs", "Zl", "Zp")
_STAMP = (1 << 63) - 1  # what a database keeps of a date in nanoseconds


class Vu(NamedTuple):
    """A file seen: its name below the folder, with « / », fit to be read by people; where it is; what the disk says."""

    nom: str
    path: Path
    seen: os.stat_result
    brut: str

    @property
    def stamp(self) -> int:
        """Its date, as a number that a database keeps: a file may claim any year."""
        return self.seen.st_mtime_ns & _STAMP

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        """What is to be said of its name."""
        return () if self.brut == self.nom else (Anomaly(code="nom-illisible", fichier=self.nom),)


class Contenu(NamedTuple):
    """The files of a folder, in a fixed order; what was passed over; the folders that could not be looked into."""

    files: tuple[Vu, ...]
    anomalies: tuple[Anomaly, ...]
    fermes: tuple[str, ...] = ()

    def hides(self, nom: str) -> bool:
        """True for a name of which nobody can say whether it is still there."""
        return nom.startswith(self.fermes)


def scan_folder(folder: Path) -> Contenu:
    """Look at everything below a folder, once; links left alone, what software hides passed over."""
    files: list[Vu] = []
    said: list[Anomaly] = []
    for found in _walk(folder):
        if isinstance(found, Anomaly):
            said.append(found)
        elif len(files) == FILES_MAX:
            said.append(Anomaly(code="fichiers-trop-nombreux", fichier=found.nom, detail=str(FILES_MAX)))
            break
        else:
            files.append(found)
    return Contenu(tuple(_apart(files)), tuple(said), tuple(_hidden(item) for item in said if item.code in _CLOSED))


def list_files(folder: Path) -> list[Path]:
    """The files of a collectivité's folder, in a fixed order."""
    return [item.path for item in scan_folder(folder).files]


def find_file(folder: Path, nom: str) -> Path:
    """Where the file of that name is: nearly always under it, else where its bytes could not be said."""
    plain = folder / nom
    if plain.exists():
        return plain
    return next((item.path for item in scan_folder(folder).files if item.nom == nom), plain)


def readable(name: str) -> str:
    r"""A name as people and documents can hold it: each byte or sign that nothing can show is written « \xe9 »."""
    return "".join(_escape(sign) if _is_unreadable(sign) else sign for sign in name)


def _is_unreadable(sign: str) -> bool:
    return unicodedata.category(sign) in _UNREADABLE or ord(sign) & 0xFFFE == 0xFFFE  # the last two are no characters


def _escape(sign: str) -> str:
    code = ord(sign)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8, as Python carries it
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code > 0xFF else f"\\x{code:02x}"


_CLOSED = ("dossier-ferme", "dossier-trop-profond", "fichiers-trop-nombreux")


def _hidden(item: Anomaly) -> str:
    """How the names begin of which nothing can be said; beyond the cap, nobody looked at all."""
    return "" if item.fichier == TOP or item.code == "fichiers-trop-nombreux" else f"{item.fichier}/"


class _Place(NamedTuple):
    """A folder to look into: where, its name as read, its name as it is, how deep."""

    path: str
    nom: str
    brut: str
    depth: int


def _walk(top: Path) -> Iterator[Vu | Anomaly]:
    """Depth first, in the order of names, without recursion: folders may be nested by the thousand."""
    waiting: list[_Place | Vu | Anomaly] = [_Place(os.fspath(top), "", "", 0)]
    while waiting:
        item = waiting.pop()
        if not isinstance(item, _Place):
            yield item
        elif item.depth > DEPTH_MAX:
            yield Anomaly(code="dossier-trop-profond", fichier=item.nom, detail=str(DEPTH_MAX))
        else:
            waiting.extend(reversed(_list(item)))


def _list(place: _Place) -> list[_Place | Vu | Anomaly]:
    """What a folder holds, in the order of names; one look an entry."""
    try:
        with os.scandir(place.path) as entries:
            known = sorted((item for item in entries if not _is_ignored(item.name)), key=lambda item: item.name)
    except OSError:
        return [Anomaly(code="dossier-ferme", fichier=place.nom or TOP)]
    return [found for entry in known if (found := _see(place, entry)) is not None]


def _is_ignored(name: str) -> bool:
    return name.startswith(_IGNORED) or name.endswith(_IGNORED_ENDS)


def _see(place: _Place, entry: os.DirEntry[str]) -> _Place | Vu | Anomaly | None:
    """What an entry is; None when it was taken away while we were looking."""
    nom, brut = (f"{start}/{name}".lstrip("/") for start, name in _names(place, entry))
    try:
        if entry.is_symlink():
            return Anomaly(code="pas-un-fichier", fichier=nom, detail="un lien")
        if entry.is_dir():
            return _Place(entry.path, nom, brut, place.depth + 1)
        if not entry.is_file():
            return Anomaly(code="pas-un-fichier", fichier=nom, detail="ni un fichier ni un dossier")
        return Vu(nom, Path(entry.path), entry.stat(), brut)
    except FileNotFoundError:
        return None
    except OSError:
        return Anomaly(code="dossier-ferme", fichier=nom)


def _names(place: _Place, entry: os.DirEntry[str]) -> tuple[tuple[str, str], tuple[str, str]]:
    return (place.nom, readable(entry.name)), (place.brut, entry.name)


def _apart(files: list[Vu]) -> Iterator[Vu]:
    """The same files, each under a name of its own: two names of bytes may be written alike."""
    taken: Counter[str] = Counter()
    for item in files:
        taken[item.nom] += 1
        yield item if taken[item.nom] == 1 else item._replace(nom=f"{item.nom} ({taken[item.nom]})")
