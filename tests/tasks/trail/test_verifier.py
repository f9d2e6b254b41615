"""Une piste touchée se voit, à sa première entrée fautive ; une piste honnête n'est jamais accusée.

Mille altérations au hasard à chaque passage ; ``NR_ALTERATIONS=10000`` en essaie dix mille.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Sequence
from copy import deepcopy
from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.dossier.journal import GENESIS, Fait, build_event, commit
from tasks.trail.verifier import Faille, canonical, event_hash, find_fault, main, parse_head

ALTERATIONS = int(os.environ.get("NR_ALTERATIONS", "1000"))
Trail = list[dict[str, Any]]
Entry = tuple[str, int]


def build_trail(rng: random.Random, length: int = 40, chains: int = 4) -> Trail:
    """Une piste honnête : des chaînes mêlées au hasard, des têtes relevées de temps en temps."""
    events: Trail = []
    heads: dict[str, dict[str, Any]] = {}

    def add(chain: str, fait: Fait, donnees: dict[str, Any]) -> None:
        n, prev = heads.get(chain, {"n": 0, "hash": GENESIS}).values()
        at = f"2026-05-12T08:00:{rng.randrange(60):02}Z"
        event = build_event(chain, n + 1, prev, at, fait, True, donnees, ordre=len(events) + 1)
        events.append(event)
        heads[chain] = {"n": event["n"], "hash": event["hash"]}

    while len(events) < length:
        if events and rng.random() < 0.1:
            add("p", Fait.TETES, {"tetes": {key: dict(head) for key, head in sorted(heads.items()) if key != "p"}})
        else:
            add(f"p/{rng.randrange(chains)}", Fait.PRODUIT, {"stage": "score", "tour": rng.randrange(100)})
    return events


def heads_of(events: Trail) -> dict[str, dict[str, Any]]:
    return {event["chain"]: {"n": event["n"], "hash": event["hash"]} for event in events}


def entry(event: dict[str, Any]) -> Entry:
    return event["chain"], event["n"]


def edit(events: Trail, place: int, rng: random.Random) -> set[Entry]:
    """Un champ changé, l'empreinte laissée telle quelle."""
    named = entry(events[place])
    field = rng.choice(["at", "fait", "automatique", "donnees", "prev", "hash", "ordre"])
    changes: dict[str, Any] = {"donnees": {"tour": 1000}, "automatique": False, "ordre": 9999}
    events[place][field] = changes.get(field, "autre")
    return {named}


def delete(events: Trail, place: int, rng: random.Random) -> set[Entry]:
    """Une entrée ôtée."""
    return {entry(events.pop(place))}


def insert(events: Trail, place: int, rng: random.Random) -> set[Entry]:
    """Une entrée copiée ailleurs."""
    events.insert(place, deepcopy(rng.choice(events)))
    return {entry(event) for event in events[place : place + 2]}


def forge(events: Trail, place: int, rng: random.Random) -> set[Entry]:
    """Une entrée nouvelle, bien liée à ce qui la précède, à la place d'une autre dont la suite est gardée."""
    old = events[place]
    fields = {key: old[key] for key in ("chain", "n", "prev", "at", "ordre")}
    events[place] = build_event(**fields, fait=Fait.CONFIRME, automatique=False, donnees={"stage": "faux"})
    return _around(events, place)


def swap(events: Trail, place: int, rng: random.Random) -> set[Entry]:
    """Deux entrées échangées, de la même chaîne ou non."""
    other = rng.choice([index for index in range(len(events)) if index != place])
    first = min(place, other)
    events[place], events[other] = events[other], events[place]
    return {entry(events[first]), entry(events[max(place, other)])}


def truncate(events: Trail, place: int, rng: random.Random) -> set[Entry]:
    """Tout ce qui suit, ôté."""
    lost = events[place:]
    del events[place:]
    return {next(group) for _, group in groupby(sorted(map(entry, lost)), key=lambda item: item[0])}


def rewrite(events: Trail, place: int, rng: random.Random) -> set[Entry]:
    """Une entrée changée, et toute la suite de sa chaîne recalculée."""
    chain, changed = events[place]["chain"], entry(events[place])
    prev = events[place]["prev"]
    events[place]["at"] = "2001-01-01T00:00:00Z"
    touched = set()
    for event in events[place:]:
        if event["chain"] == chain:
            event["prev"] = prev
            event["hash"] = prev = event_hash(event)
            touched.add(entry(event))
    assert changed in touched
    return touched


def _around(events: Trail, place: int) -> set[Entry]:
    """L'entrée refaite, ou la suivante de sa chaîne, qui ne la suit plus : rien ne dit laquelle des deux ment."""
    chain, n = entry(events[place])
    return {(chain, n), (chain, n + 1)}


