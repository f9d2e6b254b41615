"""Office packages made reproducible: same content, same bytes, and nobody's name in the properties."""

from __future__ import annotations

import io
import re
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

AUTHOR = "Feuille de route Numérique responsable"
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first date a zip archive can hold."""

_ZIP = b"PK\x03\x04"
_FIRST = "[Content_Types].xml"
_CORE = "docProps/core.xml"
_DATES = re.compile(rb"(<dcterms:(created|modified)\b[^>]*(?<!/)>)[^<]*(?=</)")
_NAMES = re.compile(rb"(<(dc:creator|cp:lastModifiedBy)\b[^>]*(?<!/)>)[^<]*(?=</)")


def freeze(content: bytes) -> bytes:
    """The same package, its entries sorted, dated 1980-01-01 and packed alike, workbooks inside it too.

    Raises ``zipfile.BadZipFile`` when the bytes are no archive.
    """
    with ZipFile(io.BytesIO(content)) as source:
        entries = {name: source.read(name) for name in source.namelist() if not name.endswith("/")}
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as target:
        for name in sorted(entries, key=lambda item: (item != _FIRST, item)):
            target.writestr(_entry(name), _frozen(name, entries[name]))
    return packed.getvalue()


def _frozen(name: str, content: bytes) -> bytes:
    if name == _CORE:
        return neutralise(content)
    return freeze(content) if content.startswith(_ZIP) else content


def neutralise(core: bytes) -> bytes:
    """Core properties with the fixed date and a neutral author."""
    stamp = b"%04d-%02d-%02dT%02d:%02d:%02dZ" % EPOCH
    dated = _DATES.sub(lambda found: found[1] + stamp, core)
    return _NAMES.sub(lambda found: found[1] + AUTHOR.encode(), dated)


def _entry(name: str) -> ZipInfo:
    info = ZipInfo(name, date_time=EPOCH)
    info.compress_type = ZIP_DEFLATED
    info.create_system = 0  # the system that wrote it is no part of the content
    info.external_attr = 0
    return info
