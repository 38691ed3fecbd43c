"""What the clocks of a ticket need; what was promised is read off its journal now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Until now the journal left out the answers to a ticket that somebody had taken.
_NOTE_FIRST_ANSWERS = """
    INSERT INTO journal (ticket_number, at, actor, actor_id, actor_name, event)
    SELECT
        message.ticket_number, message.created_at, 'agent', message.author_id, message.author_name, 'answer'
    FROM message
    WHERE message.id IN (SELECT MIN(id) FROM message WHERE author = 'agent' GROUP BY ticket_number)
      AND message.ticket_number IS NOT NULL
      AND NOT EXISTS (
          SELECT 1 FROM journal
          WHERE journal.ticket_number = message.ticket_number AND journal.event = 'answer'
      )
    ORDER BY message.id
"""
_NOTE_WHO_WAITS = """
    UPDATE ticket SET asked_at = opened_at
    WHERE state NOT IN ('resolved', 'refused', 'closed')
      AND NOT EXISTS (
          SELECT 1 FROM message WHERE message.ticket_number = ticket.number AND message.author = 'agent'
      )
"""


def upgrade() -> None:
    """Add the columns, and fill in what was not written down."""
    # Not in batch mode: that would make the table anew, which others refer to.
    op.add_column("ticket", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("menu", sa.String(length=16), nullable=True))
    op.drop_column("ticket", "promised_at")
    op.add_column(
        "membership", sa.Column("anonymous", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.execute(_NOTE_FIRST_ANSWERS)
    op.execute(_NOTE_WHO_WAITS)


def downgrade() -> None:
    """Take them away; answers that were noted stay noted."""
    op.drop_column("membership", "anonymous")
    op.add_column("ticket", sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_column("ticket", "menu")
    op.drop_column("ticket", "asked_at")
