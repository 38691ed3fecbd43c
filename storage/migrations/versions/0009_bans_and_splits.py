"""Whom the desk no longer answers, since when and why; and lists of messages to be split off a ticket."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for it; columns go to the end, where either database needs no table made anew."""
    op.add_column("customer", sa.Column("banned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("customer", sa.Column("ban_reason", sa.Text(), nullable=True))
    op.create_table(
        "split",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_number", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("offered", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("chosen", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("became", sa.BigInteger(), nullable=True),
        sa.Column("agent_name", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"],
            ["ticket.number"],
            name=op.f("fk_split_ticket_number_ticket"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_split")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_split_ticket_number"), "split", ["ticket_number"], unique=False)


def downgrade() -> None:
    """Take it away."""
    op.drop_table("split")
    op.drop_column("customer", "ban_reason")
    op.drop_column("customer", "banned_at")
