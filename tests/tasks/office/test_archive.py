"""Une archive figée donne toujours les mêmes octets."""

from __future__ import annotations

import io
import zipfile

from tasks.office.archive import AUTHOR, freeze


def test_une_archive_figee_le_reste_jusque_dans_les_classeurs_qu_elle_contient() -> None:
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("b.xml", "b")
        archive.writestr("[Content_Types].xml", "t")
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("ppt/embeddings/c.xlsx", inner.getvalue())
        archive.writestr(
            "docProps/core.xml",
            "<x><dc:creator>Anne</dc:creator><cp:lastModifiedBy/>"
            '<dcterms:created xsi:type="w">2026-01-02T03:04:05Z</dcterms:created></x>',
        )
    frozen = freeze(outer.getvalue())
    assert freeze(frozen) == frozen
    with zipfile.ZipFile(io.BytesIO(frozen)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
        with zipfile.ZipFile(io.BytesIO(archive.read("ppt/embeddings/c.xlsx"))) as workbook:
            assert workbook.namelist() == ["[Content_Types].xml", "b.xml"]
    assert core == (
        f"<x><dc:creator>{AUTHOR}</dc:creator><cp:lastModifiedBy/>"
        '<dcterms:created xsi:type="w">1980-01-01T00:00:00Z</dcterms:created></x>'
    )
