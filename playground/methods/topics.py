"""Forum topics."""

from typing import Any

from playground import errors
from playground.groups import Group
from playground.methods.registry import Ask, method
from playground.methods.targets import find_group
from playground.text import units
from playground.topics import DEFAULT_COLOR, Topic

NAME_LIMIT = 128
# docs, createForumTopic: the six colours.
_COLORS = frozenset((7322096, 16766590, 13338331, 9367192, 16749490, 16478047))


def _forum(ask: Ask, right: str, refusal: errors.Refusal) -> Group:
    group = find_group(ask)
    if not group.is_forum:
        raise errors.NOT_A_FORUM
    if not (group.member(ask.bot).can(right) or _is_own(ask, group)):
        raise refusal
    return group


def _is_own(ask: Ask, group: Group) -> bool:
    """docs, editForumTopic, closeForumTopic: rights are needed "unless it is the creator of the topic"."""
    topic = group.topics_by_id.get(ask.params.integer("message_thread_id"))
    return topic is not None and topic.opening is not None and topic.opening.sender is ask.bot


def _topic(ask: Ask, group: Group) -> Topic:
    thread = ask.params.integer("message_thread_id")
    topic = group.topics_by_id.get(thread)
    if topic is None:
        raise errors.TOPIC_ID_INVALID if thread else errors.THREAD_NOT_FOUND
    return topic


def _name(ask: Ask) -> str:
    name = ask.params.text("name").strip()
    if units(name) > NAME_LIMIT:
        raise errors.TOPIC_TITLE_TOO_LONG
    return name


@method
def create_forum_topic(ask: Ask) -> Any:
    group = _forum(ask, "can_manage_topics", errors.CANT_CREATE_TOPIC)
    name = _name(ask)
    if not name:
        raise errors.TOPIC_TITLE_EMPTY
    color = ask.params.integer("icon_color", DEFAULT_COLOR)
    if color not in _COLORS:
        raise errors.bad("TOPIC_ICON_COLOR_INVALID")  # MTProto error of channels.createForumTopic
    topic = group.open_topic(name, ask.bot, color, ask.params.text("icon_custom_emoji_id") or None)
    return topic.json()


@method
def edit_forum_topic(ask: Ask) -> Any:
    group = _forum(ask, "can_manage_topics", errors.CANT_EDIT_TOPIC)
    topic = _topic(ask, group)
    name = _name(ask) or None
    icon = ask.params.text("icon_custom_emoji_id") if "icon_custom_emoji_id" in ask.params.values else None
    if (name is None or name == topic.name) and (icon is None or icon == (topic.icon or "")):
        raise errors.TOPIC_NOT_MODIFIED
    group.rename_topic(topic, name if name != topic.name else None, icon, ask.bot)
    return True


@method
def close_forum_topic(ask: Ask) -> Any:
    group = _forum(ask, "can_manage_topics", errors.CANT_CLOSE_TOPIC)
    topic = _topic(ask, group)
    if topic.closed:
        raise errors.TOPIC_NOT_MODIFIED
    group.close_topic(topic, ask.bot)
    return True


@method
def reopen_forum_topic(ask: Ask) -> Any:
    group = _forum(ask, "can_manage_topics", errors.CANT_CLOSE_TOPIC)
    topic = _topic(ask, group)
    if not topic.closed:
        raise errors.TOPIC_NOT_MODIFIED
    group.reopen_topic(topic, ask.bot)
    return True


@method
def delete_forum_topic(ask: Ask) -> Any:
    group = _forum(ask, "can_delete_messages", errors.CANT_DELETE_TOPIC)
    group.delete_topic(_topic(ask, group))
    return True
