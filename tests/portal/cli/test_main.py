"""La commande « nr » : codes de sortie, formes, phrases françaises, fichiers fautifs."""

from __future__ import annotations

import ast
import csv
import inspect
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click
import openpyxl
import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner

from nr_models.dossier.registre import Entree
from nr_models.dossier.workflow import Etat
from nr_models.stages import STAGES
from nr_models.values.anomalies import CATALOGUE
from portal.cli.dire.click_in_french import LOCALE
from portal.cli.main import nr
from tasks.programme.programmes import list_dossiers, load_entree, open_programme
from tests.support.produit import Fini, Produit, Serveur, ecrire, finir

ANGLAIS = re.compile(
    r"\b(Error|Try|Missing|Invalid|Usage: |Aborted|Show|exit|No such|command|argument [A-Z]|does not|default|required|"
    r"COMMAND|ARGS|TEXT|INTEGER|RANGE|PATH|FILE|DIRECTORY|Traceback|unexpected|the|is not|for help)\b"
)
AU_DEVELOPPEUR = (
    "Arguments take",
    "Boolean option",
    "Could not determine name",
    "DeprecationWarning",
    "Invalid start character",
    "Name '",
    "No options defined",
    "Value must be",
)
"""Ce que click dit à qui écrit une commande, jamais à qui la lance."""
ATTENDU = {"gate", "stage", "roles", "personnes", "empreinte", "depuis", "echeance", "en_retard"}
COLONNES = ("dossier", "gate", "as", "verdict", "vu", "comment")


@pytest.fixture
def ici(au_diagnostic: Produit, tmp_path: Path) -> Produit:
    """Deux dossiers qui attendent la validation de leur diagnostic."""
    return au_diagnostic.copier(tmp_path)


@pytest.fixture
def neuf(tmp_path: Path) -> Produit:
    """Un programme que personne n'a encore lu."""
    return ecrire(tmp_path, collectivites=2)


def ensemble(*appels: Callable[[], Fini]) -> list[Fini]:
    return [appel() for appel in appels]


def clair(fini: Fini, code: int, *mots: str) -> None:
    """Le code attendu, chaque mot, et rien qui vienne du dedans."""
    assert fini.code == code, fini.dit
    assert not ANGLAIS.search(re.sub(r"/\S+", "", fini.dit)), fini.dit
    for mot in mots:
        assert mot in fini.dit, fini.dit


def attendu(produit: Produit, rang: int = 0) -> tuple[str, str, str]:
    """Le dossier, la personne et l'empreinte du diagnostic à valider."""
    dossier = produit.nr("etat", "vague", "--json").json["dossiers"][rang]
    return dossier["slug"], dossier["attend"]["personnes"][0], dossier["attend"]["empreinte"]


# --- Les formes


def test_le_tableau_de_bord_a_la_forme_dite(ici: Produit) -> None:
    board = ici.nr("etat", "vague", "--json").json
    assert set(board) == {"programme", "dossiers"}
    assert board["programme"] == "vague"
    for dossier in board["dossiers"]:
        assert set(dossier) == {"slug", "nom", "stages", "attend", "reserves", "en_vigueur"}
        assert [stage["slug"] for stage in dossier["stages"]] == [stage.slug for stage in STAGES]
        assert all(set(stage) == {"slug", "etat", "depuis", "empreinte"} for stage in dossier["stages"])
        assert all(stage["etat"] in set(Etat) for stage in dossier["stages"])
        assert set(dossier["attend"]) == ATTENDU
        assert dossier["attend"]["gate"] == "diagnostic"
        assert re.fullmatch(r"[0-9a-f]{64}", dossier["attend"]["empreinte"])


def test_un_dossier_fini_n_attend_personne(termine: Produit) -> None:
    said, shown = ensemble(lambda: termine.nr("etat"), lambda: termine.nr("etat", "--json"))
    clair(said, 0, "Feuille de route validée")
    assert all(dossier["attend"] is None for dossier in shown.json["dossiers"])
    assert all(stage["etat"] in ("valide", "produit") for d in shown.json["dossiers"] for stage in d["stages"])


