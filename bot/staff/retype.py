"""Another type for a ticket: the choice from the menu of its card."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.staff.context import Shift
from bot.staff.late import too_late
from bot.views.menus import TypeButton
from desk.history import FINISHED
from desk.lifecycle import State
from dialogs import retyping
from storage import tickets


async def chosen(query: CallbackQuery, callback_data: TypeButton, shift: Shift) -> None:
    """Change the type, unless somebody was faster."""
    ticket = await tickets.find(shift.tx, callback_data.number)
    profile, tr = shift.desk.profile, shift.tr
    wanted = next((each for each in profile.ticket_types if each.key == callback_data.to), None)
    if ticket is None or wanted is None:
        shift.out_of_date()
        return
    await shift.here(ticket)
    if State(ticket.state) in FINISHED or ticket.is_erased:
        await too_late(shift, ticket.number)
    elif (ticket.type or "") != callback_data.was:
        present = profile.type_label(ticket.type, tr.language) or "—"
        shift.toast.say(tr.plain("The type has been changed meanwhile: {type}.", type=present), alert=True)
        await shift.outbox.card(ticket.number)
    elif wanted.key == ticket.type:
        shift.toast.say(tr.plain("The ticket is of that type already."))
        await shift.life.open_menu(ticket, None)
    elif (needed := await retyping.missing_mark(shift.life, ticket, wanted)) is not None:
        text = tr.plain(
            "This type is only for customers with the mark “{mark}”. Please set the mark first.",
            mark=needed.label.in_language(tr.language),
        )
        shift.toast.say(text, alert=True)
    else:
        await retyping.retype(shift.life, ticket, wanted, shift.agent)
        label = wanted.label.in_language(tr.language)
        shift.toast.say(tr.plain("#{number}: type {type}", number=ticket.number, type=label))


def register_retype(router: Router) -> None:
    """The choice of a type."""
    router.callback_query.register(chosen, TypeButton.filter())
