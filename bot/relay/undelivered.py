"""What is said where something could not be delivered: to the agents, and to whoever waits for it."""

from __future__ import annotations

from markupsafe import Markup

from bot.relay.notices import Notices, line
from bot.relay.others import WITHHELD
from bot.views.buttons import RetryButton
from dialogs.buttons import button, rows
from dialogs.groups import Groups
from locales import Translator, guess, mark, translator
from storage import customers, destinations, messages, tickets
from storage.methods import load
from storage.outbox import Outbox
from storage.rows import OutboxRow
from storage.transaction import Transaction

RETRY = mark("Send again")


class Undelivered:
    """Notices of what Telegram did not take."""

    def __init__(self, notices: Notices, groups: Groups) -> None:
        self._notices = notices
        self._tr = notices.tr
        self._groups = groups

    async def message(self, tx: Transaction, row: OutboxRow, reason: str) -> None:
        """A message could not be delivered: say why, under the message, and offer to try again."""
        assert row.message_id is not None
        if row.ticket_number is None:
            return
        message = await messages.get(tx, row.message_id)
        words = self._words(reason)
        if message.author == "customer":
            await _tell_sender(tx, message.customer_id, row)
            text = self._tr.text("A message of the customer cannot be shown here: {reason}.", reason=words)
        else:
            text = self._tr.text("Not delivered: {reason}.", reason=words)
        retry = button(self._tr.plain(RETRY), RetryButton(row=row.id))
        await Outbox(tx).owe(
            destinations.thread(row.ticket_number),
            line(text, rows([retry])),
            reply_to=row.message_id,
            ticket_number=row.ticket_number,
        )

    def _words(self, reason: str) -> str:
        if reason == WITHHELD:
            return self._tr.plain(
                "it can only be forwarded, and that would show the customer where it comes from"
            )
        return reason.rstrip(".")

    async def other(self, tx: Transaction, row: OutboxRow, reason: str) -> None:
        """Anything else that cannot be shown where it belongs: the group has to know of it elsewhere."""
        if row.kind == "edit" and row.ticket_number is not None:
            await self._edit(tx, row, reason)
            return
        if row.kind == "file":
            await self._file(tx, row, reason)
            return
        if destinations.ticket_of(row.destination) is None:
            return
        if row.kind == "notice" and row.payload is not None:
            await Outbox(tx).owe(await self._general(tx, row), load(row.payload))
        elif row.kind in ("card", "alarm"):
            words = self._tr.text("Not delivered: {reason}.", reason=reason.rstrip("."))
            said = Markup("#{} · {}").format(row.ticket_number, words)
            await self._notices.to_staff(tx, said, await self._general(tx, row))

    async def _general(self, tx: Transaction, row: OutboxRow) -> str:
        """Where the agents of a ticket read what cannot be said in its thread."""
        number = destinations.ticket_of(row.destination)
        if number is None or not self._groups.are_several:
            return destinations.STAFF
        return self._groups.of_department(await tickets.department_of(tx, number)).general

    async def _file(self, tx: Transaction, row: OutboxRow, reason: str) -> None:
        """Whoever asked for a file waits for it."""
        customer_id = destinations.customer_of(row.destination)
        tr = self._tr if customer_id is None else await _language_of(tx, customer_id)
        text = tr.text("The file could not be sent: {reason}.", reason=reason.rstrip("."))
        await Outbox(tx).owe(row.destination, line(text), ticket_number=row.ticket_number)

    async def _edit(self, tx: Transaction, row: OutboxRow, reason: str) -> None:
        """The copy of a message stays as it was: whoever relies on the edit has to know."""
        assert row.ticket_number is not None
        words = reason.rstrip(".")
        if destinations.customer_of(row.destination) is None:
            text = self._tr.text("The customer's edit cannot be shown here: {reason}.", reason=words)
        else:
            text = self._tr.text("The customer does not see this edit: {reason}.", reason=words)
        await self._notices.to_thread(tx, row.ticket_number, text, reply_to=row.message_id)


async def _tell_sender(tx: Transaction, customer_id: int, row: OutboxRow) -> None:
    """The customer has to know that the specialist cannot see what they sent."""
    tr = await _language_of(tx, customer_id)
    text = tr.text(
        "This could not be passed on to the specialist. "
        "Please send it in another way, for example as a text, a photo or a file."
    )
    await Outbox(tx).owe(
        destinations.customer(customer_id),
        line(text),
        reply_to=row.message_id,
        ticket_number=row.ticket_number,
    )


async def _language_of(tx: Transaction, customer_id: int) -> Translator:
    customer = await customers.get(tx, customer_id)
    return translator(customer.language or guess(customer.language_hint))
