"""Version: the rules of the software under which a dossier goes on."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier", sa.Column("version", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("A database goes forward; restore a backup to go back.")
