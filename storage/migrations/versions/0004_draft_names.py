"""Who put a suggestion in, and which draft a video comes from."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("draft_changes", sa.Column("put_in_by_id", sa.BigInteger))
    op.add_column("generations", sa.Column("draft_title", sa.Text))
    op.add_column("generations", sa.Column("draft_card_id", sa.BigInteger))


def downgrade() -> None:
    op.drop_column("generations", "draft_card_id")
    op.drop_column("generations", "draft_title")
    op.drop_column("draft_changes", "put_in_by_id")
