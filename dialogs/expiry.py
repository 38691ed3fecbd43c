"""Drafts that nobody went on with."""

from __future__ import annotations

from aiogram.types import InlineKeyboardMarkup, ReplyKeyboardMarkup

from dialogs import words
from dialogs.buttons import MenuButton, button, menu_keyboard, rows
from dialogs.context import Desk
from dialogs.drafting import discard
from dialogs.reply import language_of, view
from dialogs.standing import has_entered
from storage import customers, destinations, drafts
from storage.outbox import Outbox
from storage.transaction import Transaction


async def expire_draft(tx: Transaction, customer_id: int, desk: Desk) -> None:
    """The draft was not touched for as long as the profile keeps it: it goes, with a word."""
    draft = await drafts.find(tx, customer_id)
    if draft is None:
        return
    entered = await has_entered(desk.profile, tx, draft)
    await discard(tx, draft)
    if not entered:
        return
    customer = await customers.get(tx, customer_id)
    tr = language_of(customer, desk)
    days = desk.profile.draft_days
    text = tr.plural(
        "The request you began was not sent for {n} day, so it has been deleted.",
        "The request you began was not sent for {n} days, so it has been deleted.",
        days,
    )
    keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup
    keyboard = rows([button(tr.plain(words.NEW_REQUEST), MenuButton(to="new"))])
    if desk.profile.has_phone:
        # The form may have been left where the contact button stands in place of the menu.
        keyboard = menu_keyboard(tr, desk.profile)
    await Outbox(tx).owe(destinations.customer(customer_id), view(text, keyboard))
