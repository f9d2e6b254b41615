"""Vérifier un dossier de preuve, hors ligne, avec Python seul.

    python -I verifier.py                    (à côté de manifest.json et de journal.jsonl)
    python -I verifier.py PREUVES.zip
    python -I verifier.py PREUVES.zip --tetes 2026-11-25.json
    python -I verifier.py PREUVES.zip --tete programme/collectivite:12:3f9a…

« -I » : Python n'exécute alors aucun autre fichier du dossier reçu ; sans lui, ce script s'en protège lui-même.

Sortie 0 : tout tient. Sortie 1 : la première entrée fautive est nommée. Sortie 2 : mauvais usage.
Ce fichier ne demande que la bibliothèque standard : il voyage avec les preuves.

Ce qui vient d'un système et ne change aucune preuve est accepté : « __MACOSX », « ._* », un dossier de plus
autour, des fins de ligne CRLF, une copie en lecture seule. Le reste est refusé : un fichier, une clé, un lien, des
octets en plus, un format plus récent que ce script.

Ce qui est vérifié : le SHA-256 de chaque entrée est juste, et elle suit la précédente de sa chaîne ; les
têtes relevées, dans le journal, dans le dossier de preuve ou gardées ailleurs (--tetes, --tete), sont
toujours dans les chaînes ; le journal s'arrête où le manifeste le dit ; chaque document est là, à l'octet
près, et aucun n'est en trop ; le SHA-256 de chaque tour soumis se refait de ses documents et de leurs noms ; chaque
décision listée est une entrée du journal ; chaque valeur personnelle fournie répond de son engagement ; à l'export,
la base disait ce que dit sa piste.
"""

from __future__ import annotations

import sys

if __name__ == "__main__" and not sys.flags.isolated:
    del sys.path[0]  # le dossier reçu : un « json.py » posé là serait exécuté

import hashlib
import io
import json
import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

GENESIS = "0" * 64
IMPRINTS = ("sha256", "sha384", "sha512")
SHORTEST = 12  # chiffres d’un SHA-256 qu’une personne peut donner
LARGEST, LARGEST_IN_ALL = 1 << 28, 1 << 34  # octets d’un fichier, et de tous, une fois ouverts
LONGEST = 400  # caractères d’une raison qui valent d’être montrés
LEFT_BY_SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini", "__MACOSX")
BESIDE = (".zip", ".json")  # ce qu’on peut garder à côté : le zip lui-même, des relevés
ENTRY_KEYS = {"chain", "n", "prev", "at", "fait", "donnees", "hash", "ordre", "automatique"}
ENTRY = {"chain": str, "prev": str, "at": str, "fait": str, "donnees": dict}
SAID: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "tetes": lambda said: are_heads(said.get("tetes")),
    "tables": lambda said: isinstance(said.get("lignes"), dict),
    "artefact": lambda said: len(_text(said.get("sha256"))) == len(GENESIS),
    "caviarde": lambda said: _are_digests(said.get("documents")),
}
MANIFEST = {
    "perimetre": str,
    "chaines": dict,
    "artefacts": dict,
    "decisions": list,
    "valeurs": list,
    "tetes": list,
    "fichiers": dict,
    "tours": list,
    "ecart": str,
}
TOUR = {"chaine": str, "stage": str, "tour": int, "documents": dict}
FORMATS: Mapping[int, Mapping[str, Any]] = {
    1: {"perimetre": "", "decisions": None, "tetes": [], "fichiers": {}, "tours": None, "ecart": None},
    2: {"tours": None, "ecart": None},
    3: {"ecart": None},
    4: {},
    5: {},
}
"""Les formats déjà écrits, et ce qui tient lieu de ce que chacun ne disait pas ; le reste est comme dans le dernier."""
VALUE = {"engagement": str, "sel": str, "valeur": str}
Heads = Mapping[str, Mapping[str, Any]]
Read = Callable[[str], "bytes | None"]


class Faille(NamedTuple):
    """La première entrée fautive : sa chaîne ou son document, son numéro (0 : aucun), ce qui ne va pas."""

    chain: str
    n: int
    raison: str

    def __str__(self) -> str:
        """« chaîne X, entrée N : raison »."""
        said = f"chaîne {self.chain}, entrée {self.n} : {self.raison}" if self.n else f"{self.chain} : {self.raison}"
        return show(said)


def show(text: str) -> str:
    """Un texte écrit par d’autres, sans danger pour un terminal : ni commande, ni invisible, ni sans fin."""
    seen = "".join(char if unicodedata.category(char)[0] != "C" else "�" for char in text[:LONGEST])
    return seen if len(text) <= LONGEST else f"{seen}…"


