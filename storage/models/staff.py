"""The tables of agents, and of what they do for all customers or for themselves."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Table, Text, false

from storage.models.columns import Document, Id, metadata, moment

membership = Table(
    "membership",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("status", String(16), nullable=False),
    Column("name", Text, nullable=False, server_default=""),
    # An administrator who acts in the group's name: nobody is to be told who that is.
    Column("anonymous", Boolean, nullable=False, server_default=false()),
    moment("checked_at", nullable=False),
)

# Who is on duty, in which department; without departments in the one of no name.
duty = Table(
    "duty",
    metadata,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("department", String(32), primary_key=True, server_default=""),
    Column("name", Text, nullable=False),
    # Null while off duty: the row then tells whom to spare when they come back.
    moment("since"),
    # When they were last assigned a ticket.
    moment("assigned_at"),
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
    moment("created_at", nullable=False),
    # Buttons of one that is gone must not fit the next.
    sqlite_autoincrement=True,
)

# What agents looked for, as long as they may turn the pages of what was found.
lookup = Table(
    "lookup",
    metadata,
    Column("id", Id, primary_key=True),
    Column("words", String(256), nullable=False),
    moment("asked_at", nullable=False),
    # The buttons under a list name its row, so that those of an old one must not fit the next.
    sqlite_autoincrement=True,
)
