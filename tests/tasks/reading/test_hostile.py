"""Ce que l’on rend peut être cassé ou hostile : c’est lu, ou refusé avec un code ; rien d’autre n’arrive."""

from __future__ import annotations

import gzip
import io
import os
import random
import resource
import struct
import threading
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.anomalies import CATALOGUE
from tasks.reading import spreadsheet
from tasks.reading.spreadsheet import Lecture, read_spreadsheet
from tasks.referentiel.load import find_folder, load_referentiel
from tasks.returns.recognise import understand

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
TOP = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{RELS}"><sheets><sheet name="F" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
BOOK_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{RELS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{RELS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
READ = "lu"


def sheet(rows: str, more: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{more}</worksheet>'


def text_cell(address: str, text: str = "x") -> str:
    return f'<row><c r="{address}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def package(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def parts(**changed: str | bytes | None) -> dict[str, str | bytes]:
    named = {
        "types": "[Content_Types].xml",
        "top": "_rels/.rels",
        "book": "xl/workbook.xml",
        "rels": "xl/_rels/workbook.xml.rels",
        "feuille": "xl/worksheets/sheet1.xml",
        "strings": "xl/sharedStrings.xml",
    }
    sound: dict[str, str | bytes | None] = {
        "types": TYPES,
        "top": TOP,
        "book": BOOK,
        "rels": BOOK_RELS,
        "feuille": sheet(text_cell("A1")),
        "strings": f'<sst xmlns="{MAIN}"/>',
    }
    merged = {**sound, **changed}
    return {named[key]: value for key, value in merged.items() if value is not None}


def xlsx(**changed: str | bytes | None) -> bytes:
    return package(parts(**changed))


def good() -> bytes:
    book = Workbook()
    for row in (("Catégorie", "Quantité", "Année d’achat"), ("Écran", 12, 2020), ("Portable", 3, 2021)):
        assert isinstance(book.active, Worksheet)
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_extra(name: str, content: str | bytes) -> bytes:
    return package({**parts(), name: content})


def with_raw_name(name: str) -> bytes:
    """Une archive dont une entrée porte un nom que zipfile nettoierait de lui-même."""
    stand_in = "Z" * len(name)
    return with_extra(stand_in, "x").replace(stand_in.encode(), name.encode())


def encrypted_entry() -> bytes:
    content = bytearray(xlsx())
    for magic, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(magic)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(magic, at + 4)
    return bytes(content)


def overlapping() -> bytes:
    """Beaucoup de noms au répertoire, un seul corps : chacun réclame les mêmes octets (une bombe par renvois)."""
    size = 200_000
    body = zlib.compress(noise(size // 2).hex().encode(), 9)[2:-4]
    crc = zlib.crc32(noise(size // 2).hex().encode())
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, crc, len(body), size, 1, 0) + b"a" + body
    directory = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 0, crc, len(body), size, 1, 0, 0, 0, 0, 0, 0)
        + bytes([97 + number])
        for number in range(20)
    )
    return local + directory + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 20, 20, len(directory), len(local), 0)


def lying_size(announced: int) -> bytes:
    """Une feuille de 30 Mo que le répertoire annonce petite."""
    content = bytearray(xlsx(feuille=sheet(text_cell("A1", "a" * 30_000_000))))
    for magic, size, name in ((b"PK\x01\x02", 24, 46), (b"PK\x03\x04", 22, 30)):
        at = content.find(magic)
        while at >= 0:
            if content[at + name : at + name + 8] == b"xl/works":
                struct.pack_into("<L", content, at + size, announced)
            at = content.find(magic, at + 4)
    return bytes(content)


def recursive() -> bytes:
    content = b"x"
    for _ in range(12):
        content = package({"n.zip": content, **{f"{i}.zip": content for i in range(2)}})
    return content


def ods(body: str, mimetype: str = "application/vnd.oasis.opendocument.spreadsheet", manifest: str = "<m/>") -> bytes:
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    table = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
    text = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
    content = (
        f'<office:document-content xmlns:office="{office}" xmlns:table="{table}" xmlns:text="{text}"><office:body>'
        f'<office:spreadsheet><table:table table:name="F">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    return package({"mimetype": mimetype, "content.xml": content, "META-INF/manifest.xml": manifest})


def ods_repeated(rows: int, columns: int) -> bytes:
    return ods(
        f'<table:table-row table:number-rows-repeated="{rows}"><table:table-cell office:value-type="string" '
        f'table:number-columns-repeated="{columns}"><text:p>x</text:p></table:table-cell></table:table-row>'
    )


def ole(payload: bytes = b"") -> bytes:
    return bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504) + payload + bytes(4096)


def laughs(depth: int = 10) -> str:
    entities = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, depth))
    return f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY l0 "ha">{entities}]>'