class Rompu(Exception):
    """Un dossier de preuve qui ne se lit pas assez loin pour être vérifié."""

    def __init__(self, faille: Faille) -> None:
        super().__init__(faille)
        self.faille = faille


class Constat(NamedTuple):
    """Ce que vaut un dossier de preuve : sa première entrée fautive, ou None, et ce qu’il faut aussi savoir."""

    faille: Faille | None
    remarques: tuple[str, ...] = ()


canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
"""Le texte dont on prend le SHA-256 : clés triées, sans espaces."""


def sha256(content: bytes) -> str:
    """Le SHA-256, en hexadécimal."""
    return hashlib.sha256(content).hexdigest()


def event_hash(event: Mapping[str, Any]) -> str:
    """L’empreinte d’une entrée : celle de son JSON canonique, sans ``hash``."""
    rest = dict(event)
    del rest["hash"]
    return sha256(canonical(rest).encode())


def find_fault(
    events: Iterable[Mapping[str, Any]],
    tetes: Sequence[Heads] = (),
    *,
    perimetre: str = "",
    exigees: Sequence[Heads] = (),
) -> Faille | None:
    """La première entrée fautive d’un journal donné dans l’ordre où il fut écrit, ou None quand tout tient.

    ``tetes`` sont des têtes gardées ailleurs, de toutes les chaînes : celles du ``perimetre`` doivent être là.
    ``exigees`` sont des têtes que quelqu’un demande : elles doivent être là quel que soit le périmètre.
    """
    kept = dict[str, list[str]]()
    last, rest = 0, iter(events)
    for place, event in enumerate(rest, start=1):
        if fault := _bad_entry(event, kept):
            return fault
        order = event.get("ordre", place)
        if order <= last if perimetre else order != place:
            return _out_of_order([event, *rest], place, kept, [] if perimetre else [*tetes, *exigees])
        if fault := _bad_link(event, kept, perimetre):
            return fault
        if event["fait"] == "tetes" and (fault := _lost_head(event["donnees"]["tetes"], kept, perimetre)):
            return fault
        last = order
        kept.setdefault(event["chain"], []).append(event["hash"])
    wanted = [*((heads, perimetre) for heads in tetes), *((heads, "") for heads in exigees)]
    return next((fault for heads, part in wanted if (fault := _lost_head(heads, kept, part))), None)


def within(chain: str, perimetre: str) -> bool:
    """Vrai pour une chaîne de ce programme ou de ce dossier ; "" les dit toutes."""
    return not perimetre or chain == perimetre or chain.startswith(f"{perimetre}/")


def _bad_entry(event: Any, kept: Mapping[str, list[str]]) -> Faille | None:
    """Une entrée illisible, ou dont le contenu n’est pas celui dont l’empreinte fut prise."""
    try:
        if event_hash(event) == event["hash"]:
            if _is_entry(event):
                return None
        elif isinstance(event["chain"], str):
            return Faille(event["chain"], len(kept.get(event["chain"], ())) + 1, "contenu modifié")
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        pass
    return Faille("journal.jsonl", sum(map(len, kept.values())) + 1, "cette entrée ne se lit pas")


def _is_entry(event: Any) -> bool:
    """Vrai quand une entrée porte ce qu’elle doit, chaque chose de sa sorte : la suite du script s’y fie."""
    if not (_has(event, ENTRY) and _counts(event.get("n")) and _counts(event.get("ordre", 1))):
        return False
    if not event.keys() <= ENTRY_KEYS:
        return False
    return event["fait"] not in SAID or SAID[event["fait"]](event["donnees"])


def _has(said: Any, kinds: Mapping[str, type]) -> bool:
    return isinstance(said, dict) and all(isinstance(said.get(key), kind) for key, kind in kinds.items())


def _bad_link(event: Mapping[str, Any], kept: Mapping[str, list[str]], perimetre: str) -> Faille | None:
    chain = event["chain"]
    if not within(chain, perimetre):
        return Faille(chain, event["n"], f"cette chaîne est hors du périmètre {perimetre}")
    hashes = kept.get(chain, [])
    n = len(hashes) + 1
    if event["n"] != n:
        return Faille(chain, n, f"entrée attendue n° {n}, trouvée n° {event['n']}")
    if event["prev"] != (hashes[-1] if hashes else GENESIS):
        return Faille(chain, n, "ne suit pas l’entrée précédente : l’une des deux a été réécrite")
    return None


