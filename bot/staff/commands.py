"""Commands as agents type them, and whose they are."""

from __future__ import annotations

from dataclasses import replace

from aiogram.filters import Command, CommandObject

from bot.staff.context import Shift

# What agents begin a note with, if not with two slashes.
NOTE = "/note"


class Asks(Command):
    """One of these commands of ours, however it is capitalised; not one that names another bot."""

    def __init__(self, *names: str) -> None:
        super().__init__(*names, ignore_case=True)

    @classmethod
    def extract_command(cls, text: str) -> CommandObject:
        """The command in small letters, as handlers know it. Raises CommandException if it is none."""
        found = super().extract_command(text)
        return replace(found, command=found.command.lower())


def typed(text: str) -> tuple[str, str]:
    """What a text begins with, in small letters: a command with its slash, and the bot that it names."""
    command, _, bot = (text.split(maxsplit=1) or [""])[0].lower().partition("@")
    return command, bot


def is_for_another(shift: Shift, text: str) -> bool:
    """Whether a command names another bot of the group."""
    command, bot = typed(text)
    return command.startswith("/") and bot not in ("", shift.desk.bot_username.lower())
