"""The one place where everything is put together, by hand."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable

from aiogram import Bot, Dispatcher
from aiogram.types import User

from bot.history import history_file
from bot.metrics import Metrics
from bot.my_data import my_data
from bot.parts import Parts, Source
from bot.pipeline.accept import Poller
from bot.pipeline.announcing import Announcing
from bot.pipeline.courier import Courier
from bot.pipeline.failures import Failures
from bot.pipeline.process import Processor
from bot.pipeline.receive import Receiver
from bot.pipeline.sender import Sender
from bot.pipeline.signals import GROUP, make_signals
from bot.pipeline.subscription import Subscription
from bot.pipeline.threads import Threads
from bot.pipeline.ticking import Ticker
from bot.pipeline.turn import Turn
from bot.relay.alarms import Alarms
from bot.relay.excuses import tell_aside, tell_slowed
from bot.relay.notices import Notices
from bot.scale import batch_of, make_processor, make_sender, make_turn, make_watch
from bot.settings import Settings
from bot.staff import groups, journals
from bot.staff.gathering import gather
from bot.staff.membership import MembershipGuard, Roster
from bot.staff.routers import staff_router
from bot.timers import timer_actions, watch_anew
from bot.views.lookups import Lookups
from desk.profile import Profile
from desk.search import FaqSearch
from dialogs import privacy
from dialogs.context import Desk
from dialogs.form import Form
from dialogs.groups import Groups
from dialogs.middleware import StateMiddleware
from dialogs.moving import HISTORY
from dialogs.routers import customers_router
from locales import translator
from storage.store import Store
from storage.transaction import Transaction


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
    notices = Notices(staff_tr, profile)
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
    sender = make_sender(
        store,
        signals,
        threads,
        bot=bot,
        deliverer=courier,
        recovery=Failures(store=store, threads=threads, notices=notices),
        owner=owner,
        metrics=metrics,
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
    processor = make_processor(
        store,
        signals,
        bot=bot,
        dispatcher=_dispatcher(desk, threads, guard, notices, sender),
        guard=guard,
        tell_aside=lambda tx, row: tell_aside(tx, row, notices),
        tell_slowed=tell_slowed,
        metrics=metrics,
    )
    source = _source(bot, store, settings, processor, sender, make_turn(store, owner))
    watch = make_watch(store, processor, sender, signals, threads, owner)
    ticker = Ticker(store, timer_actions(desk), _when_caught_up(source, processor), at_a_time=batch_of(store))
    roster = Roster(store, bot, staff)
    await watch_anew(store, profile)
    await gather(store, staff)
    return Parts(source, processor, sender, ticker, roster, desk, signals, watch)


def _dispatcher(
    desk: Desk, threads: Threads, guard: MembershipGuard, notices: Notices, sender: Sender
) -> Dispatcher:
    dispatcher = Dispatcher(disable_fsm=True, desk=desk)
    dispatcher.update.outer_middleware(StateMiddleware())
    dispatcher.update.outer_middleware(groups.ReturnMiddleware(notices))
    # Groups come before the staff group's own talk, for what happens to a group is no message of an agent.
    dispatcher.include_router(customers_router())
    dispatcher.include_router(groups.groups_router(threads, guard, notices, sender))
    dispatcher.include_router(staff_router(threads, notices))
    dispatcher.include_router(groups.strangers_router())
    return dispatcher


def _source(
    bot: Bot, store: Store, settings: Settings, processor: Processor, sender: Sender, turn: Turn | None
) -> Source:
    if settings.webhook_url is None or settings.webhook_secret is None:
        return Poller(bot, store, processor, sender.try_again, turn)
    secret = settings.webhook_secret.get_secret_value()
    subscription = Subscription(bot, store.clock, settings.webhook_url, secret)
    return Receiver(store, processor, subscription, sender.try_again)


def _when_caught_up(source: Source, processor: Processor) -> Callable[[], Awaitable[None]]:
    async def wait() -> None:
        await source.caught_up.wait()
        await processor.catch_up()

    return wait
