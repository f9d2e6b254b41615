"""Inventories made by an agent (GLPI agent JSON, OCS and FusionInventory XML) as a table. Child process only.

A white list of fields: people, keys, processes and addresses that such a document holds are never looked at.
"""

from __future__ import annotations

import base64
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

_LAPTOP, _DESKTOP = "ordinateur portable", "ordinateur fixe"
_CHASSIS = {
    **dict.fromkeys(
        ("laptop", "notebook", "portable", "sub notebook", "convertible", "detachable", "docking station"), _LAPTOP
    ),
    **dict.fromkeys(
        (
            *("desktop", "low profile desktop", "tower", "mini tower", "pizza box", "space-saving", "lunch box"),
            *("mini pc", "stick pc", "sealed-case pc", "embedded pc"),
        ),
        _DESKTOP,
    ),
    **dict.fromkeys(
        (
            *("main server chassis", "rack mount chassis", "blade", "blade enclosure", "blade enclosing", "server"),
            *("multi-system", "multi-system chassis", "expansion chassis", "subchassis", "sub chassis", "raid chassis"),
            *("bus expansion chassis", "compact pci", "advanced tca"),
        ),
        "serveur",
    ),
    "all in one": "ordinateur tout-en-un",
    "tablet": "tablette",
    "hand held": "terminal mobile",
    "iot gateway": "passerelle",
    "peripheral chassis": "périphérique",
}
"""The chassis types of SMBIOS, in words that the référentiel's categories know; a docked laptop is a laptop."""
_NUMBERED = dict(
    enumerate(
        (
            *("other", "unknown", "desktop", "low profile desktop", "pizza box", "mini tower", "tower", "portable"),
            *("laptop", "notebook", "hand held", "docking station", "all in one", "sub notebook", "space-saving"),
            *("lunch box", "main server chassis", "expansion chassis", "subchassis", "bus expansion chassis"),
            *("peripheral chassis", "raid chassis", "rack mount chassis", "sealed-case pc", "multi-system chassis"),
            *("compact pci", "advanced tca", "blade", "blade enclosure", "tablet", "convertible", "detachable"),
            *("iot gateway", "embedded pc", "mini pc", "stick pc"),
        ),
        start=1,
    )
)
"""The same types by number: DMTF DSP0134, 7.4.1."""
_ITEMS = {"phone": "smartphone", "printer": "imprimante"}
_TABLET = re.compile(r"\b(ipad|galaxy tab|tab|tablet|tablette|sm-[tx]\w*|mediapad|matepad|tb-\w+|pad)\b", re.IGNORECASE)
_NETWORK = (
    (
        re.compile(r"wireless (lan )?controller|wlan controller|\bwlc\b|contr[ôo]leur wi-?fi", re.IGNORECASE),
        "contrôleur wifi",
    ),
    (
        re.compile(
            r"access ?point|aironet|unifi (ap|u6|u7)|\buap\b|instant on|\bap[ -]?\d|point d.acc[èe]s|wi-?fi",
            re.IGNORECASE,
        ),
        "borne wifi",
    ),
    (re.compile(r"firewall|fortigate|stormshield|pfsense|sonicwall|pare-?feu", re.IGNORECASE), "pare-feu"),
    (re.compile(r"\brouter\b|routeur|\bisr\b", re.IGNORECASE), "routeur"),
)
"""What the model or the description of a network device says; a switch otherwise."""
_PHYSICAL = frozenset(("", "physical"))
_HYPERVISOR = "hyper-v"
_VIRTUAL = re.compile(r"virtual|vmware|qemu|kvm|xen|bochs|parallels", re.IGNORECASE)
_PANELS = re.compile(
    r"\b(au optronics|auo|boe|chi mei|chimei|innolux|cmn|cmo|lgd|lg display|lg philips|sharp|shp|"
    r"samsung display|sdc|infovision|ivo|"
    r"hannstar|csot|cso|tianma|tmx|panda|ncp|lenovo panel|apple computer|color lcd|ibt|toppoly)\b",
    re.IGNORECASE,
)
"""The makers of panels that go inside laptops, as agents name them."""
_NO_SERIAL = re.compile(r"[0\W_]*|none|n/?a|unknown|default string", re.IGNORECASE)
_EDID_WIDTH_CM = 21
_LAPTOP_WIDTH_CM = 41
"""No laptop panel is wider: 17.3 inches are 38 cm, 18 inches 39 cm. Screens of a desk start at 41 cm (19 inches)."""
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
    chassis = _NUMBERED.get(int(chassis), chassis) if chassis.isdigit() else chassis
    parts = _parts(content) if item == "networkequipment" else []
    model = _text(bios, "smodel") or _text(device, "model")
    category = _category(item, chassis, f"{model} {_text(device, 'description')}")
    yield {
        "categorie": "contrôleur wifi" if parts and parts[0][0] == "borne wifi" else category,
        "modele": model,
        "fabricant": _text(bios, "smanufacturer") or _text(device, "manufacturer"),
        **_dated(_text(bios, "bdate"), _OF_BIOS),
        "uuid": _text(hardware, "uuid"),
        "serie": _text(bios, "ssn") or _text(device, "serial"),
        "etiquette": _text(bios, "assettag") or _text(device, "assettag"),
        "source": source,
        "ecartee": _set_aside(document, hardware, bios),
    }
    if document.get("partial") is True:
        return
    for kind, part in parts:
        yield {"categorie": kind, "modele": _text(part, "model"), "serie": _text(part, "serial"), "source": source}
    screens = content.get("monitors")
    for screen in screens if isinstance(screens, Sequence) and not isinstance(screens, str) else ():
        if isinstance(screen, Mapping) and not (category in _WITH_A_PANEL and _is_inside(screen, category)):
            yield {
                "categorie": "écran",
                "modele": _text(screen, "caption") or _text(screen, "name"),
                "fabricant": _text(screen, "manufacturer"),
                **_dated(_text(screen, "description"), _OF_SCREEN),
                "serie": _text(screen, "serial") or _text(screen, "altserial"),
                "source": source,
            }


