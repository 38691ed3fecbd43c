"""`talon migrate`: a desk moves from SQLite to PostgreSQL, or back, with all that it holds.

Everything is written and compared within one transaction of the new database: whatever ends it early,
nothing is there, and the same command begins again. The old one is marked last, so that it does not start by
accident.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table as Shown
from sqlalchemy import URL, Connection, func, inspect, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.moving import MoveError
from bot.moving.backup import say
from storage import carrying, meta, models
from storage.address import AddressError, read_address
from storage.carrying import CARRIED, Digest
from storage.meta import MOVED_TO
from storage.store import Store
from storage.transaction import Transaction
from storage.trouble import DATABASE_ERRORS, StoreError, in_one_line

_KINDS = {"sqlite+aiosqlite": "SQLite", "postgresql+asyncpg": "PostgreSQL"}


async def run_migrate(source_url: str, target_url: str) -> None:
    """Carry a desk over. Raises MoveError or StoreError with one line for people."""
    source, target = _read("--from", source_url), _read("--to", target_url)
    if source.drivername == target.drivername:
        raise MoveError(
            f"--to: it moves between SQLite and PostgreSQL, and both are {_KINDS[target.drivername]}; "
            "talon backup, or pg_dump, makes a copy of the same kind"
        )
    _must_exist(source)
    await _must_be_empty(target)
    old = Store(source_url)
    await old.open(even_if_moved=True)
    try:
        await _move(old, target)
    finally:
        await old.close()
    say(f"The desk has moved. Set DATABASE_URL to {target.render_as_string()} and start it.")
    say(
        f"{source.render_as_string()} stays as it was, and no longer starts; "
        "should you want it to: talon migrate --undo"
    )


async def run_undo(url: str) -> None:
    """Let the desk start again on what it moved away from. Raises MoveError or StoreError."""
    _must_exist(_read("--from", url))
    store = Store(url)
    await store.open(even_if_moved=True)
    try:
        async with store.transaction() as tx:
            place = await meta.get(tx, MOVED_TO)
            await meta.remove(tx, MOVED_TO)
    finally:
        await store.close()
    shown = store.url.render_as_string()
    if place is None:
        raise MoveError(f"--undo: the desk of {shown} has not moved anywhere; there is nothing to undo")
    say(
        f"The desk starts on {shown} again, as it was before it moved. What has happened at {place} since is "
        "not in it: never let both run."
    )


def _read(option: str, address: str) -> URL:
    try:
        url = read_address(address)
    except AddressError as error:
        raise MoveError(f"{option}: {error}") from None
    if not url.database:
        raise MoveError(f"{option}: {url.render_as_string()} names no database; put its name at the end")
    return url


def _must_exist(source: URL) -> None:
    if source.get_backend_name() == "sqlite" and not Path(source.database or "").is_file():
        raise MoveError(f"--from: there is no file {source.database}; name the desk's own")


async def _must_be_empty(target: URL) -> None:
    if target.get_backend_name() == "sqlite":
        _must_not_exist(target)
        return
    engine = create_async_engine(target)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_look_whether_empty, target.render_as_string())
    except DATABASE_ERRORS as error:
        raise _unusable(target, error) from None
    finally:
        await engine.dispose()


def _must_not_exist(target: URL) -> None:
    if Path(target.database or "").exists():
        raise MoveError(f"--to: there is a file {target.database} already; name one that is not there")


def _look_whether_empty(connection: Connection, shown: str) -> None:
    encoding = connection.scalar(select(func.current_setting("server_encoding")))
    if encoding != "UTF8":
        raise MoveError(f"--to: {shown} is encoded in {encoding}; make one with ENCODING 'UTF8'")
    present = set(inspect(connection).get_table_names())
    ours = [table for table in models.metadata.sorted_tables if table.name in present]
    if ours and "alembic_version" not in present:
        raise MoveError(
            f"--to: {shown} has a table {ours[0].name} that is not Talon's; name an empty database"
        )
    for table in ours:
        if connection.execute(select(literal(1)).select_from(table).limit(1)).first():
            raise MoveError(f"--to: {shown} holds a desk already; name an empty database, or start this one")


def _unusable(target: URL, error: Exception) -> MoveError:
    shown = target.render_as_string()
    return MoveError(f"--to: {shown} cannot be used ({in_one_line(error)}); check the address and the rights")


async def _move(old: Store, target: URL) -> None:
    async with old.transaction() as tx:
        await _must_be_alone(tx, old)
        place = await meta.get(tx, MOVED_TO)
    if place not in (None, target.render_as_string()):
        raise MoveError(
            f"--from: this desk has moved to {place} already; to move what stands here, as it was before "
            "that, let it start again first: talon migrate --undo"
        )
    try:
        async with _made(target) as new:
            try:
                async with new.transaction() as there, old.transaction() as here:
                    await _must_be_alone(here, old)
                    await _must_be_alone(there, new)
                    _tell(await _carry_all(here, there))
                    # Committed first: at no moment could both start.
                    await meta.put(here, MOVED_TO, target.render_as_string())
            except BaseException:
                await _unmark(old, new)
                raise
            if not new.is_sqlite:
                async with new.transaction() as tx:
                    await carrying.analyze(tx)
    except StoreError as error:
        raise MoveError(str(error).replace("DATABASE_URL", "--to", 1)) from None
    except DATABASE_ERRORS as error:
        raise MoveError(f"the move ended early ({in_one_line(error)}); nothing was moved") from error


async def _unmark(old: Store, new: Store) -> None:
    """The old one stays the desk's, unless the new one took everything, or cannot be asked."""
    with contextlib.suppress(*DATABASE_ERRORS, StoreError):
        async with new.reading() as tx:
            taken = await carrying.count(tx, models.meta)
        if not taken:
            async with old.transaction() as tx:
                await meta.remove(tx, MOVED_TO)