def _out_of_order(rest: Sequence[Any], place: int, kept: Mapping[str, list[str]], tetes: Sequence[Heads]) -> Faille:
    """Une entrée hors de sa place : déplacée, ajoutée, ou il en manque une avant elle, dont on cherche la chaîne."""
    event, rest = rest[0], [item for item in rest if _is_entry(item)]
    if event["ordre"] < place or place in {item.get("ordre") for item in rest}:
        return Faille(event["chain"], event["n"], "entrée ajoutée ou déplacée")
    length = {chain: len(hashes) for chain, hashes in kept.items()}
    for item in rest:
        chain, n = str(item.get("chain")), length.get(str(item.get("chain")), 0) + 1
        if item.get("n") != n:
            return Faille(chain, n, "entrée retirée")
        length[chain] = n
    recorded = [item["donnees"]["tetes"] for item in rest if item.get("fait") == "tetes" and not _bad_entry(item, kept)]
    for chain, head in (pair for heads in (*recorded, *tetes) for pair in heads.items()):
        if int(head["n"]) > length.get(chain, 0):
            return Faille(chain, length.get(chain, 0) + 1, "entrée retirée")
    return Faille("journal.jsonl", place, "une entrée a été retirée avant celle-ci")


def _lost_head(heads: Heads, kept: Mapping[str, list[str]], perimetre: str) -> Faille | None:
    """Une chaîne du périmètre qui ne porte plus la tête relevée un jour, ou qui n’est plus là."""
    for chain, head in heads.items():
        hashes, n = kept.get(chain, []), int(head["n"])
        if not within(chain, perimetre):
            continue
        if n > len(hashes):
            return Faille(chain, len(hashes) + 1, f"entrée retirée : la chaîne en comptait {n}")
        if not (len(head["hash"]) >= SHORTEST and hashes[n - 1].startswith(head["hash"])):
            return Faille(chain, n, "la tête relevée n’est plus dans la chaîne : elle a été réécrite")
    return None


def verify(read: Read, names: Iterable[str], tetes: Sequence[Heads] = (), exigees: Sequence[Heads] = ()) -> Constat:
    """Vérifie un dossier de preuve : ``read`` donne les octets d’un fichier, ou None ; ``names`` les nomme tous."""
    manifest_bytes, journal = read("manifest.json"), read("journal.jsonl")
    if manifest_bytes is None or journal is None:
        return Constat(Faille("manifest.json" if manifest_bytes is None else "journal.jsonl", 0, "fichier absent"))
    manifest = _parse_text(_unix(manifest_bytes).rstrip(b"\n"), "manifest.json", 0)
    if fault := _bad_manifest(manifest):
        return Constat(fault)
    manifest = {**FORMATS[manifest["format"]], **manifest}
    lines = [line for line in _unix(journal).split(b"\n") if line]
    events = [_parse_text(line, "journal.jsonl", place) for place, line in enumerate(lines, start=1)]
    inside = [_read_inside(name, read) for name in manifest["tetes"]]
    perimetre = manifest["perimetre"]
    fault = (
        _bad_question(events, tetes, exigees, perimetre)
        or find_fault(events, [manifest["chaines"], *inside, *tetes], perimetre=perimetre, exigees=exigees)
        or _bad_end(manifest["chaines"], events)
        or _bad_artefact(manifest["artefacts"], events, read)
        or _bad_value(manifest["valeurs"])
        or _bad_decision(manifest, events)
        or _bad_tour(manifest, events)
        or _bad_file(manifest, events, read, names)
        or _bad_base(manifest)
    )
    return Constat(fault, () if fault else _remarks(perimetre, tetes) + _doubts(manifest, events, read))


def _unix(content: bytes) -> bytes:
    """Un texte tel qu’il fut écrit : des outils en refont les fins de ligne, qui ne changent rien à ce qu’il dit."""
    return content.replace(b"\r\n", b"\n")


def _parse_text(content: bytes, name: str, n: int) -> Any:
    """Un JSON au texte canonique : sinon, qui le lit à l’œil pourrait voir ce que l’empreinte ignore."""
    try:
        text = content.decode()
        said = json.loads(text)
        same = canonical(said) == text
    except (RecursionError, ValueError) as error:
        raise Rompu(Faille(name, n, "cette entrée ne se lit pas" if n else "ne se lit pas")) from error
    if not same:
        raise Rompu(Faille(name, n, "ce texte n’est pas sous sa forme canonique : il pourrait en montrer un autre"))
    return said


def _read_inside(name: str, read: Read) -> Heads:
    try:
        return read_heads(_unix(read(name) or b""))
    except ValueError as error:
        raise Rompu(Faille(name, 0, "ce relevé de têtes ne se lit pas")) from error