def noise(size: int, seed: int = 3) -> bytes:
    return random.Random(seed).randbytes(size)


DEEP = "".join(f"<a{noise(3, seed).hex()}>" for seed in range(100_000))
REFUSED = ("fichier-illisible", "fichier-suspect", "fichier-trop-gros", "fichier-chiffre", "lecture-trop-longue")
ILLEGIBLE, SUSPECT, TOO_BIG, LOCKED, _LONG = REFUSED
HEAVY = (TOO_BIG, SUSPECT, _LONG)

KINDS: dict[str, tuple[Callable[[], bytes], tuple[str, ...]]] = {
    "fichier vide": (lambda: b"", (ILLEGIBLE,)),
    "blancs seuls": (lambda: b" \r\n\t\n", (ILLEGIBLE,)),
    "texte nommé xlsx": (lambda: "Bonjour à tous".encode(), (READ,)),
    "PDF": (lambda: b"%PDF-1.7\n%\xe2\xe3\n1 0 obj", (ILLEGIBLE,)),
    "PNG": (lambda: b"\x89PNG\r\n\x1a\n" + noise(500), (ILLEGIBLE,)),
    "JPEG": (lambda: b"\xff\xd8\xff\xe0" + noise(500), (ILLEGIBLE,)),
    "ELF": (lambda: b"\x7fELF\x02\x01\x01" + noise(500), (ILLEGIBLE,)),
    "programme Windows": (lambda: b"MZ\x90\x00" + noise(500), (ILLEGIBLE,)),
    "gzip": (lambda: gzip.compress(b"a" * 1000), (ILLEGIBLE,)),
    "page web nommée xls": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", (ILLEGIBLE,)),
    "XML nu": (lambda: laughs().encode() + b"<b>&l9;</b>", (ILLEGIBLE,)),
    "RTF": (lambda: rb"{\rtf1 bonjour}", (ILLEGIBLE,)),
    "octets au hasard": (lambda: noise(20_000), (ILLEGIBLE,)),
    "CSV avec NUL": (lambda: b"Cat\xc3\xa9gorie;Quantit\xc3\xa9\nEcran;\x001\n", (ILLEGIBLE,)),
    "CSV, une cellule géante": (lambda: b"a;b\n" + b"x" * 2_000_000 + b";1\n", (TOO_BIG,)),
    "CSV, guillemet jamais fermé": (lambda: b'a;b\n"' + b"x;1\n" * 100_000, (TOO_BIG,)),
    "CSV, un million de lignes": (lambda: b"1;2\n" * 1_000_000, (TOO_BIG,)),
    "CSV, mille colonnes": (lambda: b";".join([b"x"] * 1000) + b"\n", (TOO_BIG,)),
    "CSV, séparateurs seuls": (lambda: b";;;;;\n" * 1000, (READ,)),
    "CSV UTF-16 tronqué": (lambda: b"\xff\xfea\x00;", (ILLEGIBLE, READ)),
    "onze mégaoctets": (lambda: b"a;b\n" * 2_900_000, (TOO_BIG,)),
    "archive vide": (lambda: package({}), (ILLEGIBLE,)),
    "archive sans classeur": (lambda: package({"lisez-moi.txt": "x"}), (ILLEGIBLE,)),
    "document Word": (lambda: package({"[Content_Types].xml": TYPES, "word/document.xml": "<a/>"}), ("document-word",)),
    "archive tronquée": (lambda: good()[:-300], (ILLEGIBLE,)),
    "début d’archive seul": (lambda: good()[:60], (ILLEGIBLE,)),
    "archive au milieu abîmé": (lambda: good()[:900] + noise(40) + good()[940:], (ILLEGIBLE, SUSPECT)),
    "500 Mo de zéros": (lambda: with_extra("xl/gros.xml", b"\0" * 500_000_000), (TOO_BIG, SUSPECT)),
    "90 Mo très compressés": (lambda: with_extra("xl/gros.xml", b"a" * 90_000_000), (SUSPECT,)),
    "texte de 30 Mo dans une feuille": (
        lambda: xlsx(feuille=sheet(text_cell("A1", "a" * 30_000_000))),
        (SUSPECT, TOO_BIG),
    ),
    "taille mensongère": (lambda: lying_size(1000), (SUSPECT,)),
    "taille mensongère, nulle": (lambda: lying_size(0), (SUSPECT,)),
    "archives emboîtées": (recursive, (ILLEGIBLE,)),
    "archive dans un classeur": (lambda: with_extra("xl/embeddings/a.zip", recursive()), (READ,)),
    "trois mille éléments": (lambda: package({**parts(), **{f"xl/m{i}.xml": "" for i in range(3000)}}), (TOO_BIG,)),
    "éléments qui se chevauchent": (overlapping, (SUSPECT,)),
    "nom qui remonte": (lambda: with_extra("../../etc/cron.d/x", "x"), (SUSPECT,)),
    "nom absolu": (lambda: with_raw_name("/etc/passwd"), (SUSPECT,)),
    "nom Windows": (lambda: with_raw_name("C:/Windows/x"), (SUSPECT,)),
    "nom à barres inverses": (lambda: with_raw_name("..\\..\\x"), (SUSPECT,)),
    "nom en double": (
        lambda: with_extra("xl/worksheets/sheetX.xml", sheet(text_cell("A1", "y"))).replace(
            b"sheetX.xml", b"sheet1.xml"
        ),
        (SUSPECT,),
    ),
    "élément chiffré": (encrypted_entry, (LOCKED,)),
    "compression rare": (lambda: package(parts(), zipfile.ZIP_LZMA), (SUSPECT,)),
    "classeur à mot de passe": (lambda: ole("EncryptedPackage".encode("utf-16-le")), (LOCKED,)),
    "OLE creux": (ole, (ILLEGIBLE,)),
    "OLE tronqué": (lambda: ole()[:100], (ILLEGIBLE,)),
    "OLE au hasard": (lambda: ole()[:512] + noise(20_000), (ILLEGIBLE,)),
    "ODS chiffré": (lambda: ods("", manifest="<m:encryption-data xmlns:m='u'/>"), (LOCKED,)),
    "ODS, une ligne répétée un million de fois": (lambda: ods_repeated(1_048_576, 1), (TOO_BIG,)),
    "ODS, tout rempli": (lambda: ods_repeated(1_048_576, 16_384), (*HEAVY, ILLEGIBLE)),
    "ODS, répétition absurde": (lambda: ods_repeated(2**31 - 1, 2**31 - 1), (*HEAVY, ILLEGIBLE)),
    "ODS sans contenu": (lambda: ods("<table:table-row"), (ILLEGIBLE,)),
    "DTD dans une feuille": (lambda: xlsx(feuille=laughs() + sheet(text_cell("A1", "&l9;"))), (SUSPECT,)),
    "entité externe": (
        lambda: xlsx(strings='<!DOCTYPE s [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst>&e;</sst>'),
        (SUSPECT,),
    ),
    "DTD en UTF-16": (lambda: xlsx(book=(laughs() + BOOK).encode("utf-16")), (SUSPECT,)),
    "DTD coupée par les blancs": (lambda: xlsx(strings=f"<!--{noise(524_281).hex()}-->" + laughs()), (SUSPECT,)),
    "classeur sans workbook.xml": (lambda: xlsx(book=None), (ILLEGIBLE,)),
    "classeur sans feuille": (lambda: xlsx(feuille=None), (ILLEGIBLE, READ)),
    "classeur sans relations": (lambda: xlsx(rels=None), (ILLEGIBLE, READ)),
    "feuille qui est le classeur": (
        lambda: xlsx(rels=BOOK_RELS.replace("worksheets/sheet1", "workbook")),
        (READ, ILLEGIBLE),
    ),
    "relations en boucle": (
        lambda: xlsx(rels=BOOK_RELS.replace("worksheets/sheet1.xml", "_rels/workbook.xml.rels")),
        (READ, ILLEGIBLE),
    ),
    "relation vers le système": (
        lambda: xlsx(rels=BOOK_RELS.replace("worksheets/sheet1.xml", "/etc/passwd")),
        (READ, ILLEGIBLE),
    ),
    "UTF-8 invalide": (
        lambda: xlsx(feuille=sheet(text_cell("A1", "@@")).encode().replace(b"@@", b"\xff\xfe")),
        (READ, ILLEGIBLE),
    ),
    "XML jamais fermé": (
        lambda: xlsx(feuille=f'<worksheet xmlns="{MAIN}"><sheetData><row><c r="A1">'),
        (READ, ILLEGIBLE),
    ),
    "XML très profond": (lambda: xlsx(feuille=sheet(DEEP)), (READ, ILLEGIBLE, *HEAVY)),
    "classeur en XML très profond": (
        lambda: xlsx(book=BOOK.replace("<sheets>", DEEP)),
        (READ, ILLEGIBLE, *HEAVY),
    ),
    "cellule XFD1048576": (lambda: xlsx(feuille=sheet(text_cell("A1") + text_cell("XFD1048576"))), (READ, *HEAVY)),
    "cellule A1048576": (lambda: xlsx(feuille=sheet(text_cell("A1") + text_cell("A1048576"))), (READ, *HEAVY)),
    "ligne 99999999999": (lambda: xlsx(feuille=sheet(text_cell("A99999999999"))), (READ, ILLEGIBLE, *HEAVY)),
    "adresse absurde": (lambda: xlsx(feuille=sheet(text_cell("ZZZZZZ0"))), (READ, ILLEGIBLE, *HEAVY)),
    "dimension mensongère": (
        lambda: xlsx(
            feuille=sheet(text_cell("A1")).replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
        ),
        (READ, *HEAVY),
    ),
    "un million de fusions": (
        lambda: xlsx(
            feuille=sheet(
                text_cell("A1"),
                "<mergeCells>"
                + "".join(f'<mergeCell ref="A{i}:B{i}"/>' for i in range(1, 1_000_001))
                + "</mergeCells>",
            )
        ),
        (READ, *HEAVY),
    ),
    "chaînes partagées énormes": (
        lambda: xlsx(
            strings=f'<sst xmlns="{MAIN}"><si><t>{noise(400_000).hex()}</t></si></sst>',
            feuille=sheet("".join(f'<row><c r="A{i}" t="s"><v>0</v></c></row>' for i in range(1, 20_000))),
        ),
        (TOO_BIG,),
    ),
    "chaîne partagée absente": (
        lambda: xlsx(feuille=sheet('<row><c r="A1" t="s"><v>999999999</v></c></row>')),
        (READ, ILLEGIBLE),
    ),
    "nombre infini": (lambda: xlsx(feuille=sheet('<row><c r="A1"><v>1e999</v></c></row>')), (READ,)),
    "pas un nombre": (lambda: xlsx(feuille=sheet('<row><c r="A1"><v>NaN</v></c></row>')), (READ, ILLEGIBLE)),
    "date impossible": (
        lambda: xlsx(feuille=sheet('<row><c r="A1" t="d"><v>9999-99-99</v></c></row>')),
        (READ, ILLEGIBLE),
    ),
    "JSON très profond": (lambda: b'{"content":' * 200_000 + b"1", (ILLEGIBLE,)),
    "JSON, liste très profonde": (lambda: b'{"content":' + b"[" * 500_000 + b"]" * 500_000 + b"}", (ILLEGIBLE,)),
    "JSON, nombre géant": (lambda: b'{"content":{"hardware":' + b"9" * 1_000_000 + b"}}", (ILLEGIBLE,)),
    "JSON, exposant géant": (lambda: b'{"content":{"bios":{"bdate":1e999999999}}}', (READ,)),
    "JSON, un million d’écrans": (
        lambda: b'{"content":{"monitors":[' + b",".join([b"{}"] * 1_000_000) + b"]}}",
        (TOO_BIG,),
    ),
    "JSON, texte de 9 Mo": (lambda: b'{"content":{"bios":{"smodel":"' + b"x" * 9_000_000 + b'"}}}', (READ,)),
    "JSON tronqué": (lambda: b'{"content":{"bios":{"smodel":"x', (ILLEGIBLE,)),
    "JSON en UTF-16": (lambda: '{"content":{}}'.encode("utf-16"), (READ, ILLEGIBLE)),
    "XML d’agent avec entités": (
        lambda: laughs().encode() + b"<REQUEST><CONTENT>&l9;</CONTENT></REQUEST>",
        (ILLEGIBLE,),
    ),
    "XML d’agent, DTD après un commentaire": (
        lambda: b"<REQUEST><!-- x --><CONTENT>&e;</CONTENT></REQUEST>",
        (ILLEGIBLE, SUSPECT),
    ),
    "XML d’agent très profond": (lambda: b"<REQUEST><CONTENT>" + b"<a>" * 1_000_000, (ILLEGIBLE, *HEAVY)),
    "XML d’agent, cent mille écrans": (
        lambda: b"<REQUEST><CONTENT>" + b"<MONITORS><SERIAL>x</SERIAL></MONITORS>" * 200_100 + b"</CONTENT></REQUEST>",
        (TOO_BIG,),
    ),
    "archive d’agents, un seul énorme": (
        lambda: package({"a.json": b'{"content":{}}', "b.json": b" " * 99_000_000}),
        (SUSPECT, TOO_BIG),
    ),
    "archive d’agents, mille étrangers": (
        lambda: package({"a.json": b'{"content":{}}', **{f"{i}.json": b"[" for i in range(1000)}}),
        (READ,),
    ),
    "classeur à macros": (
        lambda: package({**parts(), "xl/vbaProject.bin": ole(noise(2000))}),
        (READ,),
    ),
    "lien externe": (
        lambda: package(
            {
                **parts(),
                "xl/externalLinks/externalLink1.xml": f'<externalLink xmlns="{MAIN}"/>',
                "xl/externalLinks/_rels/externalLink1.xml.rels": BOOK_RELS.replace(
                    "worksheets/sheet1.xml", "file:///x"
                ),
            }
        ),
        (READ,),
    ),
    "formule qui appelle un programme": (
        lambda: xlsx(feuille=sheet("<row><c r=\"A1\"><f>cmd|'/c calc'!A1</f><v>1</v></c></row>")),
        (READ,),
    ),
    "PDF suivi d’un classeur": (lambda: b"%PDF-1.7\n" + good(), (ILLEGIBLE,)),
    "programme suivi d’un classeur": (lambda: b"MZ\x90\x00" + noise(100) + good(), (ILLEGIBLE,)),
    "classeur précédé de bruit": (lambda: b"\x01" + noise(300) + good(), (ILLEGIBLE,)),
    "CSV suivi d’un classeur": (lambda: b"a;b\n1;2\n" + good(), (ILLEGIBLE,)),
    "deux classeurs collés": (lambda: good() + good(), (READ, ILLEGIBLE, SUSPECT)),
    "CSV, une ligne de 9 Mo": (lambda: b"a;b\n" + b"x;" * 4_500_000, (TOO_BIG,)),
    "CSV, guillemets imbriqués": (lambda: b"a;b\n" + b'"' * 60_001 + b";1\n", (READ, TOO_BIG)),
    "CSV, formules": (lambda: b"Type;Quantite\n=cmd|'/c calc'!A1;1\n", (READ,)),
    "mille feuilles": (
        lambda: xlsx(
            book=BOOK.replace(
                '<sheet name="F" sheetId="1" r:id="rId1"/>',
                "".join(f'<sheet name="F{i}" sheetId="{i}" r:id="rId1"/>' for i in range(1, 1001)),
            )
        ),
        (TOO_BIG,),
    ),
    "cinq millions de cellules": (
        lambda: xlsx(feuille=sheet(("<row>" + "<c><v>1</v></c>" * 50 + "</row>") * 60_000)),
        (TOO_BIG, SUSPECT),
    ),
    "deux cent mille lignes pleines": (
        lambda: xlsx(
            feuille=sheet("".join(f"<row><c><v>{i * 7919}</v></c><c><v>{i}</v></c></row>" for i in range(190_000)))
        ),
        (READ,),
    ),
}


