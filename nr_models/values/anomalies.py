"""Anomalies: what is wrong in what a person sent, as values with a place and a remedy.

The catalogue below is the one list of codes; documentation and tests read it. A code says
why it matters and what to do; the place and the value are the anomaly's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from nr_models.values.french import plural
from nr_models.values.frozen import Frozen


class AnomalyKind(NamedTuple):
    """One entry of the catalogue: French sentences with ``{valeur}`` and ``{detail}`` to fill.

    ``informative``: nothing need be corrected, it is good to know.
    """

    message: str
    remede: str
    informative: bool = False


class Anomaly(Frozen):
    """Something wrong at a place. ``cellule`` is an A1 address, empty for a whole sheet or file."""

    code: str
    fichier: str = ""
    feuille: str = ""
    cellule: str = ""
    valeur: str = ""
    detail: str = ""

    @property
    def message(self) -> str:
        """What is wrong and why it matters, in French."""
        return CATALOGUE[self.code].message.format(valeur=self.valeur, detail=self.detail)

    @property
    def remede(self) -> str:
        """What to do, in French."""
        return CATALOGUE[self.code].remede.format(valeur=self.valeur, detail=self.detail)

    @property
    def informative(self) -> bool:
        """True when nothing need be done: it is good to know."""
        return CATALOGUE[self.code].informative

    @property
    def asks_to_correct(self) -> bool:
        """True when a cell must be corrected."""
        return bool(self.cellule) and not self.informative

    @property
    def ligne(self) -> str:
        """One line that says all: where, what is wrong, what to do."""
        return f"{self.place or 'dossier'} : {self.message} {self.remede}"

    @property
    def ligne_anonyme(self) -> str:
        """What is wrong, neither where nor what was typed: who answered or voted what stays unsaid."""
        return CATALOGUE[self.code].message.format(valeur="…", detail="…")

    @property
    def place(self) -> str:
        """« fichier, feuille X, cellule Y » with what is known."""
        return ", ".join(part for part in (self.fichier, self.cell) if part)

    @property
    def cell(self) -> str:
        """The same within its file."""
        parts = [f"feuille « {self.feuille} »"] if self.feuille else []
        return ", ".join([*parts, f"cellule {self.cellule}"] if self.cellule else parts)


def summarise(anomalies: Sequence[Anomaly]) -> str:
    """« 3 anomalies, dont 2 cellules à corriger »; "" where there is none."""
    cells = sum(item.asks_to_correct for item in anomalies)
    tail = f", dont {plural(cells, 'cellule')} à corriger" if cells else ""
    return f"{plural(len(anomalies), 'anomalie')}{tail}" if anomalies else ""


def list_lines(anomalies: Iterable[Anomaly], most: int, *, anonymous: bool = False) -> Iterator[str]:
    """Each anomaly on its line, the cells to correct first; past ``most`` lines, how many more there are.

    ``anonymous``: told without the file nor the value, those that then say the same counted together.
    """
    ordered = sorted(anomalies, key=lambda item: (item.informative, not item.cellule))
    lines = Counter(item.ligne_anonyme if anonymous else item.ligne for item in ordered)
    for line, count in list(lines.items())[:most]:
        yield f"{line} ({count} fois)" if count > 1 else line
    if len(lines) > most:
        yield f"Et {plural(len(lines) - most, 'autre')}."


CATALOGUE: dict[str, AnomalyKind] = {
    # The whole file
    "fichier-absent": AnomalyKind("Ce fichier n’existe pas.", "Vérifiez le nom et le dossier."),
    "fichier-illisible": AnomalyKind(
        "Ce fichier ne s’ouvre pas comme un classeur ni comme un CSV : {detail}.",
        "Ouvrez-le dans votre tableur, enregistrez-le au format .xlsx, puis déposez-le à nouveau.",
    ),
    "fichier-qui-en-porte": AnomalyKind(
        "Ce fichier est {detail} ; rien n’en a été lu.",
        "Ouvrez-le, enregistrez ses pièces, et déposez-les une par une.",
    ),
    "document-word": AnomalyKind(
        "Ce fichier est un document Word ; ce qui y est coché ou noté n’est pas lu.",
        "Reportez les réponses dans la trame en classeur (.xlsx) du même nom, et déposez ce classeur.",
    ),
    "fichier-trop-gros": AnomalyKind(
        "Ce fichier dépasse ce qui peut être lu sans risque ({detail}) ; rien n’en a été lu.",
        "Gardez les seules feuilles demandées, sans image, et enregistrez un nouveau classeur.",
    ),
    "fichier-suspect": AnomalyKind(
        "Ce fichier est construit d’une façon dangereuse ({detail}) ; rien n’en a été lu.",
        "Recopiez les valeurs dans le modèle fourni et déposez ce nouveau classeur.",
    ),
    "fichier-chiffre": AnomalyKind(
        "Ce classeur est protégé par un mot de passe ; rien n’en a été lu.",
        "Enregistrez-le sans mot de passe et déposez-le à nouveau.",
    ),
    "lecture-trop-longue": AnomalyKind(
        "La lecture de ce fichier a été arrêtée : {detail}.",
        "Recopiez les valeurs dans le modèle fourni et déposez ce nouveau classeur.",
    ),
    "nom-illisible": AnomalyKind(
        "Le nom de ce fichier porte des signes que rien ne peut montrer (écrits ici « \\xe9 » ou « \\u200b ») ; "
        "son contenu a été lu.",
        "Renommez-le avec des lettres, des chiffres et des tirets.",
        informative=True,
    ),
    "pas-un-fichier": AnomalyKind(
        "Ceci n’est pas un fichier mais {detail} ; rien n’en a été lu.",
        "Déposez le fichier lui-même, par une copie.",
    ),
    "dossier-ferme": AnomalyKind(
        "Ce dossier ou ce fichier ne peut pas être ouvert ; ce qui en avait été lu reste en vigueur.",
        "Rendez-le lisible au compte qui fait tourner le logiciel, ou retirez-le.",
    ),
    "dossier-trop-profond": AnomalyKind(
        "Des dossiers sont emboîtés sur plus de {detail} niveaux ; rien n’a été lu au-delà.",
        "Remontez les fichiers utiles d’un ou deux niveaux et retirez le reste.",
    ),
    "fichiers-trop-nombreux": AnomalyKind(
        "Ce dossier compte plus de {detail} fichiers ; celui-ci et les suivants n’ont pas été lus.",
        "Gardez les seuls retours de la démarche ; réunissez un export d’agents dans une archive .zip.",
    ),
    "type-inconnu": AnomalyKind(
        "On ne reconnaît dans ce fichier aucun des classeurs de la démarche ; il n’a pas été utilisé.",
        "Partez du modèle envoyé ; pour le classeur d’un autre outil, demandez une correspondance de colonnes "
        "(« nr verifier FICHIER --correspondance correspondance.xlsx ») et déposez-la complétée.",
    ),
    "autre-dossier": AnomalyKind(
        "Ce fichier a été préparé pour un autre dossier ({detail}) ; il n’a pas été utilisé.",
        "Déposez-le dans le dossier de cette collectivité.",
    ),
    "tour-ancien": AnomalyKind(
        "Ce fichier répond à un envoi antérieur (tour {valeur}, tour en cours {detail}) ; ce qui reste "
        "valable a été repris.",
        "Vérifiez les réponses et, si besoin, remplissez le dernier envoi.",
    ),
    "retour-double": AnomalyKind(
        "Deux retours différents de la même personne sont arrivés ensemble ({detail}) ; aucun n’a été retenu.",
        "Gardez celui qui fait foi et retirez l’autre du dossier.",
    ),
    "colonne-absente": AnomalyKind(
        "La colonne « {detail} » manque ; les lignes ne peuvent pas être lues sans elle.",
        "Remettez cette colonne avec son titre, comme dans le modèle.",
    ),
    "colonne-inconnue": AnomalyKind(
        "La colonne « {valeur} » n’est pas reconnue ; elle n’a pas été lue.",
        "Si elle porte une donnée attendue, donnez-lui le titre du modèle, ou déposez une correspondance de colonnes.",
        informative=True,
    ),
    "colonne-renommee": AnomalyKind(
        "La colonne « {valeur} » est lue comme « {detail} ».",
        "Rien à faire si c’est juste ; sinon remettez les titres du modèle.",
        informative=True,
    ),
    "colonne-ambigue": AnomalyKind(
        "Plusieurs colonnes peuvent être « {detail} » ; seule la première a été lue.",
        "Ne gardez qu’une colonne, ou renommez les autres.",
    ),
    "donnee-personnelle": AnomalyKind(
        "La colonne « {valeur} » contient des données personnelles ou secrètes ; elle n’a été ni lue ni gardée.",
        "Rien à faire ; vous pouvez la retirer de vos prochains envois.",
        informative=True,
    ),
    "correspondance-incomplete": AnomalyKind(
        "Aucune colonne ne devient « {detail} » ; les fichiers qui ont ces titres ne peuvent pas être lus.",
        "Dans la feuille « Colonnes », choisissez « {detail} » en face du titre qui convient.",
    ),
    "feuille-absente": AnomalyKind(
        "La feuille « {detail} » manque.", "Remettez cette feuille avec son nom, comme dans le modèle."
    ),
    # The values
    "valeur-absente": AnomalyKind("La valeur de « {detail} » manque.", "Complétez la cellule."),
    "reponse-hors-liste": AnomalyKind(
        "« {valeur} » n’est pas une réponse de la liste ; la question reste sans réponse.",
        "Choisissez une réponse dans la liste déroulante.",
    ),
    "reponse-deduite": AnomalyKind(
        "La colonne « Réponse » est vide ; la réponse est lue comme « {valeur} », d’après {detail}.",
        "Rien à faire si c’est juste ; sinon écrivez la réponse dans la colonne « Réponse ».",
        informative=True,
    ),
    "reponse-a-dire": AnomalyKind(
        "La colonne « Réponse » est vide, mais {detail} ; la question reste ouverte.",
        "Écrivez le niveau, de 0 à 4, « Ne sait pas » ou « Sans objet » dans la colonne « Réponse ».",
    ),
    "reponse-contraire": AnomalyKind(
        "La réponse écrite est « {valeur} », et la phrase marquée dans la grille celle du niveau {detail} ; la réponse "
        "écrite est gardée.",
        "Retirez la marque, ou corrigez la réponse.",
    ),
    "question-inconnue": AnomalyKind(
        "La question « {valeur} » n’est pas dans le référentiel ; la ligne n’a pas été lue.",
        "Ne modifiez pas la colonne des identifiants.",
    ),
    "question-double": AnomalyKind(
        "La question « {valeur} » apparaît deux fois dans ce classeur ; la première réponse est gardée.",
        "Retirez la ligne en trop.",
    ),
    "levier-inconnu": AnomalyKind(
        "Le levier « {valeur} » n’est pas dans la liste attendue ; la ligne n’a pas été lue.",
        "Ne modifiez pas la colonne des identifiants.",
    ),
    "levier-double": AnomalyKind(
        "Le levier « {valeur} » apparaît deux fois dans cette feuille ; la première ligne est gardée.",
        "Retirez la ligne en trop.",
    ),
    "ligne-total": AnomalyKind(
        "La ligne « {valeur} » est un total ; elle n’est pas comptée.",
        "Rien à faire ; vous pouvez la retirer de vos prochains envois.",
        informative=True,
    ),
    "nombre-invalide": AnomalyKind(
        "« {valeur} » n’est pas un nombre ({detail}) ; la cellule n’est pas prise en compte.",
        "Écrivez un nombre, sans texte.",
    ),
    "nombre-suppose": AnomalyKind(
        "« {valeur} » est lu comme {detail}.",
        "Rien à faire si c’est juste ; sinon écrivez le nombre seul.",
        informative=True,
    ),
    "nombre-douteux": AnomalyKind(
        "« {valeur} » ne se lit pas d’une seule façon ({detail}) ; rien n’en est retenu tant que ce n’est pas dit.",
        "Écrivez un seul nombre en chiffres, dans l’unité demandée, sans point ni virgule pour les milliers.",
    ),
    "quantite-negative": AnomalyKind(
        "La quantité {valeur} est négative ; la ligne est écartée.", "Écrivez une quantité positive ou nulle."
    ),
    "quantite-non-entiere": AnomalyKind(
        "La quantité {valeur} n’est pas un nombre entier ; la ligne est écartée.",
        "Écrivez un nombre entier d’équipements.",
    ),
    "hors-bornes": AnomalyKind(
        "La valeur {valeur} est hors des bornes ({detail}) ; elle n’est pas prise en compte.",
        "Écrivez une valeur dans ces bornes.",
    ),
    "date-invalide": AnomalyKind(
        "« {valeur} » ne se lit pas comme une date ({detail}) ; elle n’est pas prise en compte.",
        "Écrivez par exemple 12/05/2026, ou « Mai 2026 ».",
    ),
    "date-supposee": AnomalyKind(
        "« {valeur} » est lu comme {detail}.",
        "Rien à faire si c’est juste ; sinon écrivez par exemple 12/05/2026, ou « Mai 2026 ».",
        informative=True,
    ),
    "date-zero": AnomalyKind(
        "« {valeur} » est ce qu’un outil écrit quand il n’a pas de date ; la cellule est lue comme vide.",
        "Rien à faire si la date n’est pas connue ; sinon écrivez-la.",
        informative=True,
    ),
    "jour-attendu": AnomalyKind(
        "« {valeur} » ne dit pas le jour ({detail}) ; la date n’est pas prise en compte.",
        "Écrivez le jour, par exemple 12/05/2026.",
    ),
    "annee-invalide": AnomalyKind(
        "« {valeur} » n’est pas une année plausible ; elle n’est pas prise en compte.",
        "Écrivez l’année sur quatre chiffres.",
    ),
    "categorie-inconnue": AnomalyKind(
        "La catégorie « {valeur} » n’est pas reconnue ; les unités sont comptées à part, sans empreinte.",
        "Choisissez une catégorie de la liste du modèle.",
    ),
    "categorie-ambigue": AnomalyKind(
        "« {valeur} » peut vouloir dire plusieurs choses ({detail}) ; ces unités ne sont pas comptées tant que ce "
        "n’est pas dit.",
        "Écrivez par exemple « ordinateur portable » ou « téléphone mobile », ou répondez dans a-trancher.xlsx, "
        "feuille « Ce que nous avons compris ».",
    ),
    "categorie-deduite": AnomalyKind(
        "« {valeur} » est compris comme « {detail} », d’après le modèle, le titre du fichier ou les autres lignes.",
        "Rien à faire si c’est juste ; sinon corrigez le libellé.",
        informative=True,
    ),
    "pas-un-appareil": AnomalyKind(
        "« {valeur} » est compté à part ({detail}), et non comme l’appareil qu’il accompagne.",
        "Rien à faire si c’est juste ; sinon corrigez le libellé.",
        informative=True,
    ),
    "deux-appareils": AnomalyKind(
        "« {valeur} » dit deux appareils ; chacun est compté.",
        "Rien à faire si c’est juste ; sinon écrivez une ligne par appareil.",
        informative=True,
    ),
    "une-ligne-une-unite": AnomalyKind(
        "Ce tableau n’a pas de colonne de quantité ; chaque ligne est comptée pour une unité.",
        "Rien à faire si c’est juste ; sinon ajoutez une colonne « Quantité ».",
        informative=True,
    ),
    "quantite-a-confirmer": AnomalyKind(
        "« {valeur} » est lu {detail}, comme une hypothèse.", "Écrivez le nombre seul s’il est juste, ou corrigez-le."
    ),
    "quantite-douteuse": AnomalyKind(
        "La quantité « {valeur} » est douteuse ({detail}) ; la ligne n’est pas comptée.",
        "Écrivez le nombre d’équipements, sans séparateur ni texte.",
    ),
    "annee-a-confirmer": AnomalyKind(
        "« {valeur} » est lu {detail}, comme une hypothèse.", "Écrivez l’année d’achat sur quatre chiffres."
    ),
    "heures-a-confirmer": AnomalyKind(
        "« {valeur} » semble un nombre d’heures par jour ou par semaine ; il n’est pas pris en compte.",
        "Écrivez les heures de fonctionnement par an : par exemple 8 h sur 220 jours font 1760.",
    ),
    "kwh-a-confirmer": AnomalyKind(
        "« {valeur} » kWh sur une ligne de {detail} unités : par unité, ou pour la ligne ? La valeur n’est pas prise "
        "en compte.",
        "Donnez à la colonne le titre « Électricité mesurée par unité (kWh par an) », et la valeur d’une unité.",
    ),
    "feuille-masquee": AnomalyKind(
        "Cette feuille est masquée ; ses {valeur} unités ne sont pas comptées.",
        "Affichez-la si elle doit l’être ; sinon retirez-la du fichier.",
    ),
    "lignes-masquees": AnomalyKind(
        "{valeur} lignes sont masquées ou filtrées ; elles ne sont pas comptées.",
        "Retirez le filtre et affichez-les si elles doivent l’être ; sinon supprimez-les.",
    ),
    "synthese": AnomalyKind(
        "Cette feuille répète le détail des autres ; ses {valeur} unités ne sont comptées qu’une fois.",
        "Rien à faire si c’est juste ; sinon gardez une seule feuille.",
        informative=True,
    ),
    "synthese-differente": AnomalyKind(
        "Cette feuille est une synthèse, mais ses {valeur} unités ne sont pas celles du détail ; elle n’est "
        "pas comptée.",
        "Gardez la feuille qui fait foi, ou corrigez celle qui ne l’est pas.",
    ),
    "annee-anterieure": AnomalyKind(
        "Cette feuille est le parc d’une année antérieure à {detail} ; ses {valeur} unités ne sont pas comptées.",
        "Rien à faire si c’est juste ; si ce sont des achats qui s’ajoutent, dites-le dans le nom des feuilles.",
    ),
    "copie": AnomalyKind(
        "Cette feuille dit la même chose que « {detail} » ; ses {valeur} unités ne sont comptées qu’une fois.",
        "Rien à faire si c’est une copie ; si ce sont d’autres équipements, ajoutez une colonne « Site ».",
    ),
    "tableau-croise": AnomalyKind(
        "Les colonnes {valeur} portent des nombres sans qu’on sache ce qu’ils comptent ; le tableau n’est pas lu.",
        "Donnez une ligne par catégorie et par site, avec une colonne « Quantité » et une colonne « Site ».",
    ),
    "sites-voisins": AnomalyKind(
        "« {valeur} » et « {detail} » sont peut-être un seul site ; ils sont comptés séparément.",
        "Écrivez-les de la même façon si c’est le même.",
        informative=True,
    ),
    "parc-non-confirme": AnomalyKind(
        "Ce qui a été compris de l’inventaire n’est pas encore confirmé ({valeur} libellés sur {detail}) ; "
        "la note le dit.",
        "Ouvrez a-trancher.xlsx, feuille « Ce que nous avons compris » : corrigez, confirmez, renvoyez le classeur.",
        informative=True,
    ),
    "inventaire-remplace": AnomalyKind(
        "Cet inventaire n’est plus compté : un plus récent des mêmes colonnes ({detail}) le remplace.",
        "Rien à faire si c’est le même parc ; si ce sont deux parties du parc, ajoutez une colonne « Site » à chacune.",
        informative=True,
    ),
    "inventaire-double": AnomalyKind(
        "Deux inventaires des mêmes colonnes sont arrivés ensemble ({detail}) ; aucun n’est compté.",
        "Gardez celui qui fait foi ; si ce sont deux parties du parc, ajoutez une colonne « Site » à chacune.",
    ),
    "valeur-hors-liste": AnomalyKind(
        "« {valeur} » n’est pas une valeur attendue pour « {detail} » ; elle n’est pas prise en compte.",
        "Choisissez une valeur dans la liste.",
    ),
    "oui-non-attendu": AnomalyKind(
        "« {valeur} » n’est ni oui ni non ({detail}) ; la question reste ouverte.",
        "Écrivez oui ou non.",
    ),
    "formule-sans-valeur": AnomalyKind(
        "La formule de cette cellule n’a pas de valeur enregistrée ({detail}) ; elle est lue comme vide.",
        "Ouvrez le classeur dans votre tableur et enregistrez-le, ou remplacez la formule par sa valeur.",
    ),
    "machine-double": AnomalyKind(
        "Cette machine est déjà dans ce fichier ({detail}) ; elle n’est comptée qu’une fois.",
        "Rien à faire ; si ce sont deux machines, corrigez leur numéro de série.",
        informative=True,
    ),
    "machine-ecartee": AnomalyKind(
        "« {valeur} » n’est pas comptée : {detail}.",
        "Relancez l’agent d’inventaire sur cette machine, ou comptez-la dans le modèle d’inventaire.",
    ),
    "gestionnaire-inconnu": AnomalyKind(
        "« {valeur} » n’est pas une collectivité du registre : les équipements qu’elle gère sont comptés ici.",
        "S’ils sont gérés par une autre collectivité, écrivez son nom du registre ou son SIREN.",
        informative=True,
    ),
    "date-ambigue": AnomalyKind(
        "Les dates de la colonne « {valeur} » se lisent jour/mois comme mois/jour ; elles sont lues jour/mois. "
        "Seule l’année sert.",
        "Rien à faire si l’année est juste ; sinon exportez les dates sous la forme 2026-05-12.",
        informative=True,
    ),
    "machines-deja-comptees": AnomalyKind(
        "Des machines sont déjà dans un autre inventaire ({valeur}) ; elles n’y sont comptées qu’une fois.",
        "Rien à faire ; si ce sont d’autres machines, corrigez leurs numéros de série.",
        informative=True,
    ),
    "formule-en-erreur": AnomalyKind(
        "La cellule contient une formule en erreur ; elle est lue comme vide.",
        "Remplacez la formule par sa valeur.",
    ),
    "contexte-multiple": AnomalyKind(
        "{valeur} contextes différents sont arrivés ; seul le premier, par ordre d’adresse, a été lu.",
        "Gardez celui qui fait foi et retirez les autres du dossier.",
    ),
    "auteur-inconnu": AnomalyKind(
        "Ce fichier est signé « {valeur} », qui n’est le nom d’aucune personne de ce dossier, ou de plusieurs ; il "
        "n’est attribué à personne.",
        "Écrivez son adresse électronique dans « Rempli par », et déposez-le à nouveau.",
    ),
    "interlocuteur-inconnu": AnomalyKind(
        "« {valeur} » est chargé de questions ou a rendu un classeur, mais n’est pas une personne de ce dossier ; "
        "ses questions restent à qui a le profil, ou au référent, et ses réponses sont comptées.",
        "Ajoutez cette personne dans le registre, corrigez son adresse, ou retirez ce qui vient d’ailleurs.",
    ),
    "arbitrage-sans-droit": AnomalyKind(
        "Ce classeur « À trancher » est signé par « {valeur} », qui n’est ni référent ni de l’équipe programme ; "
        "rien de ce qu’il tranche n’est pris en compte.",
        "Faites-le remplir par le référent, qui écrit son adresse dans « Rempli par » de la première feuille.",
    ),
    "arbitrage-contraire": AnomalyKind(
        "La question {valeur} est tranchée de deux façons ; le classeur « À trancher » l’emporte, sinon le premier lu.",
        "Gardez une seule décision, et renvoyez le classeur qui la dit.",
    ),
    "heure-invalide": AnomalyKind(
        "« {valeur} » ne se lit pas comme une heure ({detail}) ; elle n’est pas prise en compte.",
        "Écrivez par exemple 9 h 30 ou 14:00.",
    ),
    "plage-invalide": AnomalyKind(
        "Cette plage finit avant de commencer ({valeur}) ; elle n’est pas prise en compte.",
        "Écrivez une heure de fin après l’heure de début.",
    ),
    "bulletin-sans-droit": AnomalyKind(
        "« {valeur} » ne vote pas dans ce dossier ; ses notes ne sont pas comptées.",
        "Ajoutez le rôle de votant dans le registre, ou retirez ce bulletin.",
    ),
    "bulletin-blanc": AnomalyKind(
        "Le bulletin de « {valeur} » est revenu sans aucune note ; il ne compte pas comme un vote.",
        "Notez les leviers, ou écrivez « sans avis », et renvoyez le bulletin.",
    ),
    "derogation-sans-droit": AnomalyKind(
        "« {valeur} » n’est pas référent ; la place ou les notes imposées ne sont pas prises en compte.",
        "Faites-les écrire par le référent, avec la raison.",
    ),
    "derogation-contraire": AnomalyKind(
        "Deux référents imposent des choses différentes pour le levier « {valeur} » ; aucune n’est prise en compte.",
        "Mettez-vous d’accord et gardez une seule ligne.",
    ),
    "changement-contraire": AnomalyKind(
        "Le levier « {valeur} » est ajouté par une personne et retiré par une autre ; la proposition reste.",
        "Mettez-vous d’accord et gardez une seule décision.",
    ),
    "fiche-double": AnomalyKind(
        "La fiche « {valeur} » est revenue de plusieurs personnes avec des contenus différents ; celle de {detail} "
        "est gardée, comme la plus complète.",
        "Reportez ce qui manque dans un seul classeur et renvoyez-le.",
    ),
    "note-hors-bornes": AnomalyKind(
        "La note « {valeur} » n’est pas entre {detail} ; elle n’est pas comptée.",
        "Notez dans ces bornes, ou écrivez « sans avis ».",
    ),
    "note-entiere": AnomalyKind(
        "La note « {valeur} » n’est pas entière ; elle n’est pas comptée.",
        "Choisissez une note entière, {detail}, ou écrivez « sans avis ».",
    ),
    "justification-absente": AnomalyKind(
        "Un ajout ou un retrait de levier demande une justification ({valeur}) ; il n’est pas pris en compte.",
        "Écrivez en une phrase pourquoi.",
    ),
    "fiche-inconnue": AnomalyKind(
        "La fiche « {valeur} » ne correspond à aucun levier retenu ; elle n’a pas été lue.",
        "Partez du dernier classeur de fiches envoyé.",
    ),
    "responsable-multiple": AnomalyKind(
        "Une fiche a un seul responsable ; « {valeur} » en nomme plusieurs.",
        "Gardez une direction ou une personne ; les autres sont contributeurs.",
    ),
    "prestataire-responsable": AnomalyKind(
        "Le prestataire n’est pas embarqué : il ne peut pas être responsable de « {valeur} ».",
        "Nommez une direction ou une personne de la collectivité.",
    ),
    "fin-avant-debut": AnomalyKind("La fin ({valeur}) précède le début ({detail}).", "Corrigez l’une des deux dates."),
    "condition-indecidable": AnomalyKind(
        "On ne peut pas dire si la question {valeur} s’applique ({detail} inconnu) ; elle est comptée comme "
        "applicable.",
        "Complétez cette information dans le registre.",
    ),
    # The registry
    "registre-absent": AnomalyKind(
        "Le dossier du programme ne contient pas de registre.xlsx : sans lui, on ne sait ni qui, ni quoi.",
        "Déposez registre.xlsx, avec les feuilles Collectivités et Personnes (modèle : nr exemple ecrire).",
    ),
    "siren-invalide": AnomalyKind(
        "Le SIREN « {valeur} » est faux : {detail} ; la collectivité n’est pas prise en compte.",
        "Vérifiez les neuf chiffres sur l’avis de situation de la collectivité.",
    ),
    "siret-pour-siren": AnomalyKind(
        "« {valeur} » est un SIRET ; ses neuf premiers chiffres, {detail}, sont lus comme le SIREN.",
        "Rien à faire si c’est la bonne collectivité ; sinon écrivez son SIREN.",
        informative=True,
    ),
    "siren-double": AnomalyKind(
        "Le SIREN {valeur} est déjà celui de « {detail} » ; cette ligne n’est pas prise en compte.",
        "Retirez la ligne en trop ou corrigez le numéro.",
    ),
    "slug-double": AnomalyKind(
        "Deux collectivités auraient le même identifiant « {valeur} » ; la seconde n’est pas prise en compte.",
        "Donnez un identifiant distinct dans la colonne Identifiant.",
    ),
    "collectivite-inconnue": AnomalyKind(
        "« {valeur} » n’est pas une collectivité de ce registre ; la ligne n’a pas été lue.",
        "Écrivez l’identifiant ou le SIREN d’une collectivité de la première feuille.",
    ),
    "personne-sans-role": AnomalyKind(
        "« {valeur} » n’a pas de rôle ; cette personne ne peut ni répondre ni décider.",
        "Complétez la colonne Rôles.",
    ),
    "role-inconnu": AnomalyKind(
        "Le rôle « {valeur} » n’existe pas ; il n’est pas pris en compte.", "Rôles possibles : {detail}."
    ),
    "profil-inconnu": AnomalyKind(
        "Le profil « {valeur} » n’existe pas ; il n’est pas pris en compte.", "Profils possibles : {detail}."
    ),
    "mail-invalide": AnomalyKind(
        "« {valeur} » n’est pas une adresse électronique ; la personne n’est pas prise en compte.",
        "Écrivez une adresse complète, par exemple prenom.nom@ville.fr.",
    ),
    # The sources of inventories
    "source-interdite": AnomalyKind(
        "Cette source n’a pas été visitée : {detail}. L’inventaire en vigueur reste le précédent.",
        "Corrigez l’adresse dans la feuille Sources, ou demandez à l’exploitant de la permettre (« nr reglages »).",
    ),
    "source-muette": AnomalyKind(
        "Cette source n’a pas donné d’inventaire : {detail}. L’inventaire en vigueur reste le précédent.",
        "Vérifiez l’adresse et que le serveur répond, puis « nr inventaire relire ».",
    ),
    "source-trop-lourde": AnomalyKind(
        "Ce que donne cette source dépasse ce qui peut être lu sans risque ({detail}) ; rien n’en a été lu.",
        "Exportez les seules colonnes utiles, ou un fichier par site.",
    ),
    "source-secret-absent": AnomalyKind(
        "Le secret de cette source manque : {detail}. Elle n’a pas été visitée.",
        "Définissez-le dans l’environnement de l’exploitant, sous le nom NR_SECRET_ suivi du nom du registre.",
    ),
    "source-sans-inventaire": AnomalyKind(
        "Ce que donne cette source n’est pas un inventaire lisible ({detail}). L’inventaire en vigueur reste le "
        "précédent.",
        "Ouvrez cette adresse : il y faut un tableau avec une catégorie et une quantité par ligne.",
    ),
    "source-cron": AnomalyKind(
        "Le rythme « {valeur} » de cette source ne se lit pas ; elle n’est relue que par « nr inventaire relire ».",
        "Écrivez cinq champs, par exemple « 0 6 * * 1 » : chaque lundi à six heures, heure de Paris.",
    ),
    "inventaire-de-source": AnomalyKind(
        "Cet inventaire n’est plus compté : celui qui est relu à sa source ({detail}) l’a remplacé.",
        "Rien à faire s’il dit la même chose. Pour y revenir, retirez la source du registre.",
    ),
    # The workbook of the référentiel
    "entier-attendu": AnomalyKind(
        "« {valeur} » n’est pas un nombre entier ; « {detail} » en demande un, de zéro ou plus.",
        "Écrivez un nombre entier, sans texte.",
    ),
    "entree-inconnue": AnomalyKind(
        "« {valeur} » n’existe pas dans la feuille « {detail} » ; cette ligne ne peut être rattachée à rien.",
        "Corrigez l’identifiant, ou ajoutez-le dans cette autre feuille.",
    ),
    "parametre-inconnu": AnomalyKind(
        "« {valeur} » n’est pas un nombre de la méthode ; la ligne n’a pas été lue.",
        "Reprenez le bloc et le nom tels qu’ils sont dans le classeur exporté.",
    ),
    "parametre-double": AnomalyKind(
        "« {valeur} » est écrit deux fois dans ce bloc, ou autrement que plus haut.",
        "Gardez une seule ligne par nombre, et une seule source par bloc.",
    ),
    "parametre-absent": AnomalyKind(
        "Le nombre « {detail} » manque : la méthode ne se calcule pas sans lui.",
        "Remettez sa ligne, comme dans le classeur exporté.",
    ),
    "regle-du-referentiel": AnomalyKind("{detail}.", "Corrigez le classeur, puis importez-le à nouveau."),
    "referentiel-fautif": AnomalyKind(
        "Le référentiel du programme a une faute, {valeur} : {detail}. Il n’est pas utilisé, et le registre modifié "
        "n’est pas pris en compte ; les dossiers ouverts gardent leur version.",
        "Corrigez-la, puis vérifiez avec « nr referentiel verifier ».",
    ),
    "referentiel-incomplet": AnomalyKind(
        "Le classeur ne fait pas un référentiel entier ; il manque, ou n’est pas du bon type : {detail}.",
        "Repartez d’un classeur exporté par « nr referentiel exporter ».",
    ),
}
