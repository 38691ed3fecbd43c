"""Giving views to the outbox: the one way in which the customers' side says something."""

from __future__ import annotations

from dataclasses import dataclass

from aiogram.methods import SendMessage
from aiogram.types import (
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyParameters,
)

from dialogs.context import Desk, Toast
from locales import Translator, translator
from storage import destinations, tickets
from storage.outbox import Outbox
from storage.rows import Customer, Ticket
from storage.transaction import Transaction

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def view(text: str, keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup | None = None) -> SendMessage:
    """A text with a keyboard; where it goes is known when it is sent."""
    return SendMessage(
        chat_id=0, text=text, parse_mode="HTML", link_preview_options=NO_PREVIEW, reply_markup=keyboard
    )


@dataclass(slots=True)
class Talk:
    """One turn of the conversation with a customer: who it is, and what the turn may use.

    `pressed` is the id of the message whose button was pressed, or None when something was written.
    """

    tx: Transaction
    outbox: Outbox
    desk: Desk
    customer: Customer
    tr: Translator
    toast: Toast
    pressed: int | None = None
    # The state of the conversation when the turn began.
    raw_state: str | None = None

    def out_of_date(self) -> None:
        """What was pressed means nothing any more."""
        self.toast.say(self.tr.plain("This button is out of date."))

    async def ticket(self, number: int) -> Ticket | None:
        """The customer's own ticket that a button names; None for others, which they are told."""
        found = await tickets.find(self.tx, number)
        if found is not None and found.customer_id == self.customer.id:
            return found
        self.toast.say(self.tr.plain("This is not one of your requests."))
        return None

    async def show(
        self,
        key: str,
        text: str,
        keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup | None = None,
        *,
        moves: bool = False,
    ) -> None:
        """Show a screen: in place of the pressed message, or below what was written.

        One that `moves` stands there once: the same further up goes.
        """
        # A keyboard below the text field comes only with a new message.
        edit = None if isinstance(keyboard, ReplyKeyboardMarkup) else self.pressed
        await self.outbox.show(self.customer.id, view(text, keyboard), key, edit=edit, moves=moves)

    async def tell(
        self,
        text: str,
        keyboard: InlineKeyboardMarkup | ReplyKeyboardMarkup | None = None,
        *,
        reply_to: int | None = None,
    ) -> None:
        """Owe the customer a text: unlike a screen it is never replaced.

        `reply_to` is Telegram's id of a message of theirs that it is about.
        """
        told = view(text, keyboard)
        if reply_to is not None:
            told.reply_parameters = ReplyParameters(message_id=reply_to, allow_sending_without_reply=True)
        await self.outbox.owe(destinations.customer(self.customer.id), told)


def language_of(customer: Customer, desk: Desk) -> Translator:
    """The translator for what a customer is told while somebody else acts."""
    return translator(customer.language or desk.profile.fallback)
