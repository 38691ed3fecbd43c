"""The tables of tickets and of what is known of each."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
    text,
)

from storage.models.columns import Document, Id, metadata, moment, partial_index

# Literally, for a partial index serves only statements that say the same.
UNFINISHED = text("state NOT IN ('resolved', 'refused', 'closed')")

ticket = Table(
    "ticket",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("customer_id", BigInteger, ForeignKey("customer.id"), nullable=False, index=True),
    Column("state", String(16), nullable=False),
    Column("type", String(32)),
    Column("subject", Text, nullable=False),
    Column("serial", String(64)),
    Column("answers", Document, nullable=False),
    Column("department", String(32)),
    Column("priority", String(32)),
    Column("assignee_id", BigInteger),
    Column("assignee_name", Text),
    Column("linked_to", BigInteger, ForeignKey("ticket.number")),
    moment("opened_at", nullable=False),
    moment("updated_at", nullable=False),
    moment("closed_at"),
    # Since when the customer waits for an answer; null once an agent has given one.
    moment("asked_at"),
    # Why it is postponed or refused, by the profile's key, and until when it is postponed if there is a date.
    Column("reason", String(32)),
    moment("until"),
    # When the nearest of its clocks is due, for the order of the queue; null while none runs. The journal
    # is what tells: this is counted anew with every change, and for all tickets when hours or targets change.
    moment("due_at"),
    # What its card offers to choose from instead of its buttons, for a moment.
    Column("menu", String(16)),
    # Where its thread is now. All null until the sender has made it, and again after it was deleted.
    Column("thread_chat_id", BigInteger),
    Column("thread_id", BigInteger),
    Column("card_message_id", BigInteger),
    Column("card_digest", String(64)),
    Column("thread_closed", Boolean, nullable=False, server_default=false()),
    Index("ix_ticket_thread_chat_id_thread_id", "thread_chat_id", "thread_id"),
    Index("ix_ticket_thread_chat_id_card_message_id", "thread_chat_id", "card_message_id"),
    # How much each agent has to do.
    Index("ix_ticket_assignee_id_state", "assignee_id", "state"),
    partial_index("ix_ticket_not_erased", "closed_at", where=text("customer_id > 0")),
    Index("ix_ticket_serial_number", "serial", "number"),
    partial_index("ix_ticket_assignee_id_due_at", "assignee_id", "due_at", "number", where=UNFINISHED),
    partial_index("ix_ticket_due_at", "due_at", "number", where=UNFINISHED),
)

# Threads that tickets have left for another group: one at most of a ticket in a group.
old_thread = Table(
    "old_thread",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_number", BigInteger, ForeignKey("ticket.number"), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger),
    Column("card_message_id", BigInteger),
    Column("closed", Boolean, nullable=False, server_default=false()),
    moment("left_at", nullable=False),
    # The agent who moved the ticket; null where the settings did.
    Column("left_by", Text),
    # Telegram's id of the line there that leads on to where the ticket is now.
    Column("line_id", BigInteger),
    Index("uq_old_thread_ticket_number_chat_id", "ticket_number", "chat_id", unique=True),
    Index("ix_old_thread_chat_id_thread_id", "chat_id", "thread_id"),
    Index("ix_old_thread_chat_id_card_message_id", "chat_id", "card_message_id"),
    # Destinations name a row, so that those of one that is gone must not fit the next.
    sqlite_autoincrement=True,
)

# What a customer says of the help they got: their latest word.
rating = Table(
    "rating",
    metadata,
    Column("ticket_number", BigInteger, ForeignKey("ticket.number"), primary_key=True, autoincrement=False),
    Column("stars", Integer, nullable=False),
    Column("comment", Text),
    moment("at", nullable=False),
)

# A list from which agents choose which messages go to a ticket of their own.
split = Table(
    "split",
    metadata,
    Column("id", Id, primary_key=True),
    Column(
        "ticket_number",
        BigInteger,
        ForeignKey("ticket.number", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("subject", Text),
    Column("offered", Document, nullable=False),
    Column("chosen", Document, nullable=False),
    # The number of the ticket that came of it, and who opened it.
    Column("became", BigInteger),
    Column("agent_name", Text),
    moment("created_at", nullable=False),
    # Buttons name the list, so that those of an old one must not fit the next.
    sqlite_autoincrement=True,
)

journal = Table(
    "journal",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_number", BigInteger, ForeignKey("ticket.number"), nullable=False, index=True),
    moment("at", nullable=False),
    Column("actor", String(10), nullable=False),
    Column("actor_id", BigInteger),
    Column("actor_name", Text),
    Column("event", String(32), nullable=False),
    Column("data", Document),
)
