"""Les noms d'avant : chaque ligne que le README donnait se lit encore, avec ses options, et mène à sa commande."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from portal.cli.anciens import ANCIENS, Ancien, translate
from portal.cli.main import nr

LIGNES = {
    "demo --to DOSSIER": "exemple ecrire --vers DOSSIER",
    "demo --to DOSSIER --collectivites 2 --seed 3": "exemple ecrire --vers DOSSIER --collectivites 2 --graine 3",
    "demo repondre PROGRAMME": "exemple repondre PROGRAMME",
    "demo repondre PROGRAMME --seed 1": "exemple repondre PROGRAMME --graine 1",
    "run PROGRAMME": "avancer PROGRAMME",
    "run PROGRAMME --dossier VILLE --until score": "avancer PROGRAMME --dossier VILLE --jusqua score",
    "run PROGRAMME --until=score": "avancer PROGRAMME --jusqua=score",
    "status": "etat",
    "status PROGRAMME": "etat PROGRAMME",
    "status PROGRAMME --json": "etat PROGRAMME --json",
    "why DOSSIER": "pourquoi DOSSIER",
    "why DOSSIER score --as ADRESSE": "pourquoi DOSSIER score --par ADRESSE",
    "why DOSSIER score --depuis initial": "pourquoi DOSSIER score --depuis initial",
    "show DOSSIER score": "montrer DOSSIER score",
    "show DOSSIER score --json": "montrer DOSSIER score --json",
    "decide DOSSIER diagnostic": "validation decider DOSSIER diagnostic",
    "decide DOSSIER diagnostic --as ADRESSE --verdict refuser --vu 0123456789ab --comment TEXTE --demande NOM": (
        "validation decider DOSSIER diagnostic --par ADRESSE --verdict refuser --vu 0123456789ab --motif TEXTE "
        "--demande NOM"
    ),
    "decide --from FICHIER.csv": "validation decider --lot FICHIER.csv",
    "close DOSSIER collect --as ADRESSE": "etape clore DOSSIER collect --par ADRESSE",
    "reopen DOSSIER score --as ADRESSE --comment TEXTE": "etape rouvrir DOSSIER score --par ADRESSE --motif TEXTE",
    "submit DOSSIER score --as ADRESSE --comment TEXTE": "etape resoumettre DOSSIER score --par ADRESSE --motif TEXTE",
    "withdraw DOSSIER diagnostic --as ADRESSE --comment TEXTE": (
        "validation retirer DOSSIER diagnostic --par ADRESSE --motif TEXTE"
    ),
    "avis DOSSIER diagnostic --as ADRESSE --texte TEXTE": (
        "validation aviser DOSSIER diagnostic --par ADRESSE --texte TEXTE"
    ),
    "delegate DOSSIER": "delegation lister DOSSIER",
    "delegate DOSSIER --as ADRESSE --to AUTRE --role dg --du 2026-11-25 --au 2026-12-01 --arrete 12": (
        "delegation donner DOSSIER --par ADRESSE --pour AUTRE --role dg --du 2026-11-25 --au 2026-12-01 --arrete 12"
    ),
    "revoke DOSSIER 1 --as ADRESSE --comment TEXTE": "delegation revoquer DOSSIER 1 --par ADRESSE --motif TEXTE",
    "diffuse DOSSIER score --as ADRESSE --a UN --a DEUX": (
        "etape diffuser DOSSIER score --par ADRESSE --pour UN --pour DEUX"
    ),
    "suivi": "retours suivre",
    "suivi PROGRAMME": "retours suivre PROGRAMME",
    "suivi PROGRAMME --to FICHIER.xlsx": "retours suivre PROGRAMME --vers FICHIER.xlsx",
    "suivi recus DOSSIER --to AILLEURS": "retours lister DOSSIER --vers AILLEURS",
    "suivi relancer PROGRAMME --to DOSSIER": "retours relancer PROGRAMME --vers DOSSIER",
    "suivi corriger DOSSIER ADRESSE --as MOI --quoi incomplet --comment TEXTE": (
        "retours corriger DOSSIER ADRESSE --par MOI --quoi incomplet --motif TEXTE"
    ),
    "check FICHIER AUTRE": "verifier FICHIER AUTRE",
    "check FICHIER --to CORRIGE.xlsx": "verifier FICHIER --vers CORRIGE.xlsx",
    "refresh PROGRAMME": "inventaire relire PROGRAMME",
    "refresh show DOSSIER": "inventaire montrer DOSSIER",
    "refresh accept DOSSIER --as ADRESSE --en-plus": "inventaire inscrire DOSSIER --par ADRESSE --en-plus",
    "snapshot DOSSIER": "score lister DOSSIER",
    "snapshot DOSSIER initial --as ADRESSE": "score garder DOSSIER initial --par ADRESSE",
    "snapshot DOSSIER --diff initial actuel --to F.xlsx": "score comparer DOSSIER --vers F.xlsx initial actuel",
    "snapshot --diff initial actuel --to F.xlsx DOSSIER": "score comparer --vers F.xlsx DOSSIER initial actuel",
    "audit verify": "piste verifier",
    "audit verify PACK --tete exemple/ville:1:00": "piste verifier PACK --tete exemple/ville:1:00",
    "audit export PACK.zip --programme NOM": "piste exporter PACK.zip --programme NOM",
    "audit heads": "piste relever",
    "person export ADRESSE --to FICHIER.zip": "personne exporter ADRESSE --vers FICHIER.zip",
    "person erase ADRESSE --as EQUIPE": "personne effacer ADRESSE --par EQUIPE",
    "person erase ADRESSE --as EQUIPE --comment TEXTE": "personne effacer ADRESSE --par EQUIPE --motif TEXTE",
    "referentiel lint": "referentiel verifier",
    "referentiel lint VERSION": "referentiel verifier VERSION",
    "referentiel info": "referentiel lire",
    "referentiel info gouv-l20 --de VERSION --json": "referentiel lire gouv-l20 --de VERSION --json",
    "referentiel export FICHIER.xlsx": "referentiel exporter FICHIER.xlsx",
    "referentiel import FICHIER.xlsx --version NOM --to DOSSIER": (
        "referentiel importer FICHIER.xlsx --version NOM --vers DOSSIER"
    ),
    "referentiel diff VERSION1 VERSION2": "referentiel comparer VERSION1 VERSION2",
    "referentiel move DOSSIER VERSION --as ADRESSE --dry-run": (
        "referentiel appliquer DOSSIER VERSION --par ADRESSE --essai"
    ),
    "remind PROGRAMME": "courriers envoyer PROGRAMME",
    "reconcile PROGRAMME": "reparer PROGRAMME",
    "serve": "servir",
    "settings": "reglages",
}
"""Les lignes du README de la 0.1, avec les options que l'aide leur donnait, et les mots d'aujourd'hui."""


