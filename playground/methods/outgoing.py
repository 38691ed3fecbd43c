"""What all sending methods share: where to, in reply to what, with which buttons."""

from dataclasses import dataclass
from typing import Any

from playground import errors
from playground.chats import PrivateChat
from playground.formatting import parse_html
from playground.messages import SeenMessage
from playground.methods.markup import Markup, read_markup
from playground.methods.registry import Ask
from playground.methods.targets import check_open, check_writable, find_chat, find_topic
from playground.render import message_json
from playground.text import units

_PASSED_ON = {"show_caption_above_media": "show_caption_above_media", "has_spoiler": "has_media_spoiler"}


@dataclass(slots=True)
class Outgoing:
    """A message about to be sent; `what` is the word for its kind in refusals."""

    ask: Ask
    message: SeenMessage
    markup: Markup | None

    def send(self) -> dict[str, Any]:
        """Post the message and tell it to the bot."""
        chat = self.message.chat
        if self.markup is not None and "inline_keyboard" in self.markup:
            self.message.markup = self.markup if self.markup["inline_keyboard"] else None
        self.ask.world.post(self.message)
        if self.markup is not None and isinstance(chat, PrivateChat):
            if "keyboard" in self.markup:
                chat.reply_keyboard = self.markup
            elif self.markup.get("remove_keyboard"):
                chat.reply_keyboard = None
        return message_json(self.message, self.ask.bot)


def outgoing(ask: Ask, kind: str, what: str = "text messages") -> Outgoing:
    """Find place, reply and buttons of a call that sends.

    Raises:
        Refusal: whatever of them is wrong.
    """
    params = ask.params
    markup = read_markup(params)
    chat = find_chat(ask)
    check_writable(ask, chat, what)
    topic = find_topic(ask, chat)
    message = ask.world.new_message(chat, ask.bot, kind, topic=topic)
    _reply(ask, message)
    check_open(ask, message.topic)
    for name, told in _PASSED_ON.items():
        if params.flag(name):
            message.flags[told] = True
    if params.flag("protect_content"):
        message.flags["has_protected_content"] = True
    return Outgoing(ask, message, markup)


def _reply(ask: Ask, message: SeenMessage) -> None:
    params = ask.params
    wanted = params.json("reply_parameters", "reply parameters") or {}
    if not isinstance(wanted, dict):
        raise errors.bad("object expected as reply parameters")  # Client.cpp `get_reply_parameters`
    replied_id = wanted.get("message_id") or params.integer("reply_to_message_id")
    if not replied_id:
        return
    chat = message.chat
    other = wanted.get("chat_id")
    if other is not None and str(other) != str(chat.id):
        raise errors.bad("the playground replies within one chat only")
    replied = chat.by_id.get(int(replied_id))
    if replied is None:
        if wanted.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
            return
        raise errors.REPLY_NOT_FOUND
    if message.topic is not None and replied is message.topic.opening:
        return
    message.topic = message.topic or replied.topic
    message.reply_to = replied
    message.thread_root = replied.thread_root or replied
    if wanted.get("quote"):
        message.quote = _quote(wanted, replied)


def _quote(wanted: dict[str, Any], replied: SeenMessage) -> dict[str, Any]:
    quote = str(wanted["quote"])
    entities = wanted.get("quote_entities") or []
    if str(wanted.get("quote_parse_mode") or "").lower() == "html":
        quote, entities = parse_html(quote)
    said = replied.text or ""
    position = said.find(quote)
    if position < 0:
        raise errors.QUOTE_NOT_FOUND
    told = {"text": quote, "position": units(said[:position]), "is_manual": True}
    return {**told, "entities": entities} if entities else told
