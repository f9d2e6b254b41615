"""Une feuille trop étendue est refusée avant d’être dépliée, même presque vide."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from tasks.reading.child import bounds
from tasks.reading.child.bounds import Refus
from tasks.reading.child.content import read_content

_WIDE = 100


def sheet(height: int) -> bytes:
    """Un classeur dont seuls les deux coins sont remplis."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write(0, 0, "début")
        page.write(height - 1, _WIDE - 1, "fin")
    return buffer.getvalue()


def test_une_feuille_a_peine_plus_etendue_que_permis_est_refusee() -> None:
    height = bounds.AREA // _WIDE + 1
    assert height < bounds.ROWS  # rien d’autre ne la refuserait
    with pytest.raises(Refus) as refus:
        read_content(sheet(height))
    assert refus.value.code == "fichier-trop-gros"
