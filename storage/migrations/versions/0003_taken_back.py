"""Messages that an agent took back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Remember what was taken back, and which copies are gone."""
    op.add_column("message", sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("delivery", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Forget it; not in batches, which on SQLite make a table anew and empty those that refer to it."""
    op.drop_column("delivery", "removed_at")
    op.drop_column("message", "taken_back_at")
