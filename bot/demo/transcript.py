"""Chats as they stand, printed: who, when, what, with buttons, albums, replies and reactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from rich.box import ROUNDED
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.demo.stage import Stage
from playground import Bot, Chat, PrivateChat, SeenMessage, Topic

# People's own messages stand to the right of the bot's, as on a phone.
_INDENT = 12
_QUOTED = 48
_STYLES = {"bold": "bold", "italic": "italic", "code": "cyan"}
_KINDS = {
    "photo": "📷 photo",
    "video": "🎬 video",
    "document": "📎 document",
    "voice": "🎤 voice message",
    "audio": "🎵 audio",
    "animation": "🎬 animation",
    "video_note": "🎥 video message",
}
_SERVICE = {
    "forum_topic_created": "opened the thread",
    "forum_topic_closed": "closed the thread",
    "forum_topic_reopened": "opened the thread again",
    "new_chat_members": "joined",
    "left_chat_member": "left",
}

Place = Chat | Topic


def print_stage(stage: Stage, console: Console) -> None:
    """Every place where something stands: each customer's chat, then the staff group and its threads."""
    for place in stage.places:
        console.print(panel(stage, place))
    console.print()


def panel(stage: Stage, place: Place) -> RenderableType:
    """One place with everything in it."""
    parts: list[RenderableType] = []
    for album in _albums(place):
        # Grey lines stand together, messages apart.
        if parts and not (album[0].is_service and isinstance(parts[-1], Text)):
            parts.append(Text())
        parts.append(block(stage, album))
    private = isinstance(place, PrivateChat)
    if isinstance(place, PrivateChat) and place.keyboard:
        parts += [Text(), _buttons("menu:", [label for row in place.keyboard for label in row], "dim")]
    return Panel(
        Group(*parts),
        title=Text(title(place), style="bold"),
        title_align="left",
        border_style="green" if private else "blue",
        box=ROUNDED,
    )


def title(place: Place) -> str:
    """What a place is called."""
    if isinstance(place, PrivateChat):
        return f"{place.person.name}: private chat with @{place.bot.username}"
    if isinstance(place, Topic):
        return f"{place.group.title} › {place.name}{' (closed)' if place.closed else ''}"
    return f"{getattr(place, 'title', 'chat')} (staff group)"


def _albums(place: Place) -> Iterator[list[SeenMessage]]:
    """The messages of a place, those of one album together; a group's without those of its threads."""
    shown = [m for m in place.messages if isinstance(place, Topic) or m.topic is None]
    for _, album in groupby(shown, key=lambda m: m.album or m.id):
        yield list(album)


def block(stage: Stage, album: Sequence[SeenMessage]) -> RenderableType:
    """A message, or the messages of an album."""
    first = album[0]
    if first.is_service:
        return Text(_service(first), style="dim italic")
    lines = [_head(first)]
    if first.reply_to is not None and not first.reply_to.is_service:
        lines.append(Text(f"↪ {_short(first.reply_to.text or _kind(first.reply_to))}", style="dim"))
    presses = [press for press in stage.presses if press.message is first]
    # A screen that changed when a button was pressed: what it said, and the button.
    lines += [
        Text(f"{_short(press.text or '')} → [ {press.label} ]", style="dim")
        for press in presses
        if press.text != first.text
    ]
    if first.file is not None:
        lines.append(Text(_files(album), style="magenta"))
    lines += [_text(message) for message in album if message.text]
    lines += [_buttons("", row, "cyan") for row in first.buttons]
    pressed = [press.label for press in presses if press.text == first.text]
    if pressed:
        lines.append(Text(f"pressed: {', '.join(pressed)}", style="dim"))
    reactions = [f"{emoji} {who.first_name}" for m in album for who, emoji in m.reactions.items()]
    if reactions:
        lines.append(Text("  ".join(reactions), style="bold"))
    return Padding(Group(*lines), (0, 0, 0, 0 if isinstance(first.sender, Bot) else _INDENT))


def _buttons(before: str, labels: Sequence[str], style: str) -> Text:
    return Text(
        "  ".join([*([before] if before else []), *(f"[ {label} ]" for label in labels)]), style=style
    )


def _head(message: SeenMessage) -> Text:
    at = datetime.fromtimestamp(message.date).astimezone()
    style = "bold green" if isinstance(message.sender, Bot) else "bold yellow"
    head = Text.assemble((f"{at:%H:%M} ", "dim"), (message.sender.name, style))
    if message.edited:
        head.append(" (edited)", "dim")
    return head


def _text(message: SeenMessage) -> Text:
    words = message.text or ""
    text = Text(words)
    for entity in message.entities:
        style = _STYLES.get(entity["type"])
        if style is not None:
            start = _position(words, entity["offset"])
            text.stylize(style, start, _position(words, entity["offset"] + entity["length"]))
    return text


def _position(words: str, units: int) -> int:
    """Telegram counts UTF-16 units."""
    return len(words.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore"))


def _kind(message: SeenMessage) -> str:
    kind = _KINDS.get(message.kind, message.kind)
    seconds = message.file.duration if message.file is not None else 0
    return f"{kind} {seconds // 60}:{seconds % 60:02}" if seconds else kind


def _files(album: Sequence[SeenMessage]) -> str:
    counted = [(kind, len(list(group))) for kind, group in groupby(album, key=_kind)]
    words = " + ".join(f"{kind} ×{count}" if count > 1 else kind for kind, count in counted)
    file = album[0].file
    if file is not None and file.kind == "document":
        words += f" {file.name}"
    return f"{words}, one album" if len(album) > 1 else words


def _short(words: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(words.split())
    return line if len(line) <= _QUOTED else f"{line[: _QUOTED - 1]}…"


def _service(message: SeenMessage) -> str:
    who = message.sender.name
    what = _SERVICE.get(message.kind, message.kind.replace("_", " "))
    if message.kind == "new_chat_members":
        who = ", ".join(member["first_name"] for member in message.extra)
    return f"— {who} {what}"
