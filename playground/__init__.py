"""A Telegram that runs offline: a Bot API server on loopback and people who act in it.

`Playground` is the door. Bots talk to `Playground.url` over HTTP as to the real one; people act through
`Person`, in the same process and without waiting.
"""

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
from playground.calls import Call
from playground.channels import Channel
from playground.chats import Chat, PrivateChat
from playground.clicks import Answer, Click
from playground.clock import Clock, RealClock
from playground.errors import Refusal
from playground.faults import (
    DropAfter,
    DropBefore,
    Fault,
    Faults,
    Garbage,
    Refuse,
    ServerError,
    Slow,
    TooMany,
)
from playground.files import File
from playground.flood import FloodLimits
from playground.formatting import parse_html, to_html
from playground.groups import Group
from playground.members import DEFAULT_RIGHTS, RIGHTS, Member
from playground.messages import SeenMessage
from playground.people import Person
from playground.playground import Playground
from playground.text import split
from playground.topics import Topic
from playground.users import User
from playground.writers import Place

__all__ = [
    "DEFAULT_RIGHTS",
    "RIGHTS",
    "Animation",
    "Answer",
    "Attachment",
    "Audio",
    "Bot",
    "Call",
    "Channel",
    "Chat",
    "Click",
    "Clock",
    "Document",
    "DropAfter",
    "DropBefore",
    "Fault",
    "Faults",
    "File",
    "FloodLimits",
    "Garbage",
    "Group",
    "LivePhoto",
    "Member",
    "Person",
    "Photo",
    "Place",
    "Playground",
    "PrivateChat",
    "RealClock",
    "Refusal",
    "Refuse",
    "SeenMessage",
    "ServerError",
    "Slow",
    "Sticker",
    "TooMany",
    "Topic",
    "User",
    "Video",
    "VideoNote",
    "Voice",
    "parse_html",
    "split",
    "to_html",
]
