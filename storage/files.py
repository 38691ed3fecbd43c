"""The file of a desk on SQLite: found, and locked against a second process."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import URL

from storage.trouble import StoreError

_IN_MEMORY = ":memory:"


def lock_file(path: str) -> FileLock:
    """Let nobody else run on a file of SQLite. Raises StoreError if somebody does."""
    lock = FileLock(f"{path}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise StoreError(
            f"DATABASE_URL: another process already runs on {path}; "
            "stop it first, or use PostgreSQL for more than one"
        ) from None
    except OSError as error:
        raise StoreError(f"DATABASE_URL: {path} cannot be locked ({error.strerror})") from error
    return lock


def place_of(url: URL) -> str:
    """Where the file is, or is to be made. Raises StoreError if there can be none."""
    path = url.database or _IN_MEMORY
    if path == _IN_MEMORY:
        raise StoreError("DATABASE_URL: a desk in memory would forget everything; name a file")
    folder = Path(path).resolve().parent
    if not folder.is_dir():
        raise StoreError(f"DATABASE_URL: there is no folder {folder}; make it, or name another file")
    return path


def existing(url: URL) -> str:
    """Where the file is. Raises StoreError if there is none."""
    path = url.database or _IN_MEMORY
    if not Path(path).is_file():
        raise StoreError(f"DATABASE_URL: there is no file {path}; name the desk's own")
    return path
