"""Whoever writes: every kind of message that a client can send."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from playground.attachments import (
    Animation,
    Attachment,
    Audio,
    Document,
    LivePhoto,
    Photo,
    Sticker,
    Video,
    VideoNote,
    Voice,
)
from playground.bots import Bot
from playground.chats import Chat, PrivateChat
from playground.detect import with_detected
from playground.formatting import Entity
from playground.forwards import forwarded
from playground.messages import CAPTIONED, SeenMessage
from playground.polls import poll_content
from playground.text import CAPTION_LIMIT, split, units
from playground.topics import Topic
from playground.users import User
from playground.writing import draft, post_text

if TYPE_CHECKING:
    from playground.world import World

Place = Bot | Chat | Topic
"""Where something is written; a bot stands for the person's private chat with it."""


class Writer(User, ABC):
    """Somebody who sends messages. Methods raise PermissionError for what a client would not let her do."""

    def __init__(
        self,
        world: "World",
        id: int,
        first_name: str,
        last_name: str | None,
        username: str | None,
        language_code: str | None,
    ) -> None:
        super().__init__(id, first_name, last_name, username, language_code)
        self._world = world
        self.hides_forwards = False
        """Whether forwards of her messages tell only her name, no account."""

    @abstractmethod
    def chat(self, bot: Bot) -> PrivateChat:
        """Her private chat with the bot."""

    def _at(self, place: Place) -> Chat | Topic:
        return self.chat(place) if isinstance(place, Bot) else place

    def write(
        self,
        place: Place,
        text: str,
        *,
        reply_to: SeenMessage | None = None,
        entities: list[Entity] | None = None,
        quote: str | None = None,
        anonymous: bool = False,
    ) -> SeenMessage:
        """Send a text; `anonymous` in the name of the group, for its administrators.

        Raises:
            ValueError: the text is empty or over 4096 characters.
        """
        return post_text(
            self._world,
            self,
            self._at(place),
            text,
            reply_to=reply_to,
            entities=entities,
            quote=quote,
            anonymous=anonymous,
        )

    def write_long(self, place: Place, text: str, **how: Any) -> list[SeenMessage]:
        """Send a text of any length, split into messages as a client does."""
        return [self.write(place, part, **how) for part in split(text)]

    def send(
        self,
        place: Place,
        attachment: Attachment,
        caption: str | None = None,
        *,
        reply_to: SeenMessage | None = None,
        entities: list[Entity] | None = None,
        anonymous: bool = False,
    ) -> SeenMessage:
        """Send one file."""
        message = self._with_file(place, attachment, caption, reply_to, entities, anonymous)
        return self._world.post(message)

    def _with_file(
        self,
        place: Place,
        attachment: Attachment,
        caption: str | None,
        reply_to: SeenMessage | None,
        entities: list[Entity] | None,
        anonymous: bool,
    ) -> SeenMessage:
        if caption and (units(caption) > CAPTION_LIMIT or attachment.kind not in CAPTIONED):
            raise ValueError(f"no client sends this caption with a {attachment.kind}")
        message = draft(self._world, self, self._at(place), attachment.kind, reply_to, None, anonymous)
        message.file = attachment.stored(self._world.files)
        if caption:
            message.text, message.entities = caption, with_detected(caption, entities or [])
        return message

    def send_photo(self, place: Place, caption: str | None = None, **what: Any) -> SeenMessage:
        return self._send(Photo, place, caption, what)

    def send_live_photo(self, place: Place, caption: str | None = None, **what: Any) -> SeenMessage:
        return self._send(LivePhoto, place, caption, what)

    def send_video(self, place: Place, caption: str | None = None, **what: Any) -> SeenMessage:
        return self._send(Video, place, caption, what)

    def send_document(self, place: Place, caption: str | None = None, **what: Any) -> SeenMessage:
        return self._send(Document, place, caption, what)

    def send_audio(self, place: Place, caption: str | None = None, **what: Any) -> SeenMessage:
        return self._send(Audio, place, caption, what)

    def send_voice(self, place: Place, caption: str | None = None, **what: Any) -> SeenMessage:
        return self._send(Voice, place, caption, what)

    def send_animation(self, place: Place, caption: str | None = None, **what: Any) -> SeenMessage:
        return self._send(Animation, place, caption, what)

    def send_video_note(self, place: Place, **what: Any) -> SeenMessage:
        return self._send(VideoNote, place, None, what)

    def send_sticker(self, place: Place, **what: Any) -> SeenMessage:
        return self._send(Sticker, place, None, what)

    def _send(
        self, kind: type[Attachment], place: Place, caption: str | None, what: dict[str, Any]
    ) -> SeenMessage:
        how = _how(what, "reply_to", "entities", "anonymous")
        return self.send(place, kind(**what), caption, **how)

    def send_album(
        self,
        place: Place,
        items: Sequence[Attachment],
        caption: str | None = None,
        *,
        reply_to: SeenMessage | None = None,
        anonymous: bool = False,
    ) -> list[SeenMessage]:
        """Send 2 to 10 files as one; the caption stands on the first (with documents, on the last)."""
        if not 1 < len(items) <= 10:
            raise ValueError("an album has 2 to 10 items")
        captioned = len(items) - 1 if items[0].kind == "document" else 0
        album = str(13_000_000_000_000_000 + self._world.number("album", 1))
        sent = []
        for at, item in enumerate(items):
            text = caption if at == captioned else None
            message = self._with_file(place, item, text, reply_to, None, anonymous)
            message.album = album
            sent.append(self._world.post(message))
        return sent

    def send_contact(
        self, place: Place, phone: str = "+37120000000", first_name: str | None = None, **what: Any
    ) -> SeenMessage:
        """Share a contact, her own if no name is given."""
        how = _how(what, "reply_to", "anonymous")
        content = {"phone_number": phone, "first_name": first_name or self.first_name, **what}
        if first_name is None:
            content["user_id"] = self.id
        return self.send_content(place, "contact", content, **how)

    def send_location(
        self,
        place: Place,
        latitude: float = 56.9496,
        longitude: float = 24.1052,
        live_period: int | None = None,
        **how: Any,
    ) -> SeenMessage:
        """Share a place on the map, live for so many seconds if asked; then `move` and `stop_sharing`.

        When the time of a live location is over nobody is told.
        """
        content: dict[str, Any] = {"latitude": latitude, "longitude": longitude}
        if live_period is not None:
            content["live_period"] = live_period
        return self.send_content(place, "location", content, **how)

    def send_venue(
        self, place: Place, title: str = "Brīvības piemineklis", address: str = "Rīga", **how: Any
    ) -> SeenMessage:
        location = {"latitude": 56.9514, "longitude": 24.1133}
        content = {"location": location, "title": title, "address": address}
        return self.send_content(place, "venue", content, **how)

    def send_poll(
        self, place: Place, question: str = "Tea?", options: Sequence[str] = ("Yes", "No"), **how: Any
    ) -> SeenMessage:
        content = poll_content(self._world, question, list(options))
        return self.send_content(place, "poll", content, **how)

    def send_quiz(
        self,
        place: Place,
        question: str = "How much?",
        options: Sequence[str] = ("1", "2"),
        right: int = 1,
        explanation: str = "Count again",
        **how: Any,
    ) -> SeenMessage:
        """Send a quiz; `right` is the position of the right answer."""
        answers = {"correct_option_ids": [right], "explanation": explanation}
        content = poll_content(self._world, question, list(options), type="quiz", **answers)
        return self.send_content(place, "poll", content, **how)

    def send_dice(self, place: Place, emoji: str = "🎲", **how: Any) -> SeenMessage:
        value = self._world.random.randint(1, 6)
        return self.send_content(place, "dice", {"emoji": emoji, "value": value}, **how)

    def send_story(self, place: Place) -> SeenMessage:
        """Share a story of her own."""
        me = {"id": self.id, "first_name": self.first_name, "type": "private"}
        return self.send_content(place, "story", {"chat": me, "id": self._world.number("story", 1)})

    def send_content(
        self,
        place: Place,
        kind: str,
        content: Any,
        *,
        reply_to: SeenMessage | None = None,
        anonymous: bool = False,
    ) -> SeenMessage:
        """Send any other kind: `content` is the JSON of the Bot API's field `kind`."""
        message = draft(self._world, self, self._at(place), kind, reply_to, None, anonymous)
        message.extra = content
        return self._world.post(message)

    def forward(self, message: SeenMessage, to: Place) -> SeenMessage:
        """Forward a message she sees."""
        return self._forward(message, to, None)

    def forward_album(self, messages: Sequence[SeenMessage], to: Place) -> list[SeenMessage]:
        """Forward an album she sees; it stays one."""
        album = str(13_900_000_000_000_000 + self._world.number("album", 1))
        return [self._forward(message, to, album) for message in messages]

    def _forward(self, message: SeenMessage, to: Place, album: str | None) -> SeenMessage:
        if message.is_protected:
            raise PermissionError(f"{message!r} is protected")
        copy = draft(self._world, self, self._at(to), message.kind)
        copy.album = album
        return self._world.post(forwarded(message, copy))


def _how(what: dict[str, Any], *names: str) -> dict[str, Any]:
    """Take these out of `what`."""
    return {name: what.pop(name) for name in names if name in what}
