"""Copies and forwards of messages."""

from typing import Any

from playground.channels import Channel
from playground.messages import SeenMessage

# docs, copyMessage: "Service messages, paid media messages, giveaway messages, … can't be copied."
UNCOPYABLE = frozenset(("paid_media", "invoice", "giveaway", "giveaway_winners"))


def copied(source: SeenMessage, target: SeenMessage) -> SeenMessage:
    """Give the target the content of the source."""
    target.kind, target.file = source.kind, source.file
    target.text, target.entities = source.text, list(source.entities)
    target.extra = source.extra
    return target


def forwarded(source: SeenMessage, target: SeenMessage) -> SeenMessage:
    """Give the target the content of the source and its origin."""
    copied(source, target)
    target.forward_origin = source.forward_origin or _origin(source)
    return target


def _origin(source: SeenMessage) -> dict[str, Any]:
    if isinstance(source.chat, Channel):
        return {"type": "channel", "date": source.date, "chat": source.chat.json(), "message_id": source.id}
    if source.sender_chat is not None:
        return {"type": "chat", "date": source.date, "sender_chat": source.sender_chat.json()}
    if getattr(source.sender, "hides_forwards", False):
        return {"type": "hidden_user", "date": source.date, "sender_user_name": source.sender.name}
    return {"type": "user", "date": source.date, "sender_user": source.sender.json()}
