"""What a score costs: 1 000 dossiers of some 70 questions and a real inventory, and its parts as ratios.

Processor time: what else the machine does at that moment is not ours.

python -m benchmarks.scoring [DOSSIERS]
"""

from __future__ import annotations

import sys
from time import process_time
from typing import NamedTuple

from benchmarks.scene import scene
from nr_models.inventaire.indicateurs import measure
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import collect, score
from nr_models.stages import BY_SLUG
from nr_models.values.frozen import canonical
from tasks.dossier.making import load_case
from tasks.dossier.standing import load_standing
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import load_kept_referentiel
from tasks.returns.returns import read_returns
from tasks.stages.hands import load_hands

_EXAMPLES = 12  # dossiers really read; scored again and again up to the number asked


class _Collected(NamedTuple):
    result: collect.Result
    referentiel: Referentiel


def main(count: int) -> None:
    """Measure and print."""
    examples = _collect()
    results = [score.build(score.Inputs(collect=found.result), found.referentiel) for found in examples]
    start = process_time()
    for found in _turn(examples, count):  # none kept: a wave keeps none in memory either
        score.build(score.Inputs(collect=found.result), found.referentiel)
    whole, start = process_time() - start, process_time()
    for found in _turn(examples, count):
        measure(found.result.inventaire, found.referentiel, agents=None, year=2026)
    inventory, start = process_time() - start, process_time()
    for place in range(count):
        canonical(results[place % len(results)])
    written = process_time() - start
    lines = sum(len(item.lignes) for item in results[0].dimensions)
    print(f"{count} dossiers, {lines} questions, {len(examples[0].result.inventaire)} lignes d’inventaire.")
    print("Millisecondes par dossier, et rapport au score entier :")
    for name, seconds in (
        ("score entier (dimensions, ensemble, inventaire)", whole),
        ("dont inventaire", inventory),
        ("écrire le résultat en JSON canonique", written),
    ):
        print(f"  {name:<50} {seconds / count * 1000:7.2f} ms   × {seconds / whole:5.2f}")


def _collect() -> list[_Collected]:
    """The collections of the example, read from their files."""
    found = []
    with scene(_EXAMPLES) as (workspace, programme, dossiers):
        for dossier in dossiers:
            read_returns(Lieu(workspace, programme, dossier))
            standing = load_standing(Lieu(workspace, programme, dossier))
            case = load_case(Lieu(workspace, programme, dossier), standing, BY_SLUG["collect"])
            result = load_hands("collect").build(case)
            assert isinstance(result, collect.Result)
            found.append(_Collected(result, load_kept_referentiel(workspace, dossier)))
    return found


def _turn(examples: list[_Collected], count: int) -> list[_Collected]:
    return [examples[place % len(examples)] for place in range(count)]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000)
