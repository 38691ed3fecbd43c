"""Forks the real bot, with everything imported already: a start of Python would cost more than the test.

Run as a module with the address of a Unix socket to listen at. A line on standard output says that everything
is imported. Who connects sends one line of JSON: a folder to live in, a file for the log, an environment.
Then each byte asks for one more life; its process id is the answer, and, once it has ended, its exit status.
The lives end with the connection, and the launcher with whoever started it.
"""

import asyncio
import gc
import json
import os
import select
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.dialects.postgresql import asyncpg as _asyncpg  # noqa: F401
from sqlalchemy.dialects.sqlite import aiosqlite as _aiosqlite  # noqa: F401

from bot import cli
from bot.app import App
from bot.log import set_up
from bot.settings import load_settings
from desk.loading import load_profile
from locales import LANGUAGES, translator
from storage.trouble import StoreError
from tests.campaign.shifting import ShiftedClock


def _live(told: dict[str, Any]) -> None:
    os.chdir(told["folder"])
    os.environ.update(told["environment"])
    log = os.open(told["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, sys.stderr.fileno())
    os.close(log)
    if (clock := told.get("clock")) is not None:
        _live_by(ShiftedClock(Path(clock)))
        return
    sys.argv = ["talon", "run"]
    cli.main()


def _live_by(clock: ShiftedClock) -> None:
    """As `talon run`, but by a clock that others move."""
    settings = load_settings()
    set_up(settings.log_format, settings.log_level)
    try:
        asyncio.run(App(settings, clock).run())
    except StoreError as error:
        sys.exit(f"talon: {error}")


def _lives(listener: socket.socket, connection: socket.socket) -> bool:
    """Live as asked; false in the process of a life that ended by itself, which has to end now."""
    asked = connection.makefile("rb", buffering=0)
    told = json.loads(asked.readline())
    while asked.read(1):
        alive, held = os.pipe()
        pid = os.fork()
        if pid == 0:
            asked.close()
            listener.close()
            connection.close()
            os.close(alive)
            _live(told)
            return False
        # Only the new process holds this end now: it closes when that one is dead.
        os.close(held)
        connection.sendall(b"%d\n" % pid)
        ready, _, _ = select.select([connection, alive, sys.stdin], [], [])
        if alive not in ready:
            os.kill(pid, signal.SIGKILL)
        os.close(alive)
        _, status = os.waitpid(pid, 0)
        connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
    return True


def _serve(address: str) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            connection, _ = listener.accept()
            with connection:
                if not _lives(listener, connection):
                    return


if __name__ == "__main__":
    _profile, _now = load_profile("vendotek"), datetime.now(UTC)
    assert _profile.calendar is not None
    _profile.calendar.next_opening(_now)
    for _language in LANGUAGES:
        translator(_language).moment(_now, _profile.timezone)
    # What is never looked at by the collector stays shared with the lives.
    gc.collect()
    gc.freeze()
    _serve(sys.argv[1])
