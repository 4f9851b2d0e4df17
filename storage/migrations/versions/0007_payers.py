"""The card of a video made together names who pays for it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    payers = sa.Column("payers", sa.Text, nullable=False, server_default=sa.text("'[]'"))
    op.add_column("generations", payers)


def downgrade() -> None:
    op.drop_column("generations", "payers")
