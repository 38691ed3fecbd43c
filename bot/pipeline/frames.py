"""In what a message is shown: the language of those who read it there, and what stands above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.pipeline.threads import Threads
from bot.relay.notices import Notices
from bot.relay.parts import Header, Part, Place
from bot.relay.render import render
from desk.profile import Profile
from locales import Translator, translator
from storage import customers, destinations, messages, tickets
from storage.rows import OutboxRow, StoredMessage
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Frame:
    """What goes with a message where it is shown."""

    tr: Translator
    header: Header | None

    def parts(
        self, stored: Sequence[StoredMessage], place: Place, origin: tuple[int, int] | None = None
    ) -> list[Part]:
        """The parts that show these messages in a place; see `render`."""
        return render(stored, place, self.tr, self.header, origin)


class Frames:
    """Finds the frame of each message."""

    def __init__(self, profile: Profile, notices: Notices, threads: Threads) -> None:
        self._profile = profile
        self._notices = notices
        self._threads = threads

    async def around(self, tx: Transaction, row: OutboxRow, message: StoredMessage) -> Frame:
        """The frame of a message where a row goes.

        In a thread the header says who sent it, to a customer what they could not know.
        """
        customer_id = destinations.customer_of(row.destination)
        if customer_id is None:
            header = await self._staff_header(tx, row, message)
            return Frame(self._notices.tr, header)
        customer = await customers.get(tx, customer_id)
        lines = []
        if row.ticket_number is not None and len(await tickets.open_of(tx, customer_id)) > 1:
            lines.append(f"#{row.ticket_number}")
        if self._profile.agent_names and message.author_name:
            lines.append(message.author_name)
        header = Header(" · ".join(lines)) if lines else None
        return Frame(translator(customer.language or self._profile.fallback), header)

    async def _staff_header(self, tx: Transaction, row: OutboxRow, message: StoredMessage) -> Header | None:
        # What agents wrote themselves stands there already; what the bot shows for them is named so.
        lines = [] if message.author == "customer" else [self._notices.written_by(message)]
        if message.reply_to_id is not None and self._threads.groups.are_several:
            chat_id = await self._threads.chat_now(tx, row.destination)
            if not await messages.copies(tx, message.reply_to_id, chat_id):
                # What it replies to stands in another group.
                lines.append(self._notices.replies_to(await messages.get(tx, message.reply_to_id)))
        return Header("\n".join(lines)) if lines else None
