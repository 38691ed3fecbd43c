"""The application: starts the parts, stops them cleanly."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from datetime import timedelta

from aiogram import Bot
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteWebhook, SetMyCommands
from aiogram.types import BotCommandScopeAllPrivateChats, BotCommandScopeChat, User

from bot.metrics import Metrics
from bot.parts import Part, Parts
from bot.pipeline.accept import ALLOWED_UPDATES
from bot.pipeline.pause import Pause
from bot.pipeline.receive import Receiver
from bot.session import make_bot
from bot.settings import Settings, SettingsError, check_groups, group_setting
from bot.staff.gathering import staff_groups
from bot.staff.menu import staff_commands
from bot.staff.rights import look_at_group
from bot.web.metrics import MetricsPage, Standing
from bot.web.server import WebServer
from bot.web.webhook import Webhook
from bot.wiring import wire
from desk.loading import load_profile
from desk.profile import Profile
from dialogs.erasing import erase_old
from dialogs.groups import Group
from dialogs.menu import commands
from locales import LANGUAGES, translator
from storage import inbox, meta, search, team_albums
from storage.clock import Clock, SystemClock
from storage.store import Store

log = logging.getLogger(__name__)

# Calls under way get this long to be answered and committed when the bot is stopped.
_STOP_WITHIN = 10.0
# What a webhook has brought is committed in less; if the database is in trouble, Telegram brings it again.
_RECEIVE_WITHIN = 3.0
_ERASED_AT_ONCE = 20


class _Warnings:
    """What a start says of the staff group: what has to be mended, the rest is for `talon check`."""

    def good(self, what: str) -> None:
        log.debug("%s", what)

    def bad(self, what: str, mend: str) -> None:
        log.warning("%s: %s", what, mend)

    def note(self, what: str) -> None:
        log.info("%s", what)


class App:
    """A desk that runs."""

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.profile: Profile = load_profile(settings.desk)
        check_groups(settings, self.profile)
        self.store = Store(settings.database_url, clock or SystemClock())
        self.bot: Bot = make_bot(settings.token(), settings.telegram_api_url)
        secret = settings.webhook_secret if settings.webhook_url is not None else None
        self.metrics = Metrics(ALLOWED_UPDATES)
        self.webhook = (
            None if secret is None else Webhook(secret.get_secret_value(), self.store.clock, self.metrics)
        )
        self.web = WebServer(
            settings,
            alive=self._not_alive,
            ready=self._not_ready,
            metrics=MetricsPage(self.metrics, self.store, self._standing),
            webhook=self.webhook,
        )
        self.parts: Parts | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start everything. Raises SettingsError, StoreError or ProfileError with one line for people."""
        try:
            await self.store.open()
            await self.web.start()
            me = await self._meet_telegram()
            async with self.store.transaction() as tx:
                await meta.bind(tx, me.id)
            groups = await staff_groups(self.store, self.settings, self.profile)
            if self.settings.staff_chat_id is not None:
                for group in groups:
                    await self._look_at_group(me, group)
            parts = self.parts = await wire(
                self.bot, me, self.store, self.settings, self.profile, groups, self.metrics
            )
            # Before polling begins, or what it accepts would be handed over twice.
            if parts.watch is None:
                async with self.store.transaction() as tx:
                    parts.processor.hand(await inbox.waiting(tx))
                await parts.sender.take_over()
            else:
                await parts.watch.look()
            if self.webhook is not None and isinstance(parts.source, Receiver):
                self.webhook.receiver = parts.source
                await parts.source.begin()
        except BaseException:
            await self._close()
            raise
        running: list[Part] = [parts.processor, parts.sender, parts.source, parts.ticker, parts.roster]
        if parts.watch is not None:
            running += [parts.watch, parts.signals]
        for part in running:
            name = type(part).__name__.removeprefix("Shared")
            self._tasks.append(asyncio.create_task(part.run(), name=name))
        self._tasks.append(asyncio.create_task(self._keep_house(), name="housekeeping"))
        log.info("@%s serves the desk %s", me.username, self.profile.key)

    async def _meet_telegram(self) -> User:
        """Who we are. Waits for Telegram as long as it takes; only a wrong token ends the start."""
        pause = Pause()
        while True:
            try:
                # Kept by the bot: a command that names it is not to ask Telegram while it is handled.
                me = await self.bot.me()
                if self.webhook is None:
                    await self.bot(DeleteWebhook(), request_timeout=20)
                for language in LANGUAGES:
                    await self.bot(
                        SetMyCommands(
                            commands=commands(translator(language), self.profile),
                            scope=BotCommandScopeAllPrivateChats(),
                            language_code=None if language == self.profile.fallback else language,
                        ),
                        request_timeout=20,
                    )
            except (TelegramUnauthorizedError, TelegramNotFound):
                raise SettingsError(
                    "BOT_TOKEN: Telegram does not know this token; copy it again from @BotFather"
                ) from None
            except (TelegramAPIError, ClientDecodeError) as error:
                wait = getattr(error, "retry_after", None) or pause.next()
                log.warning("Telegram does not answer, next try in %.1f s: %s", wait, error.message)
                await self.store.clock.sleep(wait)
            else:
                return me

    async def _look_at_group(self, me: User, group: Group) -> None:
        """Say at once what the bot lacks in a staff group, not when the first ticket cannot be shown.

        Its members get their menu of commands.
        """
        chat_id = group.chat_id
        try:
            await look_at_group(_Warnings(), self.bot, me, group_setting(group.department), chat_id)
            await self.bot(
                SetMyCommands(
                    commands=staff_commands(translator(self.settings.staff_language), self.profile),
                    scope=BotCommandScopeChat(chat_id=chat_id),
                ),
                request_timeout=20,
            )
        except (AiogramError, TimeoutError) as error:
            log.warning("the staff group %d could not be looked at: %s", chat_id, error)

    async def _keep_house(self) -> None:
        while True:
            try:
                async with self.store.transaction() as tx:
                    await inbox.forget_old(tx)
                    await search.forget_old(tx)
                    await team_albums.forget_old(tx)
                await self._erase_old()
            except Exception as error:
                log.warning("what is old stays for another hour: %s", error)
            await self.store.clock.sleep(3600)

    async def _erase_old(self) -> None:
        """Erase what is personal in tickets whose time is over, a few at a time: others write meanwhile."""
        rules = self.profile.privacy
        assert self.parts is not None
        if rules is None or rules.retention_days is None:
            return
        moment = self.store.clock.now() - timedelta(days=rules.retention_days)
        erased = _ERASED_AT_ONCE
        while erased == _ERASED_AT_ONCE:
            async with self.store.transaction() as tx:
                erased = await erase_old(tx, self.parts.desk, moment, _ERASED_AT_ONCE)
            await asyncio.sleep(0)

    def _not_alive(self) -> dict[str, str]:
        return {task.get_name(): "stopped" for task in self._tasks if task.done()}

    def _not_ready(self) -> dict[str, str]:
        problems = self._not_alive()
        if self.parts is None or not self._tasks:
            problems["start"] = "still starting"
            return problems
        if not (self.parts.source.working or self.parts.source.stands_by):
            problems["telegram"] = "it does not answer"
        for group in self.parts.desk.groups:
            if group.chat_id in self.parts.sender.staff_trouble:
                name = f"staff_chat_{group.department}" if group.department else "staff_chat"
                problems[name] = self.parts.sender.staff_trouble[group.chat_id]
        if self.settings.staff_chat_id is None:
            problems["staff_chat"] = "STAFF_CHAT_ID is not set"
        return problems

    def _standing(self) -> Standing:
        if self.parts is None:
            return Standing(groups_in_trouble=0, telegram_waiting=None)
        source = self.parts.source
        return Standing(
            groups_in_trouble=len(self.parts.sender.staff_trouble),
            telegram_waiting=source.waiting if isinstance(source, Receiver) else None,
        )

    async def run(self) -> None:
        """Run until a part fails for good, or a signal says stop."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        stopping = asyncio.create_task(stop.wait())
        starting = asyncio.create_task(self.start())
        await asyncio.wait([stopping, starting], return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            # It may be waiting for Telegram.
            starting.cancel()
            await asyncio.wait([starting])
            return
        await starting
        # What is loaded by now stays; looked through again and again it would hold up everybody each time.
        gc.collect()
        gc.freeze()
        await asyncio.wait([stopping, *self._tasks], return_when=asyncio.FIRST_COMPLETED)
        failed = [task for task in self._tasks if task.done() and not task.cancelled()]
        stopping.cancel()
        log.info("stopping")
        await self.stop()
        for task in failed:
            if (error := task.exception()) is not None:
                raise error

    async def stop(self) -> None:
        """Stop cleanly: what Telegram was asked to do is committed, the rest is kept for the next start."""
        if self.parts is not None:
            if isinstance(self.parts.source, Receiver):
                await self.parts.source.stop(_RECEIVE_WITHIN)
            by_name = {task.get_name(): task for task in self._tasks}
            for name in ("Poller", "Receiver", "Ticker", "Roster", "Watch", "Processor"):
                if name in by_name:
                    by_name[name].cancel()
            await self.parts.sender.stop(_STOP_WITHIN)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._close()

    async def _close(self) -> None:
        await self.web.stop()
        await self.bot.session.close()
        await self.store.close()
