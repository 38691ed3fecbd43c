"""The courier: who delivers each kind of outbox row, and where to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.pipeline.alarms import send_alarm
from bot.pipeline.announcing import Announcing
from bot.pipeline.attempt import Attempt
from bot.pipeline.crossings import Crossings
from bot.pipeline.edits import Edits
from bot.pipeline.erasures import erase_thread
from bot.pipeline.files import Build, send_file
from bot.pipeline.frames import Frames
from bot.pipeline.lookups import send_lookup
from bot.pipeline.marks import set_mark
from bot.pipeline.notices import make_call, send_notice
from bot.pipeline.onward import lead_on
from bot.pipeline.pictures import send_picture
from bot.pipeline.screens import show_screen
from bot.pipeline.sender import Sender
from bot.pipeline.taking_back import TakingBack
from bot.pipeline.threads import Threads
from bot.relay.alarms import Alarms
from bot.relay.notices import Notices
from bot.views.lookups import Lookups
from desk.profile import Profile
from storage.rows import OutboxRow
from storage.store import Store
from storage.transaction import Transaction


class Courier:
    """Delivers rows for the sender."""

    def __init__(
        self,
        *,
        store: Store,
        profile: Profile,
        threads: Threads,
        notices: Notices,
        alarms: Alarms,
        lookups: Lookups,
        album_grows: Callable[[Transaction, str], Awaitable[bool]],
        files: Mapping[str, Build],
        announcing: Announcing,
    ) -> None:
        self._store = store
        self._profile = profile
        self._threads = threads
        self._notices = notices
        self._alarms = alarms
        self._lookups = lookups
        # What makes the files that rows name.
        self._files = files
        self._announcing = announcing
        frames = Frames(profile, notices, threads)
        self._kinds: Mapping[str, Callable[[Attempt], Awaitable[None]]] = {
            "message": Crossings(store, threads, frames, album_grows).deliver,
            "edit": Edits(store, threads, notices, frames).deliver,
            "take_back": TakingBack(store, threads, notices, frames).deliver,
            "mark": self._mark,
            "reaction": self._mark,
            "card": threads.deliver_card,
            "notice": self._notice,
            "call": self._call,
            "alarm": self._alarm,
            "file": self._file,
            "lookup": self._lookup,
            "screen": self._screen,
            "picture": self._picture,
            "onward": self._onward,
            "erasure": self._erasure,
            "announcement": announcing.announce,
            "preview": self._preview,
            "progress": self._progress,
        }

    async def deliver(self, row: OutboxRow, sender: Sender) -> None:
        """Make the calls of a row and commit their outcome."""
        await self._kinds[row.kind](Attempt(row, sender))

    async def is_there(self, row: OutboxRow, chat_id: int) -> bool:
        """Whether what a row is about is still in that chat, after it waited for its turn there."""
        return await self._threads.is_there(row, chat_id)

    async def _mark(self, attempt: Attempt) -> None:
        await set_mark(attempt, self._threads, self._store)

    # Into a thread, which is made where there is none, or to wherever else the row goes.

    async def _notice(self, attempt: Attempt) -> None:
        place = await self._threads.place(attempt)
        await send_notice(attempt, place, self._threads.groups, self._notices, self._store)

    async def _call(self, attempt: Attempt) -> None:
        await make_call(attempt, await self._threads.place(attempt))

    async def _alarm(self, attempt: Attempt) -> None:
        await send_alarm(attempt, await self._threads.place(attempt), self._alarms, self._store)

    async def _file(self, attempt: Attempt) -> None:
        await send_file(attempt, await self._threads.place(attempt), self._store, self._files)

    # Into a chat, outside of threads.

    def _chat(self, attempt: Attempt) -> int:
        return self._threads.chat_of(attempt.row.destination)

    async def _lookup(self, attempt: Attempt) -> None:
        group = self._threads.groups.of_general(attempt.row.destination)
        await send_lookup(attempt, group, self._lookups)

    async def _screen(self, attempt: Attempt) -> None:
        await show_screen(attempt, self._chat(attempt))

    async def _picture(self, attempt: Attempt) -> None:
        await send_picture(attempt, self._chat(attempt), self._store, self._profile)

    async def _preview(self, attempt: Attempt) -> None:
        await self._announcing.preview(attempt, self._chat(attempt))

    async def _progress(self, attempt: Attempt) -> None:
        await self._announcing.progress(attempt, self._chat(attempt))

    # Where a thread is, or was.

    async def _onward(self, attempt: Attempt) -> None:
        await lead_on(attempt, self._threads, self._notices, self._store)

    async def _erasure(self, attempt: Attempt) -> None:
        await erase_thread(attempt, self._threads, self._notices, self._store)
