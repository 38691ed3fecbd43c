"""`/journal`: an administrator of the group gets the journal of a period as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import Message

from bot.journal.export import FORMATS, FORMS, export, form_of
from bot.journal.period import Period
from bot.pipeline.files import Build, Built
from bot.staff.commands import Asks
from bot.staff.context import Shift
from desk.moments import parse_date
from desk.profile import Profile
from dialogs.groups import Groups
from locales import translator
from storage import memberships
from storage.store import Store

FILE = "journal"
_EXAMPLE = "/journal full xlsx 01.11.2026 30.11.2026"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which journal somebody wants; without dates all there is."""

    form: str
    format: str
    first: date | None
    last: date | None


def read_wish(typed: str, today: date) -> Wish | None:
    """What follows the command, in any order; None if some of it is none of that.

    Without a date it is the journal of this month, with one that from then on.
    """
    forms, formats, days = [], [], []
    for word in typed.casefold().split():
        if word in FORMS:
            forms.append(word)
        elif word in FORMATS:
            formats.append(word)
        elif (day := parse_date(word)) is not None:
            days.append(day)
        else:
            return None
    if len(forms) > 1 or len(formats) > 1 or len(days) > 2 or days != sorted(days):
        return None
    first = days[0] if days else today.replace(day=1)
    return Wish(
        forms[0] if forms else "full",
        formats[0] if formats else "xlsx",
        first,
        days[1] if len(days) > 1 else None,
    )


async def asked(message: Message, command: CommandObject, shift: Shift) -> None:
    """Owe the file, or say what is missing."""
    tr = shift.tr
    if not await memberships.is_administrator(shift.tx, message.chat.id, shift.agent.id):
        await shift.tell(message, tr.text("Only administrators of this group may export the journal."))
        return
    today = shift.tx.now.astimezone(shift.desk.profile.timezone).date()
    wish = read_wish(command.args or "", today)
    if wish is None:
        text = tr.text(
            "Please write the form, the format and the first and last day, "
            "for example <code>{command}</code>",
            command=_EXAMPLE,
        )
        await shift.tell(message, text)
        return
    args = {
        "form": wish.form,
        "format": wish.format,
        "first": wish.first.isoformat() if wish.first else None,
        "last": wish.last.isoformat() if wish.last else None,
        "group": shift.group.department,
    }
    await shift.tell(message, tr.text("The journal is being written; it comes as a file."))
    await shift.outbox.file(shift.group.general, FILE, args)


def journal_file(profile: Profile, staff_language: str, groups: Groups) -> Build:
    """What makes the file; `args` are those of a `Wish`, and for whose group it is.

    A department's own group gets the journal of its own tickets, the common one that of all.
    """

    async def build(store: Store, args: Mapping[str, Any], path: Path) -> Built | None:
        first, last = (date.fromisoformat(args[name]) if args[name] else None for name in ("first", "last"))
        form = form_of(args["form"], profile, staff_language)
        period = Period(first, last, profile.timezone)
        # What waits since an earlier version names no group.
        group = groups.of_department(args["group"]) if args.get("group") else groups.common
        scope = None if group is groups.common else groups.scope(group)
        count = await export(store, form, period, path, args["format"], scope=scope)
        tr = translator(staff_language)
        name = "-".join(["journal", args["form"], *(day.isoformat() for day in (first, last) if day)])
        return Built(f"{name}.{args['format']}", tr.plural("{n} ticket", "{n} tickets", count))

    return build


def register_journals(router: Router) -> None:
    """The command in the group; comes before what relays messages."""
    router.message.register(asked, Asks("journal"))
