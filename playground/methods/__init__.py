"""What each method of the Bot API does; importing this package registers them all."""

from playground.methods import about, albums, clicks, copies, edits, media, reactions, sends, topics, webhook
from playground.methods.registry import METHODS, Ask

__all__ = [
    "METHODS",
    "Ask",
    "about",
    "albums",
    "clicks",
    "copies",
    "edits",
    "media",
    "reactions",
    "sends",
    "topics",
    "webhook",
]
