"""A message as it stands in a chat."""

from typing import TYPE_CHECKING, Any

from playground.files import File
from playground.formatting import Entity, to_html
from playground.users import User

if TYPE_CHECKING:
    from playground.chats import Chat
    from playground.topics import Topic

# docs, editMessageLiveLocation: "If 0x7FFFFFFF is specified, then the location can be updated forever."
FOREVER = 0x7FFFFFFF

# Kinds that carry a caption.
CAPTIONED = frozenset(
    ("photo", "live_photo", "video", "animation", "audio", "document", "voice", "paid_media")
)


class SeenMessage:
    """A message as people see it now: edits, reactions and deletion show on the same object.

    `text` is the text or the caption, None if there is neither; `kind` is the field of the Bot API's Message
    that holds the content ("text", "photo", "forum_topic_created", …); `date` and `edit_date` are Unix
    seconds; `reactions` maps who reacted to the emoji.
    """

    __slots__ = (
        "album",
        "chat",
        "date",
        "deleted",
        "edit_date",
        "entities",
        "extra",
        "file",
        "flags",
        "forward_origin",
        "id",
        "kind",
        "markup",
        "quote",
        "reactions",
        "reply_to",
        "sender",
        "sender_chat",
        "text",
        "thread_root",
        "topic",
    )

    def __init__(
        self,
        id: int,
        chat: "Chat",
        sender: User,
        date: int,
        kind: str,
        text: str | None = None,
        entities: list[Entity] | None = None,
    ) -> None:
        self.id = id
        self.chat = chat
        self.sender = sender
        self.sender_chat: Chat | None = None
        self.date = date
        self.kind = kind
        self.text = text
        self.entities: list[Entity] = entities or []
        self.extra: Any = None
        """The JSON of the content where it is no file: a contact, a poll, a service message."""
        self.file: File | None = None
        self.flags: dict[str, Any] = {}
        """Further fields of the Bot API's Message, as they are."""
        self.topic: Topic | None = None
        self.reply_to: SeenMessage | None = None
        self.thread_root: SeenMessage | None = None
        """The first message of the reply chain that this one continues outside of topics."""
        self.quote: dict[str, Any] | None = None
        self.markup: dict[str, Any] | None = None
        self.album: str | None = None
        self.edit_date: int | None = None
        self.forward_origin: dict[str, Any] | None = None
        self.reactions: dict[User, str] = {}
        self.deleted = False

    @property
    def html(self) -> str:
        """Text or caption as HTML; empty if there is none."""
        return to_html(self.text, self.entities) if self.text else ""

    @property
    def edited(self) -> bool:
        return self.edit_date is not None

    @property
    def file_id(self) -> str | None:
        """`file_unique_id`: the same for everybody, so that both sides of a relay can be compared."""
        return self.file.unique_id if self.file else None

    @property
    def is_service(self) -> bool:
        return self.flags.get("service", False) is True

    @property
    def is_live(self) -> bool:
        """Whether this is a live location whose time is not over."""
        period = self.extra.get("live_period") if self.kind == "location" else None
        return period is not None and (period == FOREVER or self.chat.world.now() < self.date + period)

    @property
    def is_protected(self) -> bool:
        """Whether nobody can forward or copy it."""
        return self.flags.get("has_protected_content", False) is True

    @property
    def buttons(self) -> list[list[str]]:
        """Labels of the inline keyboard now, by rows."""
        rows = self.markup["inline_keyboard"] if self.markup else []
        return [[button["text"] for button in row] for row in rows]

    def button(self, label: str) -> dict[str, Any]:
        """The inline button with this label.

        Raises:
            LookupError: it is not there now; the words name the labels that are.
        """
        for row in self.markup["inline_keyboard"] if self.markup and not self.deleted else []:
            for button in row:
                if button["text"] == label:
                    found: dict[str, Any] = button
                    return found
        there = [] if self.deleted else self.buttons
        raise LookupError(f"no button {label!r} on message {self.id}; there are {there}")

    @property
    def forwarded_from(self) -> str | None:
        """The name of the one the message is forwarded from."""
        origin = self.forward_origin
        if origin is None:
            return None
        if "sender_user" in origin:
            user = origin["sender_user"]
            return " ".join(part for part in (user["first_name"], user.get("last_name")) if part)
        chat = origin.get("sender_chat") or origin.get("chat") or {}
        return str(origin.get("sender_user_name") or chat.get("title"))

    def __repr__(self) -> str:
        return f"<SeenMessage {self.id} {self.kind} by {self.sender.name!r}: {self.text!r}>"