def _bad_manifest(manifest: Any) -> Faille | None:
    """Un manifeste d’un format inconnu de ce script, ou qui tient autre chose que ce que son format dit."""
    said = manifest.get("format") if isinstance(manifest, dict) else None
    if type(said) is int and said > max(FORMATS):
        return Faille("manifest.json", 0, f"son format, {said}, est plus récent : prenez le verifier.py de sa version")
    if type(said) is int and said in FORMATS and _is_manifest(manifest, FORMATS[said]):
        return None
    return Faille("manifest.json", 0, "il n’a pas la forme attendue")


def _is_manifest(manifest: Any, absent: Mapping[str, Any]) -> bool:
    wanted = {key: kind for key, kind in MANIFEST.items() if key not in absent}
    if not _has(manifest, wanted) or manifest.keys() != {"format", *wanted}:
        return False
    manifest = {**absent, **manifest}
    return (
        all(_has(item, TOUR) and item.keys() == TOUR.keys() for item in manifest["tours"] or ())
        and are_heads(manifest["chaines"])
        and all(_has(item, VALUE) and item.keys() == VALUE.keys() for item in manifest["valeurs"])
        and all(isinstance(item, dict) for item in manifest["artefacts"].values())
        and all(isinstance(item, str) for item in (*manifest["tetes"], *manifest["fichiers"].values()))
    )


def _bad_question(
    events: Sequence[Any], tetes: Sequence[Heads], exigees: Sequence[Heads], perimetre: str
) -> Faille | None:
    """Des têtes dont un dossier ne peut répondre : le dire intact ferait croire à qui demande qu’elles y sont."""
    for chain, head in (pair for heads in exigees for pair in heads.items()):
        if not within(chain, perimetre):
            return Faille(chain, head["n"], f"tête introuvable : ce dossier de preuve ne porte que sur {perimetre}")
    if any(tetes) and not events:
        return Faille("journal.jsonl", 0, "il est vide : rien n’a pu être comparé au relevé donné")
    return None


def _remarks(perimetre: str, tetes: Sequence[Heads]) -> tuple[str, ...]:
    """Ce qu’un dossier partiel intact ne prouve pas : qui lit « INTACT » doit le savoir."""
    if not perimetre:
        return ()
    outside = sorted({chain for heads in tetes for chain in heads if not within(chain, perimetre)})
    said = f"Périmètre : {show(perimetre)} seulement. Rien n’est dit des autres chaînes."
    return (said, f"Têtes données mais non vérifiées, hors de ce périmètre : {show(', '.join(outside))}.")[
        : 1 + bool(outside)
    ]


def _bad_end(heads: Heads, events: Sequence[Mapping[str, Any]]) -> Faille | None:
    """Une chaîne que le manifeste connaît et le journal non, ou qui va plus loin que le manifeste ne le dit."""
    missing = heads.keys() - {event["chain"] for event in events}
    if missing:
        return Faille(min(missing), 1, "chaîne retirée")
    for event in events:
        if event["n"] > int(heads.get(event["chain"], {"n": 0})["n"]):
            return Faille(event["chain"], event["n"], "entrée ajoutée après la fin que dit le manifeste")
    return None


def _are_digests(said: Any) -> bool:
    return isinstance(said, dict) and all(len(_text(item)) == len(GENESIS) for pair in said.items() for item in pair)


