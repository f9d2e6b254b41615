"""Le moteur : ce que montre le vrai serveur Prefect, et ce qui reste vrai quand il n'est plus là."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from nr_models.stages import BY_SLUG
from tests.support.produit import ROOT, Produit, Serveur, attendre, ecrire, finir, serveurs

DOSSIER = """
import json, sys
from flows.dossier import dossier
states = [dossier(sys.argv[1], return_state=True) for _ in range(int(sys.argv[2]))]
print(json.dumps([[state.type.value, state.name, state.message] for state in states]))
"""


def test_une_vague_se_lit_dans_prefect_avec_ses_noms(prefect: Serveur, tmp_path: Path) -> None:
    produit = ecrire(tmp_path)
    before = {item["id"] for item in prefect.lire("flow_runs", 0)}  # d’autres essais partagent ce serveur
    done = produit.nr("avancer", "vague", **prefect.moteur)
    assert (done.code, done.err) == (0, "")
    noms = {item["slug"]: item["nom"] for item in produit.nr("etat", "--json").json["dossiers"]}
    [run] = [item for item in prefect.lire("flow_runs", len(before) + 1) if item["id"] not in before]
    assert (run["name"], run["state_type"]) == ("Programme vague", "COMPLETED")

    def own_tasks() -> list[dict[str, Any]]:
        return [item for item in prefect.lire("task_runs", 8) if item["flow_run_id"] == run["id"]]

    attendre(lambda: len(own_tasks()) == 2 + 2 * len(FAITS))
    tasks = own_tasks()
    stages = [f"{BY_SLUG[slug].nom} ({phase})" for slug, phase in FAITS]
    assert sorted(item["name"] for item in tasks) == sorted(
        [*noms.values(), *(f"{stage} · {nom}" for stage in stages for nom in noms.values())]
    )
    waiting = [item for item in tasks if item["name"] in noms.values()]
    assert {(item["state_name"], item["state_type"]) for item in waiting} == {("En attente", "COMPLETED")}
    assert all("Validation de l’étape" in item["state"]["message"] for item in waiting)


FAITS = (("collect", "documents à remplir"), ("collect", "résultat"), ("score", "résultat"))


def test_un_dossier_en_attente_le_dit_et_resume_ne_fait_aucun_mal(
    prefect: Serveur, au_diagnostic: Produit, tmp_path: Path
) -> None:
    produit = au_diagnostic.copier(tmp_path)
    slug = produit.slugs[0]
    before, events = produit.fichiers(), produit.evenements()
    states = _par_le_flow(produit, prefect, f"vague/{slug}", 2)
    for kind, name, message in states:
        assert (kind, name) == ("PAUSED", "En attente")
        assert "@" not in message
        assert message.replace("\u00a0", " ").startswith(
            "Validation de l’étape « Score » : on attend 1 personne (référent) depuis le "
        )
    [run, *_] = [item for item in prefect.lire("flow_runs", 2) if item["name"] == f"Dossier vague/{slug}"]
    assert run["state_name"] == "En attente"
    prefect.demander(f"flow_runs/{run['id']}/resume")
    prefect.demander(f"flow_runs/{run['id']}/set_state", {"state": {"type": "COMPLETED"}, "force": True})
    again = _par_le_flow(produit, prefect, f"vague/{slug}", 1)
    assert again == states[:1]
    assert (produit.fichiers(), produit.evenements()) == (before, events)
    found = [item for item in prefect.demander("artifacts/filter") if item["key"] == f"vague-{slug}"]
    assert {item["type"] for item in found} == {"markdown"}
    assert all("(référent)" in item["data"] and "@" not in item["data"] for item in found)


def test_un_dossier_nomme_seul_a_sa_propre_execution_et_un_lien(prefect: Serveur, tmp_path: Path) -> None:
    produit = ecrire(tmp_path)
    slug = produit.slugs[0]
    plus = {**prefect.moteur, "NR_PUBLIC_URL": "https://nr.ville.example/"}
    done = produit.nr("avancer", "vague", "--dossier", slug, **plus)
    assert (done.code, done.err) == (0, "")
    runs = [item for item in prefect.lire("flow_runs", 1) if item["name"] == f"Dossier vague/{slug}"]
    assert any((item["state_type"], item["state_name"]) == ("PAUSED", "En attente") for item in runs)
    links = [item["data"] for item in prefect.demander("artifacts/filter") if item["type"] == "markdown"]
    assert any(f"https://nr.ville.example/d/vague/{slug}" in item for item in links)
    board = produit.nr("etat", "--json").json["dossiers"]
    assert [item["stages"][1]["etat"] for item in board] == ["soumis", "a_venir"]


def _par_le_flow(produit: Produit, prefect: Serveur, name: str, fois: int) -> list[list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", DOSSIER, name, str(fois)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        env=produit.environnement(PREFECT_API_URL=prefect.url, PREFECT_LOGGING_LEVEL="CRITICAL", **prefect.moteur),
        check=True,
    )
    found: list[list[str]] = json.loads(done.stdout.replace("\\u00a0", " "))
    return found


def test_une_relance_sans_rien_de_neuf_ne_demarre_aucun_moteur(termine: Produit, tmp_path: Path) -> None:
    produit = termine.copier(tmp_path)
    before = produit.fichiers()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "portal.cli.main", "avancer", "vague"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=produit.racine,
        env=produit.environnement(),
        check=True,
    )
    assert "Rien à refaire" in done.stdout + done.stderr
    assert not (produit.outputs / ".prefect").exists()
    assert produit.fichiers() == before
    modules = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert not modules & {"prefect", "pandas", "pptx", "xlsxwriter", "openpyxl", "alembic", "uvicorn", "jinja2"}


def test_un_serveur_absent_est_dit_et_rien_n_est_perdu(tmp_path: Path) -> None:
    produit = ecrire(tmp_path)
    done = produit.nr("avancer", "vague", NR_PREFECT_API_URL="http://127.0.0.1:9/api")
    assert done.code == 1
    assert "ne répond pas" in done.dit
    assert "NR_PREFECT_API_URL" in done.dit
    assert "Traceback" not in done.dit
    assert [item["slug"] for item in produit.nr("etat", "--json").json["dossiers"]] == produit.slugs


def test_l_echec_d_un_dossier_le_nomme_et_n_arrete_pas_les_autres(prefect: Serveur, tmp_path: Path) -> None:
    produit = ecrire(tmp_path)
    first, second = produit.slugs
    (produit.outputs / "vague" / first).mkdir(parents=True)
    (produit.outputs / "vague" / first / "1-collect").write_text("un fichier où il faut un dossier", encoding="utf-8")
    done = produit.nr("avancer", "vague", **prefect.moteur)
    assert done.code == 1
    assert f"Échec : {first}" in done.dit
    assert second not in done.err
    states = {item["slug"]: item["stages"][1]["etat"] for item in produit.nr("etat", "--json").json["dossiers"]}
    assert states == {first: "a_venir", second: "soumis"}
    log = (produit.outputs / "erreurs.log").read_text(encoding="utf-8")
    assert f"vague/{first}" in log
    assert [event["fait"] for event in produit.evenements() if event["chain"].endswith(first)].count("echec") == 1
    assert produit.nr("piste", "verifier").code == 0


def test_le_serveur_meurt_avec_qui_l_a_demarre_et_sa_maison_se_refait(prefect: Serveur, tmp_path: Path) -> None:
    produit = ecrire(tmp_path, collectivites=1)
    prefect.meubler(produit)
    running = produit.lancer("avancer", "vague")
    attendre(lambda: bool(serveurs(produit.outputs)))
    running.send_signal(signal.SIGKILL)
    finir(running)
    attendre(lambda: not serveurs(produit.outputs))
    shutil.rmtree(produit.outputs / ".prefect")
    done = produit.nr("avancer", "vague")
    assert done.code == 0
    assert "Validation de l’étape" in done.out
    assert not serveurs(produit.outputs)
    assert produit.nr("piste", "verifier").code == 0
