"""Chats: what they hold, and the private ones."""

from typing import TYPE_CHECKING, Any

from playground.messages import SeenMessage
from playground.timelines import Timeline

if TYPE_CHECKING:
    from playground.bots import Bot
    from playground.people import Person
    from playground.world import World

Keyboard = dict[str, Any]


class Chat(Timeline):
    """Something with messages in it; their ids count from 1 in each chat."""

    type = "private"
    is_supergroup = False

    def __init__(self, world: "World", id: int) -> None:
        super().__init__()
        self.world = world
        self.id = id
        self.last_id = 0
        self.protects_content = False
        """Whether what people write here now can be neither forwarded nor copied."""

    def next_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def keep(self, message: SeenMessage) -> None:
        self.by_id[message.id] = message
        if message.topic is not None:
            message.topic.by_id[message.id] = message

    def delete_message(self, message: SeenMessage) -> None:
        """Take the message away for everybody; no bot hears of it."""
        self.by_id.pop(message.id, None)
        if message.topic is not None:
            message.topic.by_id.pop(message.id, None)
        message.deleted = True

    def json(self) -> dict[str, Any]:
        raise NotImplementedError

    def watchers(self) -> "list[Bot]":
        """The bots that are in the chat."""
        raise NotImplementedError


class PrivateChat(Chat):
    """A person's chat with a bot; its id is the person's."""

    def __init__(self, world: "World", person: "Person", bot: "Bot") -> None:
        super().__init__(world, person.id)
        self.person = person
        self.bot = bot
        self.started = False
        """Whether the person ever wrote; before that a bot may not."""
        self.blocked = False
        self.reply_keyboard: Keyboard | None = None
        self.actions: list[str] = []
        """What `sendChatAction` showed so far, oldest first."""

    @property
    def keyboard(self) -> list[list[str]] | None:
        """Labels of the reply keyboard now, by rows; None if there is none."""
        return labels(self.reply_keyboard)

    def json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"id": self.id}
        if self.person.deactivated:
            return {**told, "first_name": "", "type": "private"}
        told["first_name"] = self.person.first_name
        if self.person.last_name:
            told["last_name"] = self.person.last_name
        if self.person.username:
            told["username"] = self.person.username
        told["type"] = "private"
        return told

    def watchers(self) -> "list[Bot]":
        return [self.bot]

    def __repr__(self) -> str:
        return f"<PrivateChat of {self.person.name!r} with {self.bot.username}>"


def labels(keyboard: Keyboard | None) -> list[list[str]] | None:
    """Labels of a reply keyboard by rows; None without one."""
    if keyboard is None:
        return None
    return [[button["text"] for button in row] for row in keyboard["keyboard"]]
