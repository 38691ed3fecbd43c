"""`talon backup`: a copy of a SQLite desk, taken while it runs."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from sqlalchemy import make_url

from bot.moving import MoveError
from storage import backups
from storage.backups import BadFile, Holds


def run_backup(database_url: str, out: Path, *, force: bool) -> None:
    """Write the copy, check it and tell what it holds. Raises MoveError with one line for people."""
    source = file_of(database_url, "backup", "pg_dump")
    if not source.is_file():
        raise MoveError(f"DATABASE_URL: there is no file {source}; name the desk's own")
    if out.exists() and (out.samefile(source) or not out.is_file()):
        raise MoveError(f"--out: {out} is no place for a backup; name another file")
    if out.exists() and not force:
        raise MoveError(f"--out: there is a file {out} already; name another, or replace it with --force")
    try:
        # What is no store need not be read to its end.
        backups.holds(source)
    except BadFile as error:
        raise MoveError(f"DATABASE_URL: {source} cannot be copied ({error})") from None
    moment = datetime.now(UTC).replace(microsecond=0)
    try:
        with unfinished(out) as copy, shown_progress("Backup") as on_pages:
            backups.copy(source, copy, on_pages)
            backups.stamp(copy, moment)
            backups.check(copy)
            held = backups.holds(copy)
            backups.publish(copy, out)
    except BadFile as error:
        raise MoveError(
            f"DATABASE_URL: {source} cannot be copied whole ({error}); there is no backup"
        ) from None
    except OSError as error:
        raise MoveError(f"--out: {out} cannot be written ({error.strerror}); name another file") from None
    say(f"{out}: {out.stat().st_size / 1e6:.1f} MB, checked, as of {when(moment)}: {in_words(held)}")


def file_of(database_url: str, command: str, tool: str) -> Path:
    """The desk's file. Raises MoveError for PostgreSQL, which has tools of its own."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        raise MoveError(
            f"{command}: DATABASE_URL is PostgreSQL, for which {tool} does that; docs/running.md says how"
        )
    return Path(url.database or "")


@contextlib.contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """Where to write a file until it is whole; removed in the end, if it is still there."""
    copy = path.with_name(f".{path.name}.unfinished")
    ends = ("", "-journal", "-wal", "-shm")
    for end in ends:
        Path(f"{copy}{end}").unlink(missing_ok=True)
    try:
        yield copy
    finally:
        for end in ends:
            Path(f"{copy}{end}").unlink(missing_ok=True)


@contextlib.contextmanager
def shown_progress(what: str) -> Iterator[backups.OnPages]:
    """A bar that is told how many of how many pages are copied."""
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def in_words(held: Holds) -> str:
    """What a store holds, in a few words."""
    return (
        f"{held.customers} customers, {held.tickets} tickets, {held.messages} messages, "
        f"{held.owed} owed to Telegram"
    )


def when(moment: datetime) -> str:
    """A moment for people who run servers."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def say(words: str) -> None:
    """Print a line, however long."""
    Console(soft_wrap=True, highlight=False).print(words, markup=False)
