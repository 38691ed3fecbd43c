"""Assigning a ticket by hand: the choice from the menu of its card."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.staff.context import Shift
from bot.staff.late import too_late
from bot.views.menus import AssignButton
from desk.history import FINISHED
from desk.lifecycle import State
from dialogs import assigning
from storage import memberships
from storage.memberships import Person
from storage.rows import Ticket


async def chosen(query: CallbackQuery, callback_data: AssignButton, shift: Shift) -> None:
    """Assign the ticket, unless somebody was faster."""
    ticket = await shift.ticket(callback_data.number)
    if ticket is None or query.message is None:
        shift.out_of_date()
        return
    if State(ticket.state) in FINISHED:
        await too_late(shift, ticket.number)
    elif (ticket.assignee_id or 0) != callback_data.was:
        shift.toast.say(_meanwhile(shift, ticket), alert=True)
        await shift.outbox.card(ticket.number)
    elif callback_data.to == ticket.assignee_id:
        shift.toast.say(_meanwhile(shift, ticket))
        await shift.life.open_menu(ticket, None)
    else:
        await _assign(shift, ticket, query.message.chat.id, callback_data.to)


async def _assign(shift: Shift, ticket: Ticket, chat_id: int, to: int) -> None:
    name = await memberships.name_of(shift.tx, chat_id, to)
    if name is None:
        shift.toast.say(shift.tr.plain("They are no longer in the group."), alert=True)
        await shift.outbox.card(ticket.number)
        return
    await assigning.assign(shift.life, ticket, Person(to, name), shift.agent)
    shift.toast.say(shift.tr.plain("#{number}: assigned, {name}", number=ticket.number, name=name))


def _meanwhile(shift: Shift, ticket: Ticket) -> str:
    if ticket.assignee_id is None:
        return shift.tr.plain("The ticket is back with the team meanwhile.")
    return shift.tr.plain("{name} has this ticket now.", name=ticket.assignee_name or "?")


def register_assign(router: Router) -> None:
    """The choice of whose a ticket is."""
    router.callback_query.register(chosen, AssignButton.filter())