KINDS: Sequence[Callable[[Trail, int, random.Random], set[Entry]]] = (
    edit,
    delete,
    insert,
    forge,
    swap,
    truncate,
    rewrite,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_chaque_alteration_est_trouvee_et_la_premiere_entree_fautive_nommee(
    kind: Callable[[Trail, int, random.Random], set[Entry]],
) -> None:
    rng = random.Random(kind.__name__)
    for _ in range(ALTERATIONS // len(KINDS) + 1):
        events = build_trail(rng)
        kept = heads_of(events)
        expected = kind(events, rng.randrange(len(events)), rng)
        fault = find_fault(events, [kept])
        assert fault is not None
        assert (fault.chain, fault.n) in expected, (fault, expected)


def test_une_piste_honnete_n_est_jamais_accusee() -> None:
    rng = random.Random(1)
    for length in range(120):
        events = build_trail(rng, length, chains=1 + length % 7)
        assert find_fault(events, [heads_of(events), heads_of(events[: length // 2])]) is None


@given(st.randoms(use_true_random=False), st.integers(0, 3))
def test_une_partie_honnete_de_la_piste_n_est_pas_accusee(rng: random.Random, chain: int) -> None:
    events = build_trail(rng)
    part = [event for event in events if event["chain"] == f"p/{chain}"]
    assert find_fault(part, [heads_of(events)], perimetre=f"p/{chain}") is None
    assert not part or find_fault(part[1:] + part[:1], perimetre=f"p/{chain}") or len(part) == 1


def test_sans_releve_ailleurs_la_fin_d_une_chaine_coupee_se_voit_tant_que_d_autres_continuent() -> None:
    events = build_trail(random.Random(2))
    place = max(index for index, event in enumerate(events[:-1]) if event["chain"] != events[-1]["chain"])
    cut = events.pop(place)
    fault = find_fault(events)
    assert fault is not None
    assert fault.raison.startswith(("entrée retirée", "une entrée a été retirée"))
    assert cut not in events


def test_une_piste_toute_recalculee_n_est_trahie_que_par_une_tete_gardee_ailleurs() -> None:
    rng = random.Random(3)
    events = [event for event in build_trail(rng) if event["fait"] != "tetes"]
    kept = heads_of(events)
    prevs: dict[str, tuple[int, str]] = {}
    for order, event in enumerate(events, start=1):
        n, prev = prevs.get(event["chain"], (0, GENESIS))
        event |= {"n": n + 1, "prev": prev, "ordre": order, "at": "2001-01-01T00:00:00Z"}
        event["hash"] = event_hash(event)
        prevs[event["chain"]] = event["n"], event["hash"]
    assert find_fault(events) is None
    fault = find_fault(events, [kept])
    assert fault is not None
    assert "réécrite" in fault.raison


@pytest.mark.parametrize("bad", [{}, [], None, 3, "x", {"chain": "p"}, {"hash": "", "chain": ["p"]}])
def test_une_entree_illisible_est_nommee_et_n_arrete_rien(bad: Any) -> None:
    events = [*build_trail(random.Random(4), 3), bad]
    assert find_fault(events) == Faille("journal.jsonl", 4, "cette entrée ne se lit pas")


@pytest.mark.parametrize("change", [{"n": None}, {"n": True}, {"ordre": "x"}, {"chain": ["p"]}, {"fait": "artefact"}])
def test_une_entree_bien_hachee_mais_d_une_autre_forme_n_arrete_rien(change: dict[str, Any]) -> None:
    events = build_trail(random.Random(4), 3)
    bad = {**events[-1], **change}
    assert find_fault([*events[:2], {**bad, "hash": event_hash(bad)}]) == Faille(
        "journal.jsonl", 3, "cette entrée ne se lit pas"
    )
    assert find_fault([events[0], events[2], {**bad, "hash": event_hash(bad)}]) is not None


def test_une_entree_d_avant_la_numerotation_commune_se_lit_encore() -> None:
    event = build_event("p/a", 1, GENESIS, "2026-05-12T08:00:00Z", Fait.PRODUIT, True, {}, ordre=1)
    del event["ordre"]
    event["hash"] = event_hash(event)
    later = build_event("p/a", 2, event["hash"], "2026-05-12T08:00:00Z", Fait.PRODUIT, True, {}, ordre=2)
    assert find_fault([event, later]) is None


def test_une_tete_de_courriel_se_verifie_d_un_debut_d_empreinte() -> None:
    events = build_trail(random.Random(5))
    chain, n, digest = events[0]["chain"], events[0]["n"], events[0]["hash"]
    assert find_fault(events, [parse_head(f"{chain}:{n}:{digest[:12]}")]) is None
    assert find_fault(events, [parse_head(f"{chain}:{n}:{'0' * 12}")]) is not None
    for wrong in (digest, f"{chain}:{n}:{digest[:11]}", f"{chain}:x:{digest}", f"{chain}:1:{'Z' * 12}"):
        with pytest.raises(ValueError, match=r"\S"):
            parse_head(wrong)


def test_le_verificateur_et_le_journal_ecrivent_le_meme_texte() -> None:
    said = {"verdict": "approuver", "n": 1}
    event = build_event("p/é", 1, GENESIS, "2026-05-12T08:00:00Z", Fait.DECIDE, False, said, ordre=1)
    assert event_hash(event) == event["hash"]
    assert json.loads(canonical(event)) == event


def test_un_engagement_ne_dit_rien_sans_son_sel() -> None:
    assert commit("sel", "anne@ville.example") != commit("autre", "anne@ville.example")


@pytest.mark.parametrize("arguments", [["--tetes", "absent.json"], ["--tete"], ["--tete", "x"], ["/nulle/part.zip"]])
def test_un_argument_refuse_se_dit_sans_un_mot_du_systeme(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr().out
    assert "Argument refusé" in said
    assert not [word for word in ("Errno", "No such", "out of range", "Error") if word in said]