_WITH_A_PANEL = frozenset((_LAPTOP, "tablette", "ordinateur tout-en-un"))


def _category(item: str, chassis: str, said: str) -> str:
    """The words of the category: of a network device by what it is called, else by chassis, then by type."""
    if item == "networkequipment":
        return next((words for pattern, words in _NETWORK if pattern.search(said)), "commutateur")
    if item == "phone":
        return "tablette" if chassis == "tablet" or _TABLET.search(said) else _ITEMS[item]
    return _ITEMS.get(item) or _CHASSIS.get(chassis) or f"machine de châssis {chassis or 'inconnu'}"


def _parts(content: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The access points that a controller lists: its components that have addresses of their own."""
    listed = content.get("network_components")
    found = listed if isinstance(listed, Sequence) and not isinstance(listed, str) else ()
    return [
        ("borne wifi", item)
        for item in found
        if isinstance(item, Mapping)
        and (("ip" in item and "mac" in item) or "access point" in _text(item, "type").lower())
    ]


def _is_inside(screen: Mapping[str, Any], category: str) -> bool:
    """True for the machine's own panel: of a width that no desk screen has, or without serial by a maker of panels."""
    width = _width_cm(_text(screen, "base64", longest=400))
    if width is not None and category != "ordinateur tout-en-un":
        return width < _LAPTOP_WIDTH_CM
    if not _NO_SERIAL.fullmatch(_text(screen, "serial") or _text(screen, "altserial")):
        return False
    said = f"{_text(screen, 'manufacturer')} {_text(screen, 'caption')} {_text(screen, 'name')}".strip()
    return not said or bool(_PANELS.search(said))


def _width_cm(encoded: str) -> int | None:
    """The width that a screen's own description (EDID, VESA 1.4, byte 21) gives, in centimetres."""
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        return None
    return raw[_EDID_WIDTH_CM] or None if len(raw) > _EDID_WIDTH_CM else None


def _set_aside(document: Mapping[str, Any], hardware: Mapping[str, Any], bios: Mapping[str, Any]) -> str | None:
    """Why a machine must not be counted, or None. A machine that runs Hyper-V says so, and is none of its guests."""
    if document.get("partial") is True:
        return "l’inventaire de l’agent est partiel, ce n’est pas une machine entière"
    system, model = _text(hardware, "vmsystem").lower(), _text(bios, "smodel")
    hosts = system == _HYPERVISOR and model and not _VIRTUAL.search(model)
    if (system not in _PHYSICAL and not hosts) or _VIRTUAL.search(f"{model} {_text(bios, 'smanufacturer')}"):
        return "c’est une machine virtuelle"
    return None


def _dated(text: str, why: str) -> dict[str, str | None]:
    """A year that stands for the purchase's, and the hypothesis that it is."""
    found = _YEAR.search(text)
    return {"annee_achat": found[1], "hypothese": why} if found else {}


def _section(content: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = content.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(section: Mapping[str, Any], key: str, longest: int = _TEXT_CHARS) -> str:
    found = section.get(key)
    if not isinstance(found, str):
        return str(found) if isinstance(found, int) and not isinstance(found, bool) else ""
    return " ".join(found.split())[:longest].encode("utf-8", "replace").decode()  # half a character is none


MACHINES_SHEET = "Machines"
"""The sheet that stands for the machines of an inventory agent."""
