"""Our database: dossiers, returns, rounds, artefacts, gates, decisions, audit. It owns the record.

Instants are ISO 8601 text in UTC; JSON columns hold canonical JSON text, so that a digest can be
checked without knowing the database. A row of ``event`` is never updated.
"""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import BigInteger, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel


def _text() -> Column[str]:
    return Column(Text, nullable=False)


class _Row(Protocol):
    id: int | None


def find_id(row: _Row) -> int:
    """The number of a row that the database has numbered; a row never flushed has none, and that is our fault."""
    if row.id is None:
        raise ValueError(f"{type(row).__name__} was never flushed")
    return row.id


class Programme(SQLModel, table=True):
    """A cohort of collectivités and the folder where its returns lie."""

    __tablename__ = "programme"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    folder: str
    registre_size: int = Field(default=-1, sa_column=Column(BigInteger, nullable=False))
    registre_mtime_ns: int = Field(default=-1, sa_column=Column(BigInteger, nullable=False))
    anomalies: str = Field(default="[]", sa_column=_text())


TOUCHED = "change"
"""The version of a dossier whose line of the registry, or référentiel, people changed: it tells nothing any more."""


class Dossier(SQLModel, table=True):
    """One run of the method for one collectivité.

    ``sel`` salts what the trail says of its rows; empty, they are all to be said again, under a new one.
    ``version`` names the rules of the software that it was let go on with; another, and what was validated is kept.
    """

    __tablename__ = "dossier"
    __table_args__ = (UniqueConstraint("programme_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    slug: str = Field(index=True)
    nom: str
    entree: str = Field(sa_column=_text())
    entree_digest: str
    referentiel: str
    referentiel_digest: str
    sel: str = ""
    version: str = ""


class Membre(SQLModel, table=True):
    """A role that the registry gives to an address in a dossier: an index of ``Dossier.entree``, kept with it."""

    __tablename__ = "membre"
    __table_args__ = (UniqueConstraint("dossier_id", "mail", "role"),)

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    mail: str = Field(index=True)
    role: str


class Seance(SQLModel, table=True):
    """A browser where a person was recognised: by its cookie's SHA-256, by what means, until when.

    ``gate_id`` where they came by the link of one validation: nothing else is open to them. ``appareil`` is the
    SHA-256 of what that browser keeps of its own, so that a new one is told from one already known.
    """

    __tablename__ = "seance"

    id: int | None = Field(default=None, primary_key=True)
    jeton: str = Field(unique=True)
    mail: str = Field(index=True)
    moyen: str
    gate_id: int | None = Field(default=None, foreign_key="gate.id")
    appareil: str = ""
    opened_at: str
    seen_at: str
    ends_at: str
    closed_at: str | None = None


class Entrant(SQLModel, table=True):
    """Somebody asked to come in by mail: the link and the code are worked out from ``nonce`` and our key, never kept.

    ``navigateur`` is the SHA-256 of what the browser that asked keeps; ``essais`` counts the codes tried.
    """

    __tablename__ = "entrant"

    id: int | None = Field(default=None, primary_key=True)
    mail: str = Field(index=True)
    nonce: str
    navigateur: str
    essais: int = 0
    asked_at: str
    ends_at: str
    used_at: str | None = None


class Frein(SQLModel, table=True):
    """Something that may not be done too often was done; ``cle`` digests what and by whom."""

    __tablename__ = "frein"

    id: int | None = Field(default=None, primary_key=True)
    cle: str = Field(index=True)
    done_at: str


class Reading(SQLModel, table=True):
    """A returned file as it was last read, known by place, size and date so as not to read it twice.

    ``batch`` counts the readings of the dossier: two files of one batch arrived together. ``copie`` is the
    SHA-256 of the copy to correct, ``remplace`` the file that this one corrects. ``efface``:
    its author was erased; these bytes, read again, would bring them back, so they are not.
    """

    __tablename__ = "reading"
    __table_args__ = (UniqueConstraint("dossier_id", "path"),)

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    path: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    mtime_ns: int = Field(sa_column=Column(BigInteger, nullable=False))
    sha256: str
    reader: str
    type: str
    personne: str
    tour: int | None = None
    value: str = Field(sa_column=_text())
    value_digest: str
    anomalies: str = Field(sa_column=_text())
    batch: int
    copie: str = ""
    remplace: str = ""
    efface: bool = False


class Avancement(SQLModel, table=True):
    """Where a stage of a dossier stands, since when, and why in one French sentence.

    ``manquants`` are the returns missing at the last look, which ``attente`` names, and only remembered; ``clos``
    those that a closing accepted to miss, and no later round asked again. ``arretee`` says why its returns are
    settled, empty while they are not; ``laisses`` are the digests of what came later and was left, ``tenus`` of what
    came later and still waited for somebody to say when the stage was opened again.
    """

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("dossier_id", "slug"),)

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    slug: str
    etat: str
    depuis: str
    raison: str = Field(sa_column=_text())
    attente: str = ""
    manquants: str = Field(default="[]", sa_column=_text())
    clos: str = Field(default="[]", sa_column=_text())
    arretee: str = ""
    laisses: str = Field(default="[]", sa_column=_text())
    tenus: str = Field(default="[]", sa_column=_text())


class Retenu(SQLModel, table=True):
    """A return as it counted when its stage was closed or its gate passed; the folder no longer changes it.

    One that the folder lost or changed since is kept when the stage is opened again.

    The columns are those of ``Reading`` that say something.
    """

    __tablename__ = "retenu"

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    stage: str
    path: str
    sha256: str
    type: str
    personne: str
    tour: int | None = None
    value: str = Field(sa_column=_text())
    value_digest: str
    anomalies: str = Field(sa_column=_text())
    batch: int
    copie: str = ""
    remplace: str = ""


class Round(SQLModel, table=True):
    """One version of what a stage made: its supports (« envoi ») or its result (« resultat »).

    ``basis`` is what the stage read and ``fingerprint`` its SHA-256, the cache key; ``seal`` is the empreinte
    that people see: result and artefacts.
    """

    __tablename__ = "round"
    __table_args__ = (UniqueConstraint("dossier_id", "stage", "phase", "numero"),)

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    stage: str
    phase: str
    numero: int
    fingerprint: str
    basis: str = Field(sa_column=_text())
    value: str = Field(sa_column=_text())
    value_digest: str
    seal: str
    made_at: str


class Artefact(SQLModel, table=True):
    """A file of a round, known by its SHA-256; ``size`` and ``mtime_ns`` of the copy people see."""

    __tablename__ = "artefact"
    __table_args__ = (UniqueConstraint("round_id", "nom"),)

    id: int | None = Field(default=None, primary_key=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    nom: str
    sha256: str
    size: int = Field(sa_column=Column(BigInteger, nullable=False))
    mtime_ns: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))


