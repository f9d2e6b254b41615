"""Read back the référentiel's workbook: the version it says, or every mistake by sheet and cell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from nr_models.referentiel.faute import Faute
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.anomalies import Anomaly
from tasks.office.columns import Column
from tasks.reading.parsed import Pointage
from tasks.reading.spreadsheet import Lecture
from tasks.reading.table import Record, find_sheet
from tasks.referentiel.fields import Lecteur, raw, stand_in
from tasks.referentiel.load import check_version
from tasks.referentiel.places import LigneLue, Places
from tasks.referentiel.sheets import CHIFFRES, FEUILLES, OUTSIDE_PARAMETRES, Champ, Chiffre

Content = dict[str, Any]


class Relu(NamedTuple):
    """The version of a workbook; None when something in it is wrong, which the anomalies say."""

    referentiel: Referentiel | None
    anomalies: tuple[Anomaly, ...]


def is_referentiel(lecture: Lecture) -> bool:
    """True for a workbook with most of the sheets of an exported version."""
    found = sum(find_sheet(lecture.feuilles, name) is not None for name in FEUILLES)
    return 2 * found > len(FEUILLES)


def parse_referentiel(lecture: Lecture, version: str) -> Relu:
    """The référentiel that a workbook says, under that version's name."""
    if not lecture.feuilles:
        return Relu(None, lecture.anomalies)
    reading = _Reading(lecture)
    if reading.incomplete:
        return Relu(None, (*lecture.anomalies, *reading.releve.anomalies))
    content = {"version": version, **reading.build()}
    referentiel = reading.check(content)
    anomalies = (*lecture.anomalies, *reading.releve.anomalies)
    return Relu(None if anomalies else referentiel, anomalies)


