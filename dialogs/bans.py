"""Customers whom the desk no longer answers: what they send goes nowhere, and they know it."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Filter
from aiogram.types import CallbackQuery, Message, TelegramObject
from markupsafe import Markup

from desk.lifecycle import State, is_decided
from dialogs import telling
from dialogs.life import Life
from dialogs.reply import Talk, language_of, view
from locales import Translator
from storage import customers, destinations, journal, tickets
from storage.journal import Actor
from storage.rows import Customer


async def ban(life: Life, customer: Customer, reason: str, actor: Actor, number: int | None) -> bool:
    """Take nothing more from a customer, who is told so; False if that is how it is already.

    `number` is the ticket whose journal tells it. Their tickets stay as they are, and what they had sent
    before goes on its way.
    """
    if not await customers.ban(life.tx, customer.id, reason):
        return False
    if number is not None:
        await journal.note(life.tx, number, actor, "ban", {"customer": customer.id, "why": reason})
    await _show_on_cards(life, customer, number)
    tr = language_of(customer, life.desk)
    told = reason if life.desk.profile.ban_reasons else None
    await life.outbox.drop_screens(customer.id)
    await life.outbox.owe(destinations.customer(customer.id), view(_banned(tr, told)))
    return True


async def unban(life: Life, customer: Customer, reason: str, actor: Actor, number: int | None) -> bool:
    """Answer a customer again, who is told so; False if they are not banned."""
    if not await customers.unban(life.tx, customer.id):
        return False
    if number is not None:
        data = {"customer": customer.id, "why": reason or None}
        await journal.note(life.tx, number, actor, "unban", data)
    await _show_on_cards(life, customer, number)
    text = language_of(customer, life.desk).text("The desk answers you here again: just write.")
    await life.outbox.owe(destinations.customer(customer.id), view(text))
    again = await customers.get(life.tx, customer.id)
    for ticket in await tickets.open_of(life.tx, customer.id):
        if is_decided(State(ticket.state)):
            # They could not answer while it was decided.
            await telling.ask_decided(life, ticket, again)
    return True


async def _show_on_cards(life: Life, customer: Customer, number: int | None) -> None:
    shown = {ticket.number for ticket in await tickets.open_of(life.tx, customer.id)}
    for each in sorted(shown | ({number} if number is not None else set())):
        await life.outbox.card(each)


def _banned(tr: Translator, reason: str | None) -> Markup:
    lines = [tr.text("The desk no longer answers you here: what you write is not passed on.")]
    if reason:
        lines.append(tr.text("Reason: {reason}", reason=reason))
    lines.append(tr.text("/privacy shows what is stored about you, /language changes the language."))
    return Markup("\n").join(lines)


class Stopped(Filter):
    """A banned customer does something."""

    async def __call__(self, event: TelegramObject, talk: Talk | None = None) -> bool:
        """Whether nothing may come of it."""
        return talk is not None and talk.customer.banned_at is not None


async def wrote(message: Message, talk: Talk) -> None:
    """They know that it goes nowhere; only who asks by a command is told again."""
    if message.text and message.text.startswith("/"):
        told = talk.customer.ban_reason if talk.desk.profile.ban_reasons else None
        await talk.show("banned", _banned(talk.tr, told))


async def edited(message: Message, talk: Talk) -> None:
    """What was said before stays as it was said."""


async def pressed(query: CallbackQuery, talk: Talk) -> None:
    """A button from before."""
    talk.toast.say(talk.tr.plain("The desk no longer answers you here."), alert=True)


def register_bans(router: Router) -> None:
    """Comes before everything that customers can do, but for what stays open to everybody."""
    router.message.register(wrote, Stopped())
    router.edited_message.register(edited, Stopped())
    router.callback_query.register(pressed, Stopped())
