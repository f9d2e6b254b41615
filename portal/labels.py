"""How pages name states, documents and returns, and write instants, sizes and punctuation, in French."""

from __future__ import annotations

import re
from datetime import datetime
from fnmatch import fnmatchcase

from nr_models.dossier.registre import Entree
from nr_models.dossier.workflow import Etat
from nr_models.values.days import PARIS
from nr_models.values.french import NBSP, french_day, number, spaced
from tasks.office.naming import name_for

_CODE = re.compile(r"(<(pre|code)\b.*?</\2>)", re.DOTALL)

DOCUMENTS = {
    "diagnostic.xlsx": "Questionnaire de diagnostic",
    "trame-*.xlsx": "Trame d’entretien",
    "trame-*.docx": "Trame d’entretien à lire et à annoter",
    "introduction.docx": "Introduction à la démarche, en une page",
    "invitation-restitution.eml": "Invitation à la restitution, à envoyer",
    "invitation-*.eml": "Invitation à un entretien, à envoyer",
    "calendrier.xlsx": "Répartition des questions et calendrier, à préparer par le référent",
    "calendrier-entretiens.xlsx": "Calendrier des entretiens",
    "calendrier-entretiens.ics": "Entretiens, pour l’agenda des référents",
    "restitution.ics": "Réunion de restitution, pour l’agenda",
    "inventaire.xlsx": "Inventaire du parc",
    "contexte.xlsx": "Contexte de la collectivité",
    "anomalies.xlsx": "Anomalies relevées dans les retours",
    "a-trancher.xlsx": "Divergences et hypothèses proposées, à trancher par le référent",
    "inventaire-g4it.csv": "Inventaire du parc, pour G4IT",
    "a-corriger-*.xlsx": "Retour à corriger, ses cellules fautives commentées",
    "score.xlsx": "Score détaillé",
    "restitution.pptx": "Support de restitution",
    "preselection.xlsx": "Présélection, à ajuster par le référent",
    "leviers-preselectionnes.xlsx": "Leviers présélectionnés, avec leurs raisons",
    "bulletin-*.xlsx": "Bulletin de vote",
    "priorisation.xlsx": "Votes consolidés et liste des leviers",
    "matrice.pptx": "Matrice valeur et faisabilité",
    "fiches.xlsx": "Fiches action à compléter",
    "fiches.pptx": "Fiches action",
    "feuille-de-route.pptx": "Feuille de route",
    "feuille-de-route.xlsx": "Planning et budget",
    "resultat.json": "Détail du résultat, pour recalculer les chiffres",
}
"""What people call each file of ``STAGES``."""

_AFTER_A_FILE = ("a-corriger-*.xlsx",)

_FORMATS = {
    "xlsx": "classeur",
    "csv": "tableau",
    "pptx": "présentation",
    "json": "données",
    "docx": "document",
    "pdf": "PDF",
}
_FORMATS |= {"eml": "courriel", "ics": "agenda"}

PHRASES = {
    Etat.A_VENIR: "À venir",
    Etat.ATTEND_SAISIES: "Attend des retours depuis le",
    Etat.PRODUIT: "Produit le",
    Etat.SOUMIS: "À valider depuis le",
    Etat.VALIDE: "Validé le",
    Etat.A_CORRIGER: "À corriger depuis le",
    Etat.REFUSE: "Refusé le",
    Etat.OBSOLETE: "À revoir depuis le",
    Etat.ROUVERT: "Rouvert le",
}
"""The beginning of the sentence that says where a stage stands; a date follows, but for what is to come."""


def write_day(instant: str) -> str:
    """« 12 mai 2026 », in Paris, from an instant in UTC; the day does not part from its month."""
    return french_day(instant).replace(" ", NBSP, 1)


def write_instant(instant: str) -> str:
    """« 12 mai 2026 à 14 h 05 », in Paris, from an instant in UTC."""
    day = datetime.fromisoformat(instant).astimezone(PARIS)
    return f"{write_day(instant)} à {day.hour}{NBSP}h{NBSP}{day.minute:02d}"


def write_size(count: int) -> str:
    """A number of bytes as « 48 ko » or « 1,2 Mo »; a small file counts for one."""
    if count < 1_000_000:
        return f"{number(max(1, round(count / 1000)))}{NBSP}ko"
    tenths = (count + 50_000) // 100_000
    return f"{number(tenths // 10)},{tenths % 10}{NBSP}Mo"


def write_format(nom: str) -> str:
    """« classeur XLSX »: what opens the file."""
    extension = nom.rpartition(".")[2].lower()
    known = _FORMATS.get(extension, "fichier")
    return known if known == extension.upper() else f"{known} {extension.upper()}"


def name_document(nom: str, entree: Entree) -> str:
    """What people call a file; one made for a person bears that person's name."""
    pattern = next((item for item in DOCUMENTS if fnmatchcase(nom, item)), None)
    if pattern is None:
        return nom
    support, _, extension = pattern.partition("-*.")
    named = (item.nom for item in entree.personnes if extension and name_for(support, item, extension) == nom)
    owner = next(named, None)
    if owner is None and pattern in _AFTER_A_FILE:
        owner = nom.removeprefix(f"{support}-").rpartition(".")[0]
    return f"{DOCUMENTS[pattern]}, {owner}" if owner else DOCUMENTS[pattern]


def typeset(html: str) -> str:
    """A page with its no-break spaces; commands to copy are left as they are."""
    parts = _CODE.split(html)
    # split gives text, code, name of the element, text…
    return "".join(part if place % 3 == 1 else spaced(part) for place, part in enumerate(parts) if place % 3 != 2)
