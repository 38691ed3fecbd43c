"""Who agreed to which rules on personal data, and whose data was erased."""

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
    op.add_column("customer", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_message_reply_to_id",
        "message",
        ["reply_to_id"],
        sqlite_where=sa.text("reply_to_id IS NOT NULL"),
        postgresql_where=sa.text("reply_to_id IS NOT NULL"),
    )
    op.create_index(
        "ix_ticket_not_erased",
        "ticket",
        ["closed_at"],
        sqlite_where=sa.text("customer_id > 0"),
        postgresql_where=sa.text("customer_id > 0"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_ticket_not_erased", "ticket")
    op.drop_index("ix_message_reply_to_id", "message")
    op.drop_column("customer", "erased_at")
    op.drop_column("customer", "agreed_at")
    op.drop_column("customer", "agreed_version")
