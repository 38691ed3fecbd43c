"""What faults strike: the bot's process, its database, its clock, Telegram."""

from __future__ import annotations

import asyncio
import errno
import resource
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from playground import Fault
from playground.faults import Effect
from tests.campaign.shifting import ShiftedClock
from tests.crash_rig import Rig, running_replicas, running_rig
from tests.servers import PostgresServer, ValkeyServer

_DISK = "12m"


@dataclass
class Scene:
    """One desk that is struck."""

    rig: Rig
    clock: ShiftedClock
    # The SQLite file, or None on PostgreSQL.
    file: Path | None = None
    # The folder that is a file system of its own, where one could be mounted.
    disk: Path | None = None
    postgres: PostgresServer | None = None
    database: str = ""
    valkey: ValkeyServer | None = None

    @property
    def pid(self) -> int:
        """The bot's process."""
        return self.rig.launcher.lives[-1].pid

    # Servers.

    @asynccontextmanager
    async def server_frozen(self, server: PostgresServer | ValkeyServer) -> AsyncIterator[None]:
        """Every process of a server stands still; its connections stay open."""
        main = psutil.Process(server.pid)
        processes = [main, *main.children(recursive=True)]
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                with suppress(psutil.NoSuchProcess):
                    process.resume()

    async def restart_server(self, server: PostgresServer | ValkeyServer, down: float) -> None:
        """kill -9, and a while later it is there again."""
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(down)
        await asyncio.to_thread(server.start)

    # The database.

    @asynccontextmanager
    async def locked(self) -> AsyncIterator[None]:
        """A stranger holds what every writer needs."""
        if self.file is not None:
            with _sqlite_lock(self.file):
                yield
            return
        assert self.postgres is not None
        holder = asyncio.create_task(self._hold_tables())
        await asyncio.sleep(0.2)
        yield
        await holder

    async def _hold_tables(self) -> None:
        assert self.postgres is not None
        # One table: of several, whoever waits for another could be the one to give up.
        statement = "BEGIN; LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(2.5)"
        await asyncio.to_thread(self.postgres.execute, statement, self.database)

    @contextmanager
    def full(self) -> Any:
        """No room for a byte more: on a file system of its own, or by a limit of the bot's process."""
        assert self.file is not None
        before = len(self._complaints())
        yield from self._full()
        assert len(self._complaints()) > before, "there was room on the disk all the same"

    def _complaints(self) -> list[str]:
        lines = self.rig.log.read_text().splitlines()
        return [line for line in lines if "disk is full" in line or "disk I/O error" in line]

    def _full(self) -> Any:
        assert self.file is not None
        if self.disk is None:
            yield from self._limited()
            return
        # A log that has been long before has room in it.
        with sqlite3.connect(self.file, timeout=5) as stranger:
            stranger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        stranger.close()
        ballast = self.disk / "ballast"
        with ballast.open("wb", buffering=0) as filling:
            for size in (1 << 20, 1 << 12, 1):
                _fill(filling.write, size)
        try:
            yield
        finally:
            ballast.unlink()

    def _limited(self) -> Any:
        assert self.file is not None
        before = resource.prlimit(self.pid, resource.RLIMIT_FSIZE)
        # Of the database's files none may grow, and none that is written anew reach its old length.
        resource.prlimit(self.pid, resource.RLIMIT_FSIZE, (4096, before[1]))
        try:
            yield
        finally:
            resource.prlimit(self.pid, resource.RLIMIT_FSIZE, before)

    async def start_read_only(self) -> int:
        """Start the bot where nothing can be written; gives back the status with which it ends."""
        assert self.disk is not None
        _run("mount", "-o", "remount,ro", str(self.disk))
        try:
            await self.rig.launcher.start()
            return await self.rig.launcher.ended()
        finally:
            _run("mount", "-o", "remount,rw", str(self.disk))

    # Telegram.

    @contextmanager
    def telegram(self, then: Effect, probability: float, *, polls: bool = False) -> Any:
        """Telegram answers so, to a share of the calls, and if wanted where updates come from too."""
        faults = self.rig.pg.faults
        faults.add(Fault(None, then, times=None, probability=probability))
        if polls:
            updates = ("getUpdates", "webhook")
            faults.add(Fault(updates, then, times=None, probability=probability))
        try:
            yield
        finally:
            faults.clear()


def _fill(write: Callable[[bytes], object], size: int) -> None:
    try:
        while True:
            write(bytes(size))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


@contextmanager
def _sqlite_lock(file: Path) -> Any:
    stranger = sqlite3.connect(file, isolation_level=None, timeout=5)
    try:
        stranger.execute("BEGIN IMMEDIATE")
        yield
        stranger.execute("ROLLBACK")
    finally:
        stranger.close()


def _run(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def own_disk() -> Any:
    """A small file system in memory; None where this process may not mount one."""
    with TemporaryDirectory(prefix="talon-disk-") as folder:
        mounted = _run("mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", folder)
        try:
            yield Path(folder) if mounted else None
        finally:
            if mounted:
                _run("umount", folder)


@asynccontextmanager
async def on_sqlite(launcher: Path, folder: Path, disk: Path | None) -> AsyncIterator[Scene]:
    """A desk on a file, on a disk of its own if there is one."""
    file = (disk or folder) / "desk.db"
    rig = running_rig(launcher, f"sqlite+aiosqlite:///{file}", folder, clock=_clock(folder))
    async with _scene(rig, folder) as scene:
        scene.file, scene.disk = file, disk
        yield scene


@asynccontextmanager
async def on_postgres(
    launcher: Path, folder: Path, server: PostgresServer, valkey: ValkeyServer | None
) -> AsyncIterator[Scene]:
    """A desk on PostgreSQL, with Redis beside it if wanted."""
    url = server.create_database("campaign")
    more = {"REDIS_URL": valkey.url()} if valkey is not None else {}
    async with _scene(running_rig(launcher, url, folder, clock=_clock(folder), **more), folder) as scene:
        scene.postgres, scene.database, scene.valkey = server, "campaign", valkey
        yield scene


@asynccontextmanager
async def on_replicas(
    launchers: Sequence[Path],
    folder: Path,
    server: PostgresServer,
    valkey: ValkeyServer,
    *,
    webhook: bool = True,
) -> AsyncIterator[Scene]:
    """A desk of as many processes as there are launchers, on PostgreSQL and Redis; with a webhook or not."""
    url = server.create_database("campaign")
    rig = running_replicas(
        launchers, url, folder, webhook=webhook, clock=_clock(folder), REDIS_URL=valkey.url()
    )
    async with _scene(rig, folder) as scene:
        scene.postgres, scene.database, scene.valkey = server, "campaign", valkey
        yield scene


def _clock(folder: Path) -> Path:
    return folder / "clock"


@asynccontextmanager
async def _scene(running: AbstractAsyncContextManager[Rig], folder: Path) -> AsyncIterator[Scene]:
    clock = ShiftedClock(_clock(folder))
    clock.set(0)
    async with running as rig:
        await asyncio.gather(*(launcher.start() for launcher in rig.launchers))
        yield Scene(rig, clock)
