"""The tables of what there is once in a store."""

from sqlalchemy import BigInteger, Column, String, Table, Text

from storage.models.columns import metadata

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
