"""What goes wrong with a database, and whether trying again may help."""

from __future__ import annotations

import sqlite3

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

# SQLSTATEs after which the same transaction may well succeed: serialization failure, deadlock,
# lock not available, server going down or starting up, too many connections, disk full.
_PASSING_STATES = frozenset({"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300", "53100", "25006"})
# SQLite says "operational" also of a statement that is simply wrong.
_WRONG_STATEMENT = ("no such", "syntax error", "has no column", "ambiguous column")

# What a database, its driver and what is around them raise.
DATABASE_ERRORS = (
    DBAPIError,
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)


class StoreError(Exception):
    """The store cannot be used; the message is one line for people."""


def is_trouble(error: BaseException) -> bool:
    """Whether this is trouble of the database or the machine, so that trying again may help."""
    if isinstance(error, OperationalError | InterfaceError):
        return not isinstance(error.orig, sqlite3.Error) or is_trouble(error.orig)
    if isinstance(error, sqlite3.OperationalError):
        return not any(words in str(error) for words in _WRONG_STATEMENT)
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _passes(error.orig)
    if isinstance(error, asyncpg.PostgresError | asyncpg.InternalClientError):
        return _passes(error)
    if isinstance(error, asyncpg.InterfaceError):
        # It says so of a connection that is gone, and of a value that fits nowhere.
        return not isinstance(error, ValueError)
    return isinstance(error, PoolTimeout | OSError | MemoryError)


def _passes(error: BaseException | None) -> bool:
    if error is None:
        return False
    if isinstance(error, asyncpg.InternalClientError) or isinstance(
        error.__cause__, asyncpg.InternalClientError
    ):
        # Of a connection that the server ends at this moment.
        return True
    state = getattr(error, "sqlstate", None) or ""
    return state in _PASSING_STATES or state.startswith("08")


def is_orphan(error: BaseException) -> bool:
    """Whether something refers to what was removed meanwhile."""
    return isinstance(
        error, IntegrityError | sqlite3.IntegrityError | asyncpg.IntegrityConstraintViolationError
    )


def in_one_line(error: BaseException) -> str:
    """What the database says of it, without what SQLAlchemy puts around that."""
    said = str(getattr(error, "orig", None) or error).splitlines()
    if said:
        return said[0].rpartition(">: ")[2]
    return "it does not answer" if isinstance(error, TimeoutError) else type(error).__name__
