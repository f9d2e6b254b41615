"""Tables: the salt of what the trail says of a dossier's rows; without one they are said at its next transaction."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier", sa.Column("sel", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("A database goes forward; restore a backup to go back.")
