"""Vérifier un dossier de preuve, hors ligne, avec Python seul.

    python verifier.py                  (à côté de manifest.json et de journal.jsonl)
    python verifier.py PREUVES.zip

Sortie 0 : tout tient. Sortie 1 : la première entrée fautive est nommée. Sortie 2 : mauvais usage.
Ce fichier ne demande que la bibliothèque standard : il voyage avec les preuves.

Ce qui est vérifié : chaque entrée suit la précédente de sa chaîne et son empreinte est juste ; les
têtes relevées par le programme sont toujours dans les chaînes ; le journal s'arrête où le manifeste
le dit ; chaque document est là, à l'octet près ; chaque valeur personnelle fournie répond de son
engagement.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

GENESIS = "0" * 64


class Faille(NamedTuple):
    """The first bad entry: its chain or document, its number (0 when it has none), what is wrong."""

    chain: str
    n: int
    raison: str

    def __str__(self) -> str:
        """« chaîne X, entrée N : raison »."""
        return f"chaîne {self.chain}, entrée {self.n} : {self.raison}" if self.n else f"{self.chain} : {self.raison}"


def canonical(value: object) -> str:
    """The text whose SHA-256 is taken: sorted keys, no blanks."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256(content: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def event_hash(event: Mapping[str, Any]) -> str:
    """The hash of an event: of its canonical JSON without ``hash``."""
    return sha256(canonical({key: value for key, value in event.items() if key != "hash"}).encode())


def find_fault(events: Iterable[Mapping[str, Any]]) -> Faille | None:
    """The first bad entry of events given in the order they were recorded, or None when all is sound."""
    kept: dict[str, list[str]] = {}
    for event in events:
        chain = str(event.get("chain"))
        hashes = kept.setdefault(chain, [])
        n = len(hashes) + 1
        if event.get("n") != n:
            return Faille(chain, n, f"entrée attendue n° {n}, trouvée n° {event.get('n')}")
        if event.get("prev") != (hashes[-1] if hashes else GENESIS):
            return Faille(chain, n, "ne suit pas l’entrée précédente")
        if event_hash(event) != event.get("hash"):
            return Faille(chain, n, "contenu modifié")
        if event.get("fait") == "tetes" and (fault := _lost_head(event["donnees"]["tetes"], kept)):
            return fault
        hashes.append(str(event["hash"]))
    return None


def _lost_head(heads: Mapping[str, Mapping[str, Any]], kept: Mapping[str, list[str]]) -> Faille | None:
    """A chain that no longer holds the head that was once recorded of it."""
    for chain, head in heads.items():
        hashes, n = kept.get(chain, []), int(head["n"])
        if n > len(hashes) or hashes[n - 1] != head["hash"]:
            return Faille(chain, n, "la tête relevée n’est plus dans la chaîne")
    return None


def verify(read: Callable[[str], bytes | None]) -> Faille | None:
    """Verify a pack; ``read`` gives the bytes of one of its files, or None."""
    manifest_bytes, journal = read("manifest.json"), read("journal.jsonl")
    if manifest_bytes is None or journal is None:
        return Faille("manifest.json" if manifest_bytes is None else "journal.jsonl", 0, "fichier absent")
    try:
        manifest = json.loads(manifest_bytes)
        events = [json.loads(line) for line in journal.decode().splitlines() if line]
    except ValueError:
        return Faille("journal.jsonl", 0, "ne se lit pas")
    return (
        find_fault(events)
        or _lost_end(manifest["chaines"], events)
        or _bad_artefact(manifest["artefacts"], events, read)
        or _bad_value(manifest["valeurs"])
    )


def _lost_end(heads: Mapping[str, Mapping[str, Any]], events: list[Mapping[str, Any]]) -> Faille | None:
    found = {str(event["chain"]): {"n": event["n"], "hash": event["hash"]} for event in events}
    for chain in sorted(heads.keys() | found.keys()):
        if heads.get(chain) != found.get(chain):
            return Faille(
                chain, int(found.get(chain, {"n": 0})["n"]) + 1, "le journal ne s’arrête pas où le manifeste le dit"
            )
    return None


def _bad_artefact(
    names: Mapping[str, Mapping[str, Any]], events: list[Mapping[str, Any]], read: Callable[[str], bytes | None]
) -> Faille | None:
    for event in events:
        if event["fait"] != "artefact":
            continue
        digest = event["donnees"]["sha256"]
        content = read(f"artefacts/{digest}")
        if content is None or sha256(content) != digest:
            name = names.get(digest, {}).get("nom", digest)
            return Faille(event["chain"], event["n"], f"document {'absent' if content is None else 'modifié'} : {name}")
    return None


def _bad_value(values: Iterable[Mapping[str, str]]) -> Faille | None:
    for item in values:
        if sha256(canonical([item["sel"], item["valeur"]]).encode()) != item["engagement"]:
            return Faille("manifest.json", 0, f"la valeur de l’engagement {item['engagement'][:12]} ne lui répond pas")
    return None


def verify_pack(path: Path) -> Faille | None:
    """Verify a pack: a zip, or the folder it was unpacked into. Raises ``OSError`` or ``BadZipFile``."""
    if path.is_dir():
        return verify(lambda name: (path / name).read_bytes() if (path / name).is_file() else None)
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        return verify(lambda name: archive.read(name) if name in names else None)


def main(arguments: list[str]) -> int:
    """Say whether a pack is sound; returns the exit code."""
    path = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    if len(arguments) > 1 or not path.exists():
        print("Usage : python verifier.py [PREUVES.zip]")
        return 2
    try:
        fault = verify_pack(path)
    except Exception as error:  # whatever a damaged pack makes a reader say: it is not sound
        print(f"ROMPU. Ce dossier de preuve ne se lit pas ({type(error).__name__}).")
        return 1
    print(f"ROMPU. Première entrée fautive : {fault}." if fault else "INTACT. Chaînes, têtes et documents tiennent.")
    return 1 if fault else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
