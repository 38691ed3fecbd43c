"""What agents can ask the bot for, in the group's menu of commands and by /help."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import BotCommand, Message
from markupsafe import Markup

from bot.staff.commands import Asks
from bot.staff.context import Shift
from desk.profile import Profile
from locales import Translator, mark

COMMANDS = {
    "queue": mark("Open tickets: those nobody has taken first, then by deadline"),
    "mine": mark("My open tickets"),
    "find": mark("Find tickets: by number, serial number, name or words"),
    "ticket": mark("One ticket by its number, or the one of this thread"),
    "duty": mark("Go on and off duty, and see who is on it"),
    "note": mark("A note for colleagues, which the customer does not see"),
    "canned": mark("Send a canned answer"),
    "postpone": mark("Postpone the ticket, until a day or without one"),
    "due": mark("Agree another deadline, in reply to what the customer was told"),
    "split": mark("Make a second ticket out of some of its messages"),
    "del": mark("Take a message back from the customer, in reply to it"),
    "time": mark("Book more time for an answer, in reply to it"),
    "mark": mark("Mark the customer"),
    "unmark": mark("Take a mark away from the customer"),
    "faq": mark("Frequent questions: which answers helped"),
    "journal": mark("The journal of a period as a file (administrators)"),
    "announce": mark("Tell something to all customers, in reply to it (administrators)"),
    "ban": mark("Ban a customer (administrators)"),
    "unban": mark("Lift the ban of a customer (administrators)"),
    "erase": mark("Erase what is personal of a ticket's customer (administrators)"),
    "help": mark("What I can do here"),
}


def _unused(profile: Profile) -> set[str]:
    """The commands that this desk has no use for."""
    unused = set() if profile.marks else {"mark", "unmark"}
    if profile.reply_minutes is None:
        unused.add("time")
    if not profile.canned:
        unused.add("canned")
    return unused


def staff_commands(tr: Translator, profile: Profile) -> list[BotCommand]:
    """The menu of commands of the staff group."""
    unused = _unused(profile)
    return [
        BotCommand(command=name, description=tr.plain(text))
        for name, text in COMMANDS.items()
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
    await shift.tell(message, Markup("\n").join([*lines, Markup(), threads]))


def register_help(router: Router) -> None:
    """/help in the staff group; comes before what relays messages."""
    router.message.register(how, Asks("help"))
