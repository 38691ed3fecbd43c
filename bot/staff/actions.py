"""What agents do by one press: act on a ticket by its card, or send again what failed."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.staff.context import Shift
from bot.staff.late import too_late
from bot.views.buttons import RetryButton, StaffButton
from bot.views.keyboard import LABELS
from desk.lifecycle import Action, State
from storage import outbox, tickets


async def pressed(query: CallbackQuery, callback_data: StaffButton, shift: Shift) -> None:
    """A button of a card."""
    ticket = await shift.ticket(callback_data.number)
    action = next((each for each in LABELS if each.value == callback_data.action), None)
    if ticket is None or action is None:
        shift.out_of_date()
        return
    others = ticket.assignee_id not in (None, shift.agent.id) and ticket.state != State.NEW
    if action is Action.TAKE and others:
        shift.toast.say(
            shift.tr.plain("{name} has taken this ticket already.", name=ticket.assignee_name or "?"),
            alert=True,
        )
        return
    if action is Action.RELEASE and ticket.assignee_id is None:
        shift.toast.say(shift.tr.plain("The ticket is back with the team meanwhile."))
        await shift.outbox.card(ticket.number)
        return
    changed = await shift.life.act(ticket, action, shift.agent)
    if changed is None:
        await too_late(shift, ticket.number)
        return
    shift.toast.say(shift.tr.plain("#{number}: done", number=ticket.number))


async def retried(query: CallbackQuery, callback_data: RetryButton, shift: Shift) -> None:
    """Send again what failed."""
    number = await outbox.ticket_of_failed(shift.tx, callback_data.row)
    if number is not None:
        await shift.here(await tickets.get(shift.tx, number))
    if await outbox.retry(shift.tx, callback_data.row):
        shift.toast.say(shift.tr.plain("It is being sent again."))
    else:
        shift.toast.say(shift.tr.plain("There is nothing left to send: it was sent again, or taken back."))


def register_actions(router: Router) -> None:
    """The buttons that act at once."""
    router.callback_query.register(pressed, StaffButton.filter())
    router.callback_query.register(retried, RetryButton.filter())
