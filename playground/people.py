"""People and what they do in their clients."""

from typing import Any

from playground.attachments import Attachment
from playground.bots import Bot
from playground.chats import Chat, PrivateChat
from playground.clicks import Click
from playground.detect import with_detected
from playground.formatting import Entity
from playground.groups import Group
from playground.messages import SeenMessage
from playground.render import message_json, without_live
from playground.text import CAPTION_LIMIT, TEXT_LIMIT, units
from playground.topics import Topic
from playground.writers import Writer


class Person(Writer):
    """Somebody at a phone. Methods raise PermissionError for what a client would not let her do."""

    def chat(self, bot: Bot) -> PrivateChat:
        """Her private chat with the bot."""
        return self._world.private_chat(self, bot)

    def start(self, bot: Bot, payload: str | None = None) -> SeenMessage:
        """Press Start, or open a deep link with this payload; unblocks the bot, as clients do."""
        if self.chat(bot).blocked:
            self.unblock(bot)
        return self.write(bot, f"/start {payload}" if payload else "/start")

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
