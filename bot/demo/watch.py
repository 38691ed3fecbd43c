"""Printing what the bot does in the chats, as it happens."""

from __future__ import annotations

import asyncio
from itertools import groupby

from rich.console import Console
from rich.text import Text

from bot.demo.stage import Stage
from bot.demo.transcript import Place, block, title
from playground import SeenMessage

_POLL = 0.1

Look = tuple[str | None, list[list[str]], list[str]]


async def watch(stage: Stage, console: Console, sign: str) -> None:
    """Print new and changed messages until cancelled; `sign` is what stands before the next input."""
    known: dict[SeenMessage, Look] = {}
    for _, message in _messages(stage):
        known[message] = _look(message)
    while True:
        await asyncio.sleep(_POLL)
        changed = [(place, m) for place, m in _messages(stage) if known.get(m) != _look(m)]
        # What a person wrote was just typed; a reaction on it is news.
        news = [(place, m) for place, m in changed if m.sender is stage.bot or m in known]
        known.update((message, _look(message)) for _, message in changed)
        if news:
            _print(stage, console, news)
            console.print(sign, end="")


def _messages(stage: Stage) -> list[tuple[Place, SeenMessage]]:
    return [
        (place, message)
        for place in stage.places
        for message in place.messages
        if place is not stage.group or message.topic is None
    ]


def _look(message: SeenMessage) -> Look:
    """What one sees of a message."""
    return message.text, message.buttons, list(message.reactions.values())


def _print(stage: Stage, console: Console, news: list[tuple[Place, SeenMessage]]) -> None:
    for place, messages in groupby(news, key=lambda each: each[0]):
        console.print(Text(f"\n── {title(place)}", style="bold blue"))
        for _, album in groupby((m for _, m in messages), key=lambda m: m.album or m.id):
            console.print(block(stage, list(album)))
