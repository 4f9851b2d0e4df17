"""Where the card of the video stands that a remix was made from."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("generations", sa.Column("parent_card_id", sa.BigInteger))


def downgrade() -> None:
    op.drop_column("generations", "parent_card_id")
