"""What a card offers to choose from instead of its buttons: agents, departments, types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton

from bot.views.buttons import ticked
from desk.profile import Profile
from dialogs.assigning import department_key
from dialogs.buttons import Number, PersonId, button
from locales import Translator, mark
from storage import duty, memberships, tickets
from storage.rows import Ticket
from storage.transaction import Transaction

ASSIGN = mark("Assign")
ASSIGN_MENU = "assign"
TRANSFER = mark("Transfer")
TRANSFER_MENU = "transfer"
TYPE_MENU = "type"
# Telegram shows a hundred buttons at most; in larger groups whoever is missing can still take the ticket.
_OFFERED = 40
_NAME = 30


class AssignButton(CallbackData, prefix="ta"):
    """A choice of agent; `was` is who had the ticket when the choice was offered, 0 for nobody."""

    number: Number
    to: PersonId
    was: PersonId


class TransferButton(CallbackData, prefix="tt"):
    """A choice of department; `was` is where the ticket was when the choice was offered."""

    number: Number
    to: str
    was: str


class TypeButton(CallbackData, prefix="ty"):
    """A choice of type; `was` is what the ticket had when the choice was offered."""

    number: int
    to: str
    was: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody a ticket could be assigned to, with how many others they have to do."""

    id: int
    name: str
    load: int
    on_duty: bool


async def colleagues(
    tx: Transaction, profile: Profile, ticket: Ticket, staff_chat_id: int
) -> Sequence[Colleague]:
    """Whom the open menu of a card offers: who is on duty in the ticket's department, then the others."""
    if ticket.menu != ASSIGN_MENU:
        return ()
    present = {each.user_id: each.name for each in await duty.on_duty(tx, department_key(profile, ticket))}
    known = {each.id: each.name for each in await memberships.members(tx, staff_chat_id, _OFFERED)}
    names = present | {key: name for key, name in known.items() if name}
    loads = await tickets.loads(tx, names)
    found = [Colleague(key, name, loads.get(key, 0), key in present) for key, name in names.items()]
    return sorted(found, key=lambda each: (not each.on_duty, each.load if each.on_duty else 0, each.name))


def assign_rows(ticket: Ticket, offered: Sequence[Colleague]) -> list[InlineKeyboardButton]:
    """The buttons of the menu, the present agent marked."""
    return [
        button(
            _label(each, ticket),
            AssignButton(number=ticket.number, to=each.id, was=ticket.assignee_id or 0),
        )
        for each in offered[:_OFFERED]
    ]


def transfer_rows(ticket: Ticket, profile: Profile, tr: Translator) -> list[InlineKeyboardButton]:
    """The buttons of the menu, the present department marked."""
    present = department_key(profile, ticket)
    return [
        button(
            ticked(each.label.in_language(tr.language), is_present=each.key == present),
            TransferButton(number=ticket.number, to=each.key, was=present),
        )
        for each in profile.departments
    ]


def type_rows(ticket: Ticket, profile: Profile, tr: Translator) -> list[list[InlineKeyboardButton]]:
    """The buttons of the menu, a line each, the present type marked."""
    return [
        [
            button(
                ticked(each.label.in_language(tr.language), is_present=each.key == ticket.type),
                TypeButton(number=ticket.number, to=each.key, was=ticket.type or ""),
            )
        ]
        for each in profile.ticket_types
    ]


def _label(colleague: Colleague, ticket: Ticket) -> str:
    light = "🟢 " if colleague.on_duty else ""
    label = f"{light}{colleague.name[:_NAME]} · {colleague.load}"
    return ticked(label, is_present=colleague.id == ticket.assignee_id)
