"""What the bot itself says to agents, in the groups' language."""

from __future__ import annotations

from aiogram.methods import SendMessage
from aiogram.types import InlineKeyboardMarkup, ReplyParameters
from markupsafe import Markup

from bot.views import links
from desk.profile import Profile
from dialogs.reply import view
from dialogs.requests import in_short
from locales import Translator
from storage import destinations, tickets
from storage.outbox import Outbox
from storage.rows import Customer, StoredMessage, Ticket
from storage.transaction import Transaction

_QUOTED = 120
_TOO_OLD = "message can't be deleted"


def line(
    text: str, keyboard: InlineKeyboardMarkup | None = None, *, answers: int | None = None
) -> SendMessage:
    """A notice; where it goes is known when it is sent. `answers` is Telegram's id of what it replies to."""
    notice = view(text, keyboard)
    if answers is not None:
        notice.reply_parameters = ReplyParameters(message_id=answers, allow_sending_without_reply=True)
    return notice


class Notices:
    """Notices to agents."""

    def __init__(self, tr: Translator, profile: Profile) -> None:
        self.tr = tr
        self._profile = profile

    def written_by(self, message: StoredMessage) -> str:
        """Above what the bot shows in a thread of what an agent wrote elsewhere."""
        name = message.author_name or "?"
        if message.author == "note":
            return self.tr.plain("Note from its former group · {name}", name=name)
        return self.tr.plain("Sent to the customer · {name}", name=name)

    def replies_to(self, message: StoredMessage) -> str:
        """Above an answer to something that stands in another group."""
        return self.tr.plain("In reply to: {words}", words=in_short(self.tr, message, _QUOTED))

    def about(self, message: StoredMessage) -> Markup:
        """Above a notice about something that stands in another group."""
        return Markup("<i>{}</i>").format(in_short(self.tr, message, _QUOTED))

    def leads_on(self, ticket: Ticket, by: str | None) -> Markup:
        """In an old thread: where the ticket is now."""
        department = self._profile.department(ticket.department)
        label = "—" if department is None else department.label.in_language(self.tr.language)
        values = {"department": label, "ticket": links.numbered(ticket)}
        if by is None:
            return self.tr.text(
                "The ticket goes on in another group: {department}, {ticket}. "
                "What is written here does not reach the customer.",
                **values,
            )
        return self.tr.text(
            "{name} moves the ticket to another group: {department}, {ticket}. "
            "What is written here does not reach the customer.",
            name=by,
            **values,
        )

    async def unreachable(self, tx: Transaction, customer: Customer, reason: str) -> None:
        """Tell the threads of a customer's open tickets that nothing reaches them now."""
        text = self.tr.text(
            "Nothing reaches the customer now; Telegram says: {reason}. "
            "What you write is kept and goes out when they are back.",
            reason=reason.rstrip("."),
        )
        await self.to_open_tickets(tx, customer.id, text)

    async def blocked(self, tx: Transaction, customer: Customer) -> None:
        """The customer blocked the bot."""
        text = self.tr.text(
            "The customer has blocked the bot. What you write is kept and goes out when they are back."
        )
        await self.to_open_tickets(tx, customer.id, text)

    async def returned(self, tx: Transaction, customer_id: int) -> None:
        """The customer can be reached again."""
        text = self.tr.text("The customer can be reached again; what was kept goes out now.")
        await self.to_open_tickets(tx, customer_id, text)

    async def edited(self, tx: Transaction, message: StoredMessage) -> None:
        """The customer changed what agents had been shown."""
        assert message.ticket_number is not None
        if message.on_card:
            text = self.tr.text("The customer edited the description.")
        else:
            text = self.tr.text("The customer edited this message.")
        await Outbox(tx).remark(
            destinations.thread(message.ticket_number), line(text), message.id, message.ticket_number
        )

    async def taken_back(self, tx: Transaction, number: int, message_id: int, *, seen: bool) -> None:
        """A message is gone from the customer's chat, or never got there."""
        if seen:
            text = self.tr.text("Taken back: the customer no longer sees this message.")
        else:
            text = self.tr.text("Taken back before it was sent: the customer never saw this message.")
        await self.to_thread(tx, number, text, reply_to=message_id)

    async def not_taken_back(self, tx: Transaction, number: int, message_id: int, reason: str) -> None:
        """A message stays with the customer: say why, and what can be done instead."""
        if _TOO_OLD in reason:
            text = self.tr.text(
                "This message can no longer be taken back: Telegram lets a bot do that for 48 hours. "
                "Edit it, as long as Telegram lets you, and the customer's copy follows; "
                "or reply to it with a correction."
            )
        else:
            text = self.tr.text(
                "This message could not be taken back; Telegram says: {reason}. "
                "Edit it, and the customer's copy follows; or reply to it with a correction.",
                reason=reason.rstrip("."),
            )
        await self.to_thread(tx, number, text, reply_to=message_id)

    async def nobody_reads(self, tx: Transaction, number: int) -> None:
        """An agent writes to a customer whose data was erased."""
        text = self.tr.text(
            "This customer's data has been erased: nothing can be sent to them, and nothing is stored."
        )
        await self.to_thread(tx, number, text)

    async def words_stay(self, tx: Transaction, number: int, refusal: str | None, general: str) -> None:
        """What ought to be deleted is still there: Telegram refused it, or the group has no topics."""
        if refusal is None:
            text = self.tr.text(
                "The customer's data of #{number} has been erased. What was written about it in this group "
                "stays here, for no bot can delete it: please delete it by hand.",
                number=number,
            )
        else:
            text = self.tr.text(
                "The thread of #{number} could not be deleted; Telegram says: {reason}. Its customer's data "
                "has been erased, so please delete it by hand, or give the bot the right to delete messages.",
                number=number,
                reason=refusal.rstrip("."),
            )
        await self.to_staff(tx, text, general)

    async def to_open_tickets(self, tx: Transaction, customer_id: int, text: str) -> None:
        """One line into the thread of each open ticket of a customer."""
        for ticket in await tickets.open_of(tx, customer_id):
            await self.to_thread(tx, ticket.number, text)

    async def to_thread(
        self, tx: Transaction, number: int, text: str, *, reply_to: int | None = None
    ) -> None:
        """One line into a thread."""
        await Outbox(tx).owe(destinations.thread(number), line(text), reply_to=reply_to, ticket_number=number)

    async def set_aside(self, tx: Transaction, update_id: int) -> None:
        """Our own code cannot process an update: the group has to know, for somebody waits."""
        text = self.tr.text(
            "An update could not be processed and was set aside: <code>{id}</code>. "
            "<code>talon inbox</code> on the server shows it and can replay it.",
            id=update_id,
        )
        await self.to_staff(tx, text)

    @staticmethod
    def apology(tr: Translator) -> SendMessage:
        """What a customer reads whose message our own code failed on."""
        return line(
            tr.text(
                "Sorry, this could not be processed because of a fault of ours. "
                "Your message is kept, and the desk has been told."
            )
        )

    async def to_staff(self, tx: Transaction, text: str, general: str = destinations.STAFF) -> None:
        """One line into a group, the common one unless said otherwise, outside any thread."""
        await Outbox(tx).owe(general, line(text))
