"""What agents can ask the bot for, in the group's menu of commands and by /help."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import BotCommand, Message
from markupsafe import Markup

from bot.staff.context import Shift
from bot.staff.finding import tell
from desk.profile import Profile
from locales import Translator, mark

_COMMANDS = {
    "queue": mark("Open tickets: what nobody has taken, then by deadline"),
    "mine": mark("My open tickets"),
    "find": mark("Find tickets: by number, serial number, name or words"),
    "ticket": mark("One ticket by its number, or the one of this thread"),
    "note": mark("A note for colleagues, which the customer does not see"),
    "due": mark("Agree another deadline, in reply to what the customer was told"),
    "del": mark("Take a message back from the customer, in reply to it"),
    "mark": mark("Mark the customer"),
    "unmark": mark("Take a mark away from the customer"),
    "faq": mark("Frequent questions: which answers helped"),
    "help": mark("What I can do here"),
}
_OF_MARKS = ("mark", "unmark")


def staff_commands(tr: Translator, profile: Profile) -> list[BotCommand]:
    """The menu of commands of the staff group."""
    unused = () if profile.marks else _OF_MARKS
    return [
        BotCommand(command=name, description=tr.plain(text))
        for name, text in _COMMANDS.items()
        if name not in unused
    ]


async def how(message: Message, shift: Shift) -> None:
    """The same with what agents have to know of threads."""
    tr = shift.tr
    lines = [
        Markup("/{}: {}").format(each.command, each.description)
        for each in staff_commands(tr, shift.desk.profile)
    ]
    if shift.desk.profile.relay == "replies":
        threads = tr.text("In a ticket's thread only replies go to the customer; all else stays here.")
    else:
        threads = tr.text(
            "What you write in a ticket's thread goes to the customer; what begins with // stays here."
        )
    await tell(shift, message, Markup("\n").join([*lines, Markup(), threads]))


def help_router() -> Router:
    """/help in the staff group; comes before what relays messages."""
    router = Router(name="staff help")
    router.message.register(how, Command("help", ignore_case=True, ignore_mention=True))
    return router
