"""The one place where everything is put together, by hand."""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from aiogram import Bot, Dispatcher, Router
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import User

from bot.history import history_file
from bot.metrics import Metrics
from bot.my_data import my_data
from bot.pipeline.accept import Poller
from bot.pipeline.announcing import ANNOUNCE_TIMER, Announcing, go_on
from bot.pipeline.courier import Courier
from bot.pipeline.failures import Failures
from bot.pipeline.process import Processor
from bot.pipeline.receive import Receiver
from bot.pipeline.sender import Sender
from bot.pipeline.shared_processor import SharedProcessor
from bot.pipeline.shared_sender import SharedSender
from bot.pipeline.signals import GROUP, WORK, Signals, make_signals
from bot.pipeline.subscription import Subscription
from bot.pipeline.threads import Threads, group_now, has_topics
from bot.pipeline.ticking import Fire, Ticker
from bot.pipeline.turn import Turn
from bot.pipeline.watch import Watch
from bot.relay.alarms import Alarms
from bot.relay.notices import Notices
from bot.session import PlainSession, Session
from bot.settings import Settings, SettingsError, group_setting
from bot.staff import groups, journals
from bot.staff.announce import announce_router
from bot.staff.assign import assign_router
from bot.staff.ban import ban_router
from bot.staff.booking import booking_router
from bot.staff.canned import canned_router
from bot.staff.context import OnShift, StaffMiddleware
from bot.staff.deciding import deciding_router
from bot.staff.due import due_router
from bot.staff.duty import duty_router
from bot.staff.erase import erase_router
from bot.staff.faq import faq_router
from bot.staff.finding import finding_router
from bot.staff.late import late_router
from bot.staff.lookups import Lookups
from bot.staff.marks import marks_router
from bot.staff.membership import MembershipGuard, Roster
from bot.staff.menu import help_router
from bot.staff.priority import priority_router
from bot.staff.retype import retype_router
from bot.staff.split import split_router
from bot.staff.take_back import take_back_router
from bot.staff.thread import thread_router
from bot.staff.transfer import transfer_router
from desk.clocks import fingerprint
from desk.profile import Profile
from desk.search import FaqSearch
from dialogs import assigning, live, privacy
from dialogs.assigning import ASSIGN_TIMER
from dialogs.context import Desk
from dialogs.expiry import expire_draft
from dialogs.form import Form
from dialogs.groups import Group, Groups
from dialogs.intake import DRAFT_TIMER
from dialogs.life import CLOSING_TIMER, POSTPONE_TIMER, PROMISE_TIMER, SILENCE_TIMER, Life
from dialogs.live import LIVE_TIMER
from dialogs.middleware import StateMiddleware
from dialogs.moving import HISTORY
from dialogs.reply import view
from dialogs.routers import customers_router
from locales import guess, translator
from storage import customers, destinations, meta, tickets, timers
from storage.outbox import Outbox
from storage.raw import part
from storage.rows import InboxRow
from storage.store import Store, Transaction

# On SQLite one large transaction is cheaper than many small ones; PostgreSQL likes several at once.
_SQLITE_BATCH = 20
_POSTGRES_WORKERS = 4
# No group has this id: with it nothing is ever taken for the staff group.
_NO_GROUP = 0


def make_bot(token: str, api_url: str | None) -> Bot:
    """A bot that talks to Telegram, or to another Bot API server."""
    if api_url is None:
        return Bot(token, session=Session())
    kind = Session if api_url.startswith("https:") else PlainSession
    return Bot(token, session=kind(api=TelegramAPIServer.from_base(api_url)))


# Where updates come from: long polling, or a webhook.
Source = Poller | Receiver