def _read(words: list[str]) -> click.Context:
    """Ce que la ligne veut dire, sans rien faire : une erreur d'usage est levée."""
    command: click.Command = nr
    context = click.Context(nr, info_name="nr")
    while isinstance(command, click.Group):
        found = command.get_command(context, words[0])
        assert found is not None, words
        command, words = found, words[1:]
        if isinstance(command, click.Group):
            context = click.Context(command, parent=context, info_name=command.name)
    return command.make_context(command.name, words, parent=context)


@pytest.mark.parametrize("ancienne", LIGNES)
def test_une_ligne_d_avant_se_lit_en_mots_d_aujourd_hui(ancienne: str) -> None:
    words = translate(ancienne.split())
    assert words == LIGNES[ancienne].split()
    _read(words)


@pytest.mark.parametrize("neuve", LIGNES.values())
def test_une_ligne_d_aujourd_hui_reste_comme_elle_est(neuve: str) -> None:
    assert translate(neuve.split()) == neuve.split()


def test_chaque_ancien_nom_est_dans_une_ligne_essayee() -> None:
    essayes = [item for item in ANCIENS for ligne in LIGNES if tuple(ligne.split()[: len(item.mots)]) == item.mots]
    groupes = {("audit",), ("person",)}
    assert [item.mots for item in ANCIENS if item not in essayes and item.mots not in groupes] == []


@pytest.mark.parametrize("item", ANCIENS, ids=lambda item: " ".join(item.mots))
def test_chaque_option_d_avant_devient_une_option_de_la_commande(item: Ancien) -> None:
    command: click.Command | None = nr
    for word in item.neufs:
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    assert command is not None
    known = {option for param in command.params for option in param.opts}
    assert set(item.options.values()) <= known
    assert not set(item.options) & known


def test_une_commande_d_avant_fait_la_meme_chose_et_se_dit_en_mots_d_aujourd_hui() -> None:
    shown = CliRunner().invoke(nr, ["referentiel", "lint"], prog_name="nr")
    assert shown.exit_code == 0
    assert shown.output == CliRunner().invoke(nr, ["referentiel", "verifier"], prog_name="nr").output
    wrong = CliRunner().invoke(nr, ["run"], prog_name="nr")
    assert wrong.exit_code == 2
    assert "nr avancer" in wrong.output


def test_les_noms_d_avant_ne_se_voient_pas() -> None:
    shown = CliRunner().invoke(nr, ["--help"], prog_name="nr").output
    assert not ({item.mots[0] for item in ANCIENS} - {"referentiel"}) & set(shown.split())
