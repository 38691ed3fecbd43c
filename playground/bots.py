"""A bot's account at Telegram."""

import asyncio
import random
from typing import TYPE_CHECKING, Any

from playground.updates import UpdateQueue
from playground.users import User

if TYPE_CHECKING:
    from playground.chats import PrivateChat
    from playground.groups import Group
    from playground.messages import SeenMessage
    from playground.topics import Topic
    from playground.world import World

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


class Bot(User):
    """A bot as BotFather keeps it: token, privacy mode, commands, and the updates that wait for it.

    `privacy` is BotFather's privacy mode: while it is on, the bot sees in groups only commands, replies to
    itself and service messages, unless it is an administrator.
    """

    is_bot = True

    def __init__(
        self, world: "World", id: int, name: str, username: str, token: str | None, privacy: bool
    ) -> None:
        super().__init__(id, name, username=username)
        self._world = world
        self.token = token or f"{id}:AA{''.join(world.random.choices(_ALPHABET, k=33))}"
        self.privacy = privacy
        self.updates = UpdateQueue(random.Random(world.random.random()))
        self.poll: asyncio.Future[None] | None = None
        """The long poll that waits now; a second one ends it."""
        self.commands: dict[tuple[str, str], list[dict[str, str]]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.private_chats: dict[int, PrivateChat] = {}
        self.webhook_url = ""

    def full_json(self) -> dict[str, Any]:
        """What `getMe` answers."""
        return {
            **self.json(),
            "can_join_groups": True,
            "can_read_all_group_messages": not self.privacy,
            "supports_inline_queries": False,
            "can_connect_to_business": False,
            "has_main_web_app": False,
            "has_topics_enabled": False,
            "allows_users_to_create_topics": False,
            "can_manage_bots": False,
        }

    def write(self, place: "Group | Topic", text: str) -> "SeenMessage":
        """Say something in a group or topic without an HTTP call, for bots that nobody programmed."""
        return self._world.write_as(self, place, text)
