"""Retours: a file with mistakes has a copy to correct, and the corrected copy names the file that it replaces."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("copie", "remplace"):
        op.add_column("reading", sa.Column(name, sa.String(), nullable=False, server_default=""))