class Part(Protocol):
    """Something that runs."""

    async def run(self) -> None:
        """Run until cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """What runs: each has a `run` that lasts until it is cancelled."""

    source: Source
    processor: Processor
    sender: Sender
    ticker: Ticker
    roster: Roster
    desk: Desk
    # What several processes need to work as one; None where a process has its file for itself.
    signals: Signals
    watch: Watch | None

    def busy(self) -> bool:
        """Whether something is being processed or committed at this moment."""
        return self.processor.working or self.sender.committing


async def staff_groups(store: Store, settings: Settings, profile: Profile) -> Groups:
    """The staff groups as they are now: a migrated group's new id beats the setting.

    Raises SettingsError if two settings have become the same group. Until there is a common one, none is.
    """
    own = {} if settings.staff_chat_id is None else settings.staff_chats
    found: list[Group] = []
    async with store.transaction() as tx:
        for key, chat_id in {"": settings.staff_chat_id or _NO_GROUP, **own}.items():
            now = await group_now(tx, chat_id)
            same = next((group.department for group in found if group.chat_id == now), None)
            if same is not None:
                raise SettingsError(
                    f"{group_setting(key)} ({chat_id}): that group is {now} now, which is the group of "
                    f"{group_setting(same)}; give the department another one, or take the setting out"
                )
            found.append(Group(key, now, await has_topics(tx, now)))
    return Groups(profile, found[0], found[1:])


async def wire(
    bot: Bot,
    me: User,
    store: Store,
    settings: Settings,
    profile: Profile,
    staff: Groups,
    metrics: Metrics,
) -> Parts:
    """Put the parts together over an open store."""
    owner = secrets.token_hex(8)
    signals = make_signals(settings.redis_url, bot_id=me.id, owner=owner, clock=store.clock)
    staff_tr = translator(settings.staff_language)
    notices = Notices(staff_tr, profile, staff)
    threads = Threads(
        store=store, profile=profile, tr=staff_tr, groups=staff, changed=lambda: signals.tell(GROUP)
    )

    async def album_grows(tx: Transaction, album: str) -> bool:
        return source.behind or await processor.expects(tx, album)

    courier = Courier(
        store=store,
        profile=profile,
        threads=threads,
        notices=notices,
        alarms=Alarms(profile, staff_tr),
        lookups=Lookups(store, profile, staff_tr, staff),
        album_grows=album_grows,
        files={
            privacy.FILE: my_data(profile),
            journals.FILE: journals.journal_file(profile, settings.staff_language, staff),
            HISTORY: history_file(profile, settings.staff_language),
        },
        announcing=Announcing(store, staff_tr, notices),
    )
    delivers: dict[str, Any] = {
        "store": store,
        "bot": bot,
        "deliverer": courier,
        "recovery": Failures(store=store, threads=threads, notices=notices),
        "owner": owner,
        "metrics": metrics,
    }
    sender = (
        Sender(**delivers)
        if store.is_sqlite
        else SharedSender(**delivers, signals=signals, stands=threads.check)
    )
    guard = MembershipGuard(store, bot, staff)
    desk = Desk(
        profile,
        Form(profile),
        FaqSearch(profile.faq),
        settings.staff_language,
        is_open=settings.staff_chat_id is not None,
        bot_username=me.username or "",
        groups=staff,
    )

    dispatcher = Dispatcher(disable_fsm=True, desk=desk)
    dispatcher.update.outer_middleware(StateMiddleware())
    dispatcher.update.outer_middleware(groups.ReturnMiddleware(notices))
    # Groups come before the staff group's own talk, for what happens to a group is no message of an agent.
    dispatcher.include_router(customers_router())
    dispatcher.include_router(groups.groups_router(threads, guard, notices, sender))
    dispatcher.include_router(staff_router(threads, notices))
    dispatcher.include_router(groups.strangers_router())

    batch = _SQLITE_BATCH if store.is_sqlite else 1
    processes: dict[str, Any] = {
        "store": store,
        "bot": bot,
        "dispatcher": dispatcher,
        "guard": guard,
        "tell_aside": lambda tx, row: _tell_aside(tx, row, notices, desk),
        "tell_slowed": _tell_slowed,
        "metrics": metrics,
        "batch": batch,
        "workers": 1 if store.is_sqlite else _POSTGRES_WORKERS,
    }
    processor = (
        Processor(**processes)
        if store.is_sqlite
        else SharedProcessor(**processes, too_much=lambda: signals.tell(WORK))
    )
    turn = None if store.is_sqlite else Turn(store, owner)
    source = _source(bot, store, settings, processor, sender, turn)
    watch = None
    if isinstance(processor, SharedProcessor) and isinstance(sender, SharedSender):
        watch = Watch(
            store=store,
            processor=processor,
            sender=sender,
            signals=signals,
            owner=owner,
            read_group=threads.read,
        )
    ticker = Ticker(store, _timers(desk), _when_caught_up(source, processor), at_a_time=batch)
    roster = Roster(store, bot, staff)
    await _watch_anew(store, profile)
    await _gather(store, staff)
    return Parts(source, processor, sender, ticker, roster, desk, signals, watch)


async def _watch_anew(store: Store, profile: Profile) -> None:
    """If the desk's hours or targets are others than before, every timer for a deadline is out of date."""
    now = fingerprint(profile)
    async with store.transaction() as tx:
        await meta.lock(tx, "clocks")
        if await meta.get(tx, "clocks") != now:
            await timers.put_for_open(tx, PROMISE_TIMER)
            await meta.put(tx, "clocks", now)


