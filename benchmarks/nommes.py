"""The mutants that survived once: each has its test since, and must stay dead."""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """A change of one place of a file: its name, the file, the text before and after, the tests to run on it."""

    nom: str
    fichier: str
    avant: str
    apres: str
    essais: tuple[str, ...]


_RULES, _CHILD = "nr_models/rules", "tasks/reading/child"
_PRESELECT = ("tests/nr_models/rules/test_preselect.py",)
_HOSTILE = ("tests/tasks/reading/child",)

NOMMES = (
    Mutant(
        "une note égale au seuil est avancée",
        f"{_RULES}/pertinence.py",
        "note.affiche >= pesee.parametres.seuil_avance",
        "note.affiche > pesee.parametres.seuil_avance",
        _PRESELECT,
    ),
    Mutant(
        "à pertinence égale, ce qui déborde suit l’ordre de la liste",
        f"{_RULES}/preselect.py",
        "max(free, key=self.rank, default=None)",
        "max(free, key=lambda item: self.rank(item)[0], default=None)",
        _PRESELECT,
    ),
    Mutant(
        "un départ le jour où finit le prérequis est trop tôt",
        f"{_RULES}/roadmap.py",
        "and start <= end:",
        "and start < end:",
        ("tests/nr_models/rules/test_roadmap.py",),
    ),
    Mutant(
        "une fiche d’un seul jour finit à temps",
        f"{_RULES}/fiche.py",
        "or last.jour >= first.jour:",
        "or last.jour > first.jour:",
        ("tests/nr_models/rules/test_fiche.py",),
    ),
    Mutant(
        "un relevé de têtes n’est écrit qu’une fois",
        "tasks/trail/heads.py",
        "if found and not (known and _says(known[-1], found)):",
        "if found:",
        ("tests/tasks/trail/test_heads.py",),
    ),
    Mutant(
        "un relevé de têtes n’en recouvre pas un autre",
        "tasks/trail/heads.py",
        "for name in names if not (folder / name).exists())",
        "for name in names)",
        ("tests/tasks/trail/test_heads.py",),
    ),
    Mutant(
        "les colonnes d’une entrée disent ce que dit son contenu",
        "tasks/trail/chain.py",
        "if row != [event.get(key) for key in _COLUMNS]:",
        "if row[:2] != [event.get(key) for key in _COLUMNS][:2]:",
        ("tests/tasks/trail/test_chain.py",),
    ),
    Mutant(
        "un nouveau tour retire ce que l’ancien montrait",
        "tasks/dossier/rounds.py",
        "    remove_files(folder, {item.nom for item in old} - digests.keys())\n",
        "",
        ("tests/tasks/dossier/test_rounds.py",),
    ),
    Mutant(
        "de deux retours d’une personne, l’ordre d’arrivée compte",
        "tasks/returns/returns.py",
        "order = row.batch if row.type in _ORDERED and count[row.type, row.personne] > 1 else 0",
        "order = 0",
        ("tests/tasks/returns/test_returns.py",),
    ),
    Mutant(
        "de deux retours d’une personne, le dernier arrivé compte",
        "nr_models/dossier/retours/recus.py",
        "for row in group}, reverse=True):",
        "for row in group}):",
        ("tests/tasks/returns/test_returns.py",),
    ),
    Mutant(
        "une adresse chiffrée ne renvoie pas en clair",
        "tasks/sources/http.py",
        'if scheme == "http" and _scheme(current) == "https":',
        'if scheme == "http" and _scheme(current) == "http":',
        ("tests/tasks/sources/test_http.py",),
    ),
    Mutant(
        "deux éléments d’une archive ne se couvrent pas",
        f"{_CHILD}/package.py",
        "if info.header_offset < end:",
        "if info.header_offset < 0:",
        _HOSTILE,
    ),
    Mutant(
        "le CRC d’un élément est le sien",
        f"{_CHILD}/package.py",
        "or crc != info.CRC:",
        "or crc < 0:",
        _HOSTILE,
    ),
    Mutant(
        "deux noms d’une archive ne diffèrent pas par la casse seule",
        f"{_CHILD}/package.py",
        "or name.lower() in seen:",
        "or name in seen:",
        _HOSTILE,
    ),
    Mutant(
        "une feuille n’est pas dix fois plus grande que permis",
        f"{_CHILD}/content.py",
        "if height * width > bounds.AREA:",
        "if height * width > bounds.AREA * 10:",
        _HOSTILE,
    ),
)
