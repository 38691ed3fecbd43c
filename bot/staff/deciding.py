"""Postponing and refusing: by the menus of the card, or by `/postpone 25.11 14:00` in the thread."""

from __future__ import annotations

from datetime import datetime

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.methods import EditMessageText
from aiogram.types import CallbackQuery, InaccessibleMessage, InlineKeyboardMarkup, Message
from markupsafe import Markup

from bot.relay.notices import line
from bot.staff.commands import Asks
from bot.staff.context import Shift
from bot.staff.due import moment_to_come, please_write_a_moment
from bot.staff.late import too_late
from bot.staff.thread import ticket_to_act_on
from bot.views.choices import (
    POSTPONE_MENU,
    REFUSE_MENU,
    ReasonButton,
    UntilButton,
    packed,
    reason_buttons,
    reason_of,
    unpacked,
    until_menu,
)
from desk.lifecycle import Action, State, next_state
from desk.postponing import Until, until
from desk.reasons import Reason
from locales import Translator
from storage import destinations
from storage.rows import Ticket


async def reason_chosen(query: CallbackQuery, callback_data: ReasonButton, shift: Shift) -> None:
    """A reason: refuse with it, postpone with it, or ask until when."""
    ticket = await shift.ticket(callback_data.number)
    action = _ACTIONS.get(callback_data.to)
    reason = _reason(shift, callback_data.reason, callback_data.to)
    if ticket is None or action is None or reason is None:
        shift.out_of_date()
    elif callback_data.until:
        await _postpone_by_notice(query, callback_data, shift, ticket, reason)
    elif ticket.menu != callback_data.to or next_state(State(ticket.state), action) is None:
        await too_late(shift, ticket.number)
    elif action is Action.POSTPONE:
        await shift.life.open_menu(ticket, until_menu(reason))
    else:
        await _decide(shift, ticket, action, reason, None)


_ACTIONS = {POSTPONE_MENU: Action.POSTPONE, REFUSE_MENU: Action.REFUSE}


def _reason(shift: Shift, key: str, to: str) -> Reason | None:
    return next((reason for reason in shift.desk.profile.reasons_to(to) if reason.key == key), None)


async def until_chosen(query: CallbackQuery, callback_data: UntilButton, shift: Shift) -> None:
    """Until when: postpone, unless the menu was closed meanwhile."""
    ticket = await shift.ticket(callback_data.number)
    profile = shift.desk.profile
    reason = _reason(shift, callback_data.reason, POSTPONE_MENU)
    if ticket is None or reason is None or callback_data.until not in list(Until):
        shift.out_of_date()
    elif reason_of(ticket.menu, profile) != reason:
        await too_late(shift, ticket.number)
    else:
        moment = until(Until(callback_data.until), profile.calendar, profile.timezone, shift.tx.now)
        await _decide(shift, ticket, Action.POSTPONE, reason, moment)


async def _decide(
    shift: Shift, ticket: Ticket, action: Action, reason: Reason, moment: datetime | None
) -> bool:
    """Do it; False, with a word to whoever pressed, if somebody was faster."""
    done = await shift.life.act(ticket, action, shift.agent, reason=reason.key, until=moment)
    if done is None:
        await too_late(shift, ticket.number)
        return False
    shift.toast.say(f"#{ticket.number}: {_in_words(shift, done)}")
    return True


def _in_words(shift: Shift, ticket: Ticket) -> str:
    tr: Translator = shift.tr
    if ticket.state == State.REFUSED:
        return tr.plain("the customer is told the reason")
    if ticket.until is None:
        return tr.plain("postponed; the customer is told the reason")
    moment = tr.timestamp(ticket.until, shift.desk.profile.timezone)
    return tr.plain("postponed until {moment}; the customer is told the reason", moment=moment)


async def _postpone_by_notice(
    query: CallbackQuery, callback_data: ReasonButton, shift: Shift, ticket: Ticket, reason: Reason
) -> None:
    """The date was typed, and the reason stands under it: once chosen, the notice says so."""
    try:
        moment = unpacked(callback_data.until)
    except (ValueError, OverflowError):
        shift.out_of_date()
        return
    if moment is not None and moment <= shift.tx.now:
        shift.toast.say(
            shift.tr.plain("This date has passed. Please write /postpone with another one."), alert=True
        )
        return
    if ticket.state == State.POSTPONED and ticket.until == moment and ticket.reason is not None:
        await too_late(shift, ticket.number)
        return
    if not await _decide(shift, ticket, Action.POSTPONE, reason, moment):
        return
    notice = query.message
    if notice is None or isinstance(notice, InaccessibleMessage):
        return
    edit = EditMessageText(
        chat_id=0, message_id=notice.message_id, text=str(_postponed(shift, moment)), parse_mode="HTML"
    )
    await shift.outbox.call(destinations.thread(ticket.number), edit)


async def postpone(message: Message, command: CommandObject, shift: Shift) -> None:
    """`/postpone 25.11 14:00`, or without a date: ask for the reason, or move the date of a postponed one."""
    ticket = await ticket_to_act_on(shift, message)
    if ticket is None:
        return
    typed = (command.args or "").strip()
    moment = moment_to_come(shift, typed) if typed else None
    answer = _objection(shift, ticket)
    if answer is None and typed and moment is None:
        answer = please_write_a_moment(shift, "/postpone")
    if (
        answer is None
        and moment is not None
        and ticket.state == State.POSTPONED
        and ticket.reason is not None
    ):
        await shift.life.act(ticket, Action.POSTPONE, shift.agent, reason=ticket.reason, until=moment)
        answer = _postponed(shift, moment)
    if answer is not None:
        await shift.notices.to_thread(shift.tx, ticket.number, answer)
        return
    buttons = reason_buttons(ticket, shift.desk.profile, shift.tr, POSTPONE_MENU, packed(moment))
    await shift.outbox.owe(
        destinations.thread(ticket.number),
        line(_ask_reason(shift, moment), InlineKeyboardMarkup(inline_keyboard=buttons)),
        ticket_number=ticket.number,
    )


def _objection(shift: Shift, ticket: Ticket) -> Markup | None:
    """Why this ticket cannot be postponed now."""
    if next_state(State(ticket.state), Action.POSTPONE) is None:
        return shift.tr.text("That is no longer possible: the ticket's state has changed.")
    if not shift.desk.profile.reasons_to(POSTPONE_MENU):
        return shift.tr.text("The desk's profile names no reasons to postpone a ticket.")
    return None


def _ask_reason(shift: Shift, moment: datetime | None) -> Markup:
    if moment is None:
        return shift.tr.text("Postpone without a date. Why? The customer is told the reason.")
    at = shift.tr.timestamp(moment, shift.desk.profile.timezone)
    return shift.tr.text("Postpone until {moment}. Why? The customer is told the reason.", moment=at)


def _postponed(shift: Shift, moment: datetime | None) -> Markup:
    if moment is None:
        return shift.tr.text("Postponed; the customer is told the reason.")
    at = shift.tr.timestamp(moment, shift.desk.profile.timezone)
    return shift.tr.text("Postponed until {moment}; the customer is told the date and the reason.", moment=at)


def register_deciding(router: Router) -> None:
    """Postponing and refusing; comes before what relays messages."""
    router.message.register(postpone, Asks("postpone"))
    router.callback_query.register(reason_chosen, ReasonButton.filter())
    router.callback_query.register(until_chosen, UntilButton.filter())
