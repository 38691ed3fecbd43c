"""How a user's words get into a chat."""

from typing import TYPE_CHECKING

from playground.bots import Bot
from playground.chats import Chat, PrivateChat
from playground.detect import with_detected
from playground.formatting import Entity, check_entities, trim
from playground.groups import Group
from playground.messages import SeenMessage
from playground.text import TEXT_LIMIT, units
from playground.topics import Topic
from playground.users import GROUP_ANONYMOUS_BOT, User

if TYPE_CHECKING:
    from playground.world import World

Target = Chat | Topic


def post_text(
    world: "World",
    sender: User,
    place: Target,
    text: str,
    *,
    reply_to: SeenMessage | None = None,
    entities: list[Entity] | None = None,
    quote: str | None = None,
    anonymous: bool = False,
) -> SeenMessage:
    """Write a text, as a client would.

    Raises:
        ValueError: the text is empty or over 4096 characters, which no client sends.
        PermissionError: the sender may not write there.
    """
    text, kept = trim(text, check_entities(text, entities or []))
    if not 0 < units(text) <= TEXT_LIMIT:
        raise ValueError(f"a message has 1 to {TEXT_LIMIT} characters, this one {units(text)}")
    message = draft(world, sender, place, "text", reply_to, quote, anonymous)
    message.text, message.entities = text, with_detected(text, kept)
    return world.post(message)


def draft(
    world: "World",
    sender: User,
    place: Target,
    kind: str,
    reply_to: SeenMessage | None = None,
    quote: str | None = None,
    anonymous: bool = False,
) -> SeenMessage:
    """A message that the sender is about to send to the place.

    Raises:
        PermissionError: the sender may not write there.
        ValueError: `reply_to` stands in another chat or is deleted, or the quote is not in it.
    """
    chat, topic = where(place)
    _check_may_write(sender, chat, topic)
    if reply_to is not None:
        if reply_to.chat is not chat or reply_to.deleted:
            raise ValueError("the message replied to is not in this chat")
        topic = topic or reply_to.topic
    message = world.new_message(chat, sender, kind, topic=topic, reply_to=reply_to)
    if chat.protects_content:
        message.flags["has_protected_content"] = True
    if quote is not None:
        said = reply_to.text or "" if reply_to else ""
        if quote not in said:
            raise ValueError(f"{quote!r} is no part of the message replied to")
        message.quote = {"text": quote, "position": units(said[: said.index(quote)]), "is_manual": True}
    if anonymous:
        if not isinstance(chat, Group) or not chat.is_admin(sender):
            raise PermissionError(f"{sender!r} is no administrator of {chat!r}")
        message.sender, message.sender_chat = GROUP_ANONYMOUS_BOT, chat
    return message


def where(place: Target) -> tuple[Chat, Topic | None]:
    """The chat, and the topic in it, that the place means."""
    return (place.group, place) if isinstance(place, Topic) else (place, None)


def _check_may_write(sender: User, chat: Chat, topic: Topic | None) -> None:
    if sender.deactivated:
        raise PermissionError(f"{sender!r} is deactivated")
    if isinstance(chat, PrivateChat):
        if sender is not chat.person:
            raise PermissionError(f"{chat!r} is not {sender!r}'s")
        if chat.blocked:
            raise PermissionError(f"{sender!r} has blocked {chat.bot.username}")
        chat.started = True
    elif isinstance(chat, Group):
        member = chat.member(sender)
        if not member.is_in or member.status == "restricted" or chat.upgraded_to is not None:
            raise PermissionError(f"{sender!r} may not write in {chat!r}")
        if topic is not None and topic.deleted:
            raise PermissionError(f"{topic!r} is deleted")
        if topic is not None and topic.closed and not (member.is_admin or isinstance(sender, Bot)):
            raise PermissionError(f"{topic!r} is closed")
