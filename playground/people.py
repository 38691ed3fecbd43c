"""People and what they do in their clients."""

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
from playground.clicks import Click
from playground.detect import with_detected
from playground.formatting import Entity
from playground.forwards import forwarded
from playground.groups import Group
from playground.messages import CAPTIONED, SeenMessage
from playground.polls import poll_content
from playground.render import message_json, without_live
from playground.text import CAPTION_LIMIT, TEXT_LIMIT, split, units
from playground.topics import Topic
from playground.users import User
from playground.writing import draft, post_text

if TYPE_CHECKING:
    from playground.world import World

Place = Bot | Chat | Topic
"""Where something is written; a bot stands for the person's private chat with it."""


class Person(User):
    """Somebody at a phone. Methods raise PermissionError for what a client would not let her do."""

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

    def chat(self, bot: Bot) -> PrivateChat:
        """Her private chat with the bot."""
        return self._world.private_chat(self, bot)

    def _at(self, place: Place) -> Chat | Topic:
        return self.chat(place) if isinstance(place, Bot) else place

    def start(self, bot: Bot, payload: str | None = None) -> SeenMessage:
        """Press Start, or open a deep link with this payload; unblocks the bot, as clients do."""
        if self.chat(bot).blocked:
            self.unblock(bot)
        return self.write(bot, f"/start {payload}" if payload else "/start")

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

    def move(
        self, message: SeenMessage, latitude: float, longitude: float, live_period: int | None = None
    ) -> None:
        """Go somewhere else while sharing a live location; with `live_period` share it that long in all."""
        self._check_live(message)
        period = message.extra["live_period"] if live_period is None else live_period
        position = {"latitude": latitude, "longitude": longitude, "live_period": period}
        message.extra = {**message.extra, **position}
        self._edited(message)

    def stop_sharing(self, message: SeenMessage) -> None:
        """End a live location before its time; it stays where it was last."""
        self._check_live(message)
        message.extra = without_live(message.extra)
        self._edited(message)

    def _check_live(self, message: SeenMessage) -> None:
        if not message.is_live:
            raise PermissionError(f"{message!r} is not shared live any more")

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

    def edit(self, message: SeenMessage, text: str, entities: list[Entity] | None = None) -> None:
        """Change the text or caption of her message."""
        limit = TEXT_LIMIT if message.kind == "text" else CAPTION_LIMIT
        if units(text) > limit:
            raise ValueError(f"over {limit} characters")
        message.text, message.entities = text, with_detected(text, entities or [])
        self._edited(message)

    def edit_file(self, message: SeenMessage, attachment: Attachment, caption: str | None = None) -> None:
        """Replace the file of her message."""
        message.file, message.kind = attachment.stored(self._world.files), attachment.kind
        message.text, message.entities = caption, with_detected(caption or "", [])
        self._edited(message)

    def edit_content(self, message: SeenMessage, content: Any) -> None:
        """Change a message that is neither text nor file, such as a checklist."""
        message.extra = content
        self._edited(message)

    def _edited(self, message: SeenMessage) -> None:
        if message.deleted or (message.sender is not self and message.sender_chat is None):
            raise PermissionError(f"{self!r} cannot edit {message!r}")
        message.edit_date = self._world.now()
        self._world.announce(message, "edited_message")

    def delete(self, message: SeenMessage) -> None:
        """Delete a message for everybody: her own, any in a private chat, or as an administrator."""
        chat = message.chat
        if (
            isinstance(chat, Group)
            and message.sender is not self
            and not chat.member(self).can("can_delete_messages")
        ):
            raise PermissionError(f"{self!r} cannot delete {message!r}")
        chat.delete_message(message)

    def react(self, message: SeenMessage, emoji: str | None, *, as_chat: Chat | None = None) -> None:
        """Put an emoji on a message, or take hers away with None.

        `as_chat` is the chat in whose name she does it: the group itself for an anonymous administrator,
        or a channel of hers.
        """
        old = message.reactions.pop(self, None)
        if emoji is not None:
            message.reactions[self] = emoji
        # docs, MessageReactionUpdated: `user` or, "if the user is anonymous", `actor_chat`.
        actor = {"user": self.json()} if as_chat is None else {"actor_chat": as_chat.json()}
        told = {
            "chat": message.chat.json(),
            "message_id": message.id,
            "date": self._world.now(),
            "old_reaction": [{"type": "emoji", "emoji": old}] if old else [],
            "new_reaction": [{"type": "emoji", "emoji": emoji}] if emoji else [],
            **actor,
        }
        # docs, message_reaction: "the bot must be an administrator in the chat"; private chats have none.
        chat = message.chat
        bots = [bot for bot in chat.watchers() if not isinstance(chat, Group) or chat.is_admin(bot)]
        self._world.tell_bots(bots, "message_reaction", told)

    def press(self, message: SeenMessage, label: str) -> Click:
        """Press an inline button that is on the message now.

        Raises:
            LookupError: no such button there; the words name those there are.
            ValueError: the button only opens a link.
        """
        button = message.button(label)
        if "callback_data" not in button:
            raise ValueError(f"{label!r} opens {button.get('url')}")
        return self.press_data(message, button["callback_data"])

    def press_data(self, message: SeenMessage, data: str) -> Click:
        """Send any callback data for a bot's message, as a hostile client can."""
        bot = message.sender
        if not isinstance(bot, Bot):
            raise ValueError(f"{message!r} is not from a bot")
        world = self._world
        query_id = str(world.number("click", 4_000_000_000_000_000_001))
        click = world.clicks[query_id] = Click(query_id, self, bot, data, world.clock.time())
        told = {
            "id": query_id,
            "from": self.json(),
            "message": message_json(message, bot),
            "chat_instance": str(abs(message.chat.id) * 31 + bot.id),
            "data": data,
        }
        if message.deleted:
            # docs, InaccessibleMessage: "deleted or otherwise inaccessible", its date is always 0.
            told["message"] = {"chat": message.chat.json(), "message_id": message.id, "date": 0}
        bot.updates.put("callback_query", told)
        return click

    def tap(self, place: Bot | PrivateChat, label: str) -> SeenMessage:
        """Tap a button of the reply keyboard; sends its label, or her contact or location if it asks so.

        Raises:
            LookupError: the keyboard has no such button now; the words name those it has.
        """
        chat = self.chat(place) if isinstance(place, Bot) else place
        for row in chat.reply_keyboard["keyboard"] if chat.reply_keyboard else []:
            for button in row:
                if button["text"] == label:
                    if button.get("request_contact"):
                        return self.send_contact(chat)
                    if button.get("request_location"):
                        return self.send_location(chat)
                    return self.write(chat, label)
        raise LookupError(f"no button {label!r} on the keyboard; there are {chat.keyboard}")

    def block(self, bot: Bot) -> None:
        """Stop and block the bot."""
        self._block(bot, True)

    def unblock(self, bot: Bot) -> None:
        self._block(bot, False)

    def _block(self, bot: Bot, blocked: bool) -> None:
        chat = self.chat(bot)
        if chat.blocked == blocked:
            return
        chat.blocked = blocked
        states = (
            {"status": "member", "user": bot.json()},
            {"status": "kicked", "user": bot.json(), "until_date": 0},
        )
        told = {
            "chat": chat.json(),
            "from": self.json(),
            "date": self._world.now(),
            "old_chat_member": states[not blocked],
            "new_chat_member": states[blocked],
        }
        bot.updates.put("my_chat_member", told)

    def deactivate(self) -> None:
        """Delete the account; no bot hears of it until it writes to her."""
        self.deactivated = True

    def open_topic(self, group: Group, name: str) -> Topic:
        """Make a topic in a forum group."""
        self._check_topics(group)
        return group.open_topic(name, by=self)

    def rename_topic(self, topic: Topic, name: str) -> None:
        self._check_topics(topic.group)
        topic.group.rename_topic(topic, name, by=self)

    def close_topic(self, topic: Topic) -> None:
        self._check_topics(topic.group)
        topic.group.close_topic(topic, by=self)

    def reopen_topic(self, topic: Topic) -> None:
        self._check_topics(topic.group)
        topic.group.reopen_topic(topic, by=self)

    def delete_topic(self, topic: Topic) -> None:
        """Delete a topic with its messages."""
        if not topic.group.member(self).can("can_delete_messages"):
            raise PermissionError(f"{self!r} cannot delete {topic!r}")
        topic.group.delete_topic(topic)

    def _check_topics(self, group: Group) -> None:
        if not group.member(self).can("can_manage_topics"):
            raise PermissionError(f"{self!r} cannot manage topics of {group!r}")


def _how(what: dict[str, Any], *names: str) -> dict[str, Any]:
    """Take these out of `what`."""
    return {name: what.pop(name) for name in names if name in what}
