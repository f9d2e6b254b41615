"""Check an archive before any parser sees it: sizes as they really unpack, names, overlaps, DTD.

Runs in the child process only, and imports nothing but the standard library.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from struct import error as struct_error
from struct import unpack_from
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from tasks.reading.child import bounds
from tasks.reading.child.bounds import Refus

MAGIC = b"PK\x03\x04"
_LOCAL_HEADER = 30
_CHUNK = 64 * 1024
_OVERLAP = 24
_DTD = re.compile(rb"<!(DOCTYPE|ENTITY)")
_ERROR_CELLS = ((b'"', b't="e"'), (b"'", b"t='e'"))
"""How a cell in error is marked, after the one byte to look for first: it is found many times faster."""
_HIDDEN_MARKS = (b'hidden="1"', b"hidden='1'", b'hidden="true"', b'visibility="collapse"', b'visibility="filter"')
"""How a hidden row is marked in an XLSX and in an ODS."""


class Package(NamedTuple):
    """An archive that passed: its bytes, its entries by name, those with cells in error, those with hidden rows."""

    content: bytes
    entries: dict[str, ZipInfo]
    en_erreur: frozenset[str]
    masquees: frozenset[str] = frozenset()

    def read(self, name: str) -> bytes:
        """The unpacked bytes of an entry; empty when it is not there."""
        info = self.entries.get(name)
        return b"".join(_inflate(self.content, info)) if info else b""


def check_package(content: bytes) -> Package:
    """The archive, once it is known to be harmless to unpack. Raises ``Refus``."""
    entries = _list_entries(content)
    _check_names(entries)
    _check_sizes(entries, len(content))
    _check_places(content, entries)
    seen = {info.filename: _check_entry(content, info) for info in entries}
    return Package(
        content,
        {info.filename: info for info in entries},
        en_erreur=frozenset(name for name, marks in seen.items() if marks.en_erreur),
        masquees=frozenset(name for name, marks in seen.items() if marks.masquees),
    )


def _list_entries(content: bytes) -> list[ZipInfo]:
    try:
        with ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (BadZipFile, NotImplementedError, ValueError, OverflowError, OSError, struct_error) as error:
        raise Refus("fichier-illisible", "l’archive est abîmée ou incomplète") from error
    if len(entries) > bounds.ENTRIES:
        raise Refus("fichier-trop-gros", f"plus de {bounds.count(bounds.ENTRIES)} éléments dans l’archive")
    return entries


def _check_names(entries: list[ZipInfo]) -> None:
    seen: set[str] = set()
    for info in entries:
        name = info.filename.replace("\\", "/")
        if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
            raise Refus("fichier-suspect", "un élément de l’archive sort de son dossier")
        if "\0" in info.orig_filename or name.lower() in seen:
            raise Refus("fichier-suspect", "deux éléments de l’archive portent le même nom")
        seen.add(name.lower())
        if info.flag_bits & 0x1:
            raise Refus("fichier-chiffre")
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Refus("fichier-suspect", "compression inhabituelle")


def _check_sizes(entries: list[ZipInfo], packed: int) -> None:
    unpacked = sum(info.file_size for info in entries)
    if unpacked > bounds.UNPACKED_BYTES:
        raise Refus("fichier-trop-gros", f"plus de {bounds.UNPACKED_BYTES // bounds.MEGABYTE} Mo une fois décompressé")
    swollen = [info for info in entries if info.file_size > bounds.RATIO_FLOOR_BYTES]
    if unpacked > bounds.RATIO * packed or any(
        info.file_size > bounds.RATIO * max(info.compress_size, 1) for info in swollen
    ):
        raise Refus("fichier-suspect", "contenu démesurément compressé")


def _check_places(content: bytes, entries: list[ZipInfo]) -> None:
    """Each entry lies where the directory says, under the name it says, and none covers another."""
    end = 0
    for info in sorted(entries, key=lambda item: item.header_offset):
        if info.header_offset < end:
            raise Refus("fichier-suspect", "des éléments de l’archive se chevauchent")
        end = _start(content, info) + info.compress_size
        if end > len(content):
            raise Refus("fichier-illisible", "l’archive est incomplète")


def _start(content: bytes, info: ZipInfo) -> int:
    """Where the packed bytes of an entry start."""
    place = info.header_offset
    if content[place : place + 4] != MAGIC or place + _LOCAL_HEADER > len(content):
        raise Refus("fichier-illisible", "l’archive est abîmée")
    flags, name_length, extra_length = (
        unpack_from("<H", content, place + 6)[0],
        *unpack_from("<HH", content, place + 26),
    )
    raw = content[place + _LOCAL_HEADER : place + _LOCAL_HEADER + name_length]
    if raw.decode("utf-8" if flags & 0x800 else "cp437", "replace") != info.orig_filename:
        raise Refus("fichier-suspect", "l’archive annonce un nom et en porte un autre")
    return place + _LOCAL_HEADER + int(name_length) + int(extra_length)


class _Marks(NamedTuple):
    """What was seen in an entry while it was unpacked: it is then read again for that alone."""

    en_erreur: bool
    masquees: bool


def _check_entry(content: bytes, info: ZipInfo) -> _Marks:
    """Unpack an entry for good and look for a DTD, cells in error, hidden rows."""
    in_error, hidden, size, tail, crc = False, False, 0, b"", 0
    text = "/media/" not in info.filename
    for chunk in _inflate(content, info):
        size += len(chunk)
        crc = zlib.crc32(chunk, crc)
        if text:
            window = tail + (chunk.replace(b"\0", b"") if b"\0" in chunk else chunk)
            if b"!" in window and _DTD.search(window):
                raise Refus("fichier-suspect", "il déclare des entités XML")
            in_error = in_error or any(quote in window and mark in window for quote, mark in _ERROR_CELLS)
            hidden = hidden or any(mark in window for mark in _HIDDEN_MARKS)
            tail = window[-_OVERLAP:]
    if size != info.file_size or crc != info.CRC:
        raise Refus("fichier-illisible", "l’archive est abîmée")
    return _Marks(in_error, hidden)


def _inflate(content: bytes, info: ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of an entry, never more than it announced. Raises ``Refus``."""
    start = _start(content, info)
    packed = memoryview(content)[start : start + info.compress_size]
    machine = zlib.decompressobj(-zlib.MAX_WBITS) if info.compress_type == ZIP_DEFLATED else None
    size = 0
    for place in range(0, len(packed), _CHUNK):
        for chunk in _expand(packed[place : place + _CHUNK], machine):
            size += len(chunk)
            if size > info.file_size:
                raise Refus("fichier-suspect", "un élément de l’archive est plus gros qu’annoncé")
            yield chunk


def _expand(packed: memoryview, machine: zlib._Decompress | None) -> Iterator[bytes]:
    if machine is None:
        yield bytes(packed)
        return
    try:
        chunk = machine.decompress(packed, bounds.MEGABYTE)
        while chunk:
            yield chunk
            chunk = machine.decompress(machine.unconsumed_tail, bounds.MEGABYTE)
    except zlib.error as error:
        raise Refus("fichier-illisible", "l’archive est abîmée") from error
