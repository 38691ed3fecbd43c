"""Who agreed to which rules on personal data, whose data was erased, and announcements."""

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
    id_type = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "announcement",
        sa.Column("id", id_type, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("content", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("cursor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("by_id", sa.BigInteger(), nullable=True),
        sa.Column("by_name", sa.Text(), nullable=True),
        sa.Column("screen_message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("announcement")
    op.drop_index("ix_ticket_not_erased", "ticket")
    op.drop_index("ix_message_reply_to_id", "message")
    op.drop_column("customer", "erased_at")
    op.drop_column("customer", "agreed_at")
    op.drop_column("customer", "agreed_version")