def list_documents(events: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Les documents que tiennent ces chaînes, par SHA-256, chacun avec l’entrée qui le dit.

    Un document dont une personne effacée fut retirée est celui qu’il est devenu.
    """
    kept: dict[str, dict[str, Mapping[str, Any]]] = {}
    for event in events:
        held, said = kept.setdefault(event["chain"], {}), event["donnees"]
        if event["fait"] == "artefact":
            held.setdefault(said["sha256"], event)
        if event["fait"] == "caviarde":
            for old, new in said["documents"].items():
                held.pop(old, None)
                held.setdefault(new, event)
    return {digest: event for held in kept.values() for digest, event in held.items()}


def find_redacted_proof(events: Sequence[Mapping[str, Any]]) -> Faille | None:
    """Un document soumis à quelqu’un prouve ce qui fut décidé : rien n’autorise à le changer."""
    shown = {digest for event in events for digest in event["donnees"].get("artefacts") or ()}
    for event in events:
        if event["fait"] == "caviarde" and not shown.isdisjoint(event["donnees"]["documents"]):
            return Faille(event["chain"], event["n"], "un document soumis à validation a été changé")
    return None


def _bad_artefact(names: Heads, events: Sequence[Mapping[str, Any]], read: Read) -> Faille | None:
    if fault := find_redacted_proof(events):
        return fault
    for digest, event in list_documents(events).items():
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


def _bad_decision(manifest: Mapping[str, Any], events: Iterable[Mapping[str, Any]]) -> Faille | None:
    """Les décisions telles qu’on les lit, face aux entrées du journal et aux valeurs fournies."""
    if manifest["decisions"] is None:
        return None
    values = {item["engagement"]: item["valeur"] for item in manifest["valeurs"]}
    listed, decided = manifest["decisions"], [event for event in events if event["fait"] == "decide"]
    for place, event in enumerate(decided):
        if not _has(event["donnees"], {"par": str, "commentaire": str, "artefacts": list}):
            return Faille(event["chain"], event["n"], "cette décision ne se lit pas")
        if listed[place : place + 1] != [read_decision(event, values, manifest["format"])]:
            return Faille(event["chain"], event["n"], "la décision listée dans le manifeste n’est pas celle du journal")
    return Faille("manifest.json", 0, "décision en trop") if len(listed) > len(decided) else None


def read_decision(event: Mapping[str, Any], values: Mapping[str, str], numero: int) -> dict[str, Any]:
    """Ce que dit une entrée « decide », ses engagements ouverts là où ils peuvent encore l’être."""
    said = event["donnees"]
    return {
        "chaine": event["chain"],
        "entree": event["n"],
        "le": event["at"],
        **{key: said.get(key, "") for key in ("gate", "siege", "role", "verdict", "identification", "empreinte")},
        "par": values.get(said["par"], ""),
        "commentaire": values.get(said["commentaire"], ""),
        "documents": said["artefacts"],
        **({key: said.get(key, "") for key in POWER} if numero >= SAYS_POWER else {}),
    }


SAYS_POWER = 4  # le premier format qui dit d’où vient le pouvoir de décider
POWER = ("registre", "registre_refus", "role_depuis")


def _bad_base(manifest: Mapping[str, Any]) -> Faille | None:
    """Ce que le logiciel a trouvé en exportant : une base qui ne disait pas ce que dit la piste."""
    if not manifest["ecart"]:
        return None
    said = "à l’export, la base ou le magasin ne disaient pas ce que dit la piste, intacte ; premier écart"
    return Faille("base", 0, f"{said} : {show(manifest['ecart'])}")


def _bad_tour(manifest: Mapping[str, Any], events: Sequence[Mapping[str, Any]]) -> Faille | None:
    """Les noms des documents, face à ce qui fut scellé : le SHA-256 de chaque tour soumis se refait."""
    if manifest["tours"] is None:
        return None
    made = [event for event in events if event["fait"] == "produit" and event["donnees"].get("phase") == "resultat"]
    values = {_place(event): event["donnees"].get("resultat") for event in made}
    asked, listed = [event for event in events if event["fait"] == "soumis"], manifest["tours"]
    names: dict[str, set[str]] = {}
    for place, event in enumerate(asked):
        chain, stage, tour = _place(event)
        said = listed[place] if place < len(listed) else {}
        if (said.get("chaine"), said.get("stage"), said.get("tour")) != (chain, stage, tour):
            return Faille(chain, event["n"], "le tour listé dans le manifeste n’est pas celui du journal")
        documents = said["documents"]
        if documents and _seal(stage, values.get((chain, stage, tour)), documents) != event["donnees"].get("empreinte"):
            return Faille(chain, event["n"], "les documents de ce tour ou leurs noms ne redonnent pas son SHA-256")
        for name, digest in documents.items():
            names.setdefault(str(digest), set()).add(name)
    if len(listed) > len(asked):
        return Faille("manifest.json", 0, "tour en trop")
    return _bad_name(manifest["artefacts"], names)


def _bad_name(artefacts: Heads, names: Mapping[str, set[str]]) -> Faille | None:
    """Un document qui fut soumis sous d’autres noms que celui que donne le manifeste."""
    for digest, known in sorted(names.items()):
        said = _text(artefacts.get(digest, {}).get("nom"))
        if said and said.rpartition("/")[2] not in known:
            return Faille("manifest.json", 0, f"ce document n’a pas été soumis sous ce nom : {said}")
    return None


def _place(event: Mapping[str, Any]) -> tuple[str, Any, Any]:
    return event["chain"], event["donnees"].get("stage") or "", event["donnees"].get("tour") or 0


def _seal(stage: Any, value: Any, documents: Mapping[str, Any]) -> str:
    """Le SHA-256 d’un tour, dont les gens voient le début : son code de contrôle."""
    return sha256(canonical({"stage": stage, "resultat": value, "artefacts": documents}).encode())


def _doubts(manifest: Mapping[str, Any], events: Sequence[Mapping[str, Any]], read: Read) -> tuple[str, ...]:
    """Ce qui ne rompt rien et qu’un lecteur attentif doit savoir : dates qui reculent, jetons non vérifiés ici."""
    said = []
    if any(read(name.replace(".json", ".tsr")) for name in manifest["tetes"]):
        said.append(
            "Jetons d’horodatage : chacun est celui de son relevé ; leur signature n’est pas vérifiée ici "
            "(openssl ts -verify, ou « nr piste verifier » avec NR_TSA_CA)."
        )
    if manifest["tours"] is None:
        said.append("Format ancien : le nom des documents n’y est pas prouvé, leurs octets le sont.")
    elif any(not item["documents"] for item in manifest["tours"]):
        said.append("Le nom des documents de certains tours a été effacé avec une personne : il n’est plus vérifié.")
    if manifest["ecart"] is None:
        said.append("Format ancien : la base d’où il vient n’y a pas été comparée à sa piste.")
    said += [_tell_power(item) for item in manifest["decisions"] or () if item.get("role_depuis")]
    said += [_tell_registry(item) for item in manifest["decisions"] or () if item.get("registre_refus")]
    latest: dict[str, str] = {}
    for event in events:
        if event["at"] < latest.get(event["chain"], ""):
            said.append(show(f"Heure qui recule : chaîne {event['chain']}, entrée {event['n']}, {event['at']}."))
        latest[event["chain"]] = max(event["at"], latest.get(event["chain"], ""))
    return (*said, *_late(manifest, events, read))


def _tell_power(decision: Mapping[str, Any]) -> str:
    where = f"chaîne {decision['chaine']}, entrée {decision['entree']}"
    return show(f"Rôle donné peu avant la décision : {where}, par le registre, le {decision['role_depuis']}.")


def _tell_registry(decision: Mapping[str, Any]) -> str:
    where = f"chaîne {decision['chaine']}, entrée {decision['entree']}"
    return show(f"Décision prise alors que le registre était {decision['registre_refus']} : {where}.")


def _late(manifest: Mapping[str, Any], events: Sequence[Mapping[str, Any]], read: Read) -> Iterable[str]:
    """Les entrées qui se disent plus vieilles qu’un relevé daté où leur chaîne ne les tenait pas encore."""
    for name in manifest["tetes"]:
        content = json.loads(_unix(read(name) or b"{}"))
        day, heads = _text(content.get("le")), content.get("chaines", {})
        for event in events:
            if day and event["at"] < day and event["n"] > int(heads.get(event["chain"], {"n": 0})["n"]):
                yield show(
                    f"Entrée plus récente qu’elle ne le dit : chaîne {event['chain']}, entrée {event['n']}, "
                    f"{event['at']}, absente du relevé {name}."
                )
                break


def _bad_file(
    manifest: Mapping[str, Any], events: Iterable[Mapping[str, Any]], read: Read, names: Iterable[str]
) -> Faille | None:
    """Un fichier en trop, présent deux fois, ou dont les octets ne sont pas ceux que le manifeste connaît."""
    listed = Counter(names)
    twice = next((name for name in sorted(listed) if listed[name] > 1), None)
    known: Mapping[str, str] = manifest["fichiers"]
    artefacts = {f"artefacts/{digest}" for digest in list_documents(events)}
    extra = next(
        (name for name in sorted(listed) if name not in {"manifest.json", "journal.jsonl", *known, *artefacts}), None
    )
    if twice or extra:
        return Faille(twice or extra or "", 0, "fichier en double" if twice else "fichier en trop")
    for name in manifest["tetes"]:
        content, token = _unix(read(name) or b""), read(name.replace(".json", ".tsr"))
        if token is not None and not any(hashlib.new(kind, content).digest() in token for kind in IMPRINTS):
            return Faille(name, 0, "le jeton d’horodatage qui l’accompagne n’est pas le sien")
    changed = next((name for name, digest in known.items() if not _is_same(read(name) or b"", digest)), None)
    return Faille(changed, 0, "fichier modifié ou absent") if changed else None


def _is_same(content: bytes, digest: str) -> bool:
    return digest in (sha256(content), sha256(_unix(content)))


def verify_pack(path: Path, tetes: Sequence[Heads] = ()) -> Faille | None:
    """La première entrée fautive d’un dossier de preuve, ou None."""
    return examine_pack(path, tetes).faille


def examine_pack(path: Path, tetes: Sequence[Heads] = (), exigees: Sequence[Heads] = ()) -> Constat:
    """Vérifie un dossier de preuve, zippé ou ouvert. Ce qui ne se lit pas est rompu, quelle qu’en soit la raison."""
    try:
        if path.is_dir():
            return _examine_folder(path, tetes, exigees)
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _refuse_bomb([(item.filename, item.file_size) for item in entries])
            _refuse_glued(archive, path.stat().st_size)
            kept = [item for item in entries if not item.is_dir() and not _is_left(item.filename)]
            top = _find_top([item.filename for item in kept])
            found = {item.filename[len(top) :]: item.filename for item in kept}
            listed = [item.filename[len(top) :] for item in kept]
            return verify(lambda name: _unzip(archive, found[name]) if name in found else None, listed, tetes, exigees)
    except Rompu as error:
        return Constat(error.faille)
    except Exception:  # quoi qu’un dossier abîmé fasse dire à un lecteur : il ne tient pas
        return Constat(Faille(str(path), 0, "ce n’est pas un dossier de preuve lisible"))


def _examine_folder(path: Path, tetes: Sequence[Heads], exigees: Sequence[Heads]) -> Constat:
    """À la racine, le zip et des relevés peuvent se trouver : ils sont nommés. Tout autre fichier est refusé."""
    if not (path / "manifest.json").exists():
        path = next((item.parent for item in sorted(path.glob("*/manifest.json"))), path)
    found = {item.relative_to(path).as_posix(): item for item in _list(path)}
    _refuse_bomb([(name, item.stat().st_size) for name, item in found.items() if "/" in name])
    inside = [name for name in found if "/" in name]
    fault, remarks = verify(lambda name: found[name].read_bytes() if name in found else None, inside, tetes, exigees)
    if fault:
        return Constat(fault)
    known = {"manifest.json", "journal.jsonl", *json.loads(found["manifest.json"].read_bytes())["fichiers"]}
    beside = sorted(found.keys() - known - set(inside))
    if extra := next((name for name in beside if not name.endswith(BESIDE)), None):
        return Constat(Faille(extra, 0, "fichier en trop"))
    said = f"À côté, hors du dossier de preuve et non vérifiés : {show(', '.join(beside))}."
    return Constat(None, (*remarks, said) if beside else remarks)


def _list(path: Path) -> Iterable[Path]:
    """Les fichiers d’un dossier ouvert ; un lien est refusé, car il montre ce qui n’est pas là."""
    for item in sorted(path.rglob("*")):
        if _is_left(item.relative_to(path).as_posix()):
            continue
        if item.is_symlink() or not (item.is_file() or item.is_dir()):
            raise Rompu(Faille(item.relative_to(path).as_posix(), 0, "un lien, et non un fichier"))
        if item.is_file():
            yield item


def _is_left(name: str) -> bool:
    """Vrai pour ce qu’un système ajoute de lui-même, qui ne prouve ni ne change rien."""
    parts = name.split("/")
    return parts[-1].startswith("._") or any(part in LEFT_BY_SYSTEMS for part in parts)


def _find_top(names: Sequence[str]) -> str:
    """Le dossier que des outils mettent autour de tout, avec son « / » ; "" quand il n’y en a pas."""
    if "manifest.json" in names:
        return ""
    top = next(
        (name.partition("/")[0] + "/" for name in sorted(names) if name.count("/") == 1 and "/manifest.json" in name),
        "",
    )
    return top if all(name.startswith(top) for name in names) else ""


def _refuse_glued(archive: zipfile.ZipFile, size: int) -> None:
    """Une archive où se trouvent des octets que rien n’annonce, ou un lien : deux lecteurs y verraient deux choses."""
    for item in archive.infolist():
        if stat.S_ISLNK(item.external_attr >> 16):
            raise Rompu(Faille(item.filename, 0, "un lien, et non un fichier"))
    assert archive.fp is not None
    archive.fp.seek(max(0, size - END_BYTES))
    end = archive.fp.read()
    first = min((item.header_offset for item in archive.infolist()), default=0)
    if archive.comment or first or not end.startswith(b"PK\x05\x06") or _has_gap(archive):
        raise Rompu(Faille("archive", 0, "elle contient autre chose que ce qu’elle liste"))


def _has_gap(archive: zipfile.ZipFile) -> bool:
    """Vrai quand quelque chose se trouve entre deux entrées, ou entre la dernière et la liste."""
    assert archive.fp is not None
    place = 0
    for item in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
        if item.header_offset not in (place, *(place + more for more in DESCRIPTORS)):
            return True
        archive.fp.seek(item.header_offset + LOCAL_NAME)
        lengths = archive.fp.read(4)
        place = item.header_offset + LOCAL_BYTES + lengths[0] + lengths[1] * 256 + lengths[2] + lengths[3] * 256
        place += item.compress_size
    return archive.start_dir not in (place, *(place + more for more in DESCRIPTORS))


END_BYTES, LOCAL_NAME, LOCAL_BYTES = 22, 26, 30  # la fin d’un zip, où un en-tête dit ses longueurs, sa taille
DESCRIPTORS = (12, 16, 20, 24)  # ce qui peut suivre une entrée écrite sans savoir sa taille


def _refuse_bomb(sizes: Iterable[tuple[str, int]]) -> None:
    """Avant toute lecture : quelques octets, décompressés, peuvent en donner plus que n’en tient une machine."""
    total = 0
    for name, size in sizes:
        total += size
        if size > LARGEST or total > LARGEST_IN_ALL:
            raise Rompu(Faille(name, 0, "fichier démesuré : il n’a pas été lu"))


def _unzip(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except Exception as error:  # abîmé, chiffré, de méthode inconnue : chacun a son exception
        raise Rompu(Faille(name, 0, "ce fichier est abîmé ou chiffré")) from error


def load_heads(path: Path) -> Heads:
    """Les têtes d’un fichier de têtes. Lève ``OSError`` ou ``ValueError``."""
    return read_heads(path.read_bytes())


def read_heads(content: bytes) -> Heads:
    """Les têtes que dit un fichier. Lève ``ValueError`` : pas de JSON, une autre forme, ou un nom dit deux fois."""
    try:
        said = json.loads(content, object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError(content[:SHORTEST]) from error
    if not isinstance(said, dict) or not are_heads(said.get("chaines")):
        raise ValueError(content[:SHORTEST])
    heads: Heads = said["chaines"]
    return heads


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(pairs)
    return found


def are_heads(said: Any) -> bool:
    """Vrai pour des chaînes, avec le numéro de leur dernière entrée, dès 1, et assez de chiffres de son empreinte."""
    return isinstance(said, dict) and all(
        isinstance(head, dict) and _counts(head.get("n")) and len(_text(head.get("hash"))) >= SHORTEST
        for head in said.values()
    )


def _counts(value: Any) -> bool:
    return type(value) is int and value >= 1


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def parse_head(text: str) -> Heads:
    """« programme/collectivite:12:3f9a… » en têtes ; 12 chiffres de l’empreinte au moins. Lève ``ValueError``."""
    chain, n, digest = text.strip().rsplit(":", 2)
    if len(digest) < SHORTEST or set(digest) - set("0123456789abcdef"):
        raise ValueError(text)
    heads = {chain: {"n": int(n), "hash": digest}}
    if not are_heads(heads):
        raise ValueError(text)
    return heads


def main(arguments: list[str]) -> int:
    """Dit si un dossier de preuve tient ; rend le code de sortie."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        path, tetes, exigees = _parse(arguments)
    except ValueError as error:
        print(show(f"Argument refusé : {error}"))
        print("Usage : python -I verifier.py [PREUVES.zip] [--tetes FICHIER.json] [--tete CHAINE:NUMERO:SHA-256]")
        return 2
    fault, remarks = examine_pack(path, tetes, exigees)
    print(f"ROMPU. Première entrée fautive : {fault}." if fault else "INTACT. Chaînes, têtes et documents tiennent.")
    for remark in remarks:
        print(remark)
    return 1 if fault else 0


def _parse(arguments: list[str]) -> tuple[Path, list[Heads], list[Heads]]:
    rest, tetes, exigees = list(arguments), list[Heads](), list[Heads]()
    for option, load, kept in (
        ("--tetes", lambda text: load_heads(Path(text)), tetes),
        ("--tete", parse_head, exigees),
    ):
        while option in rest:
            place = rest.index(option)
            kept.append(_load(load, "".join(rest[place + 1 : place + 2])))
            del rest[place : place + 2]
    path = Path(rest[0]) if rest else Path(__file__).resolve().parent
    if len(rest) > 1 or not path.exists():
        raise ValueError(path)
    return path, tetes, exigees


def _load(load: Callable[[str], Heads], text: str) -> Heads:
    try:
        return load(text)
    except (OSError, ValueError) as error:  # ce qu’en dit le système n’est pas pour qui demande
        raise ValueError(text or "il manque une valeur") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
