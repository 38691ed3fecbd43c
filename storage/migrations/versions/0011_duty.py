"""Who is on duty, and how much each agent has to do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


# Where tickets find their agents by themselves these look for one; elsewhere the timer does nothing.
_LET_WAIT = """
    INSERT INTO timer (kind, subject, due_at)
    SELECT 'assign', number, opened_at FROM ticket WHERE state = 'new' AND assignee_id IS NULL ORDER BY number
"""


def upgrade() -> None:
    """Add the table, and an index for counting; whose agent nobody is yet waits for one."""
    op.create_table(
        "duty",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("department", sa.String(length=32), server_default="", nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("user_id", "department", name=op.f("pk_duty")),
    )
    op.create_index(op.f("ix_ticket_assignee_id_state"), "ticket", ["assignee_id", "state"])
    op.execute(_LET_WAIT)


def downgrade() -> None:
    """Take them away again."""
    op.execute("DELETE FROM timer WHERE kind = 'assign'")
    op.drop_index(op.f("ix_ticket_assignee_id_state"), table_name="ticket")
    op.drop_table("duty")