def test_le_resultat_d_une_etape_est_un_document(ici: Produit) -> None:
    slug = ici.slugs[0]
    shown, absent, listed, collected = ensemble(
        lambda: ici.nr("montrer", f"vague/{slug}", "score", "--json"),
        lambda: ici.nr("montrer", slug, "roadmap", "--json"),
        lambda: ici.nr("montrer", slug, "score"),
        lambda: ici.nr("montrer", slug, "collect"),
    )
    assert set(shown.json) == {"dossier", "stage", "regle", "referentiel", "resultat"}
    assert (shown.json["dossier"], shown.json["stage"], shown.err) == (f"vague/{slug}", "score", "")
    clair(absent, 2, "pas encore de résultat")
    assert absent.out == ""
    clair(listed, 0, "score.xlsx")
    clair(collected, 0, "documents à remplir", "inventaire.xlsx", "résultat", "anomalies.xlsx")


def test_pourquoi_le_dit_pour_chaque_etape(ici: Produit) -> None:
    slug = ici.slugs[0]
    every, one = ensemble(lambda: ici.nr("pourquoi", slug), lambda: ici.nr("pourquoi", slug, "score"))
    clair(every, 0, *(stage.nom for stage in STAGES), "Repris tel quel", "Possible : approuver")
    clair(one, 0, "Impossible : diffuser les documents")
    assert "Feuille de route" not in one.out


# --- Décider


def test_sans_vu_on_montre_ce_qui_attend(ici: Produit) -> None:
    slug, mail, seal = attendu(ici)
    shown = ici.nr("validation", "decider", slug, "diagnostic")
    clair(shown, 0, "À lire", "score.xlsx", mail, f"--vu {seal[:12]}")


def test_une_decision_se_prend_une_fois_par_qui_le_peut(ici: Produit) -> None:
    slug, mail, seal = attendu(ici)

    def decide(**change: str) -> Fini:
        asked = {"par": mail, "verdict": "approuver", "vu": seal[:12], **change}
        return ici.nr("validation", "decider", slug, change.pop("gate", "diagnostic"), *_options(asked))

    refused = ensemble(
        lambda: decide(vu="0" * 12),
        lambda: decide(vu=seal[:8]),
        lambda: decide(par="personne@ailleurs.fr"),
        lambda: decide(gate="restitution"),
        lambda: decide(verdict="refuser"),
    )
    reasons = ("n’est plus ce qui est soumis", "12 caractères", "pas une personne", "n’est pas ouverte", "commentaire")
    for done, reason in zip(refused, reasons, strict=True):
        clair(done, 1, "Refusé", reason)
    clair(decide(gate="zut"), 2, "n’existe pas", "diagnostic, restitution")
    clair(decide(), 0, "Décision enregistrée")
    clair(decide(), 0, "déjà enregistrée")
    assert [event["fait"] for event in ici.evenements()].count("decide") == 1


def test_une_date_et_un_nombre_mal_donnes_se_disent_sans_notation_de_machine(ici: Produit) -> None:
    asked = ("--par", "a@b.fr", "--pour", "c@d.fr", "--role", "dg", "--du", "25/11/2026", "--au", "2026-12-01")
    clair(
        ici.nr("delegation", "donner", ici.slugs[0], *asked, "--arrete", "x"), 2, "ne suit pas le format « AAAA-MM-JJ »"
    )
    clair(ici.nr("exemple", "ecrire", "--vers", "x", "--collectivites", "0"), 2, "hors des bornes 1 à 10000")


def test_une_demande_nommee_n_a_d_effet_qu_une_fois(ici: Produit) -> None:
    slug, mail, _ = attendu(ici)

    def avis(texte: str) -> Fini:
        return ici.nr(
            "validation", "aviser", slug, "diagnostic", "--par", mail, "--texte", texte, "--demande", "envoi-7"
        )

    for _ in range(2):
        clair(avis("Un score qui nous ressemble."), 0, "Avis enregistré")
    clair(avis("Un score trop bas."), 1, "Refusé", "autre nom")
    assert [event["fait"] for event in ici.evenements()].count("avis") == 1


