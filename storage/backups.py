"""Files of SQLite as a whole: copying one that is in use, telling what it holds, and preparing one to return.

Everything here is plain SQL on what the first revision had already: a backup may be years old.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.meta import MOVED_TO

# Between so many pages the progress is told; the desk that writes waits for none of them.
_PAGES = 256
OnPages = Callable[[int, int], object]
_TAKEN_AT = "backup_taken_at"
_TICKET_COUNTER = "ticket"


class BadFile(Exception):
    """The file is no store, or not a sound one; the message says why."""


@dataclass(frozen=True, slots=True)
class Holds:
    """What a file holds; `taken_at` is None if it is no backup of `talon backup`."""

    revision: str
    bot_id: str | None
    moved_to: str | None
    taken_at: datetime | None
    customers: int
    tickets: int
    messages: int
    # Queued for Telegram, or on its way to all customers.
    owed: int
    announcing: bool
    last_number: int | None


@dataclass(frozen=True, slots=True)
class Since:
    """What the file that a backup replaces knows, and the backup does not."""

    counters: dict[str, int]
    row_ids: dict[str, int]
    erased: frozenset[int]
    # The numbers of later tickets.
    tickets: tuple[int, ...]


def _reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10, isolation_level=None)


@contextlib.contextmanager
def _words_of_sqlite() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise BadFile(str(error)) from error


def copy(source: Path, target: Path, on_pages: OnPages) -> None:
    """Write a file as it stands at this moment, while others may write to it. Raises BadFile, OSError.

    `on_pages` is told how many of how many pages are copied.
    """
    # Nobody else may read what customers wrote.
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with _words_of_sqlite(), closing(_reading(source)) as old, closing(sqlite3.connect(target)) as new:
        # A view of this moment: without it whatever is written meanwhile would make the copy begin again.
        old.execute("BEGIN")
        old.execute("SELECT 1 FROM sqlite_master").fetchone()
        old.backup(new, pages=_PAGES, progress=lambda _, left, total: on_pages(total - left, total))
        # One file, with nothing beside it.
        new.execute("PRAGMA journal_mode=DELETE")


def stamp(path: Path, moment: datetime) -> None:
    """Note in a copy when it was taken."""
    with _words_of_sqlite(), closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", [_TAKEN_AT, moment.isoformat()]
        )


def check(path: Path) -> None:
    """Read all of a file. Raises BadFile if anything in it is damaged."""
    with _words_of_sqlite(), closing(_reading(path)) as connection:
        trouble = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if trouble != "ok":
            raise BadFile(str(trouble).splitlines()[0])
        orphan = connection.execute("PRAGMA foreign_key_check").fetchone()
        if orphan is not None:
            raise BadFile(f"row {orphan[1]} of {orphan[0]} refers to what is not there")


def holds(path: Path) -> Holds:
    """What is in a file. Raises BadFile if it is no store."""
    with _words_of_sqlite(), closing(_reading(path)) as connection:
        if not _has_table(connection, "alembic_version"):
            raise BadFile("it is no store of Talon's")

        def one(statement: str, *values: str) -> str | None:
            row = connection.execute(statement, values).fetchone()
            return None if row is None or row[0] is None else str(row[0])

        def fact(key: str) -> str | None:
            return one("SELECT value FROM meta WHERE key = ?", key)

        def count(what: str) -> int:
            return int(one(f"SELECT count(*) FROM {what}") or 0)

        taken_at = fact(_TAKEN_AT)
        last = one("SELECT value FROM counter WHERE name = ?", _TICKET_COUNTER)
        announcing = _has_table(connection, "announcement") and count("announcement WHERE state = 'sending'")
        return Holds(
            revision=one("SELECT version_num FROM alembic_version") or "",
            bot_id=fact("bot_id"),
            moved_to=fact(MOVED_TO),
            taken_at=datetime.fromisoformat(taken_at) if taken_at else None,
            customers=count("customer WHERE id > 0"),
            tickets=count("ticket"),
            messages=count("message"),
            owed=count("outbox WHERE owed AND state = 'queued'"),
            announcing=bool(announcing),
            last_number=int(last) if last else None,
        )


def _has_table(connection: sqlite3.Connection, name: str) -> bool:
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [name])
    return found.fetchone() is not None


def since(path: Path, last_number: int) -> Since:
    """How far a file has counted, what was erased from it, its tickets behind a number. Raises BadFile."""
    with _words_of_sqlite(), closing(_reading(path)) as connection:
        return Since(
            dict(connection.execute("SELECT name, value FROM counter")),
            dict(connection.execute("SELECT name, seq FROM sqlite_sequence")),
            frozenset(_erased(connection)),
            tuple(
                row[0]
                for row in connection.execute(
                    "SELECT number FROM ticket WHERE number > ? ORDER BY number", [last_number]
                )
            ),
        )


def _erased(connection: sqlite3.Connection) -> set[int]:
    columns = {row[1] for row in connection.execute("PRAGMA table_info(customer)")}
    if "erased_at" not in columns:
        return set()
    return {row[0] for row in connection.execute("SELECT id FROM customer WHERE erased_at IS NOT NULL")}


def prepare(path: Path, known: Since | None, *, last_number: int | None, drop_owed: bool) -> frozenset[int]:
    """Make a copy of a backup ready to go on after what happened since; gives back who is known again.

    No number is given twice: neither of a ticket nor of what a button names. `drop_owed` forgets what waits
    for Telegram, and ends announcements. Raises BadFile.
    """
    with _words_of_sqlite(), closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM meta WHERE key IN (?, ?)", [_TAKEN_AT, MOVED_TO])
        counters = dict(known.counters) if known else {}
        if last_number is not None:
            counters[_TICKET_COUNTER] = max(last_number, counters.get(_TICKET_COUNTER, 0))
        for name, value in counters.items():
            connection.execute(
                "INSERT INTO counter (name, value) VALUES (?, ?)"
                " ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
                [name, value],
            )
        for table, row_id in (known.row_ids if known else {}).items():
            connection.execute("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", [row_id, table])
            connection.execute(
                "INSERT INTO sqlite_sequence (name, seq) SELECT ?1, ?2"
                " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)"
                " AND EXISTS (SELECT 1 FROM sqlite_master WHERE name = ?1)",
                [table, row_id],
            )
        if drop_owed:
            connection.execute("DELETE FROM outbox WHERE state = 'queued'")
            if _has_table(connection, "announcement"):
                connection.execute("UPDATE announcement SET state = 'stopped' WHERE state = 'sending'")
        present = {row[0] for row in connection.execute("SELECT id FROM customer")}
        return frozenset((known.erased if known else frozenset()) & present) - _erased(connection)


def replace(path: Path, new: Path, aside: Path) -> None:
    """Put a finished file in the place of another, which is kept beside it. Nobody may have either open.

    At every moment there is a whole file of that name, should there be one at all. Raises OSError.
    """
    _own_like(path if path.exists() else path.resolve().parent, new)
    if path.exists():
        with contextlib.suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
            # What stands beside the file comes into it, and does not get beside another one.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        try:
            os.link(path, aside)
        except OSError:
            shutil.copy2(path, aside)
    # Still there only if the file is damaged.
    for end in ("-wal", "-shm"):
        if Path(f"{path}{end}").exists():
            os.replace(f"{path}{end}", f"{aside}{end}")
    publish(new, path)


def _own_like(other: Path, new: Path) -> None:
    """An administrator who restores does not keep the desk's own account from its file."""
    if os.geteuid() == 0:
        owner = other.stat()
        os.chown(new, owner.st_uid, owner.st_gid)


def publish(unfinished: Path, path: Path) -> None:
    """Give a finished file its name, durable against a loss of power. Raises OSError."""
    _to_disk(unfinished)
    os.replace(unfinished, path)
    _to_disk(path.resolve().parent)


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