@contextlib.asynccontextmanager
async def _made(target: URL) -> AsyncIterator[Store]:
    """The new store, with tables and without rows. A file gets its name when it is whole."""
    path = target.database or ""
    is_file = target.get_backend_name() == "sqlite"
    unfinished = f"{path}.unfinished"
    place = target.set(database=unfinished) if is_file else target
    if is_file:
        _remove(unfinished)
    new = Store(place.render_as_string(hide_password=False))
    try:
        await new.open()
        yield new
        await new.close()
        if is_file:
            os.replace(unfinished, path)
    finally:
        await new.close()
        if is_file:
            _remove(unfinished)


def _remove(path: str) -> None:
    for end in ("", "-wal", "-shm", ".lock"):
        Path(path + end).unlink(missing_ok=True)


async def _must_be_alone(tx: Transaction, store: Store) -> None:
    """Nobody else may use the database. A file is locked by whoever opened it; PostgreSQL is asked.

    From here to the end of the transaction nobody writes into any of its tables.
    """
    if store.is_sqlite:
        return
    if await carrying.others(tx):
        raise MoveError(f"{store.url.render_as_string()}: a desk is running there; stop it first")
    await carrying.keep_others_out(tx)


async def _carry_all(here: Transaction, there: Transaction) -> dict[str, tuple[Digest, Digest]]:
    """Write everything and read both sides. Raises MoveError where they differ."""
    counts = {table: await carrying.count(here, table) for table in CARRIED}
    found = {}
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("Writing", total=sum(counts.values()))

        def on_rows(number: int) -> None:
            progress.advance(task, number)

        try:
            async with carrying.unreferred(there):
                for table in CARRIED:
                    progress.update(task, description=f"Writing {table.name}")
                    await carrying.carry(here, there, table, on_rows)
                progress.update(task, description="Putting it in order")
        except carrying.CannotHold as error:
            raise MoveError(f"--to: it cannot hold what the desk has: {error}; nothing was moved") from None
        except IntegrityError as error:
            raise MoveError(
                f"--from: something refers to what is not there ({in_one_line(error)}); nothing was moved"
            ) from None
        await carrying.number_from(there, await carrying.numbered_to(here))
        task = progress.add_task("Comparing", total=2 * sum(counts.values()))
        for table in CARRIED:
            progress.update(task, description=f"Comparing {table.name}")
            found[table.name] = (
                await carrying.digest(here, table, on_rows),
                await carrying.digest(there, table, on_rows),
            )
    return found


def _tell(found: dict[str, tuple[Digest, Digest]]) -> None:
    shown = Shown("table", "rows", "rows there", "content", "content there")
    for column in shown.columns[1:3]:
        column.justify = "right"
    for name, (here, there) in found.items():
        shown.add_row(name, str(here.rows), str(there.rows), here.content[:12], there.content[:12])
    Console().print(shown)
    if differing := [name for name, (here, there) in found.items() if here != there]:
        raise MoveError(
            f"--to: what was written there differs from what stands here, in {', '.join(differing)}; "
            "nothing was moved"
        )
