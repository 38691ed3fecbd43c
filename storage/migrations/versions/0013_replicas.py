"""Several processes share one inbox: the database counts what comes, and finds what waits in a lane."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")


# What was counted follows all that has a time for a number, and comes before every time from now on.
_BACK_TO_TIMES = """
    UPDATE inbox
    SET seq = seq - (SELECT max(seq) FROM inbox)
        + CAST(extract(epoch FROM clock_timestamp()) AS bigint) * 1000000000
    WHERE seq >= 4000000000000000000
"""


def upgrade() -> None:
    """Add the count, which begins above every time that was counted by before, and change the index."""
    op.create_index(
        "ix_inbox_waiting", "inbox", ["lane", "seq"], sqlite_where=_WAITING, postgresql_where=_WAITING
    )
    op.drop_index("ix_inbox_state_seq", table_name="inbox")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE inbox_seq START WITH 4000000000000000000")


def downgrade() -> None:
    """Take them away again; what waits keeps its order, for times are counted by afterwards."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_BACK_TO_TIMES)
        op.execute("DROP SEQUENCE inbox_seq")
    op.create_index("ix_inbox_state_seq", "inbox", ["state", "seq"])
    op.drop_index("ix_inbox_waiting", table_name="inbox")