async def _gather(store: Store, groups: Groups) -> None:
    """If departments have other groups than before, their tickets go on there."""
    if groups.common.chat_id == _NO_GROUP:
        return
    async with store.transaction() as tx:
        now = json.dumps(sorted((group.department, group.chat_id) for group in groups))
        if await meta.get(tx, "groups") == now:
            return
        await meta.put(tx, "groups", now)
        for group in groups:
            owed = Outbox(tx)
            for number in await tickets.standing_elsewhere(tx, group.chat_id, groups.scope(group)):
                await owed.card(number, at_once=True)


def staff_router(threads: Threads, notices: Notices) -> Router:
    """Everything that agents do in the staff group."""
    router = Router(name="staff")
    for observer in (router.message, router.edited_message, router.callback_query):
        observer.filter(OnShift())
        observer.outer_middleware(StaffMiddleware(threads, notices))
    router.include_routers(
        marks_router(),
        faq_router(),
        take_back_router(),
        due_router(),
        booking_router(),
        deciding_router(),
        erase_router(),
        announce_router(),
        canned_router(),
        ban_router(),
        split_router(),
        finding_router(),
        help_router(),
        duty_router(),
        journals.journals_router(),
        assign_router(),
        transfer_router(),
        retype_router(),
        thread_router(),
        priority_router(),
        late_router(),
    )
    return router


def _timers(desk: Desk) -> dict[str, Fire]:
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


def _source(
    bot: Bot, store: Store, settings: Settings, processor: Processor, sender: Sender, turn: Turn | None
) -> Source:
    if settings.webhook_url is None or settings.webhook_secret is None:
        return Poller(bot, store, processor, sender.try_again, turn)
    secret = settings.webhook_secret.get_secret_value()
    subscription = Subscription(bot, store.clock, settings.webhook_url, secret, sender.try_again)
    return Receiver(store, processor, subscription)


def _when_caught_up(source: Source, processor: Processor) -> Callable[[], Awaitable[None]]:
    async def wait() -> None:
        await source.caught_up.wait()
        await processor.catch_up()

    return wait


async def _tell_slowed(tx: Transaction, lane: str) -> None:
    """A customer is slowed down: they know that it is no fault, and that nothing is lost."""
    customer = await customers.find(tx, int(lane.removeprefix("c:")))
    if customer is None or customer.banned_at is not None:
        return
    tr = translator(customer.language or guess(customer.language_hint))
    text = tr.text("You are writing faster than we can read. Everything arrives, only a little later.")
    await Outbox(tx).owe(destinations.customer(customer.id), view(text))


async def _tell_aside(tx: Transaction, row: InboxRow, notices: Notices, desk: Desk) -> None:
    """Our own code failed on an update: tell the person who sent it, and the staff group."""
    await notices.set_aside(tx, row.update_id)
    sender = next((found for kind in row.payload if (found := part(row.payload, kind, "from"))), {})
    if not row.lane.startswith("c:") or not sender or sender.get("is_bot"):
        return
    customer_id = int(row.lane[2:])
    known = await customers.find(tx, customer_id)
    language = known.language if known is not None else None
    hint = sender.get("language_code")
    tr = translator(language or guess(hint if isinstance(hint, str) else None))
    await Outbox(tx).owe(destinations.customer(customer_id), notices.apology(tr))
