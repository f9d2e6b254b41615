"""Levees: the réserves of an approval lifted, each once, with the reason."""

import sqlalchemy as sa
from alembic import op

from tasks.store.migrations.protection import protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "levee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("commentaire", sa.String(), nullable=False),
        sa.Column("lifted_at", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("decision_id"),
    )
    op.create_index("ix_levee_person_id", "levee", ["person_id"])
    protect("levee")


def downgrade() -> None:
    raise NotImplementedError("A database goes forward; restore a backup to go back.")
