"""Why a ticket is postponed or refused and until when, and what customers say of the help they got."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table; not in batches, which make a table anew that others refer to."""
    op.add_column("ticket", sa.Column("reason", sa.String(length=32), nullable=True))
    op.add_column("ticket", sa.Column("until", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "rating",
        sa.Column("ticket_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_rating_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_number", name=op.f("pk_rating")),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("rating")
    op.drop_column("ticket", "until")
    op.drop_column("ticket", "reason")
