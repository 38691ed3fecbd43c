"""What customers say of the frequent questions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "faq_verdict",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=op.f("fk_faq_verdict_customer_id_customer")
        ),
        sa.PrimaryKeyConstraint("key", "customer_id", name=op.f("pk_faq_verdict")),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("faq_verdict")
