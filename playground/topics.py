"""Topics of a forum group."""

from typing import TYPE_CHECKING, Any

from playground.messages import SeenMessage
from playground.timelines import Timeline

if TYPE_CHECKING:
    from playground.groups import Group

DEFAULT_COLOR = 7322096


class Topic(Timeline):
    """A topic; its id, the `message_thread_id`, is the id of the service message that opened it."""

    def __init__(self, group: "Group", id: int, name: str, icon_color: int, icon: str | None) -> None:
        super().__init__()
        self.group = group
        self.id = id
        self.name = name
        self.icon_color = icon_color
        self.icon = icon
        self.closed = False
        self.deleted = False
        self.opening: SeenMessage | None = None

    def json(self) -> dict[str, Any]:
        """The ForumTopic object of the Bot API."""
        told: dict[str, Any] = {
            "message_thread_id": self.id,
            "name": self.name,
            "icon_color": self.icon_color,
        }
        if self.icon:
            told["icon_custom_emoji_id"] = self.icon
        return told

    def __repr__(self) -> str:
        return f"<Topic {self.id} {self.name!r}{' closed' if self.closed else ''}>"