class _Reading:
    """One reading: the rows of every sheet, then the content they make, then what is wrong with it."""

    def __init__(self, lecture: Lecture) -> None:
        self.releve = Pointage()
        self.lecteur = Lecteur(self.releve)
        tables = {}
        for name, sheet in FEUILLES.items():
            feuille = find_sheet(lecture.feuilles, name)
            if feuille is None and sheet.jeune:
                continue
            if feuille is None:
                self.releve.anomalies.append(Anomaly(code="feuille-absente", detail=name))
                continue
            columns = tuple(Column(champ.chemin, champ.titre, required=not champ.jeune) for champ in sheet.champs)
            tables[name] = self.releve.open(feuille, columns)
        self.incomplete = bool(self.releve.anomalies)
        self.rows: dict[str, list[LigneLue]] = (
            {}
            if self.incomplete
            else {
                name: [self._row(record, sheet.champs) for record in self.releve.records(tables[name])]
                if name in tables
                else []
                for name, sheet in FEUILLES.items()
            }
        )

    def _row(self, record: Record, champs: Iterable[Champ]) -> LigneLue:
        cells = {champ.chemin: record[champ.chemin] for champ in champs}
        return LigneLue({champ.chemin: self.lecteur.read(cells[champ.chemin], champ) for champ in champs}, cells)

    def build(self) -> Content:
        """The content of a version, as its files would say it."""
        figures = self._figures()
        head, validation, calendar = (figures.pop(name, {}) for name in OUTSIDE_PARAMETRES)
        figures.setdefault("score", {})["maturites"] = self._list("Maturités")
        return {
            **head,
            "profils": self._list("Profils"),
            "themes_reen": self._list("Thèmes REEN"),
            "couts": self._list("Coûts"),
            "tailles": self._list("Tailles"),
            "dimensions": self._dimensions(),
            "parametres": figures,
            "facteurs": {"electricite": self._list("Électricité"), "categories": self._categories()},
            "validation": {
                **validation,
                "suppleants": {row.valeurs["role"]: row.valeurs["suppleant"] for row in self.rows["Suppléants"]},
                "validations": self._list("Validation"),
                "relances": self._list("Relances"),
            },
            "calendrier": {**calendar, "durees": self._list("Calendrier")},
            "obligations": self._obligations(),
        }

    def check(self, content: Content) -> Referentiel | None:
        """The version, after the same lint as its files; faults are noted on their cells."""
        try:
            referentiel = Referentiel.model_validate(content)
        except ValidationError as error:
            for item in error.errors():
                where = " › ".join(map(str, item["loc"]))
                self.releve.anomalies.append(Anomaly(code="referentiel-incomplet", detail=where))
            return None
        seen: Counter[Faute] = Counter()
        places = Places(self.rows)
        for fault in check_version(referentiel):
            cell, detail = places.find(fault, seen[fault]), f"{fault.entree} : {fault.message}"
            seen[fault] += 1
            if cell.ligne:
                self.lecteur.note(cell, "regle-du-referentiel", detail)
            else:
                whole = Anomaly(code="regle-du-referentiel", feuille=cell.feuille, detail=detail)
                self.releve.anomalies.append(whole)
        return referentiel

    def _list(self, sheet: str) -> list[Content]:
        return [_nest(row.valeurs) for row in self.rows[sheet]]

    def _dimensions(self) -> list[Content]:
        found = sorted(self._list("Dimensions"), key=lambda item: item["numero"])
        self._attach("Questions", "dimension", found, "slug", "questions", "Dimensions")
        self._attach("Leviers", "dimension", found, "slug", "leviers", "Dimensions")
        self._attach("DINUM", "dimension", found, "slug", "dinum", "Dimensions")
        leviers = [levier for dimension in found for levier in dimension["leviers"]]
        self._attach("Actions", "levier", leviers, "id", "actions", "Leviers")
        self._attach("Indicateurs", "levier", leviers, "id", "indicateurs", "Leviers")
        self._attach("Fenêtres", "levier", leviers, "id", "fenetres", "Leviers")
        self._attach("Ressources", "levier", leviers, "id", "ressources", "Leviers")
        return found

    def _obligations(self) -> list[Content]:
        found = self._list("Obligations")
        self._attach("Chiffres des obligations", "obligation", found, "slug", "chiffres", "Obligations")
        return found

    def _categories(self) -> list[Content]:
        found = self._list("Catégories")
        self._attach("Facteurs", "categorie", found, "slug", "facteurs", "Catégories")
        return found

    def _attach(self, sheet: str, field: str, owners: Sequence[Content], key: str, part: str, where: str) -> None:
        """Give each row to the entry it names; one that names none is said, and given to the first."""
        known: dict[str, Content] = {}
        for owner in owners:
            owner.setdefault(part, [])
            known.setdefault(owner[key], owner)
        for row in self.rows[sheet]:
            named = row.valeurs[field]
            if named not in known:
                self.lecteur.note(row.cellules[field], "entree-inconnue", where)
            target = known.get(named) or (owners[0] if owners else None)
            if target is not None:
                target[part].append(_nest({name: value for name, value in row.valeurs.items() if name != field}))

    def _figures(self) -> dict[str, Content]:
        """The blocks of the sheet Paramètres; what is unknown, written twice or missing is said."""
        found: dict[str, Content] = defaultdict(dict)
        seen: set[tuple[str, str]] = set()
        for row in self.rows["Paramètres"]:
            bloc, name = row.valeurs["bloc"], row.valeurs["nom"] or ""
            chiffre = _find_figure(bloc, name)
            if chiffre is None:
                cell = row.cellules["nom" if any(item.bloc == bloc for item in CHIFFRES) else "bloc"]
                self.lecteur.note(cell, "parametre-inconnu", valeur=f"{bloc} {name}".strip())
                continue
            if (bloc, name) in seen:
                self.lecteur.note(row.cellules["nom"], "parametre-double", valeur=f"{bloc} {name}".strip())
                continue
            seen.add((bloc, name))
            self._figure(row, chiffre, found[bloc])
        self._check_blocks(found, seen)
        return {bloc: _nest(content) for bloc, content in found.items()}

    def _figure(self, row: LigneLue, chiffre: Chiffre, bloc: Content) -> None:
        name = row.valeurs["nom"] or ""
        if chiffre.nom.endswith(".*"):
            bloc.setdefault(chiffre.nom.removesuffix(".*"), {})
        if name:
            open_ended = chiffre.nom.endswith(".*")
            champ = Champ(name, name, chiffre.sorte, requis=not (open_ended or chiffre.jeune), choix=chiffre.choix)
            value = self.lecteur.read(row.cellules["valeur"], champ)
            if open_ended and value is not None:
                bloc[chiffre.nom.removesuffix(".*")][name.partition(".")[2]] = value
            elif not open_ended and not (chiffre.jeune and value is None):
                bloc[name] = value
        for field in ("source", "date"):
            value = row.valeurs[field]
            if value is not None and bloc.setdefault(f"@{field}", value) != value:
                self.lecteur.note(row.cellules[field], "parametre-double", valeur=raw(row.cellules[field]))

    def _check_blocks(self, found: dict[str, Content], seen: set[tuple[str, str]]) -> None:
        """Every figure is there, and every block says its source and its date."""
        first = {row.valeurs["bloc"]: row for row in reversed(self.rows["Paramètres"])}
        for chiffre in CHIFFRES:
            if (
                not chiffre.nom.endswith(".*")
                and (chiffre.bloc, chiffre.nom) not in seen
                and chiffre.nom
                and not chiffre.jeune
            ):
                missing = f"{chiffre.bloc} {chiffre.nom}"
                self.releve.anomalies.append(Anomaly(code="parametre-absent", feuille="Paramètres", detail=missing))
                champ = Champ(chiffre.nom, "", chiffre.sorte, choix=chiffre.choix)
                found[chiffre.bloc][chiffre.nom] = stand_in(champ, "parametres")
        for bloc in dict.fromkeys(item.bloc for item in CHIFFRES):
            content = found[bloc]
            for field, title in (("source", "Source du bloc"), ("date", "Date du bloc")):
                value = content.pop(f"@{field}", None)
                if bloc == OUTSIDE_PARAMETRES[0]:
                    continue
                if value is not None:
                    content[field] = value
                elif bloc in first:
                    self.lecteur.note(first[bloc].cellules[field], "valeur-absente", title)
                    content[field] = "2000-01-01" if field == "date" else "absente"
                else:
                    self.releve.anomalies.append(Anomaly(code="parametre-absent", feuille="Paramètres", detail=bloc))
                    content[field] = "2000-01-01" if field == "date" else "absente"


def _find_figure(bloc: str, name: str) -> Chiffre | None:
    for chiffre in CHIFFRES:
        start = chiffre.nom.removesuffix("*")
        same = name.startswith(start) and len(name) > len(start) if chiffre.nom.endswith("*") else name == chiffre.nom
        if chiffre.bloc == bloc and same:
            return chiffre
    return None


def _nest(values: Mapping[str, Any]) -> Content:
    """« cout.petite » as files say it; absent values left out, levels as a list."""
    found: Content = {}
    for path, value in values.items():
        if value is None:
            continue
        *way, last = path.split(".")
        place = found
        for step in way:
            place = place.setdefault(step, {})
        place[last] = value
    for field in ("niveaux", "charges_jh"):
        if field in found:
            found[field] = [found[field][key] for key in sorted(found[field], key=int)]
    return found