@pytest.fixture(scope="module")
def referentiel() -> Referentiel:
    return load_referentiel(find_folder())


def check(lecture: Lecture, expected: tuple[str, ...]) -> None:
    codes = [item.code for item in lecture.anomalies]
    if READ in expected and not set(codes) & set(REFUSED):
        return
    assert not lecture.feuilles
    assert len(codes) == 1
    assert codes[0] in expected
    assert lecture.anomalies[0].message
    assert lecture.anomalies[0].remede


@pytest.mark.parametrize("kind", KINDS)
def test_un_fichier_hostile_est_lu_ou_refuse_avec_un_code(kind: str, tmp_path: Path) -> None:
    build, expected = KINDS[kind]
    path = tmp_path / "retour.xlsx"
    path.write_bytes(build())
    check(read_spreadsheet(path), expected)


def test_au_moins_quarante_huit_sortes_de_fichiers_hostiles_et_quinze_codes_au_plus() -> None:
    assert len(KINDS) >= 48
    assert len({*REFUSED, "fichier-absent"}) <= 15


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("absent.xlsx", "fichier-absent"),
        (".", "fichier-illisible"),
        ("a" * 400, "fichier-absent"),
        ("a\0b", "fichier-absent"),
    ],
)
def test_un_chemin_qui_n_est_pas_un_fichier_est_refuse(tmp_path: Path, name: str, code: str) -> None:
    assert [item.code for item in read_spreadsheet(tmp_path / name).anomalies] == [code]


