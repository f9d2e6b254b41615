"""Issues: how each asking at a gate ended, kept once it no longer holds; unknown for those that hold no more."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("gate", sa.Column("issue", sa.String(), nullable=False, server_default=""))
    op.execute("UPDATE gate SET issue = etat WHERE etat IN ('approuvee', 'a-corriger', 'refusee')")


def downgrade() -> None:
    raise NotImplementedError("A database goes forward; restore a backup to go back.")
