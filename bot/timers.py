"""What happens when a timer of the desk is due."""

from __future__ import annotations

from bot.pipeline.announcing import ANNOUNCE_TIMER, go_on
from bot.pipeline.ticking import Fire
from bot.staff import groups
from desk.clocks import fingerprint
from desk.profile import Profile
from dialogs import assigning, live
from dialogs.assigning import ASSIGN_TIMER
from dialogs.context import Desk
from dialogs.drafting import DRAFT_TIMER
from dialogs.expiry import expire_draft
from dialogs.life import CLOSING_TIMER, POSTPONE_TIMER, PROMISE_TIMER, SILENCE_TIMER, Life
from dialogs.live import LIVE_TIMER
from storage import meta, timers
from storage.outbox import Outbox
from storage.store import Store
from storage.transaction import Transaction


def timer_actions(desk: Desk) -> dict[str, Fire]:
    """What is done for each kind of timer."""

    async def silence(tx: Transaction, number: int) -> None:
        await Life(tx, Outbox(tx), desk).expire(number)

    async def closing(tx: Transaction, number: int) -> None:
        await Life(tx, Outbox(tx), desk).remind_of_closing(number)

    async def postponed(tx: Transaction, number: int) -> None:
        await Life(tx, Outbox(tx), desk).end_postponing(number)

    async def draft(tx: Transaction, customer_id: int) -> None:
        await expire_draft(tx, customer_id, desk)

    async def promise(tx: Transaction, number: int) -> None:
        await Life(tx, Outbox(tx), desk).tell_deadlines(number)

    async def announce(tx: Transaction, announcement_id: int) -> None:
        await go_on(tx, announcement_id, desk)

    async def assign(tx: Transaction, number: int) -> None:
        await assigning.timer(Life(tx, Outbox(tx), desk), number)

    return {
        ASSIGN_TIMER: assign,
        SILENCE_TIMER: silence,
        CLOSING_TIMER: closing,
        POSTPONE_TIMER: postponed,
        DRAFT_TIMER: draft,
        LIVE_TIMER: live.expire,
        PROMISE_TIMER: promise,
        ANNOUNCE_TIMER: announce,
        groups.LEAVE_TIMER: groups.leave,
    }


async def watch_anew(store: Store, profile: Profile) -> None:
    """If the desk's hours or targets are others than before, every timer for a deadline is out of date."""
    now = fingerprint(profile)
    async with store.transaction() as tx:
        await meta.lock(tx, "clocks")
        if await meta.get(tx, "clocks") != now:
            await timers.put_for_open(tx, PROMISE_TIMER)
            await meta.put(tx, "clocks", now)
