"""Everybody and everything at this Telegram."""

import random
from collections.abc import Iterable
from typing import Any

from playground.bots import Bot
from playground.channels import Channel
from playground.chats import Chat, PrivateChat
from playground.clicks import Click
from playground.clock import Clock, RealClock
from playground.faults import Faults
from playground.files import FileStore
from playground.formatting import Entity
from playground.groups import Group
from playground.messages import SeenMessage
from playground.people import Person
from playground.render import message_json
from playground.topics import Topic
from playground.users import User
from playground.webhooks import Webhooks
from playground.writing import post_text

_FIRST_PERSON = 501_000_001
_FIRST_BOT = 7_100_000_001
_FIRST_SUPERGROUP = 2_001_000_001
_FIRST_GROUP = 401_000_001
_SUPERGROUP_MARK = 10**12


class World:
    """Users, chats and files; who hears of what.

    The people act synchronously, so it may be used with or without a running server. `seed` makes ids,
    tokens and dice the same in every run.
    """

    def __init__(self, clock: Clock | None = None, seed: int = 0) -> None:
        self.clock: Clock = clock or RealClock()
        self.random = random.Random(seed)
        self.faults = Faults(seed)
        self.webhooks = Webhooks(self.clock, self.faults, seed)
        self.files = FileStore()
        self.users: dict[int, User] = {}
        self.bots: dict[str, Bot] = {}
        self.groups: dict[int, Group] = {}
        self.clicks: dict[str, Click] = {}
        self.callback_lifetime = 30.0
        """Seconds within which a button press can be answered."""
        self._counts: dict[str, int] = {}

    def number(self, what: str, first: int) -> int:
        """The next number of this series."""
        value = self._counts.get(what, first)
        self._counts[what] = value + 1
        return value

    def now(self) -> int:
        return int(self.clock.time())

    def add_bot(
        self, name: str = "Talon", username: str = "talon_bot", token: str | None = None, privacy: bool = True
    ) -> Bot:
        """Make a bot; with a token given, its id is the number in front of the colon.

        Raises:
            ValueError: the username is taken, or the token is none.
        """
        self._claim(username)
        bot_id = int(token.partition(":")[0]) if token else self.number("bot", _FIRST_BOT)
        bot = Bot(self, bot_id, name, username, token, privacy)
        self.users[bot.id] = self.bots[bot.token] = bot
        return bot

    def add_person(
        self,
        first_name: str,
        last_name: str | None = None,
        username: str | None = None,
        language_code: str | None = "ru",
    ) -> Person:
        """Make a person with an account.

        Raises:
            ValueError: the username is taken.
        """
        if username:
            self._claim(username)
        person = Person(
            self, self.number("person", _FIRST_PERSON), first_name, last_name, username, language_code
        )
        self.users[person.id] = person
        return person

    def add_group(
        self, title: str, forum: bool = False, kind: str = "supergroup", owner: Person | None = None
    ) -> Group:
        """Make a group of kind "supergroup" or "group" (a basic one); without an owner one is made.

        Raises:
            ValueError: an unknown kind, or a basic group that should be a forum.
        """
        if kind not in ("supergroup", "group") or (forum and kind == "group"):
            raise ValueError(f"no such group: {kind}, forum={forum}")
        owner = owner or self.add_person("Owner", language_code=None)
        group = Group(self, self._group_id(kind), title, kind, forum, owner)
        self.groups[group.id] = group
        return group

    def add_channel(self, title: str, username: str | None = None) -> Channel:
        """Make a channel; with a username a public one.

        Raises:
            ValueError: the username is taken.
        """
        if username:
            self._claim(username)
        return Channel(self, self.upgraded_id(), title, username)

    def _group_id(self, kind: str) -> int:
        if kind == "group":
            return -self.number("group", _FIRST_GROUP)
        return -_SUPERGROUP_MARK - self.number("supergroup", _FIRST_SUPERGROUP)

    def upgraded_id(self) -> int:
        """The id of a supergroup that a basic group becomes."""
        return self._group_id("supergroup")

    def _claim(self, username: str) -> None:
        if any(user.username and user.username.lower() == username.lower() for user in self.users.values()):
            raise ValueError(f"@{username} is taken")

    def private_chat(self, person: Person, bot: Bot) -> PrivateChat:
        chat = bot.private_chats.get(person.id)
        if chat is None:
            chat = bot.private_chats[person.id] = PrivateChat(self, person, bot)
        return chat

    def new_message(
        self,
        chat: Chat,
        sender: User,
        kind: str,
        text: str | None = None,
        entities: list[Entity] | None = None,
        topic: Topic | None = None,
        reply_to: SeenMessage | None = None,
    ) -> SeenMessage:
        """A message that is not yet in its chat; `post` puts it there."""
        message = SeenMessage(0, chat, sender, self.now(), kind, text, entities)
        message.topic = topic
        if reply_to is not None:
            message.reply_to = reply_to
            message.thread_root = reply_to.thread_root or reply_to
        return message

    def post(self, message: SeenMessage) -> SeenMessage:
        """Number the message, put it into its chat and tell the bots there."""
        message.id = message.chat.next_id()
        message.chat.keep(message)
        self.announce(message, "message")
        return message

    def write_as(self, user: User, place: Chat | Topic, text: str) -> SeenMessage:
        return post_text(self, user, place, text)

    def post_service(
        self, chat: Chat, sender: User, kind: str, content: Any, topic: Topic | None = None
    ) -> SeenMessage:
        """Post what clients show as a grey line."""
        message = self.new_message(chat, sender, kind, topic=topic)
        message.extra = content
        message.flags["service"] = True
        return self.post(message)

    def announce(self, message: SeenMessage, kind: str) -> None:
        """Tell every bot that may see the message, as an update of this kind."""
        for bot in message.chat.watchers():
            if message.sender is bot and not message.kind.startswith("forum_topic_"):
                # Client.cpp `need_skip_update_message`: a bot hears of itself only in some service messages.
                continue
            if bot.updates.wants(kind) and _sees(bot, message):
                bot.updates.put(kind, message_json(message, bot))

    def tell_bots(self, bots: Iterable[Bot], kind: str, content: dict[str, Any]) -> None:
        for bot in bots:
            bot.updates.put(kind, content)


def _sees(bot: Bot, message: SeenMessage) -> bool:
    """docs, "Privacy mode": what a bot that is no administrator gets of a group."""
    chat = message.chat
    if not isinstance(chat, Group) or message.is_service or not bot.privacy or chat.is_admin(bot):
        return True
    if message.reply_to is not None and message.reply_to.sender is bot:
        return True
    text = message.text or ""
    mention = f"@{bot.username}".lower()
    if text.startswith("/"):
        command = text.split(maxsplit=1)[0]
        return "@" not in command or command.lower().endswith(mention)
    return mention in text.lower()
