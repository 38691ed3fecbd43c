"""A world to test in: the real bot against the playground, on a real database, in virtual time.

Tests act as people and look at what people see.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from aiogram import Bot as AiogramBot
from aiogram.client.session.middlewares.base import NextRequestMiddlewareType
from aiogram.methods import Response, TelegramMethod

from bot.app import App
from bot.settings import load_settings
from locales import translator
from playground import Bot, Chat, Group, Person, Playground, PrivateChat, SeenMessage, Topic
from tests.virtual_time import VirtualClock
from tests.watched_loop import WatchedLoop

# The host of a webhook, and its settings.
DOOR = "desk.example"
WEBHOOK = {"webhook_url": f"https://{DOOR}/telegram", "webhook_secret": "a-secret_of-Telegrams"}
# A port at which nobody listens.
_NOBODY = 1
# Real time after which a test that makes no progress is given up.
_PATIENCE = 40.0


class World:
    """One desk, its staff group, and the people around it."""

    def __init__(self, database_url: str, *, staff_language: str = "ru", **settings: Any) -> None:
        self.clock = VirtualClock()
        self.database_url = database_url
        self.pg = Playground(clock=self.clock)
        self.bot: Bot = self.pg.add_bot(name="Talon", username="talon_bot")
        self.group: Group = self.pg.add_group("Поддержка", forum=True)
        self.agent: Person = self.pg.add_person("Ольга", "Смирнова", language_code="ru")
        self.group.join(self.agent)
        self.group.add_bot(self.bot, admin=True)
        self._settings = {
            "_env_file": None,
            "bot_token": self.bot.token,
            "staff_chat_id": self.group.id,
            "staff_language": staff_language,
            "database_url": database_url,
            "listen": "127.0.0.1:0",
        } | settings
        self.app: App | None = None
        self._stopping: App | None = None
        self._asked = 0
        # Where a webhook leads, if the settings have one: to whoever listens.
        self.pg.webhooks.names[DOOR] = self._listens_at

    def set_up(self, **settings: Any) -> None:
        """Change settings, for the next start."""
        self._settings |= settings

    async def start(self) -> None:
        """Start the bot; again after `stop`."""
        if not self.pg.url:
            await self.pg.start()
        self.app = App(load_settings(telegram_api_url=self.pg.url, **self._settings), clock=self.clock)
        self.watch(self.app.bot)
        starting = asyncio.create_task(self.app.start())
        while not starting.done():
            await self._quiet()
            # A start that waits for Telegram waits on this clock as well.
            if not starting.done() and (wake := self.clock.next_wake()):
                self.clock.move_to(wake)
        await starting

    async def stop(self) -> None:
        """Stop the bot cleanly."""
        if self.app is not None:
            app, self.app = self.app, None
            self._stopping = app
            await app.stop()
            self._stopping = None

    async def close(self) -> None:
        """End this world."""
        await self.stop()
        await self.pg.stop()

    def watch(self, bot: AiogramBot) -> None:
        """Look whether calls of this bot are not answered yet before time is moved."""
        bot.session.middleware(self._ask)  # type: ignore[arg-type]

    def _listens_at(self) -> str:
        app = self.app or self._stopping
        return f"127.0.0.1:{(app.web.port if app else 0) or _NOBODY}"

    # Time.

    async def _quiet(self) -> None:
        """Wait until everything waits for time to pass, or for people."""
        loop = asyncio.get_running_loop()
        assert isinstance(loop, WatchedLoop)
        await loop.idle(self._nobody_works)

    def _nobody_works(self) -> bool:
        on_the_way = self._asked > self.pg.in_flight + self.pg.polls or self._somebody_knocks()
        return not on_the_way and not self._database_works()

    def _somebody_knocks(self) -> bool:
        """Whether an update was posted that the bot has not heard of yet, or its answer is on the way."""
        app = self.app or self._stopping
        return self.pg.posts > (app.webhook.under_way if app and app.webhook else 0)

    async def _ask(
        self, ask: NextRequestMiddlewareType[Any], bot: AiogramBot, method: TelegramMethod[Any]
    ) -> Response[Any]:
        self._asked += 1
        try:
            return await ask(bot, method)
        finally:
            self._asked -= 1

    def _database_works(self) -> bool:
        """Whether a transaction is under way: a thread commits, or another process is asked."""
        return self.app is not None and self.app.store.under_way > 0

    async def until(
        self, seen: Callable[[], Any], within: float = 120.0, *, what: Callable[[], object] | None = None
    ) -> None:
        """Wait until `seen()` is true, moving virtual time by at most `within` seconds."""
        deadline = self.clock.now() + timedelta(seconds=within)
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                while not seen():
                    await self._quiet()
                    if seen():
                        break
                    wake = self.clock.next_wake()
                    if wake is None or wake > deadline:
                        if self.clock.now() >= deadline:
                            break
                        wake = deadline
                    self.clock.move_to(wake)
        if not seen():
            raise AssertionError(f"not seen within {within} s; {what() if what else self.report()}")

    async def pass_time(self, seconds: float) -> None:
        """Let virtual time pass, with everything that happens in it."""
        end: datetime = self.clock.now() + timedelta(seconds=seconds)
        await self.until(lambda: self.clock.now() >= end, seconds)
        await self.settle(0)

    async def settle(self, seconds: float = 3.0) -> None:
        """Let everything that is due within so many seconds happen."""
        if seconds:
            await self.pass_time(seconds)
            return
        await self._quiet()

    # People.

    def customer(self, name: str = "Анна", *, language_code: str = "ru", **who: Any) -> "Customer":
        """Somebody new with a private chat."""
        return Customer(self, self.pg.add_person(name, language_code=language_code, **who))

    def topic(self, index: int = -1) -> Topic:
        """A thread of the staff group, the latest by default."""
        return self.group.topics[index]

    def report(self) -> str:
        """Both sides as they stand, for a test that failed."""
        chats: list[Chat | Topic] = [*self.bot.private_chats.values(), self.group, *self.group.topics]
        return "\n".join(transcript(chat) for chat in chats)


class Customer:
    """A customer, with the ways in which tests make them act."""

    def __init__(self, world: World, person: Person) -> None:
        self.world = world
        self.person = person
        self.chat: PrivateChat = person.chat(world.bot)
        self.language = person.language_code if person.language_code in ("ru", "en", "lv") else "en"

    def word(self, message: str, **values: object) -> str:
        """A text of the bot's in this customer's language."""
        return translator(self.language).plain(message, **values)

    def write(self, text: str, **how: Any) -> SeenMessage:
        """Write to the bot."""
        return self.person.write(self.chat, text, **how)

    def bots(self) -> list[SeenMessage]:
        """What the bot said that is still there."""
        return [message for message in self.chat.messages if message.sender is self.world.bot]

    def with_button(self, label: str) -> SeenMessage | None:
        """The latest message with a button of this label (an emoji in front does not count)."""
        for message in reversed(self.chat.messages):
            if _label(message, label) is not None:
                return message
        return None

    async def sees(self, text: str, within: float = 120.0) -> SeenMessage:
        """Wait for a message of the bot with these words in it."""

        def found() -> SeenMessage | None:
            return next((m for m in reversed(self.bots()) if text in (m.text or "")), None)

        await self.world.until(found, within)
        message = found()
        assert message is not None
        return message

    async def press(self, label: str) -> str | None:
        """Press the latest button of this English label, in the customer's language; gives back the toast."""
        shown = self.word(label)
        await self.world.until(lambda: self.with_button(shown))
        message = self.with_button(shown)
        assert message is not None
        before = _state(self.chat)
        click = self.person.press(message, _label(message, shown) or shown)
        await self.world.until(lambda: click.result is not None)
        await self.world.settle(0)
        if _state(self.chat) == before:
            await self.world.settle(1.5)
        assert click.result is not None
        return click.result.text

    async def say(self, text: str, **how: Any) -> SeenMessage:
        """Write, and wait until the bot has reacted to it."""
        message = self.write(text, **how)
        await self.world.settle(0)
        return message

    async def choose_language(self, name: str) -> None:
        """Start, and press the button of a language by its own name."""
        if not self.chat.messages:
            self.person.start(self.world.bot)
        await self.world.until(lambda: self.with_button(name))
        message = self.with_button(name)
        assert message is not None
        self.person.press(message, name)
        self.language = {"Русский": "ru", "English": "en", "Latviešu": "lv"}[name]
        await self.world.settle(0)

    async def agree(self) -> None:
        """Give consent to what the desk does with personal data, if that is asked."""
        if self.with_button(self.word("I agree")):
            await self.press("I agree")

    async def begin(self, language: str = "Русский") -> None:
        """Choose a language and come to the first question of the form."""
        await self.choose_language(language)
        await self.world.until(lambda: self.chat.keyboard is not None)
        self.person.tap(self.chat, self.word("New request"))
        await self.world.settle(0)
        await self.pass_gates()

    async def pass_gates(self) -> None:
        """Answer what is asked before the form."""
        await self.agree()
        if self.with_button(self.word("No")):
            await self.press("No")
            await self.press("Continue")

    async def open_ticket(
        self,
        language: str = "Русский",
        *,
        subject: str = "Терминал не принимает карты",
        serial: str = "123456789012",
        description: str = "Со вчерашнего дня ошибка связи",
        attach: Callable[[PrivateChat], object] | None = None,
    ) -> Topic:
        """Go through the whole form; gives back the ticket's thread."""
        known = len(self.world.group.topics)
        await self.begin(language)
        await self.say(subject)
        await self.say(serial)
        await self.say(description)
        await self.press("Skip")
        if attach is not None:
            attach(self.chat)
            await self.world.settle(2)
        await self.press("Done")
        await self.press("Submit")
        await self.world.until(
            lambda: len(self.world.group.topics) > known and self.world.topic().messages[1:]
        )
        await self.world.settle(2)
        return self.world.topic()


def _label(message: SeenMessage, label: str) -> str | None:
    return next((text for row in message.buttons for text in row if text.endswith(label)), None)


def _state(chat: Chat) -> list[tuple[object, ...]]:
    return [(m.id, m.text, m.buttons) for m in chat.messages]


def texts(place: Chat | Topic, *, of: object = None) -> list[str]:
    """The texts in a chat, in order; only those of one sender, if given."""
    return [m.text for m in place.messages if m.text and (of is None or m.sender is of)]


def transcript(place: Chat | Topic) -> str:
    """A chat in lines."""
    name = getattr(place, "name", None) or getattr(place, "title", None) or type(place).__name__
    lines = [f"--- {name}"]
    for message in place.messages:
        who = message.sender.first_name
        lines.append(f"{message.id:4} {who}: [{message.kind}] {message.text!r} {message.buttons or ''}")
    return "\n".join(lines)
