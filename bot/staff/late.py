"""What an agent reads whose button came too late: somebody, or time, has changed the ticket."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.staff.context import Shift
from bot.views.card import state_name
from storage import journal, tickets


async def too_late(shift: Shift, number: int) -> None:
    """Say so, name the colleague who was faster if there is one, and let the card catch up."""
    tr = shift.tr
    last = (await journal.of(shift.tx, number))[-1]
    if last.actor == "agent" and last.actor_id != shift.agent.id:
        ticket = await tickets.get(shift.tx, number)
        shift.toast.say(
            tr.plain(
                "{name} was faster. The ticket's state is: {state}.",
                name=last.actor_name or "?",
                state=state_name(tr, ticket),
            ),
            alert=True,
        )
    else:
        shift.toast.say(tr.plain("That is no longer possible: the ticket's state has changed."))
    await shift.outbox.card(number)


async def unknown(query: CallbackQuery, shift: Shift) -> None:
    """A button that nothing knows any more, as after an upgrade."""
    shift.out_of_date()


def register_late(router: Router) -> None:
    """Comes after everything else that agents press."""
    router.callback_query.register(unknown)
