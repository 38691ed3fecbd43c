"""The tables of what waits."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    String,
    Table,
    Text,
    text,
)

from storage.models.columns import Document, Id, metadata, moment, partial_index

# Literally, for a partial index serves only statements that say the same.
UNPROCESSED = text("state = 'waiting'")
SET_ASIDE = text("state = 'aside'")

# Updates accepted but not yet processed. A processed row keeps its id against repeats, not its payload.
inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    # In what order they came. On PostgreSQL the database counts, for the clocks of machines differ.
    Column("seq", BigInteger, Sequence("inbox_seq", start=4 * 10**18), nullable=False),
    Column("lane", String(64), nullable=False),
    Column("payload", Document),
    Column("state", String(8), nullable=False, server_default="waiting"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("error", Text),
    moment("received_at", nullable=False),
    moment("done_at"),
    # As large as the work that waits, not as the days for which ids are kept.
    partial_index("ix_inbox_waiting", "lane", "seq", where=UNPROCESSED),
    partial_index("ix_inbox_aside", "seq", where=SET_ASIDE),
)

# What we owe Telegram. A row goes when its outcome is committed; a failed one stays for the retry button.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("destination", String(64), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("owed", Boolean, nullable=False),
    Column("rank", Integer, nullable=False, server_default="0"),
    Column("message_id", BigInteger, ForeignKey("message.id", ondelete="CASCADE"), index=True),
    Column("ticket_number", BigInteger, ForeignKey("ticket.number")),
    Column("payload", Document),
    Column("state", String(8), nullable=False, server_default="queued"),
    Column("reason", Text),
    moment("created_at", nullable=False),
    moment("due_at", nullable=False),
    # A row is removed with its outcome: without this SQLite would give a later row the same id.
    sqlite_autoincrement=True,
)

# Who may send to one chat or thread now.
destination = Table(
    "destination",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("lease_owner", String(32)),
    moment("lease_until"),
)

timer = Table(
    "timer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(32), nullable=False),
    # What it is about: a ticket's number, a message's, a customer's or a chat's id, as the kind says.
    Column("subject", BigInteger, nullable=False),
    moment("due_at", nullable=False, index=True),
    Index("uq_timer_kind_subject", "kind", "subject", unique=True),
)
