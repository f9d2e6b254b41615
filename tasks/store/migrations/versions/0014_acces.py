"""Acces: who is a member of which dossier, the browsers where people were recognised, and what slows down abuse."""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    membre = op.create_table(
        "membre",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "mail", "role"),
    )
    op.create_index("ix_membre_dossier_id", "membre", ["dossier_id"])
    op.create_index("ix_membre_mail", "membre", ["mail"])
    if found := list(_members()):
        op.bulk_insert(membre, found)
    op.create_table(
        "seance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("jeton", sa.String(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("moyen", sa.String(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=True),
        sa.Column("appareil", sa.String(), nullable=False),
        sa.Column("opened_at", sa.String(), nullable=False),
        sa.Column("seen_at", sa.String(), nullable=False),
        sa.Column("ends_at", sa.String(), nullable=False),
        sa.Column("closed_at", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["gate_id"], ["gate.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("jeton"),
    )
    op.create_index("ix_seance_mail", "seance", ["mail"])
    op.create_table(
        "entrant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mail", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("navigateur", sa.String(), nullable=False),
        sa.Column("essais", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.String(), nullable=False),
        sa.Column("ends_at", sa.String(), nullable=False),
        sa.Column("used_at", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_entrant_mail", "entrant", ["mail"])
    op.create_table(
        "frein",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cle", sa.String(), nullable=False),
        sa.Column("done_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_frein_cle", "frein", ["cle"])


def _members() -> Iterator[dict[str, object]]:
    """The roles that each dossier's line of the registry gives."""
    for number, entree in op.get_bind().execute(sa.text("SELECT id, entree FROM dossier ORDER BY id")):
        roles = {(item["mail"], role) for item in json.loads(entree).get("personnes", ()) for role in item["roles"]}
        yield from ({"dossier_id": number, "mail": mail, "role": role} for mail, role in sorted(roles))


def downgrade() -> None:
    raise NotImplementedError("A database goes forward; restore a backup to go back.")
