"""Des bulletins rendus, écrasés, effacés, rendus deux fois, après coup ou non : ce qui compte est ce que dit l’oracle.

Il redit la règle autrement que le code, fichier par fichier : ce qui est arrêté ne bouge que par un acte.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from atexit import register
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nr_models.dossier.case import File
from nr_models.dossier.next import Make
from nr_models.dossier.standing import Standing
from nr_models.dossier.workflow import Etat
from nr_models.values.frozen import canonical
from nr_models.values.roles import Role
from tasks.demo.form import Form
from tasks.dossier.making import load_case
from tasks.dossier.making import make as make_whole
from tasks.dossier.rounds import save_round
from tasks.programme.lieu import Lieu
from tasks.stages.hands import load_hands
from tasks.stages.prioritise.ballot import BULLETIN
from tasks.trail import chain
from tasks.trail.tables import check_tables
from tests.support.parcours import SANS_DG, Terrain, move, taken_to

ROOT = Path(tempfile.mkdtemp(prefix="suites-"))
register(shutil.rmtree, ROOT, ignore_errors=True)
NOTES = (1, 3, 5)
"""Ce que disent les trois versions d’un bulletin, de chacun de ses leviers."""
votants = st.integers(0, 2)
places = st.integers(0, 1)
notes = st.sampled_from(NOTES)


class Rendu(NamedTuple):
    """Ce que dit un fichier, et quand il l’a dit."""

    qui: str
    note: int
    quand: int


def make(lieu: Lieu, standing: Standing, step: Make) -> None:
    """Produire le vote vite : la règle entière, et son résultat pour tout document ; le reste comme toujours."""
    if (step.stage.slug, step.phase) != ("prioritise", "resultat"):
        make_whole(lieu, standing, step)
        return
    result = load_hands(step.stage.slug).build(load_case(lieu, standing, step.stage))
    save_round(lieu, step.stage, step.phase, step.basis, result, (File("resultat.txt", canonical(result).encode()),))


@cache
def prepared() -> tuple[Path, dict[str, dict[int, bytes]]]:
    """Le dossier où le vote attend d’être validé, et les trois versions du bulletin de chaque votant."""
    place, versions = ROOT / "fait", dict[str, dict[int, bytes]]()
    terrain = taken_to(place, "prioritise", SANS_DG)
    for path in sorted(terrain.recus.glob("Bulletin*.xlsx")):
        mark = Form(path.read_bytes()).mark()
        versions[mark["personne"]] = {note: _voted(path.read_bytes(), note) for note in NOTES}
        path.unlink()
        (terrain.recus / f"{mark['personne']}-0.xlsx").write_bytes(versions[mark["personne"]][3])
    terrain.run("prioritise", make)
    assert terrain.etats()["prioritise"] == Etat.SOUMIS
    terrain.workspace.close()
    return place, versions


def _voted(content: bytes, note: int) -> bytes:
    form = Form(content)
    for line in form.lines("Bulletin", BULLETIN):
        form.type_row("Bulletin", BULLETIN, line.numero, {"valeur": note, "faisabilite": note})
    return form.save()


class Bulletins(RuleBasedStateMachine):
    """Trois votants, et le référent."""

    terrain: Terrain

    @initialize()
    def open(self) -> None:
        made, self.versions = prepared()
        self.place = Path(tempfile.mkdtemp(dir=ROOT)) / "ici"
        shutil.copytree(made, self.place)
        move(f"sqlite:///{self.place / 'outputs' / 'nr.db'}", self.place / "exemple")
        self.terrain = Terrain(self.place, SANS_DG)
        self.gens = sorted(self.versions)
        self.quand = 0
        self.folder = {f"{qui}-0.xlsx": Rendu(qui, 3, 0) for qui in self.gens}
        self.compte = dict(self.folder)  # ce qui compte
        self.attend: dict[str, Rendu | None] = {}  # ce qui est venu après coup ; None : parti
        self.laisse: dict[str, Rendu | None] = {}
        self.arretee = False
        self.lecteurs = 0

    def teardown(self) -> None:
        if hasattr(self, "terrain"):
            with self.terrain.workspace.reading() as session:
                assert chain.verify(session) is None
            assert check_tables(self.terrain.workspace) is None
            self.terrain.workspace.close()
            shutil.rmtree(self.place.parent)

    # Ce que font les gens

    @rule(qui=votants, ou=places, note=notes)
    def give(self, qui: int, ou: int, note: int) -> None:
        """Rendre un bulletin, ou en écraser un ; sous un second nom, c’est un second retour de la même personne."""
        mail = self.gens[qui]
        name = f"{mail}-{ou}.xlsx"
        if (before := self.folder.get(name)) and before.note == note:
            return
        self.quand += 1
        (self.terrain.recus / name).write_bytes(self.versions[mail][note])
        self.folder[name] = Rendu(mail, note, self.quand)
        self._noticed(name)

    @rule(qui=votants, ou=places)
    def take_away(self, qui: int, ou: int) -> None:
        name = f"{self.gens[qui]}-{ou}.xlsx"
        if name in self.folder:
            (self.terrain.recus / name).unlink()
            del self.folder[name]
            self._noticed(name)

    def _noticed(self, name: str) -> None:
        """Ouverte, l’étape prend ce qui vient ; arrêtée, elle le montre. Ce qui revient au même ne se montre plus."""
        self.run()
        here = self.folder.get(name)
        self.attend.pop(name, None)
        if self.arretee:
            self.laisse = {key: said for key, said in self.laisse.items() if key != name}
            if not self._same(here, self.compte.get(name)):
                self.attend[name] = here
            return
        if here is None:
            self.compte.pop(name, None)
        else:
            self.compte[name] = here

    @staticmethod
    def _same(one: Rendu | None, other: Rendu | None) -> bool:
        return (one and one[:2]) == (other and other[:2])

    # Ce que décide qui mène le dossier

    @precondition(lambda self: self.terrain.state("prioritise").etat == Etat.SOUMIS)
    @rule()
    def approve(self) -> None:
        assert self.terrain.decide("prioritise", self.terrain.person(Role.ELU_SPONSOR)).accepted
        assert self.terrain.state("prioritise").etat == Etat.VALIDE
        self.arretee = True

    @precondition(lambda self: self.arretee and not self.attend and not self.laisse)
    @rule()
    def reopen(self) -> None:
        done = self.terrain.reopen("prioritise", self.terrain.person(Role.REFERENT))
        self.arretee = self.arretee and not done.accepted
        self.run()

    @rule()
    def take_in(self) -> None:
        assert self.terrain.reprendre("prioritise").accepted == bool(self.attend)
        for name, said in self.attend.items():
            if said is None:
                self.compte.pop(name, None)
            else:
                self.compte[name] = said
        self.attend = {}
        self.run()

    @rule()
    def leave(self) -> None:
        assert self.terrain.laisser("prioritise").accepted == bool(self.attend)
        self.laisse |= self.attend
        self.attend = {}

    @rule()
    def add_a_reader(self) -> None:
        """Le registre gagne un lecteur : rien n’en dépend."""
        before, self.lecteurs = self.terrain.etats(), self.lecteurs + 1
        self.terrain.give_roles({f"lecteur-{self.lecteurs}@ville.example": (Role.LECTEUR,)})
        self.run()
        assert self.terrain.etats() == before

    def run(self) -> None:
        self.terrain.run("prioritise", make)

    # Ce qui tient toujours

    @invariant()
    def what_counts_is_what_the_oracle_says(self) -> None:
        if not hasattr(self, "terrain"):
            return
        assert {path for _, path, _ in self.terrain.tardifs()} == set(self.attend)
        latest: dict[str, Rendu] = {}
        for said in sorted(self.compte.values(), key=lambda item: item.quand):
            latest[said.qui] = said
        waits = self.terrain.state("prioritise").etat == Etat.ATTEND_SAISIES
        assert waits == (not self.arretee and set(latest) != set(self.gens))
        if not waits:
            votes = {item["personne"]: _note(item["voix"]) for item in self.terrain.result("prioritise")["bulletins"]}
            assert votes == {qui: said.note for qui, said in latest.items()}


def _note(voices: list[dict[str, object]]) -> object:
    [said] = {item["valeur"] for item in voices}
    return said


Bulletins.TestCase.settings = settings(
    max_examples=max(3, int(os.environ.get("NR_SUITES", "0")) // 5),
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
test_rien_de_ce_qui_arrive_apres_coup_ne_compte_sans_un_acte = Bulletins.TestCase
