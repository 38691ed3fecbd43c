"""Reactions of bots."""

from typing import Any

from playground import errors
from playground.chats import Chat
from playground.groups import Group
from playground.messages import SeenMessage
from playground.methods.registry import Ask, method
from playground.methods.targets import check_writable, find_chat, find_message

# docs, ReactionTypeEmoji: the whole list.
EMOJI = frozenset(
    [
        "❤",
        "👍",
        "👎",
        "🔥",
        "🥰",
        "👏",
        "😁",
        "🤔",
        "🤯",
        "😱",
        "🤬",
        "😢",
        "🎉",
        "🤩",
        "🤮",
        "💩",
        "🙏",
        "👌",
        "🕊",
        "🤡",
        "🥱",
        "🥴",
        "😍",
        "🐳",
        "❤\u200d🔥",
        "🌚",
        "🌭",
        "💯",
        "🤣",
        "⚡",
        "🍌",
        "🏆",
        "💔",
        "🤨",
        "😐",
        "🍓",
        "🍾",
        "💋",
        "🖕",
        "😈",
        "😴",
        "😭",
        "🤓",
        "👻",
        "👨\u200d💻",
        "👀",
        "🎃",
        "🙈",
        "😇",
        "😨",
        "🤝",
        "✍",
        "🤗",
        "🫡",
        "🎅",
        "🎄",
        "☃",
        "💅",
        "🤪",
        "🗿",
        "🆒",
        "💘",
        "🙉",
        "🦄",
        "😘",
        "💊",
        "🙊",
        "😎",
        "👾",
        "🤷\u200d♂",
        "🤷",
        "🤷\u200d♀",
        "😡",
    ]
)


@method
def set_message_reaction(ask: Ask) -> Any:
    wanted = _wanted(ask)
    emoji = [_emoji(reaction) for reaction in wanted]
    chat = find_chat(ask)
    check_writable(ask, chat)
    message = find_message(ask, chat, errors.REACT_NOT_FOUND)
    message = _of_album(chat, message)
    if len(emoji) > 1:
        raise errors.REACTIONS_TOO_MANY
    if message.is_service:
        raise errors.REACTION_INVALID
    if not emoji:
        message.reactions.pop(ask.bot, None)
        return True
    if emoji[0] not in EMOJI:
        raise errors.REACTION_INVALID
    allowed = chat.available_reactions if isinstance(chat, Group) else None
    if allowed is not None and emoji[0] not in allowed:
        raise errors.REACTION_INVALID
    message.reactions[ask.bot] = emoji[0]
    return True


def _wanted(ask: Ask) -> list[Any]:
    wanted = ask.params.json("reaction", "reaction types") or []
    if not isinstance(wanted, list):
        raise errors.bad("expected an Array of ReactionType")  # Client.cpp `get_reaction_types`
    return wanted


def _of_album(chat: Chat, message: SeenMessage) -> SeenMessage:
    """docs, setMessageReaction: in an album the first message that is not deleted takes the reaction."""
    if message.album is None:
        return message
    return next(one for one in chat.messages if one.album == message.album)


def _emoji(reaction: Any) -> str:
    if not isinstance(reaction, dict):
        raise errors.bad("can't parse ReactionType: expected an Object")  # Client.cpp `get_reaction_types`
    if reaction.get("type") != "emoji":
        # docs, setMessageReaction: paid reactions can't be used by bots, nor custom emoji here.
        raise errors.REACTION_INVALID
    return str(reaction.get("emoji") or "").replace("\ufe0f", "")
