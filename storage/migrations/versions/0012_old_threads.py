"""Threads that tickets have left for another group."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "old_thread",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_number", sa.BigInteger(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger(), nullable=True),
        sa.Column("card_message_id", sa.BigInteger(), nullable=True),
        sa.Column("closed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_by", sa.Text(), nullable=True),
        sa.Column("line_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_old_thread_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_old_thread")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("uq_old_thread_ticket_number_chat_id"), "old_thread", ["ticket_number", "chat_id"], unique=True
    )
    op.create_index(op.f("ix_old_thread_chat_id_thread_id"), "old_thread", ["chat_id", "thread_id"])
    op.create_index(
        op.f("ix_old_thread_chat_id_card_message_id"), "old_thread", ["chat_id", "card_message_id"]
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("old_thread")