def test_un_tube_n_est_pas_attendu(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tube.xlsx")
    assert [item.code for item in read_spreadsheet(tmp_path / "tube.xlsx").anomalies] == ["fichier-illisible"]


def test_lire_une_bombe_ne_coute_pas_de_memoire_a_l_appelant(tmp_path: Path) -> None:
    path = tmp_path / "bombe.xlsx"
    path.write_bytes(xlsx(feuille=sheet(text_cell("A1") + text_cell("XFD1048576"))))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read_spreadsheet(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


def test_un_lecteur_qui_calcule_trop_est_arrete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(b"a;b\n1;2\n")
    slow = (
        "import tasks.reading.child.sandbox as s; s.bounds.{name} = 1; "
        "s.read_content = lambda _: {body}; s.serve({{control}})"
    )
    for name, body, said in (
        ("CPU_SECONDS", "[0 for _ in iter(int, 1)]", "calcul"),
        ("WALL_SECONDS", "__import__('time').sleep(60)", "durait"),
    ):
        reader = spreadsheet._Reader()
        start = "import sys; sys.path[:] = {path!r}; " + slow.format(name=name, body=body)
        monkeypatch.setattr(spreadsheet, "_START", start)
        monkeypatch.setattr(spreadsheet, "_READER", reader)
        (anomaly,) = read_spreadsheet(path).anomalies
        reader.close()
        assert (anomaly.code, said in anomaly.detail) == ("lecture-trop-longue", True)


def test_un_lecteur_tue_est_remplace(tmp_path: Path) -> None:
    path = tmp_path / "bon.xlsx"
    path.write_bytes(good())
    assert read_spreadsheet(path).feuilles
    assert spreadsheet._READER._process is not None
    spreadsheet._READER._process.kill()
    spreadsheet._READER._process.wait()
    assert read_spreadsheet(path).feuilles


def test_plusieurs_fils_lisent_ensemble(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.csv" for number in range(24)]
    for number, path in enumerate(paths):
        path.write_text(f"Catégorie;Quantité\nÉcran;{number}\n", encoding="utf-8")
    found: dict[int, object] = {}

    def read(number: int) -> None:
        found[number] = read_spreadsheet(paths[number]).feuilles[0].lignes[1][1]

    threads = [threading.Thread(target=read, args=(number,)) for number in range(len(paths))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: str(number) for number in range(len(paths))}


def test_un_programme_dedouble_lit_avec_son_propre_lecteur(tmp_path: Path) -> None:
    path = tmp_path / "bon.xlsx"
    path.write_bytes(good())
    assert read_spreadsheet(path).feuilles
    child = os.fork()
    if child == 0:
        os._exit(0 if read_spreadsheet(path).feuilles else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert read_spreadsheet(path).feuilles


def test_apres_le_premier_un_fichier_se_lit_dans_le_processus_deja_la(tmp_path: Path) -> None:
    path = tmp_path / "bon.xlsx"
    path.write_bytes(good())
    read_spreadsheet(path)
    reader = spreadsheet._READER._process
    for _ in range(20):
        read_spreadsheet(path)
    assert reader is not None
    assert spreadsheet._READER._process is reader


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_un_bon_classeur_abime_n_importe_ou_ne_leve_rien(
    tmp_path: Path, referentiel: Referentiel, data: st.DataObject
) -> None:
    content = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=6))
    path = tmp_path / "abime.xlsx"
    path.write_bytes(bytes(content))
    understood = understand(path, "abime.xlsx", referentiel)
    assert all(item.code in CATALOGUE and item.fichier == "abime.xlsx" for item in understood.anomalies)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(max_size=12), max_size=6), max_size=8))