def _options(asked: dict[str, str]) -> list[str]:
    return [part for name, value in asked.items() if name != "gate" for part in (f"--{name}", value)]


def test_un_fichier_de_decisions_repond_ligne_par_ligne(ici: Produit) -> None:
    (one, mail, seal), (two, other, mark) = attendu(ici), attendu(ici, 1)
    rows = [
        (one, "diagnostic", mail, "approuver", seal[:12], ""),
        (two, "diagnostic", other, "oui", mark[:12], ""),
        ("inconnu", "diagnostic", other, "approuver", mark[:12], ""),
        (two, "diagnostic", other, "reserves", mark[:12], "Revoir les achats"),
    ]
    source = ici.racine / "décisions.csv"
    with source.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream, delimiter=";").writerows([COLONNES, *rows])
    done = ici.nr("validation", "decider", "--lot", str(source))
    lines = done.out.replace("\u00a0", " ").splitlines()
    clair(done, 1)
    assert [re.match(r"Ligne (\d), .* : (\w+)\.", line).groups() for line in lines] == [  # type: ignore[union-attr]
        ("2", "enregistré"),
        ("3", "refusé"),
        ("4", "refusé"),
        ("5", "enregistré"),
    ]
    source.write_text("dossier,gate\n", encoding="utf-8")
    clair(ici.nr("validation", "decider", "--lot", str(source)), 2, "il manque les colonnes as, verdict, vu, comment")
    clair(ici.nr("validation", "decider", "--lot", "absent.csv"), 2, "ne se lit pas")


def test_clore_et_rouvrir_disent_pourquoi_ils_refusent(ici: Produit) -> None:
    slug, mail, _ = attendu(ici)
    closed, stranger, reopened = ensemble(
        lambda: ici.nr("etape", "clore", slug, "collect", "--par", mail),
        lambda: ici.nr("etape", "clore", slug, "collect", "--par", "x@y.fr"),
        lambda: ici.nr("etape", "rouvrir", slug, "score", "--par", mail, "--motif", "Un oubli"),
    )
    clair(closed, 1, "ne peut pas être close")
    clair(stranger, 1, "n’est pas une personne")
    clair(reopened, 1, "ne peut pas être rouverte")


# --- La piste


def test_la_piste_se_verifie_et_s_emporte(ici: Produit) -> None:
    clair(ici.nr("piste", "verifier"), 0, "INTACTE")
    clair(ici.nr("piste", "exporter", "preuves.zip"), 0, "preuves.zip")
    clair(ici.nr("piste", "verifier", "preuves.zip"), 0, "INTACTE")
    (ici.racine / "faux.zip").write_bytes((ici.racine / "preuves.zip").read_bytes()[:-100])
    clair(ici.nr("piste", "verifier", "faux.zip"), 1, "ROMPUE", "faux.zip")
    clair(ici.nr("piste", "verifier", "absent.zip"), 2, "n’existe pas")
    clair(ici.nr("piste", "exporter", "nulle/part.zip"), 2, "ne peut pas être écrit")


def test_une_entree_modifiee_dans_la_base_est_nommee(ici: Produit) -> None:
    with closing(sqlite3.connect(ici.outputs / "nr.db")) as base:
        for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            base.execute(f"DROP TRIGGER {name}")
        base.execute("UPDATE event SET body = replace(body, 'automatique', 'manuel') WHERE n = 4")
        base.commit()
    clair(ici.nr("piste", "verifier"), 1, "ROMPUE", "entrée 4")


# --- Lire un fichier


def test_verifier_un_fichier_dit_ce_qui_est_compris(ici: Produit) -> None:
    faux = ici.racine / "texte.xlsx"
    faux.write_text("ceci n’est pas un classeur", encoding="utf-8")
    before = _empreinte(ici.outputs)
    good, bad = ensemble(
        lambda: ici.nr("verifier", "vague/registre.xlsx", "--json"),
        lambda: ici.nr("verifier", "vague/registre.xlsx", "texte.xlsx", "absent.xlsx", "vague", "--json"),
    )
    assert (good.code, good.err) == (0, "")
    [registre] = good.json
    assert set(registre) == {"fichier", "type", "lu", "anomalies"}
    assert (registre["type"], registre["anomalies"]) == ("registre", [])
    assert set(registre["lu"]) == {"feuilles", "lignes", "acceptees"}
    assert (bad.code, bad.err) == (1, "")
    assert [item["type"] for item in bad.json] == ["registre", "inconnu", "inconnu", "inconnu"]
    for item in bad.json[1:]:
        [anomaly] = item["anomalies"]
        assert set(anomaly) == {"code", "feuille", "cellule", "valeur", "message", "remede"}
        assert anomaly["remede"]
    assert _empreinte(ici.outputs) == before


