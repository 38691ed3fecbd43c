"""Forks the real bot, with everything imported already: a start of Python would cost more than the test.

Run as a module. A zero on standard output says that everything is imported. Then a byte on standard input
asks for one more life; its process id is the answer, and, once it has ended, its exit status. The lives end
with the launcher, and the launcher with whoever started it.
"""

import os
import select
import signal
import sys

from alembic import command as _alembic  # noqa: F401
from sqlalchemy.dialects.postgresql import asyncpg as _asyncpg  # noqa: F401
from sqlalchemy.dialects.sqlite import aiosqlite as _aiosqlite  # noqa: F401

from bot import app as _app  # noqa: F401
from bot import cli
from desk.profile import load_profile
from locales import LANGUAGES, translator
from storage import migrate as _migrate  # noqa: F401

_COMMANDS, _ANSWERS = 0, 1


def _live() -> None:
    sys.argv = ["talon", "run"]
    cli.main()


def _serve() -> None:
    os.write(_ANSWERS, b"0\n")
    while os.read(_COMMANDS, 1):
        alive, held = os.pipe()
        pid = os.fork()
        if pid == 0:
            for descriptor in (_COMMANDS, _ANSWERS, alive):
                os.close(descriptor)
            _live()
            return
        # Only the new process holds this end now: it closes when that one is dead.
        os.close(held)
        os.write(_ANSWERS, b"%d\n" % pid)
        ready, _, _ = select.select([_COMMANDS, alive], [], [])
        if alive not in ready:
            os.kill(pid, signal.SIGKILL)
        os.close(alive)
        _, status = os.waitpid(pid, 0)
        os.write(_ANSWERS, b"%d\n" % os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    load_profile("vendotek")
    for _language in LANGUAGES:
        translator(_language)
    _serve()
