"""The tables of customers and of their dialogues."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, String, Table, Text, false

from storage.models.columns import Document, Id, metadata, moment

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
    moment("created_at", nullable=False),
    # To which version of the desk's rules on personal data they agreed, and when.
    Column("agreed_version", Integer),
    moment("agreed_at"),
    # When everything known of them was erased; negative ids stand for owners of erased tickets.
    moment("erased_at"),
    # Since when nothing that they send is taken, and why.
    moment("banned_at"),
    Column("ban_reason", Text),
)

# What agents know of a customer, by the keys of the profile's marks. The journal says who set them.
customer_mark = Table(
    "customer_mark",
    metadata,
    Column("customer_id", BigInteger, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("mark", String(32), primary_key=True),
    moment("set_at", nullable=False),
)

# What a customer gave once and is offered next time; empty, where they were asked once and had nothing.
remembered = Table(
    "remembered",
    metadata,
    Column("customer_id", BigInteger, ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True),
    Column("field", String(64), primary_key=True),
    Column("value", String(256), primary_key=True),
    moment("used_at", nullable=False),
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
    moment("created_at", nullable=False),
    moment("updated_at", nullable=False),
    # The buttons of a form name its draft, so that those of an old one must not fit the next.
    sqlite_autoincrement=True,
)

faq_verdict = Table(
    "faq_verdict",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("customer_id", BigInteger, ForeignKey("customer.id"), primary_key=True, autoincrement=False),
    Column("helped", Boolean, nullable=False),
    moment("at", nullable=False),
)