def _empreinte(folder: Path) -> list[tuple[str, int, int]]:
    return sorted((str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in folder.rglob("*"))


# --- Parler français


def _sentences() -> set[str]:
    """Chaque phrase que click sait dire."""
    found: set[str] = set()
    folder = Path(inspect.getfile(click)).parent
    for name in ("core", "decorators", "exceptions", "formatting", "parser", "types"):
        for node in ast.walk(ast.parse((folder / f"{name}.py").read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                found |= {
                    arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    return found


def test_chaque_phrase_de_click_est_traduite() -> None:
    with (LOCALE / "fr/LC_MESSAGES/messages.po").open(encoding="utf-8") as stream:
        catalogue = read_po(stream)
    known = {part for item in catalogue if item.id for part in (item.id if isinstance(item.id, tuple) else (item.id,))}
    assert len(_sentences()) > 30
    assert {item for item in _sentences() - known if not item.startswith(AU_DEVELOPPEUR)} == set()


def _every() -> list[tuple[str, ...]]:
    context = click.Context(nr)
    found: list[tuple[str, ...]] = [()]
    for name in nr.list_commands(context):
        command = nr.get_command(context, name)
        found.append((name,))
        if isinstance(command, click.Group):
            found += [(name, sub) for sub in command.list_commands(context)]
    return found


def test_l_aide_est_en_francais(tmp_path: Path) -> None:
    for words in _every():
        shown = CliRunner().invoke(nr, [*words, "--help"], prog_name="nr")
        clair(Fini(shown.exit_code, shown.output, ""), 0, "Usage :", "Afficher cette aide")
        assert "..." not in shown.output.replace("FICHIER...", "")
    clair(finir(Produit(tmp_path).lancer("--help", LANG="en_US.UTF-8")), 0, "Chaque jour :", "Le tableau de bord")


MAUVAIS = {
    "rien": ((), "Chaque jour"),
    "commande inconnue": (("runn",), "« runn » n’existe pas"),
    "verbe inconnu": (("validation", "decidr"), "Vouliez-vous dire « decider »"),
    "nom sans verbe": (("etape",), "clore"),
    "argument absent": (("avancer",), "Il manque l’argument « PROGRAMME »"),
    "option inconnue": (("avancer", "vague", "--vite"), "« --vite » n’existe pas"),
    "option sans valeur": (("avancer", "vague", "--jusqua"), "« --jusqua »"),
    "étape inconnue": (("avancer", "vague", "--jusqua", "zut"), "« zut » n’est pas dans la liste"),
    "argument en trop": (("avancer", "vague", "encore"), "Argument en trop"),
    "nombre": (("exemple", "ecrire", "--vers", "x", "--collectivites", "trois"), "« trois » n’est pas un nombre"),
    "bornes": (("exemple", "ecrire", "--vers", "x", "--collectivites", "0"), "hors des bornes"),
    "déjà plein": (("exemple", "ecrire", "--vers", "vague"), "n’est pas vide"),
    "où": (("exemple", "ecrire"), "Il manque l’option « --vers »"),
    "à moitié": (("validation", "decider", "x", "diagnostic", "--vu", "0" * 12), "--par"),
    "programme inconnu": (("etat", "zut"), "programmes connus : vague"),
    "dossier inconnu": (("pourquoi", "zut"), "nr etat"),
    "dossier inconnu du programme": (("avancer", "vague", "--dossier", "zut"), "Dossiers :"),
    "pas un dossier": (("avancer", "./zut"), "Vérifiez le chemin"),
    "dossier vide": (("avancer", "./vide"), "registre.xlsx"),
}


def test_un_mauvais_usage_est_dit_en_francais(ici: Produit) -> None:
    (ici.racine / "vide").mkdir()
    for words, mot in MAUVAIS.values():
        fini = ici.dire(*words)
        clair(fini, 2, mot)
        assert fini.out == ""


def test_une_lecture_interrompue_ne_montre_rien_du_dedans(ici: Produit) -> None:
    command = f"{sys.executable} -m portal.cli.main etat | head -n 1"
    done = subprocess.run(
        command, shell=True, capture_output=True, text=True, cwd=ici.racine, env=ici.environnement(), check=False
    )
    assert "Programme vague" in done.stdout
    assert done.stderr == ""


# --- Des réglages et des lieux fautifs


def test_un_reglage_faux_est_nomme(ici: Produit) -> None:
    fichier = ici.racine / "fichier"
    fichier.write_text("", encoding="utf-8")
    illisible = ici.racine / "illisible"
    illisible.mkdir()
    (illisible / "nr.db").write_text("ceci n’est pas une base" * 100, encoding="utf-8")
    cases: list[tuple[dict[str, str], int, str]] = [
        ({"NR_OUTPUTS": str(fichier)}, 2, "NR_OUTPUTS"),
        ({"NR_OUTPUTS": "/proc/nr"}, 2, "NR_OUTPUTS"),
        ({"NR_OUTPUTS": str(illisible)}, 1, "sauvegarde"),
        ({"NR_PORT": "abc"}, 2, "NR_PORT"),
        ({"NR_DATABASE_URL": "zut"}, 2, "NR_DATABASE_URL"),
    ]
    done = ensemble(*(lambda plus=plus: ici.nr("etat", **plus) for plus, _, _ in cases))
    for fini, (_, code, mot) in zip(done, cases, strict=True):
        clair(fini, code, "Erreur :", mot)


def test_un_referentiel_casse_n_ouvre_rien_et_ne_perd_rien(ici: Produit) -> None:
    own = ici.programme / "referentiel"
    shutil.rmtree(own, ignore_errors=True)
    own.mkdir()
    (own / "referentiel.yaml").write_text("version: [", encoding="utf-8")
    (ici.programme / "registre.xlsx").touch()
    before = ici.fichiers()
    clair(ici.dire("avancer", "vague"), 0, "referentiel.yaml", "ligne 1", "parametres.yaml", "Rien à refaire")
    clair(ici.dire("avancer", "vague", NR_OUTPUTS=str(ici.racine / "neuf")), 2, "referentiel.yaml")
    assert ici.fichiers() == before


# --- Des fichiers fautifs : chacun sa phrase, le reste continue


def _sheet(path: Path, title: str, change: Callable[[list[list[object]]], None]) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book[title]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    change(rows)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value  # type: ignore[assignment]
    book.save(path)


def _entrees(produit: Produit) -> list[Entree]:
    workspace = produit.espace()
    programme = open_programme(workspace, str(produit.programme)).programme
    with workspace.reading() as session:
        found = [load_entree(item) for item in list_dossiers(session, programme)]
    workspace.close()
    return found


def test_un_registre_fautif_dit_chaque_faute_et_garde_le_reste(neuf: Produit) -> None:
    def spoil(rows: list[list[object]]) -> None:
        siren = next(row for row in rows if any(str(cell).lower() == "siren" for cell in row)).index("SIREN")
        first = next(row for row in rows if re.fullmatch(r"\d{9}", str(row[siren])))
        wrong = [*first]
        wrong[siren] = f"{(int(str(first[siren])) + 1):09d}"
        rows += [[*first], wrong]

    def orphan(rows: list[list[object]]) -> None:
        head = next(number for number, row in enumerate(rows) if "Rôles" in [str(cell) for cell in row])
        person = [*rows[head + 1]]
        person[[str(cell) for cell in rows[head]].index("Rôles")] = None
        person[next(n for n, cell in enumerate(person) if "@" in str(cell))] = "sans.role@ville.example"
        rows.append(person)

    registre = neuf.programme / "registre.xlsx"
    _sheet(registre, "Collectivités", spoil)
    _sheet(registre, "Personnes", orphan)
    done = neuf.nr("verifier", str(registre), "--json")
    codes = {item["code"] for item in done.json[0]["anomalies"]}
    assert done.code == 1
    assert {"siren-double", "siren-invalide", "personne-sans-role"} <= codes
    assert all(item["cellule"] and item["remede"] for item in done.json[0]["anomalies"])
    assert [item.collectivite.slug for item in _entrees(neuf)] == neuf.slugs


def test_un_registre_illisible_laisse_le_precedent_en_vigueur(ici: Produit) -> None:
    before = ici.fichiers()
    (ici.programme / "registre.xlsx").write_text("plus rien", encoding="utf-8")
    clair(ici.dire("avancer", "vague"), 0, "Registre : 1 anomalie", "Partez du modèle", "Rien à refaire")
    (ici.programme / "registre.xlsx").unlink()
    clair(ici.dire("avancer", "vague"), 2, "ne contient pas de registre.xlsx", "nr exemple ecrire")
    clair(ici.nr("etat", "vague"), 0, "Validation de l’étape")
    assert ici.fichiers() == before


INVENTAIRE = """catégorie;modèle;quantité;année d'achat
portable;Alpha;10;2021
portable;Bravo;-3;2021
écran;Charlie;5;l'an dernier
"""


def test_une_quantite_negative_et_une_date_absurde_ont_leur_phrase(neuf: Produit) -> None:
    source = neuf.racine / "inventaire.csv"
    source.write_text(INVENTAIRE, encoding="utf-8")
    done = neuf.nr("verifier", "inventaire.csv", "--json")
    [lu] = done.json
    assert done.code == 1
    assert lu["type"] == "inventaire"
    fautes = [item for item in lu["anomalies"] if not CATALOGUE[item["code"]].informative]
    assert {(item["code"], item["valeur"]) for item in fautes} == {
        ("quantite-negative", "-3"),
        ("date-invalide", "l'an dernier"),
    }
    assert {key: lu["lu"][key] for key in ("feuilles", "lignes", "acceptees")} == {
        "feuilles": 1,
        "lignes": 3,
        "acceptees": 2,
    }
    clair(neuf.nr("verifier", "inventaire.csv"), 1, "Écrivez une quantité positive", "12/05/2026")


def test_une_reponse_hors_liste_a_sa_phrase_et_le_reste_est_lu(neuf: Produit) -> None:
    path = sorted(neuf.programme.rglob("Trame*.xlsx"))[0]

    def spoil(rows: list[list[object]]) -> None:
        head = next(number for number, row in enumerate(rows) if "Réponse" in [str(cell) for cell in row])
        column = [str(cell) for cell in rows[head]].index("Réponse")
        rows[head + 1][column] = "peut-être bien"

    _sheet(path, "Questions", spoil)
    done = neuf.nr("verifier", str(path), "--json")
    found = [item for item in done.json[0]["anomalies"] if item["valeur"] == "peut-être bien"]
    assert [item["code"] for item in found] == ["reponse-hors-liste"]
    assert found[0]["cellule"]
    assert done.json[0]["lu"]["acceptees"] > 3


def test_un_retour_devenu_illisible_ne_fait_rien_perdre(prefect: Serveur, ici: Produit) -> None:
    slug = ici.slugs[0]
    for path in sorted((ici.programme / slug).glob("Trame*"))[:1]:
        path.write_text("abîmé", encoding="utf-8")
    (ici.programme / slug / "bruit.xlsx").write_bytes(b"\x00" * 50)
    before = ici.fichiers()
    done = ici.nr("avancer", "vague", "--jusqua", "collect", **prefect.moteur)
    clair(done, 0)
    board = ici.nr("etat", "vague", "--json").json["dossiers"]
    assert [item["slug"] for item in board] == ici.slugs
    kept = {name for name in before if "/2-score/" in name or slug not in name}
    assert all(ici.fichiers()[name] == before[name] for name in kept)
    anomalies = ici.nr("montrer", slug, "collect", "--json").json["resultat"]["anomalies"]
    assert "fichier-illisible" in {item["code"] for item in anomalies}
