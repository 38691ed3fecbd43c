"""The type of a draft and a ticket; what agents know of a customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for them."""
    op.create_table(
        "customer_mark",
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_customer_mark_customer_id_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("customer_id", "mark", name=op.f("pk_customer_mark")),
    )
    # Added at the end, which either database does without making the table anew.
    op.add_column("draft", sa.Column("type", sa.String(length=32), nullable=True))
    op.add_column("ticket", sa.Column("type", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Take them away."""
    op.drop_column("ticket", "type")
    op.drop_column("draft", "type")
    op.drop_table("customer_mark")
