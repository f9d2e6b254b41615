"""Une archive hostile est refusée, chacune avec son code, avant que rien n’en soit ouvert."""

from __future__ import annotations

import io
from collections.abc import Callable
from struct import pack_into, unpack_from
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import pytest

from tasks.reading.child.bounds import Refus
from tasks.reading.child.package import check_package

_CENTRAL, _END = b"PK\x01\x02", b"PK\x05\x06"


def archive(*names: str) -> bytearray:
    buffer = io.BytesIO()
    with ZipFile(buffer, "w", ZIP_STORED) as opened:
        for name in names:
            opened.writestr(ZipInfo(name), f"contenu de {name}")
    return bytearray(buffer.getvalue())


def entry(content: bytearray, rank: int) -> int:
    """Où commence, dans le répertoire, l’élément de ce rang."""
    place = unpack_from("<I", content, content.rindex(_END) + 16)[0]
    for _ in range(rank):
        place = content.index(_CENTRAL, place + 4)
    return int(place)


def overlapping() -> bytearray:
    """Le premier élément, allongé, couvre le second : chacun se lit, et son CRC est le sien."""
    content = archive("a.xml", "b.xml")
    first, second = entry(content, 0), entry(content, 1)
    start, size = unpack_from("<I", content, second + 42)[0], unpack_from("<I", content, first + 24)[0]
    longer = start + 4 - (30 + len("a.xml"))
    assert longer > size
    for place in (first + 20, first + 24):
        pack_into("<I", content, place, longer)
    return content


def wrong_crc() -> bytearray:
    content = archive("a.xml")
    content[30 + len("a.xml")] ^= 1  # un octet du contenu
    return content


def same_name_but_case() -> bytearray:
    return archive("xl/Workbook.xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (overlapping, "fichier-suspect"),
        (wrong_crc, "fichier-illisible"),
        (same_name_but_case, "fichier-suspect"),
    ],
)
def test_une_archive_hostile_est_refusee_avec_son_code(make: Callable[[], bytearray], code: str) -> None:
    with pytest.raises(Refus) as refus:
        check_package(bytes(make()))
    assert refus.value.code == code


def test_une_archive_saine_passe() -> None:
    assert check_package(bytes(archive("a.xml", "b.xml"))).read("b.xml") == b"contenu de b.xml"
