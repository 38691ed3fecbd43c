"""Who agreed to which rules on personal data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; added at the end, which either database does without making a table anew."""
    op.add_column("customer", sa.Column("agreed_version", sa.Integer(), nullable=True))
    op.add_column("customer", sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("customer", "agreed_at")
    op.drop_column("customer", "agreed_version")
