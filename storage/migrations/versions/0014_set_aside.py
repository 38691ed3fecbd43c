"""What was set aside is found without reading the ids that are kept against repeats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ASIDE = sa.text("state = 'aside'")


def upgrade() -> None:
    """Add the index."""
    op.create_index("ix_inbox_aside", "inbox", ["seq"], sqlite_where=_ASIDE, postgresql_where=_ASIDE)


def downgrade() -> None:
    """Take it away."""
    op.drop_index("ix_inbox_aside", table_name="inbox")
