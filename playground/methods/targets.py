"""Which chat, topic and message a call means, and whether the bot may write there."""

from playground import errors
from playground.bots import Bot
from playground.chats import Chat, PrivateChat
from playground.groups import Group
from playground.messages import SeenMessage
from playground.methods.registry import Ask
from playground.people import Person
from playground.topics import Topic


def find_chat(ask: Ask, name: str = "chat_id") -> Chat:
    """The chat of the call.

    Raises:
        Refusal: none given, unknown to the bot, moved, or the bot is out of it.
    """
    raw = ask.params.chat(name)
    try:
        chat_id = int(raw)
    except ValueError:
        raise errors.CHAT_NOT_FOUND from None
    if chat_id > 0:
        return _private(ask, chat_id)
    group = ask.world.groups.get(chat_id)
    if group is None:
        raise errors.CHAT_NOT_FOUND
    if group.upgraded_to is not None:
        raise errors.migrated(group.upgraded_to.id)
    member = group.members.get(ask.bot.id)
    if member is None:
        raise errors.CHAT_NOT_FOUND
    if not member.is_in:
        raise errors.not_in_group(group.is_supergroup, member.status == "kicked")
    return group


def _private(ask: Ask, user_id: int) -> PrivateChat:
    chat = ask.bot.private_chats.get(user_id)
    if chat is not None and chat.started:
        return chat
    user = ask.world.users.get(user_id)
    if user is ask.bot:
        raise errors.BOT_TO_ITSELF
    if isinstance(user, Bot):
        raise errors.BOT_TO_BOT
    if isinstance(user, Person) and any(
        group.member(user).is_in and group.member(ask.bot).is_in for group in ask.world.groups.values()
    ):
        return ask.world.private_chat(user, ask.bot)
    raise errors.CHAT_NOT_FOUND


def check_writable(ask: Ask, chat: Chat, what: str = "text messages") -> None:
    """See that the bot may send into the chat.

    Raises:
        Refusal: the person blocked it, is gone or never wrote; or the group does not let it.
    """
    if isinstance(chat, PrivateChat):
        if chat.person.deactivated:
            raise errors.DEACTIVATED
        if chat.blocked:
            raise errors.BLOCKED
        if not chat.started:
            raise errors.CANT_INITIATE
    elif isinstance(chat, Group) and chat.member(ask.bot).status == "restricted":
        raise errors.no_right_to_send(what)


def find_group(ask: Ask) -> Group:
    """The group of the call; Client.cpp names the error for a private chat by the method's needs."""
    chat = find_chat(ask)
    if not isinstance(chat, Group):
        raise errors.NOT_A_FORUM
    return chat


def find_topic(ask: Ask, chat: Chat) -> Topic | None:
    """The topic to send into; None if the call names none."""
    thread = ask.params.integer("message_thread_id")
    if not thread:
        return None
    topic = chat.topics_by_id.get(thread) if isinstance(chat, Group) and chat.is_forum else None
    if topic is None:
        raise errors.THREAD_NOT_FOUND
    return topic


def check_open(ask: Ask, topic: Topic | None) -> None:
    if topic is not None and topic.closed and not topic.group.member(ask.bot).can("can_manage_topics"):
        raise errors.TOPIC_CLOSED


def find_message(ask: Ask, chat: Chat, missing: errors.Refusal, name: str = "message_id") -> SeenMessage:
    """The message of the call, or the refusal for a missing one."""
    message_id = ask.params.integer(name)
    if not message_id:
        raise errors.MESSAGE_ID_NOT_GIVEN
    message = chat.by_id.get(message_id)
    if message is None:
        raise missing
    return message