def test_des_lignes_quelconques_ne_levent_rien(tmp_path: Path, referentiel: Referentiel, rows: list[list[str]]) -> None:
    path = tmp_path / "texte.csv"
    body = "\n".join(";".join(row) for row in [["Catégorie", "Quantité", "Année d’achat", "Site"], *rows])
    path.write_bytes(body.encode("utf-8", "replace"))
    understood = understand(path, "texte.csv", referentiel)
    assert all(item.code in CATALOGUE and item.message and item.remede for item in understood.anomalies)


GOOD = good()


# Ce qu’une personne ne voit pas à l’ouverture


def test_les_feuilles_et_les_lignes_masquees_sont_dites_avec_les_fusions(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in range(6):
        sheet.append([f"a{row}", row])
    sheet.row_dimensions[3].hidden = True
    sheet.merge_cells("A5:A6")
    book.create_sheet("Archive").sheet_state = "hidden"
    book.save(tmp_path / "parc.xlsx")
    seen, hidden = read_spreadsheet(tmp_path / "parc.xlsx").feuilles
    assert (seen.masquee, seen.lignes_masquees, [*seen.fusions]) == (False, frozenset({2}), [[4, 0, 5, 0]])
    assert (hidden.masquee, hidden.lignes_masquees) == (True, frozenset())
