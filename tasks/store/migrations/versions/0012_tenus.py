"""Tenus: what came after a stage was settled, and still waited for somebody to say when it was opened again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stage", sa.Column("tenus", sa.Text(), nullable=False, server_default="[]"))


def downgrade() -> None:
    raise NotImplementedError("A database goes forward; restore a backup to go back.")
