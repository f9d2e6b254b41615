"""Paroles: what people wrote leaves the append-only decisions for rows that can be erased. And room for large files."""

import secrets

import sqlalchemy as sa
from alembic import op

from nr_models.dossier.journal import commit
from tasks.store.migrations.protection import protect, unprotect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


PAROLE = sa.table("parole", *(sa.column(name) for name in ("person_id", "texte", "salt", "commitment")))
ACCOUNT = ", compte système «\u00a0"


def upgrade() -> None:
    create_parole()
    move_reasons()
    unprotect("decision")
    for name in ("commentaire", "compte"):
        op.add_column("decision", sa.Column(name, sa.String(), nullable=False, server_default=""))
    move_words()
    for name in ("comment", "comment_salt"):
        op.drop_column("decision", name)
    protect("decision")
    widen_sizes()
    number_events()
    op.add_column("reading", sa.Column("efface", sa.Boolean(), nullable=False, server_default=sa.false()))


def create_parole() -> None:
    op.create_table(
        "parole",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("texte", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("commitment"),
    )
    op.create_index("ix_parole_person_id", "parole", ["person_id"])


def move_reasons() -> None:
    op.execute(
        "INSERT INTO parole (person_id, texte, salt, commitment) "
        "SELECT person_id, texte, salt, commitment FROM motif ORDER BY id"
    )
    op.drop_table("motif")


def move_words() -> None:
    connection = op.get_bind()
    change = "UPDATE decision SET commentaire = :said, compte = :account, identification = :moyen WHERE id = :id"
    for row in connection.execute(sa.text("SELECT * FROM decision ORDER BY id")).mappings().all():
        moyen, _, account = row["identification"].partition(ACCOUNT)
        said = keep(row["person_id"], row["comment"], row["comment_salt"])
        kept = keep(row["person_id"], account.removesuffix("\u00a0»"), secrets.token_hex(16))
        connection.execute(sa.text(change), {"said": said, "account": kept, "moyen": moyen, "id": row["id"]})


def keep(person_id: int, texte: str, salt: str) -> str:
    if not texte:
        return ""
    commitment = commit(salt, texte)
    op.bulk_insert(PAROLE, [{"person_id": person_id, "texte": texte, "salt": salt, "commitment": commitment}])
    return commitment


def widen_sizes() -> None:
    """A file of 3 GB dropped by mistake has a size too; SQLite's integers hold it already."""
    if op.get_bind().dialect.name == "postgresql":
        for table, name in (("reading", "size"), ("artefact", "size"), ("programme", "registre_size")):
            op.alter_column(table, name, type_=sa.BigInteger())


def number_events() -> None:
    """New entries are numbered together; those written before keep the content that was hashed."""
    unprotect("event")
    op.add_column("event", sa.Column("ordre", sa.Integer(), nullable=True))
    op.create_index("ix_event_ordre", "event", ["ordre"], unique=True)
    protect("event")


def downgrade() -> None:
    raise NotImplementedError("Erased words cannot come back.")
