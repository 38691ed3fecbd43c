"""Channels, as far as people forward their posts and groups are linked to them."""

from typing import TYPE_CHECKING, Any

from playground.chats import Chat
from playground.users import TELEGRAM

if TYPE_CHECKING:
    from playground.attachments import Attachment
    from playground.bots import Bot
    from playground.messages import SeenMessage
    from playground.world import World


class Channel(Chat):
    """A channel; one with a username is public."""

    type = "channel"

    def __init__(self, world: "World", id: int, title: str, username: str | None = None) -> None:
        super().__init__(world, id)
        self.title = title
        self.username = username

    def json(self) -> dict[str, Any]:
        told = {"id": self.id, "title": self.title, "type": "channel"}
        return {**told, "username": self.username} if self.username else told

    def watchers(self) -> "list[Bot]":
        return []

    def post(self, text: str, attachment: "Attachment | None" = None) -> "SeenMessage":
        """Post a text, or a file with this caption."""
        message = self.world.new_message(self, TELEGRAM, attachment.kind if attachment else "text", text)
        message.sender_chat = self
        message.file = attachment.stored(self.world.files) if attachment else None
        return self.world.post(message)

    def post_content(self, kind: str, content: Any) -> "SeenMessage":
        """Post any other kind: `content` is the JSON of the Bot API's field `kind`."""
        message = self.world.new_message(self, TELEGRAM, kind)
        message.sender_chat, message.extra = self, content
        return self.world.post(message)
