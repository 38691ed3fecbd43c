"""The tables. One place says what is stored; the migrations must agree with it (a test compares them).

Times are stored in UTC and come back aware. Telegram's ids are 64 bits wide.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Sequence,
    String,
    Table,
    Text,
    TypeDecorator,
    false,
    text,
)

# Literally, for an index with a condition serves only statements that say the same.
UNFINISHED = text("state NOT IN ('resolved', 'refused', 'closed')")
UNPROCESSED = text("state = 'waiting'")

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only in a column that is spelled INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")
# `none_as_null`: an absent document is SQL NULL, not the JSON word null.
Document = JSON(none_as_null=True)


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment; SQLite keeps no zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: nobody could say which zone they were meant in."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment its zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _moment(name: str, **options: Any) -> Column[Any]:
    return Column(name, Moment(), **options)


# What the store belongs to and a few facts learned from Telegram, such as a migrated group's new id.
meta = Table(
    "meta",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("value", BigInteger, nullable=False),
)

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
    _moment("received_at", nullable=False),
    _moment("done_at"),
    # As large as the work that waits, not as the days for which ids are kept.
    Index("ix_inbox_waiting", "lane", "seq", sqlite_where=UNPROCESSED, postgresql_where=UNPROCESSED),
)

customer = Table(
    "customer",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text),
    Column("username", Text),
    Column("language", String(8)),
    Column("language_hint", String(16)),
    # Telegram's words of why nothing reaches this person now.
    Column("unreachable", Text),
    # The dialogue's present message in the private chat: what a button press edits.
    Column("screen_message_id", BigInteger),
    Column("screen_key", String(64)),
    _moment("created_at", nullable=False),
    # To which version of the desk's rules on personal data they agreed, and when.
    Column("agreed_version", Integer),
    _moment("agreed_at"),
    # When everything known of them was erased; negative ids stand for owners of erased tickets.
    _moment("erased_at"),
    # Since when nothing that they send is taken, and why.
    _moment("banned_at"),
    Column("ban_reason", Text),
)

# What agents know of a customer, by the keys of the profile's marks. The journal says who set them.
customer_mark = Table(
    "customer_mark",
    metadata,
    Column("customer_id", BigInteger, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("mark", String(32), primary_key=True),
    _moment("set_at", nullable=False),
)

# What a customer gave once and is offered next time; empty, where they were asked once and had nothing.
remembered = Table(
    "remembered",
    metadata,
    Column("customer_id", BigInteger, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("field", String(64), primary_key=True),
    Column("value", String(256), primary_key=True),
    _moment("used_at", nullable=False),
)

conversation = Table(
    "conversation",
    metadata,
    Column("key", String(128), primary_key=True),
    Column("state", String(64)),
    Column("data", Document),
)

draft = Table(
    "draft",
    metadata,
    Column("id", Id, primary_key=True),
    Column(
        "customer_id", BigInteger, ForeignKey("customer.id", ondelete="CASCADE"), nullable=False, unique=True
    ),
    # None until it was chosen, and where the profile has no types.
    Column("type", String(32)),
    Column("answers", Document, nullable=False),
    # Steps that have no answer but are behind: gates, advice, what was skipped.
    Column("passed", Document, nullable=False),
    # The step gone back to, or whose answer is being edited; none: the first that is missing.
    Column("step", String(64)),
    Column("editing", Boolean, nullable=False, server_default=false()),
    _moment("created_at", nullable=False),
    _moment("updated_at", nullable=False),
    # The buttons of a form name its draft, so that those of an old one must not fit the next.
    sqlite_autoincrement=True,
)

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
    _moment("opened_at", nullable=False),
    _moment("updated_at", nullable=False),
    _moment("closed_at"),
    # Since when the customer waits for an answer; null once an agent has given one.
    _moment("asked_at"),
    # Why it is postponed or refused, by the profile's key, and until when it is postponed if there is a date.
    Column("reason", String(32)),
    _moment("until"),
    # When the nearest of its clocks is due, for the order of the queue; null while none runs. The journal
    # is what tells: this is counted anew with every change, and for all tickets when hours or targets change.
    _moment("due_at"),
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
    Index(
        "ix_ticket_not_erased",
        "closed_at",
        sqlite_where=text("customer_id > 0"),
        postgresql_where=text("customer_id > 0"),
    ),
    Index("ix_ticket_serial_number", "serial", "number"),
    Index(
        "ix_ticket_assignee_id_due_at",
        "assignee_id",
        "due_at",
        "number",
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    ),
    Index("ix_ticket_due_at", "due_at", "number", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
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
    _moment("left_at", nullable=False),
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
    _moment("at", nullable=False),
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
    _moment("created_at", nullable=False),
    # Buttons name the list, so that those of an old one must not fit the next.
    sqlite_autoincrement=True,
)

# One entry of a conversation. Without a ticket it belongs to a draft, or waits for the customer
# to say where it goes.
message = Table(
    "message",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_number", BigInteger, ForeignKey("ticket.number"), index=True),
    Column("customer_id", BigInteger, ForeignKey("customer.id"), nullable=False),
    Column("draft_id", BigInteger, ForeignKey("draft.id", ondelete="SET NULL"), index=True),
    Column("author", String(10), nullable=False),
    Column("author_id", BigInteger),
    Column("author_name", Text),
    Column("kind", String(32), nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    Column("entities", Document),
    # What Telegram tells of a kind that is more than text and files.
    Column("raw", Document),
    Column("media_group_id", String(64)),
    Column("reply_to_id", BigInteger, ForeignKey("message.id")),
    Column("quote", Document),
    # Whose words these were before somebody forwarded them here.
    Column("forwarded_from", Document),
    # Given while the ticket was being opened.
    Column("opening", Boolean, nullable=False, server_default=false()),
    # Part of what the card shows, so not sent by itself.
    Column("on_card", Boolean, nullable=False, server_default=false()),
    _moment("created_at", nullable=False),
    _moment("edited_at"),
    # When an agent took it back: from then on nothing of it crosses any more.
    _moment("taken_back_at"),
    Index("ix_message_customer_id_media_group_id", "customer_id", "media_group_id"),
    Index(
        "ix_message_waiting",
        "customer_id",
        sqlite_where=text("ticket_number IS NULL"),
        postgresql_where=text("ticket_number IS NULL"),
    ),
    Index(
        "ix_message_media_group_id",
        "media_group_id",
        sqlite_where=text("media_group_id IS NOT NULL"),
        postgresql_where=text("media_group_id IS NOT NULL"),
    ),
    # Whoever removes a message makes the database look for replies to it.
    Index(
        "ix_message_reply_to_id",
        "reply_to_id",
        sqlite_where=text("reply_to_id IS NOT NULL"),
        postgresql_where=text("reply_to_id IS NOT NULL"),
    ),
)

attachment = Table(
    "attachment",
    metadata,
    Column("id", Id, primary_key=True),
    Column(
        "message_id", BigInteger, ForeignKey("message.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("position", BigInteger, nullable=False),
    Column("family", String(16), nullable=False),
    Column("file_id", Text, nullable=False),
    Column("file_unique_id", Text, nullable=False),
    Column("file_name", Text),
    Column("mime_type", Text),
    Column("size", BigInteger),
    Column("caption", Text, nullable=False, server_default=""),
    Column("caption_entities", Document),
    Column("spoiler", Boolean, nullable=False, server_default=false()),
    Column("caption_above", Boolean, nullable=False, server_default=false()),
    # The picture of a live photo, whose `file_id` is its video.
    Column("still_id", Text),
)

# A message as it stands in one chat. A message may become several Telegram messages and several
# messages one, so there is a row for each pair; `origin` marks the one its author wrote.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Id, primary_key=True),
    Column(
        "message_id", BigInteger, ForeignKey("message.id", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("chat_id", BigInteger, nullable=False),
    Column("telegram_message_id", BigInteger),
    Column("part", Integer, nullable=False, server_default="0"),
    Column("origin", Boolean, nullable=False, server_default=false()),
    # Telegram's words, where the message could not be delivered.
    Column("reason", Text),
    _moment("at", nullable=False),
    # When the bot deleted it, or the message's part of it; the row still tells what a late reply meant.
    _moment("removed_at"),
    Index("ix_delivery_chat_id_telegram_message_id", "chat_id", "telegram_message_id"),
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
    _moment("created_at", nullable=False),
    _moment("due_at", nullable=False),
    # A row is removed with its outcome: without this SQLite would give a later row the same id.
    sqlite_autoincrement=True,
)

# Who may send to one chat or thread now.
destination = Table(
    "destination",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("lease_owner", String(32)),
    _moment("lease_until"),
)

# What is told to all customers of a language, and how far that has come.
announcement = Table(
    "announcement",
    metadata,
    Column("id", Id, primary_key=True),
    # None: whatever their language.
    Column("language", String(8)),
    Column("content", Document, nullable=False),
    Column("state", String(16), nullable=False),
    # The last customer to whom it was owed.
    Column("cursor", BigInteger, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("sent", Integer, nullable=False, server_default="0"),
    Column("failed", Integer, nullable=False, server_default="0"),
    Column("by_id", BigInteger),
    Column("by_name", Text),
    # The message in the group that says how far it is.
    Column("screen_message_id", BigInteger),
    _moment("created_at", nullable=False),
    # Buttons of one that is gone must not fit the next.
    sqlite_autoincrement=True,
)

journal = Table(
    "journal",
    metadata,
    Column("id", Id, primary_key=True),
    Column("ticket_number", BigInteger, ForeignKey("ticket.number"), nullable=False, index=True),
    _moment("at", nullable=False),
    Column("actor", String(10), nullable=False),
    Column("actor_id", BigInteger),
    Column("actor_name", Text),
    Column("event", String(32), nullable=False),
    Column("data", Document),
)

membership = Table(
    "membership",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("status", String(16), nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    # An administrator who acts in the group's name: nobody is to be told who that is.
    Column("anonymous", Boolean, nullable=False, server_default=false()),
    _moment("checked_at", nullable=False),
)

# Who is on duty, in which department; without departments in the one of no name.
duty = Table(
    "duty",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("department", String(32), primary_key=True, server_default=""),
    Column("name", Text, nullable=False),
    # Null while off duty: the row then tells whom to spare when they come back.
    _moment("since"),
    # When they were last assigned a ticket.
    _moment("assigned_at"),
)

timer = Table(
    "timer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(32), nullable=False),
    # What it is about: a ticket's number, a message's, a customer's or a chat's id, as the kind says.
    Column("subject", BigInteger, nullable=False),
    _moment("due_at", nullable=False, index=True),
    Index("uq_timer_kind_subject", "kind", "subject", unique=True),
)

faq_verdict = Table(
    "faq_verdict",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("customer_id", BigInteger, ForeignKey("customer.id"), primary_key=True, autoincrement=False),
    Column("helped", Boolean, nullable=False),
    _moment("at", nullable=False),
)

# What agents looked for, as long as they may turn the pages of what was found.
lookup = Table(
    "lookup",
    metadata,
    Column("id", Id, primary_key=True),
    Column("words", String(256), nullable=False),
    _moment("asked_at", nullable=False),
    # The buttons under a list name its row, so that those of an old one must not fit the next.
    sqlite_autoincrement=True,
)
