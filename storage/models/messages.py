"""The tables of conversations."""

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
    moment("created_at", nullable=False),
    moment("edited_at"),
    # When an agent took it back: from then on nothing of it crosses any more.
    moment("taken_back_at"),
    Index("ix_message_customer_id_media_group_id", "customer_id", "media_group_id"),
    partial_index("ix_message_waiting", "customer_id", where=text("ticket_number IS NULL")),
    partial_index("ix_message_media_group_id", "media_group_id", where=text("media_group_id IS NOT NULL")),
    # Whoever removes a message makes the database look for replies to it.
    partial_index("ix_message_reply_to_id", "reply_to_id", where=text("reply_to_id IS NOT NULL")),
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
    moment("at", nullable=False),
    # When the bot deleted it, or the message's part of it; the row still tells what a late reply meant.
    moment("removed_at"),
    Index("ix_delivery_chat_id_telegram_message_id", "chat_id", "telegram_message_id"),
)
