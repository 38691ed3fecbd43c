"""Facts about the store itself: whose it is, and what Telegram taught us about our group."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select, update

from storage import models
from storage.transaction import Transaction
from storage.trouble import StoreError
from storage.upsert import upsert

# The key under which a desk that has moved says where to.
MOVED_TO = "moved_to"
_BOT = "bot_id"


def moved_to(connection: Connection) -> str | None:
    """Where the desk has moved to since, or None."""
    return connection.scalar(select(models.meta.c.value).where(models.meta.c.key == MOVED_TO))


async def get(tx: Transaction, key: str) -> str | None:
    """The value kept under `key`, or None."""
    value: str | None = await tx.scalar(select(models.meta.c.value).where(models.meta.c.key == key))
    return value


async def put(tx: Transaction, key: str, value: str) -> None:
    """Keep `value` under `key`."""
    await tx.execute(upsert(tx, models.meta, {"key": key, "value": value}, keys=("key",)))


async def remove(tx: Transaction, key: str) -> None:
    """Forget what is kept under `key`."""
    await tx.execute(delete(models.meta).where(models.meta.c.key == key))


async def lock(tx: Transaction, name: str) -> None:
    """Be the only process that is at `name` until the transaction ends; SQLite has only one."""
    if tx.dialect == "postgresql":
        await tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"meta:{name}", 0))))


async def bind(tx: Transaction, bot_id: int) -> None:
    """Make the store this bot's.

    Files and update ids are a bot's own, so another bot could neither send what is stored nor tell
    repeats apart. Raises StoreError if the store is another bot's.
    """
    await lock(tx, _BOT)
    owner = await get(tx, _BOT)
    if owner is None:
        await put(tx, _BOT, str(bot_id))
    elif owner != str(bot_id):
        raise StoreError(
            f"BOT_TOKEN: this store belongs to the bot {owner}, the token to the bot {bot_id}; "
            "use that bot's token, or another DATABASE_URL"
        )


async def next_number(tx: Transaction, name: str, first: int) -> int:
    """The next of a row of numbers without gaps that starts at `first`."""
    table = models.counter
    bump = update(table).where(table.c.name == name).values(value=table.c.value + 1)
    number: int | None = await tx.scalar(bump.returning(table.c.value))
    if number is not None:
        return number
    await tx.execute(upsert(tx, table, {"name": name, "value": first - 1}, keys=("name",), change=()))
    number = await tx.scalar(bump.returning(table.c.value))
    assert number is not None
    return number