class Gate(SQLModel, table=True):
    """One asking at a gate: bound to one round, to its seal and to the digests of what is shown.

    ``issue`` is what its decisions made together, empty while they made nothing: it stays where ``etat`` says that
    it no longer holds.
    """

    __tablename__ = "gate"
    __table_args__ = (UniqueConstraint("round_id", "asking"),)

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    gate: str
    asking: int
    etat: str
    seal: str
    digests: str = Field(sa_column=_text())
    opened_at: str
    closed_at: str | None = None
    issue: str = ""


class Person(SQLModel, table=True):
    """A person's plain values, erasable; the trail only knows ``commitment``."""

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    mail: str = Field(unique=True)
    nom: str
    salt: str
    commitment: str = Field(unique=True)


class Decision(SQLModel, table=True):
    """What a person decided on a seat of a gate, bound to what they saw. Never updated.

    ``commentaire`` and ``compte`` (the account that spoke) are commitments of erasable words, "" when there are none.
    ``rang`` counts the decisions taken back before on that seat; ``etape`` is the stage a correction sends back.
    """

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("gate_id", "siege", "rang"),)

    id: int | None = Field(default=None, primary_key=True)
    gate_id: int = Field(foreign_key="gate.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    siege: str
    role: str
    verdict: str
    identification: str
    decided_at: str
    seal: str
    digests: str = Field(sa_column=_text())
    commentaire: str = ""
    compte: str = ""
    rang: int = 0
    etape: str = ""
    delegation_id: int | None = Field(default=None, foreign_key="delegation.id")


class Closure(SQLModel, table=True):
    """Somebody entitled closed a stage that waited; it holds for the returns named missing then."""

    __tablename__ = "closure"

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    stage: str
    person_id: int = Field(foreign_key="person.id", index=True)
    manquants: str = Field(sa_column=_text())
    closed_at: str


class Event(SQLModel, table=True):
    """One entry of the trail; ``body`` is the canonical JSON of the whole event, hash included."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("chain", "n"),)

    id: int | None = Field(default=None, primary_key=True)
    chain: str = Field(index=True)
    n: int
    ordre: int | None = Field(default=None, unique=True)
    prev: str
    hash: str
    body: str = Field(sa_column=_text())


class Outbox(SQLModel, table=True):
    """Something to be done once a transaction is kept: a mail, a run to start. Done at least once.

    ``key`` says what it is for ever: the same key is the same thing. ``not_before`` is "" or an instant.
    """

    __tablename__ = "outbox"

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(index=True)
    key: str = Field(unique=True)
    payload: str = Field(sa_column=_text())
    created_at: str
    not_before: str = ""
    attempts: int = 0
    done_at: str | None = Field(default=None, index=True)
    erreur: str = Field(default="", sa_column=_text())


class Execution(SQLModel, table=True):
    """A Prefect flow run of ours: of a dossier, or of a wave where ``dossier_id`` is None.

    It runs, then waits (``en_attente``) for people, then is closed. ``gate_id`` is the asking that it
    waits for; None where it waits for returns or a correction.
    """

    __tablename__ = "execution"

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    dossier_id: int | None = Field(default=None, foreign_key="dossier.id", index=True)
    flow_run: str = Field(unique=True)
    en_attente: bool = False
    gate_id: int | None = Field(default=None, foreign_key="gate.id")
    opened_at: str
    closed_at: str | None = Field(default=None, index=True)


class Parole(SQLModel, table=True):
    """What a person wrote (comment, reason), or the account they spoke from: erasable, known by ``commitment``."""

    __tablename__ = "parole"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    texte: str = Field(sa_column=_text())
    salt: str
    commitment: str = Field(unique=True)


class Snapshot(SQLModel, table=True):
    """A name given to a round of the score (« initial », « annuel-2027 »); the latest row of a name holds."""

    __tablename__ = "snapshot"

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    nom: str
    round_id: int = Field(foreign_key="round.id")
    person_id: int = Field(foreign_key="person.id")
    taken_at: str


class Source(SQLModel, table=True):
    """Where a collectivité keeps its inventory, as last visited; ``cle`` digests the address.

    ``adresse`` is what may be shown of it, ``anomalie`` (canonical JSON, or empty) what went wrong the last time,
    ``answered_at`` when it last gave an inventory, ``sha256`` digests the bytes it gave and what read them.
    """

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("dossier_id", "cle"),)

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    cle: str
    adresse: str
    tried_at: str
    answered_at: str = ""
    sha256: str = ""
    anomalie: str = Field(default="", sa_column=_text())


class Candidate(SQLModel, table=True):
    """An inventory that a source gave: waiting, in force, replaced by a later one, or kept for the yearly follow-up.

    ``difference`` is canonical JSON; ``person_id`` who accepted it, None where it came into force by itself.
    """

    __tablename__ = "candidate"

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    cle: str
    etat: str
    value: str = Field(sa_column=_text())
    value_digest: str
    anomalies: str = Field(sa_column=_text())
    difference: str = Field(sa_column=_text())
    sha256: str
    fetched_at: str
    decided_at: str = ""
    person_id: int | None = Field(default=None, foreign_key="person.id")


class Request(SQLModel, table=True):
    """An act that was asked under a name of the asker's choosing, so that asking twice does it once."""

    __tablename__ = "request"

    id: int | None = Field(default=None, primary_key=True)
    request_id: str = Field(unique=True)
    content: str
    code: str
    message: str = Field(sa_column=_text())
    answered_at: str


class Delegation(SQLModel, table=True):
    """A dated delegation of a role of a dossier; ``arrete`` is the commitment of its reference. Never updated.

    ``validations`` is a JSON list of gates, empty for all; ``du`` and ``au`` are ISO days, in Paris, both included.
    """

    __tablename__ = "delegation"

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    delegant_id: int = Field(foreign_key="person.id", index=True)
    delegataire_id: int = Field(foreign_key="person.id", index=True)
    role: str
    validations: str
    du: str
    au: str
    arrete: str
    identification: str
    given_at: str


class Revocation(SQLModel, table=True):
    """Somebody ended a delegation before its day; ``commentaire`` is a commitment. Never updated."""

    __tablename__ = "revocation"

    id: int | None = Field(default=None, primary_key=True)
    delegation_id: int = Field(foreign_key="delegation.id", unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    commentaire: str
    revoked_at: str


class Retrait(SQLModel, table=True):
    """A person took back a decision while its gate was open: it no longer counts, and stays. Never updated."""

    __tablename__ = "retrait"

    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="decision.id", unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    commentaire: str
    withdrawn_at: str


class Levee(SQLModel, table=True):
    """A réserve was lifted, and why; the decision that made it stays. Never updated."""

    __tablename__ = "levee"

    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="decision.id", unique=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    commentaire: str
    lifted_at: str


class Avis(SQLModel, table=True):
    """What a person of the dossier thinks of what a gate shows, for those who decide; it decides nothing."""

    __tablename__ = "avis"

    id: int | None = Field(default=None, primary_key=True)
    gate_id: int = Field(foreign_key="gate.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    texte: str
    given_at: str


class Diffusion(SQLModel, table=True):
    """The documents of a round were sent to people; ``digests`` says which, by name. Never updated."""

    __tablename__ = "diffusion"

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    round_id: int = Field(foreign_key="round.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    seal: str
    digests: str = Field(sa_column=_text())
    diffused_at: str


class Destinataire(SQLModel, table=True):
    """One person to whom documents were sent. Never updated."""

    __tablename__ = "destinataire"
    __table_args__ = (UniqueConstraint("diffusion_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True)
    diffusion_id: int = Field(foreign_key="diffusion.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)


class Correction(SQLModel, table=True):
    """A référent asks a person to correct a return; it stands while that return (``value_digest``) is in force."""

    __tablename__ = "correction"

    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="dossier.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    asked_by: int = Field(foreign_key="person.id")
    type: str
    quoi: str
    commentaire: str
    value_digest: str
    asked_at: str


class Relance(SQLModel, table=True):
    """A reminder of returns drafted or sent to a person: what it was about, so that no second comes too soon."""

    __tablename__ = "relance"

    id: int | None = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    cles: str = Field(sa_column=_text())
    drafted_at: str
