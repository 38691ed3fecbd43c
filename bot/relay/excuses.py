"""What people are told whose updates wait: slowed down, or set aside because our own code failed."""

from __future__ import annotations

from bot.relay.notices import Notices
from dialogs.reply import view
from locales import guess, translator
from storage import customers, destinations
from storage.outbox import Outbox
from storage.raw import part
from storage.rows import InboxRow
from storage.transaction import Transaction


async def tell_slowed(tx: Transaction, lane: str) -> None:
    """A customer is slowed down: they know that it is no fault, and that nothing is lost."""
    customer = await customers.find(tx, int(lane.removeprefix("c:")))
    if customer is None or customer.banned_at is not None:
        return
    tr = translator(customer.language or guess(customer.language_hint))
    text = tr.text("You are writing faster than we can read. Everything arrives, only a little later.")
    await Outbox(tx).owe(destinations.customer(customer.id), view(text))


async def tell_aside(tx: Transaction, row: InboxRow, notices: Notices) -> None:
    """Our own code failed on an update: tell the person who sent it, and the staff group."""
    await notices.set_aside(tx, row.update_id)
    sender = next((found for kind in row.payload if (found := part(row.payload, kind, "from"))), {})
    if not row.lane.startswith("c:") or not sender or sender.get("is_bot"):
        return
    customer_id = int(row.lane[2:])
    known = await customers.find(tx, customer_id)
    language = known.language if known is not None else None
    hint = sender.get("language_code")
    tr = translator(language or guess(hint if isinstance(hint, str) else None))
    await Outbox(tx).owe(destinations.customer(customer_id), notices.apology(tr))
