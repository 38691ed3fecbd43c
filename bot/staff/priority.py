"""The menus of the card, and priorities: the choice from one of them."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.staff.context import Shift
from bot.staff.late import too_late
from bot.views.buttons import MenuButton, PriorityButton
from bot.views.choices import POSTPONE_MENU, REFUSE_MENU
from bot.views.keyboard import MORE_MENU, PRIORITY_MENU, can_open
from bot.views.menus import ASSIGN_MENU, TRANSFER_MENU, TYPE_MENU
from dialogs import promises

_MENUS = (ASSIGN_MENU, PRIORITY_MENU, TYPE_MENU, TRANSFER_MENU, POSTPONE_MENU, REFUSE_MENU, MORE_MENU)


async def opened(query: CallbackQuery, callback_data: MenuButton, shift: Shift) -> None:
    """Show what can be chosen, or the card's buttons again."""
    ticket = await shift.ticket(callback_data.number)
    if ticket is None or callback_data.menu not in ("", *_MENUS):
        shift.out_of_date()
        return
    if callback_data.menu and not can_open(callback_data.menu, ticket, shift.desk.profile):
        await too_late(shift, ticket.number)
        return
    await shift.life.open_menu(ticket, callback_data.menu or None)


async def chosen(query: CallbackQuery, callback_data: PriorityButton, shift: Shift) -> None:
    """Set the priority, unless somebody was faster."""
    ticket = await shift.ticket(callback_data.number)
    profile, tr = shift.desk.profile, shift.tr
    if ticket is None or profile.priority(callback_data.to) is None:
        shift.out_of_date()
        return
    present = promises.label(tr, profile, ticket.priority)
    if (ticket.priority or "") != callback_data.was:
        shift.toast.say(
            tr.plain("The priority has been changed meanwhile: {priority}.", priority=present), alert=True
        )
        await shift.outbox.card(ticket.number)
        return
    changed = await shift.life.prioritise(ticket, callback_data.to, shift.agent)
    if changed is None:
        await too_late(shift, ticket.number)
    elif changed is ticket:
        shift.toast.say(tr.plain("That is its priority already."))
        await shift.life.open_menu(ticket, None)
    else:
        priority = promises.label(tr, profile, changed.priority)
        shift.toast.say(tr.plain("#{number}: priority {priority}", number=ticket.number, priority=priority))


def register_priority(router: Router) -> None:
    """Buttons about the priority of a ticket."""
    router.callback_query.register(opened, MenuButton.filter())
    router.callback_query.register(chosen, PriorityButton.filter())
