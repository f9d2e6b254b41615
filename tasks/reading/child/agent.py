"""Inventories made by an agent (GLPI agent JSON, OCS and FusionInventory XML) as a table. Child process only.

A white list of fields: people, keys, processes and addresses that such a document holds are never looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tasks.reading.child import bounds
from tasks.reading.child.bounds import Refus

Row = list[str | None]

_FIELDS = (
    *("categorie", "modele", "annee_achat", "source", "hypothese"),
    *("uuid", "serie", "etiquette", "fabricant", "statut", "retrait", "ecartee"),
)
"""The titles of the table: names of fields, which the reader of inventories knows beside what people write."""
_TEXT_CHARS = 200
_YEAR = re.compile(r"(?<!\d)(19[7-9]\d|20\d\d)(?!\d)")
_REQUEST = re.compile(rb"\s*(<\?xml[^>]{0,200}\?>\s*)?<REQUEST\b", re.IGNORECASE)

_CHASSIS = {
    **dict.fromkeys(
        ("laptop", "notebook", "portable", "sub notebook", "convertible", "detachable"), "ordinateur portable"
    ),
    **dict.fromkeys(
        ("desktop", "low profile desktop", "tower", "mini tower", "pizza box", "space-saving", "lunch box", "mini pc"),
        "ordinateur fixe",
    ),
    **dict.fromkeys(
        ("main server chassis", "rack mount chassis", "blade", "blade enclosure", "server", "multi-system"), "serveur"
    ),
    "all in one": "ordinateur tout-en-un",
    "tablet": "tablette",
}
"""The chassis types of SMBIOS, in words that the référentiel's categories know."""
_ITEMS = {"phone": "smartphone", "printer": "imprimante", "networkequipment": "commutateur"}
_PHYSICAL = frozenset(("", "physical"))
_OF_BIOS = "année du BIOS, faute de date d’achat"
_OF_SCREEN = "année de fabrication de l’écran, faute de date d’achat"


def is_agent(content: bytes) -> bool:
    """True for what looks like an agent's document: a JSON object, or an OCS request."""
    start = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    return (start.startswith(b"{") and not start.startswith(b"{\\rtf")) or bool(_REQUEST.match(start))


def read_agents(documents: Sequence[tuple[str, bytes]]) -> list[Row]:
    """A row for each machine and each screen, under the names of the fields of an inventory.

    Of several documents, one that is no inventory becomes a row that says so. Raises ``Refus`` where none is.
    """
    rows: list[Row] = [[*_FIELDS]]
    refusals: list[Refus] = []
    for count, (name, content) in enumerate(documents, start=1):
        try:
            found = list(islice(_machine(*_load(content)), bounds.ROWS))
        except Refus as refus:
            found = [{"categorie": name[-_TEXT_CHARS:], "ecartee": refus.detail}]
            refusals.append(refus)
            if count == len(documents) == len(refusals):
                raise
        if len(rows) + len(found) > bounds.ROWS:
            raise Refus("fichier-trop-gros", f"plus de {bounds.count(bounds.ROWS)} machines et écrans")
        rows.extend([said.get(field) or None for field in _FIELDS] for said in found)
    return rows


def _load(content: bytes) -> tuple[str, Mapping[str, Any]]:
    """The agent's name and its document, keys in lower case. Raises ``Refus``."""
    if _REQUEST.match(content.removeprefix(b"\xef\xbb\xbf")):
        return "agent OCS", _load_xml(content)
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Refus("fichier-illisible", "ce JSON est abîmé ou démesurément emboîté") from error
    if not isinstance(document, dict) or not isinstance(document.get("content"), dict):
        raise Refus("fichier-illisible", "ce JSON n’est pas celui d’un agent d’inventaire")
    return "agent GLPI", document


def _load_xml(content: bytes) -> Mapping[str, Any]:
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise Refus("fichier-suspect", "il déclare des entités XML") from error
    except (ParseError, ValueError, LookupError) as error:
        raise Refus("fichier-illisible", "ce XML est abîmé") from error
    body = next((item for item in root if item.tag.upper() == "CONTENT"), None)
    if body is None:
        raise Refus("fichier-illisible", "ce XML n’est pas celui d’un agent d’inventaire")
    sections: dict[str, Any] = {"monitors": []}
    for item in body:
        name = item.tag.lower()
        if name == "monitors":
            sections[name].append(_leaves(item))
        elif name in ("hardware", "bios"):
            sections[name] = _leaves(item)
    return {"content": sections}


def _leaves(section: Element) -> dict[str, str]:
    return {item.tag.lower(): item.text or "" for item in section if not len(item)}


def _machine(source: str, document: Mapping[str, Any]) -> Iterable[dict[str, str | None]]:
    """The machine, then its screens."""
    content = document["content"]
    hardware, bios, device = (_section(content, name) for name in ("hardware", "bios", "network_device"))
    item = _text(document, "itemtype").lower()
    chassis = (_text(hardware, "chassis_type") or _text(bios, "type")).lower()
    yield {
        "categorie": _ITEMS.get(item) or _CHASSIS.get(chassis) or f"machine de châssis {chassis or 'inconnu'}",
        "modele": _text(bios, "smodel") or _text(device, "model"),
        "fabricant": _text(bios, "smanufacturer") or _text(device, "manufacturer"),
        **_dated(_text(bios, "bdate"), _OF_BIOS),
        "uuid": _text(hardware, "uuid"),
        "serie": _text(bios, "ssn") or _text(device, "serial"),
        "etiquette": _text(bios, "assettag") or _text(device, "assettag"),
        "source": source,
        "ecartee": _set_aside(document, hardware),
    }
    if document.get("partial") is True:
        return
    screens = content.get("monitors")
    for screen in screens if isinstance(screens, Sequence) and not isinstance(screens, str) else ():
        if isinstance(screen, Mapping):
            yield {
                "categorie": "écran",
                "modele": _text(screen, "caption") or _text(screen, "name"),
                "fabricant": _text(screen, "manufacturer"),
                **_dated(_text(screen, "description"), _OF_SCREEN),
                "serie": _text(screen, "serial") or _text(screen, "altserial"),
                "source": source,
            }


def _set_aside(document: Mapping[str, Any], hardware: Mapping[str, Any]) -> str | None:
    """Why a machine must not be counted, or None."""
    if document.get("partial") is True:
        return "l’inventaire de l’agent est partiel, ce n’est pas une machine entière"
    if _text(hardware, "vmsystem").lower() not in _PHYSICAL:
        return "c’est une machine virtuelle"
    return None


def _dated(text: str, why: str) -> dict[str, str | None]:
    """A year that stands for the purchase's, and the hypothesis that it is."""
    found = _YEAR.search(text)
    return {"annee_achat": found[1], "hypothese": why} if found else {}


def _section(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = content.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(section: Mapping[str, Any], key: str) -> str:
    found = section.get(key)
    if not isinstance(found, str):
        return ""
    return " ".join(found.split())[:_TEXT_CHARS].encode("utf-8", "replace").decode()  # half a character is none


MACHINES_SHEET = "Machines"
"""The sheet that stands for the machines of an inventory agent."""
