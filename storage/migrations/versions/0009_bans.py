"""Whom the desk no longer answers, since when and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; added at the end, which either database does without making a table anew."""
    op.add_column("customer", sa.Column("banned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("customer", sa.Column("ban_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("customer", "ban_reason")
    op.drop_column("customer", "banned_at")
