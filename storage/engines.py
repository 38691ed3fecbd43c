"""The engines of SQLAlchemy that a store works with; a file of SQLite is written by storage/sqlite.py."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import URL, event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

# What the names begin with by which stores that are open can be told from other clients of PostgreSQL.
CLIENT = "talon-"
# What a process that stands still, or a machine that is gone, has locked is free again after so long.
_SESSION = {
    "idle_in_transaction_session_timeout": "15s",
    "tcp_keepalives_idle": "10s",
    "tcp_keepalives_interval": "5s",
    "tcp_keepalives_count": "3",
}


def postgres_engine(url: URL) -> AsyncEngine:
    """The connections of a desk that runs on PostgreSQL."""
    return create_async_engine(
        url,
        # None beyond that: connections that come and go cost more than those that stay. One that
        # broke is found out by the first who uses it, and whoever does tries again anyway.
        pool_size=16,
        max_overflow=0,
        pool_use_lifo=True,
        # The name shows in pg_stat_activity, where `talon migrate` looks for desks that run.
        connect_args={
            "server_settings": {**_SESSION, "application_name": f"{CLIENT}{uuid.uuid4().hex[:12]}"}
        },
        # As on SQLite: what people wrote must not come into logs.
        hide_parameters=True,
    )


def visitors_engine(url: URL) -> AsyncEngine:
    """The connections of who only reads a PostgreSQL that a desk may be running on."""
    return create_async_engine(url, hide_parameters=True)


def searching_engine(url: URL) -> AsyncEngine:
    """Connections of their own to a SQLite file; few, for a processor has to be left for the others."""
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        pool_size=2,
        max_overflow=0,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _only_reads(connection: Any, record: object) -> None:
        connection.execute("PRAGMA query_only=ON").close()

    return engine
