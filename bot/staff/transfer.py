"""Moving a ticket to another department: the choice from the menu of its card."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.staff.context import Shift
from bot.staff.late import too_late
from bot.views.menus import TransferButton
from desk.history import FINISHED
from desk.lifecycle import State
from dialogs import transferring
from dialogs.assigning import department_key


async def chosen(query: CallbackQuery, callback_data: TransferButton, shift: Shift) -> None:
    """Move the ticket, unless somebody was faster."""
    ticket = await shift.ticket(callback_data.number)
    profile, tr = shift.desk.profile, shift.tr
    wanted = profile.department(callback_data.to)
    if ticket is None or wanted is None or wanted.key != callback_data.to:
        shift.out_of_date()
        return
    present = profile.department(ticket.department)
    assert present is not None
    if State(ticket.state) in FINISHED:
        await too_late(shift, ticket.number)
    elif department_key(profile, ticket) != callback_data.was:
        label = present.label.in_language(tr.language)
        shift.toast.say(
            tr.plain("The ticket has been moved meanwhile: {department}.", department=label), alert=True
        )
        await shift.outbox.card(ticket.number)
    elif wanted.key == present.key:
        shift.toast.say(tr.plain("The ticket is there already."))
        await shift.life.open_menu(ticket, None)
    else:
        await transferring.transfer(shift.life, ticket, wanted, shift.agent)
        label = wanted.label.in_language(tr.language)
        shift.toast.say(tr.plain("#{number}: moved, {department}", number=ticket.number, department=label))


def register_transfer(router: Router) -> None:
    """The choice of a department."""
    router.callback_query.register(chosen, TransferButton.filter())
