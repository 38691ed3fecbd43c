"""The stage: an offline Telegram, the real bot in front of it, and the people of the story."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.app import App
from bot.settings import Settings
from locales import Language
from playground import Bot, Chat, Group, Person, Playground, SeenMessage, Topic

STAFF_LANGUAGE: Language = "ru"


class _DemoSettings(Settings):
    """Settings that come from here alone: what the user has set for a real desk must not reach the demo."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Neither the environment nor `.env`."""
        return (init_settings,)


class StageError(Exception):
    """The demo cannot start; the message is one line for people."""


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button of a message, which said `text` then."""

    message: SeenMessage
    label: str
    text: str | None


@dataclass(slots=True)
class Stage:
    """Everything that is there: Telegram, the bot's account, the program behind it, group and people."""

    playground: Playground
    bot: Bot
    app: App
    group: Group
    customers: dict[str, Person]
    agents: dict[str, Person]
    presses: list[Press] = field(default_factory=list)
    patience: float = 10.0
    """Seconds after which a desk that has not reacted is taken not to."""

    @property
    def people(self) -> dict[str, Person]:
        """Everybody, by the names that the prompt knows."""
        return self.customers | self.agents

    @property
    def places(self) -> list[Chat | Topic]:
        """Where something stands: private chats, the group, its threads."""
        private = [person.chat(self.bot) for person in self.customers.values()]
        return [*(chat for chat in private if chat.messages), self.group, *self.group.topics]

    def thread(self, number: int) -> Topic | None:
        """The thread of a ticket, if it is there."""
        name = f"#{number}"
        return next((topic for topic in self.group.topics if topic.name.split(" ")[0] == name), None)


@asynccontextmanager
async def open_stage(port: int = 0) -> AsyncIterator[Stage]:
    """Start Telegram and the bot; in the end both are gone, and the database with them.

    Raises StageError if Telegram cannot listen at this port.
    """
    playground = Playground()
    try:
        await playground.start(port)
    except OSError as error:
        raise StageError(
            f"the playground cannot listen at port {port} ({error.strerror}); choose another --port"
        ) from None
    try:
        bot = playground.add_bot(name="Vendotek", username="vendotek_desk_bot")
        group = playground.add_group("Поддержка Vendotek", forum=True)
        agents = {
            "olga": playground.add_person("Ольга", "Смирнова", language_code="ru"),
            "janis": playground.add_person("Jānis", "Kalniņš", language_code="lv"),
        }
        customers = {
            "anna": playground.add_person("Анна", "Петрова", language_code="ru"),
            "liga": playground.add_person("Līga", "Ozoliņa", language_code="lv"),
        }
        for agent in agents.values():
            group.join(agent)
        group.add_bot(bot)
        with tempfile.TemporaryDirectory(prefix="talon-demo-") as folder:
            settings = _DemoSettings.model_validate(
                {
                    "bot_token": bot.token,
                    "staff_chat_id": group.id,
                    "staff_language": STAFF_LANGUAGE,
                    "desk": "vendotek",
                    "database_url": f"sqlite+aiosqlite:///{Path(folder) / 'talon.db'}",
                    "telegram_api_url": playground.url,
                    "listen": "127.0.0.1:0",
                }
            )
            app = App(settings)
            await app.start()
            try:
                yield Stage(playground, bot, app, group, customers, agents)
            finally:
                await app.stop()
    finally:
        await playground.stop()
