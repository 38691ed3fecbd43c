"""Where forwarded words came from, live photos, captions above, and kinds under their own names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; kinds were stored as Python spells them, `ContentType.POLL` for `poll`."""
    op.add_column("message", sa.Column("forwarded_from", sa.JSON(none_as_null=True), nullable=True))
    op.add_column(
        "attachment", sa.Column("caption_above", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("attachment", sa.Column("still_id", sa.Text(), nullable=True))
    op.execute("UPDATE message SET kind = lower(substr(kind, 13)) WHERE kind LIKE 'ContentType.%'")


def downgrade() -> None:
    """Take the columns away again; not in batches, which on SQLite make a table anew and empty others."""
    op.drop_column("attachment", "still_id")
    op.drop_column("attachment", "caption_above")
    op.drop_column("message", "forwarded_from")
