"""Retenus: what counts of a stage once it was closed or its gate passed, and what a closing still accepts."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retenu",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("personne", sa.String(), nullable=False),
        sa.Column("tour", sa.Integer(), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("value_digest", sa.String(), nullable=False),
        sa.Column("anomalies", sa.Text(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("copie", sa.String(), nullable=False),
        sa.Column("remplace", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_retenu_dossier_id", "retenu", ["dossier_id"])
    op.add_column("stage", sa.Column("arretee", sa.String(), nullable=False, server_default=""))
    op.add_column("stage", sa.Column("laisses", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("stage", sa.Column("clos", sa.Text(), nullable=False, server_default="[]"))
    op.execute(
        "UPDATE stage SET clos = COALESCE((SELECT manquants FROM closure WHERE closure.dossier_id = stage.dossier_id "
        "AND closure.stage = stage.slug ORDER BY closure.id DESC LIMIT 1), '[]')"
    )


def downgrade() -> None:
    raise NotImplementedError("A database goes forward; restore a backup to go back.")
