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
    with op.batch_alter_table("message") as batch:
        batch.add_column(sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("delivery") as batch:
        batch.add_column(sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("delivery") as batch:
        batch.drop_column("removed_at")
    with op.batch_alter_table("message") as batch:
        batch.drop_column("taken_back_at")
