"""Actes: delegations, decisions taken back, opinions, diffusions, requests already answered."""

import sqlalchemy as sa
from alembic import op

from tasks.store.migrations.protection import protect, unprotect

revision = "0002"
down_revision = "0007"
branch_labels = None
depends_on = None

NAMING = {"uq": "%(table_name)s_%(column_0_N_name)s_key"}
"""The names that PostgreSQL gives; SQLite keeps none."""


def upgrade() -> None:
    create_delegations()
    extend_decisions()
    create_withdrawals()
    create_diffusions()
    op.create_table(
        "request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id"),
    )
    for table in ("delegation", "revocation", "decision", "retrait", "avis", "diffusion", "destinataire"):
        protect(table)


def person(name: str = "person_id") -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return sa.Column(name, sa.Integer(), nullable=False), sa.ForeignKeyConstraint([name], ["person.id"])


def index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def create_delegations() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        *person("delegant_id"),
        *person("delegataire_id"),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("role", "validations", "du", "au", "arrete", "identification", "given_at")
        ),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("delegation", "dossier_id", "delegant_id", "delegataire_id")
    op.create_table(
        "revocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delegation_id", sa.Integer(), nullable=False),
        *person(),
        sa.Column("commentaire", sa.String(), nullable=False),
        sa.Column("revoked_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["delegation_id"], ["delegation.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("delegation_id"),
    )
    index("revocation", "person_id")


def extend_decisions() -> None:
    """A seat may be decided again once its decision was taken back."""
    unprotect("decision")
    with op.batch_alter_table("decision", naming_convention=NAMING) as batch:
        batch.drop_constraint("decision_gate_id_siege_key", type_="unique")
        batch.add_column(sa.Column("rang", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("etape", sa.String(), nullable=False, server_default=""))
        batch.add_column(sa.Column("delegation_id", sa.Integer(), nullable=True))
        batch.create_foreign_key("decision_delegation_id_fkey", "delegation", ["delegation_id"], ["id"])
        batch.create_unique_constraint("decision_gate_id_siege_rang_key", ["gate_id", "siege", "rang"])


def create_withdrawals() -> None:
    op.create_table(
        "retrait",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        *person(),
        sa.Column("commentaire", sa.String(), nullable=False),
        sa.Column("withdrawn_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("decision_id"),
    )
    index("retrait", "person_id")
    op.create_table(
        "avis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("gate_id", sa.Integer(), nullable=False),
        *person(),
        sa.Column("texte", sa.String(), nullable=False),
        sa.Column("given_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["gate_id"], ["gate.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("avis", "gate_id", "person_id")


def create_diffusions() -> None:
    op.create_table(
        "diffusion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        *person(),
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("digests", sa.Text(), nullable=False),
        sa.Column("diffused_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    index("diffusion", "dossier_id", "round_id", "person_id")
    op.create_table(
        "destinataire",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("diffusion_id", sa.Integer(), nullable=False),
        *person(),
        sa.ForeignKeyConstraint(["diffusion_id"], ["diffusion.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("diffusion_id", "person_id"),
    )
    index("destinataire", "diffusion_id", "person_id")


def downgrade() -> None:
    raise NotImplementedError("A database goes forward; restore a backup to go back.")
